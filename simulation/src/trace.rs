//! Short words for what happens, for the trace of a seed. Not complete, but equal only when
//! what happened is equal for all that matters: heads, ids, places, states.

use doorstep_domain::event::Event;
use doorstep_domain::id::SiteId;
use doorstep_domain::sync::engine::{Batch, Change, Effect, ItemState, Lost, OutboxChange};
use doorstep_domain::sync::wire::{Pushed, Row, SiteReply, SyncReply, SyncRequest};

use crate::world::{Happening, Whose};

/// One line about a happening.
pub(crate) fn happening(happening: &Happening) -> String {
    match happening {
        Happening::Arrives(_, letter) => format!(
            "arrives  {} #{} {}",
            of(letter.whose),
            letter.number,
            request_words(&letter.content)
        ),
        Happening::Answered(letter) => format!(
            "answered {} #{} {}",
            of(letter.whose),
            letter.number,
            answer_words(&letter.content)
        ),
        Happening::Sends(whose, number, _) => format!("in turn  {} #{number}", of(*whose)),
        Happening::Stores(whose, number) => format!("stores   {} #{number}", of(*whose)),
        Happening::Stored(whose, number, returned) => {
            let returned: Vec<String> = returned.iter().map(|row| event(&row.event)).collect();
            format!("stored   {} #{number} back {returned:?}", of(*whose))
        }
        Happening::Rings(whose, _) => format!("rings    {}", of(*whose)),
        Happening::Told(whose) => format!("told     {}", of(*whose)),
        Happening::Looks(whose) => format!("looks    {}", of(*whose)),
        Happening::LogsIn(whose) => format!("logs in  {}", of(*whose)),
        other => format!("{other:?}"),
    }
}

/// Phone, tab and life.
fn of(whose: Whose) -> String {
    format!("{}.{}.{}", whose.phone, whose.tab, whose.life)
}

/// One line about an effect; `None` for what only the screen sees.
pub(crate) fn effect(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Send { number, request } => {
            Some(format!("sends #{number} {}", request_words(request)))
        }
        Effect::Store { number, batch } => Some(format!("wants #{number} {}", batch_words(batch))),
        Effect::Wake { in_ms } => Some(format!("sleeps {in_ms} ms")),
        Effect::Status => None,
    }
}

/// A reply in a line.
pub(crate) fn reply(reply: &SyncReply) -> String {
    let acks = reply.acks.iter();
    let acks: Vec<String> = acks
        .map(|ack| format!("{}@{}", tail(&ack.id), ack.seq))
        .collect();
    let refused = reply.refused.iter();
    let refused: Vec<String> = refused
        .map(|refusal| format!("{}:{}", refusal.item, refusal.code.as_str()))
        .collect();
    let sites = reply.sites.iter();
    let sites: Vec<String> = sites.map(|(at, answer)| site_words(*at, answer)).collect();
    format!("acks {acks:?} refused {refused:?} {}", sites.join(" "))
}

fn request_words(request: &SyncRequest) -> String {
    let push: Vec<String> = request
        .push
        .iter()
        .map(|pushed| match pushed {
            Pushed::Event(one) => event(one),
            Pushed::Unreadable(value) => value.to_string(),
        })
        .collect();
    let cursors = request.cursors.iter();
    let cursors: Vec<String> = cursors
        .map(|(at, head)| format!("{}@{}", tail(at), head.seq))
        .collect();
    format!("push {push:?} at {}", cursors.join(" "))
}

/// Which events.
pub(crate) fn events(events: &[Event]) -> String {
    let words: Vec<String> = events.iter().map(event).collect();
    words.join(" ")
}

fn answer_words(answer: &Result<Box<SyncReply>, Lost>) -> String {
    match answer {
        Ok(answer) => reply(answer),
        Err(why) => format!("nothing: {why:?}"),
    }
}

fn site_words(site: SiteId, answer: &SiteReply) -> String {
    match answer {
        SiteReply::Reset(reset) => format!("{} reset {reset:?}", tail(&site)),
        SiteReply::Page(page) => {
            let rows: Vec<String> = page
                .rows
                .iter()
                .map(|row| match row {
                    Row::Event(logged) => format!("{}={}", logged.seq, event(&logged.event)),
                    Row::Stub(stub) => format!("{}=stub", stub.seq),
                })
                .collect();
            let more = if page.more { "…" } else { "" };
            format!("{} rows {rows:?} to {}{more}", tail(&site), page.head.seq)
        }
    }
}

fn batch_words(batch: &Batch) -> String {
    let sites = batch.sites.iter().map(|(at, change)| {
        let what = match &change.change {
            Change::Append(rows) => format!("+{}", rows.len()),
            Change::Reset(reset) => format!("{reset:?}"),
        };
        format!("{} {what} to {}", tail(at), change.to.head.seq)
    });
    let outbox = batch.outbox.iter().map(|change| match change {
        OutboxChange::Remove(id) => format!("-{}", tail(id)),
        OutboxChange::Mark(id, state) => format!("{} {}", tail(id), state_words(state)),
    });
    sites.chain(outbox).collect::<Vec<String>>().join(", ")
}

/// An item's state in a word.
pub(crate) fn state_words(state: &ItemState) -> String {
    match state {
        ItemState::Waiting => "waits".into(),
        ItemState::Refused { code, .. } => code.as_str().into(),
        ItemState::Deposited { .. } => "deposited".into(),
        ItemState::Received { seq } => format!("received@{seq}"),
    }
}

fn event(event: &Event) -> String {
    let envelope = event.read_envelope();
    envelope.map_or_else(|why| format!("{why:?}"), |envelope| tail(&envelope.id))
}

/// The end of an id, which tells people and counters apart.
pub(crate) fn tail(id: &impl ToString) -> String {
    let text = id.to_string();
    text[text.len() - 4..].to_owned()
}
