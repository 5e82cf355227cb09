//! What must hold, asked at every step and at the end: nothing forgotten, nothing doubled, one
//! history, order kept, what was acknowledged is there byte for byte, nobody sees too much, all
//! drained. Reads the world; changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use doorstep_domain::event::{Absence, Event, Kind, PartName, PartState, envelope_hash};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{EventId, SiteId};
use doorstep_domain::log::Head;
use doorstep_domain::policy::{reads_log, sees};
use doorstep_domain::quarantine::{Decided, Verdict};
use doorstep_domain::state::{Place, SiteState};
use doorstep_domain::sync::engine::{Activity, ItemState, SavedItem};
use doorstep_domain::sync::store::StoredRow;
use doorstep_domain::sync::wire::{
    DepositReply, Pushed, RefusalCode, SiteReply, SyncReply, SyncRequest, scope_digest,
};

use crate::archive::{Known, Sort};
use crate::company::Author;
use crate::office::{OfficeStore, is_rest_of};
use crate::phone::{Kept, Phone};
use crate::trace::{state_words, tail};
use crate::world::{Whose, World};

type Promise = Result<(), String>;
/// Where each event is in the log, and of which device it is.
type Logged = BTreeMap<EventId, (u64, Hash)>;

fn must(holds: bool, promise: impl FnOnce() -> String) -> Promise {
    if holds { Ok(()) } else { Err(promise()) }
}

/// P1, after every write to a phone's disk: what its user made is on it, in the outbox or as a
/// row, unless the user may not hold the site's log any more and the office has it, or had it
/// before it was restored and said so then.
pub(crate) fn nothing_is_forgotten<S: OfficeStore>(
    world: &mut World<'_, S>,
    phone: usize,
) -> Promise {
    for at in 0..world.phones[phone].made.len() {
        let one = &world.phones[phone];
        let made = Rc::clone(&one.made[at]);
        if one.disk.keeps(made.id, made.site) {
            continue;
        }
        let early = one.disk.contact.map(|contact| contact.epoch) != Some(world.epoch());
        if early && world.restored {
            world.let_go_early.insert(made.id);
        }
        let allowed = !reads(world, phone, made.site);
        let has = world.let_go_early.contains(&made.id) || office_has(world, &made);
        must(allowed && has, || {
            format!("phone {phone} has forgotten {}", made.id)
        })?;
    }
    for at in 0..world.phones[phone].brought.len() {
        let one = &world.phones[phone];
        let brought = Rc::clone(&one.brought[at]);
        // What was carried and then lost by a restore only its author's phone offers again.
        if one.disk.keeps(brought.id, brought.site) || world.restored {
            continue;
        }
        must(office_has(world, &brought), || {
            format!("phone {phone} has forgotten {} of another", brought.id)
        })?;
    }
    Ok(())
}

/// Whether the event is in the log of its site.
fn office_has<S: OfficeStore>(world: &mut World<'_, S>, made: &Known) -> bool {
    let rows = world.office.rows(made.site, 0, u32::MAX);
    let mut known = rows
        .iter()
        .filter_map(|row| world.archive.find(&row.logged.event).ok());
    known.any(|known| known.id == made.id && known.device == made.device)
}

/// After every step of an engine: what the screen would say is what the disk holds. Between a
/// write and the engine's hearing of it the disk is ahead, as it is when another tab writes.
pub(crate) fn status_is_true<S: OfficeStore>(world: &World<'_, S>, whose: Whose) -> Promise {
    let one = &world.phones[whose.phone];
    let Some(engine) = &one.tabs[whose.tab].engine else {
        return Ok(());
    };
    let status = engine.status();
    if status.activity == Activity::Storing || one.tabs[1].engine.is_some() {
        return Ok(());
    }
    let outbox = &one.disk.outbox;
    let unsent = outbox.iter().filter(|item| is_unsent(item)).count();
    must(status.unsent == unsent, || {
        format!(
            "phone {} shows {} unsent, but {unsent} are",
            whose.phone, status.unsent
        )
    })
}

/// Nobody's events are sent by somebody else, but for those that were taken in from a file, which
/// are said to be carried.
pub(crate) fn pushes_its_own<S: OfficeStore>(
    world: &mut World<'_, S>,
    phone: usize,
    session: Author,
    request: &SyncRequest,
) -> Promise {
    for (place, pushed) in request.push.iter().enumerate() {
        let Pushed::Event(event) = pushed else {
            return Err("something unreadable is pushed".into());
        };
        let known = world.archive.find(event)?;
        let own = known.actor == session.person && known.device == session.device;
        if own {
            world.desk.sent_by_author.insert(known.id);
            continue;
        }
        let mut brought = world.phones[phone].brought.iter();
        let carried = request.carried.contains(&place);
        must(
            carried && brought.any(|brought| Rc::ptr_eq(brought, known)),
            || format!("{} is sent by somebody else", known.id),
        )?;
    }
    Ok(())
}

/// P2 and P5 of what is handed in without a log-in: what the office says to keep is in the log or
/// kept aside, byte for byte.
pub(crate) fn hand_in_is_true<S: OfficeStore>(
    world: &mut World<'_, S>,
    events: &[Event],
    reply: &DepositReply,
) -> Promise {
    for kept in &reply.kept {
        let same = |event: &&Event| envelope_hash(&event.envelope) == kept.envelope_hash;
        let event = events.iter().find(same).ok_or("nobody handed this in")?;
        let found = world.office.find(kept.site, kept.id);
        let logged = found.is_some_and(|found| found.envelope_hash == kept.envelope_hash);
        must(
            logged == kept.logged && (logged || world.office.keeps_aside(kept.site, event)),
            || format!("{} is said to be kept and is not", kept.id),
        )?;
        if !logged {
            let place = (kept.site, kept.envelope_hash);
            world.desk.kept.insert(place, kept.id);
        }
    }
    Ok(())
}

/// P2, P5 and P8, before a reply leaves the server: what it acknowledges is committed, byte for
/// byte, at the place it names; a conflict is kept aside; nobody reads a site without a role.
pub(crate) fn reply_is_true<S: OfficeStore>(
    world: &mut World<'_, S>,
    phone: usize,
    request: &SyncRequest,
    reply: &SyncReply,
) -> Promise {
    for ack in &reply.acks {
        let rows = world.office.rows(ack.site, ack.seq.saturating_sub(1), 1);
        let row = rows.first().filter(|row| row.logged.seq == ack.seq);
        let pushed = request.push.iter().any(|pushed| {
            matches!(pushed, Pushed::Event(event)
                if row.is_some_and(|row| is_rest_of(&row.logged.event, event)))
        });
        let same = row.is_some_and(|row| {
            row.envelope_hash == ack.envelope_hash && row.logged.received_at == ack.received_at
        });
        must(pushed && same, || {
            format!("{} is acknowledged and not there as it was sent", ack.id)
        })?;
    }
    for refusal in &reply.refused {
        let Some(Pushed::Event(event)) = request.push.get(refusal.item) else {
            return Err("a refusal of nothing".into());
        };
        let kept = refusal.params.contains_key("kept");
        let conflict = refusal.code == RefusalCode::IdConflict;
        let site = world.archive.find(event)?.site;
        must(
            !kept && !conflict || world.office.keeps_aside(site, event),
            || format!("{:?} is not kept aside", refusal.id),
        )?;
        if kept {
            let id = world.archive.find(event)?.id;
            let place = (site, envelope_hash(&event.envelope));
            world.desk.kept.insert(place, id);
        }
    }
    for (site, answer) in &reply.sites {
        let read = matches!(answer, SiteReply::Page(_));
        must(!read || reads(world, phone, *site), || {
            format!("phone {phone} is served after its user was shut out")
        })?;
    }
    Ok(())
}

/// P6: whether nothing is left to do: all phones have all of the log they may have, and what they
/// still hold is refused or waits for something that is not there; or they say that nothing goes
/// before a log-in.
pub(crate) fn drained<S: OfficeStore>(world: &mut World<'_, S>) -> bool {
    (0..world.phones.len()).all(|phone| phone_is_drained(world, phone))
}

fn phone_is_drained<S: OfficeStore>(world: &mut World<'_, S>, phone: usize) -> bool {
    let one = &world.phones[phone];
    let open = || one.tabs.iter().filter(|tab| tab.engine.is_some());
    if open().next().is_none() || open().any(|tab| tab.storing.is_some()) {
        return false;
    }
    if is_revoked(world, phone) {
        let mut engines = open().filter_map(|tab| tab.engine.as_ref());
        return engines.all(|engine| engine.status().login_needed);
    }
    for at in 0..world.scenario.company.sites.len() {
        let site = world.scenario.company.sites[at];
        let copy = world.phones[phone]
            .disk
            .copies
            .get(&site)
            .map(|copy| copy.end);
        if !reads(world, phone, site) {
            if copy.is_some_and(|copy| copy.head.seq > 0) {
                return false;
            }
            continue;
        }
        let scope = scope_digest(&world.scenario.roles(phone, site, world.true_time()));
        // An empty copy has the genesis head, an empty log none.
        let head = copy.map(|copy| copy.head).filter(|head| head.seq > 0);
        let current = copy.is_some_and(|copy| copy.scope == Some(scope));
        if !current || head != world.office.head(site) {
            return false;
        }
    }
    let items = &world.phones[phone].disk.outbox;
    if items.iter().any(is_received) {
        return false;
    }
    let waiting: Vec<EventId> = items
        .iter()
        .filter(|item| item.state == ItemState::Waiting)
        .map(|item| item.id)
        .collect();
    if waiting.is_empty() {
        return true;
    }
    let logged = all_logged(world);
    waiting
        .iter()
        .all(|id| waits_in_vain(world, &logged, &world.phones[phone], *id))
}

/// What hangs, for the report of a run that does not drain.
pub(crate) fn what_is_left<S: OfficeStore>(world: &World<'_, S>) -> String {
    let left: Vec<String> = (0..world.phones.len())
        .map(|phone| {
            let one = &world.phones[phone];
            let items = one.disk.outbox.iter();
            let items: Vec<String> = items
                .map(|item| format!("{} {}", tail(&item.id), state_words(&item.state)))
                .collect();
            format!("phone {phone}: {} {items:?}", copies(one))
        })
        .collect();
    format!("not drained in time; {}", left.join("; "))
}

/// At the end, with everything drained.
pub(crate) fn hold_at_the_end<S: OfficeStore>(world: &mut World<'_, S>) -> Promise {
    let logs = logs(world);
    let mut logged = Logged::new();
    for (site, log) in &logs {
        chain_holds(world, *site, log, &mut logged)?;
    }
    what_is_aside_is_kept(world, &logs, &logged)?;
    decisions_stand(world, &logs)?;
    only_what_was_erased_is_gone(world, &logs)?;
    for phone in 0..world.phones.len() {
        nothing_is_forgotten(world, phone)?;
        everything_made_is_once_somewhere(world, phone, &logged)?;
        for (site, log) in &logs {
            copy_is_the_log(world, phone, *site, log)?;
            if world.scenario.folded {
                folds_agree(world, phone, *site, log)?;
            }
        }
        order_is_kept(world, phone, &logged)?;
    }
    Ok(())
}

fn logs<S: OfficeStore>(world: &mut World<'_, S>) -> Vec<(SiteId, Vec<StoredRow>)> {
    let sites = world.scenario.company.sites.clone();
    let rows = |site| (site, world.office.rows(site, 0, u32::MAX));
    sites.into_iter().map(rows).collect()
}

fn all_logged<S: OfficeStore>(world: &mut World<'_, S>) -> Logged {
    let logs = logs(world);
    let rows = logs.iter().flat_map(|(_, log)| log);
    rows.filter_map(|row| {
        let known = world.archive.find(&row.logged.event).ok()?;
        Some((known.id, (row.logged.seq, known.device)))
    })
    .collect()
}

/// P3: the server's log is one chain from its genesis, and holds every id once.
fn chain_holds<S: OfficeStore>(
    world: &mut World<'_, S>,
    site: SiteId,
    log: &[StoredRow],
    logged: &mut Logged,
) -> Promise {
    let mut head = Head::genesis(world.scenario.company.organisation, site);
    let mut decided = BTreeSet::new();
    for row in log {
        head = head.next(&row.envelope_hash, row.logged.received_at);
        must(row.logged.seq == head.seq, || format!("a hole in {site}"))?;
        let known = world.archive.find(&row.logged.event)?;
        if let Sort::Decide { envelope_hash, .. } = known.sort {
            decided.insert(envelope_hash);
        }
        // Whether its author might write it is what a director decides. And a restored server may
        // know nothing of the event whose id another one took.
        let taken_in = known.sort != Sort::Forged && decided.contains(&row.envelope_hash);
        must(!known.bad || taken_in || world.restored, || {
            format!("{} is bad and logged", known.id)
        })?;
        let place = (head.seq, known.device);
        must(logged.insert(known.id, place).is_none(), || {
            format!("{} is logged twice", known.id)
        })?;
        let (id, device) = (known.id, known.device);
        let found = world.office.find(site, id);
        let carrier = found.ok_or("a row is not found")?.carrier;
        let true_word = match carrier {
            Some(carrier) => {
                world.tally.carried += 1;
                carrier.device != device && world.desk.brought.contains(&(carrier.device, id))
            }
            None => world.desk.sent_by_author.contains(&id),
        };
        must(true_word, || format!("{id} was not brought by {carrier:?}"))?;
    }
    let stored = world.office.head(site);
    must(head.seq == 0 || stored == Some(head), || {
        format!("the chain of {site} does not hold")
    })
}

/// P5: what the office said to keep aside is there, whatever became of it, unless a restore took it.
fn what_is_aside_is_kept<S: OfficeStore>(
    world: &mut World<'_, S>,
    logs: &[(SiteId, Vec<StoredRow>)],
    logged: &Logged,
) -> Promise {
    let kept = world.desk.kept.clone();
    for ((site, hash), id) in kept {
        let held = world.office.held(site, &hash);
        must(held.is_some() || world.restored, || {
            format!("{id} is kept aside no more")
        })?;
        let Some(held) = held else { continue };
        let known = world.archive.find(&held.event)?;
        must(held.id == id && known.sort != Sort::Forged, || {
            format!("{id} is not what was kept aside")
        })?;
        let decided = held.decided.map(|decided| decided.by);
        must(decided.is_none_or(|by| logged.contains_key(&by)), || {
            format!("{id} is decided on, and nobody did")
        })?;
        let log = logs.iter().find(|(other, _)| *other == site);
        let original = log.into_iter().flat_map(|(_, log)| log);
        let mut original = original.filter(|row| row.envelope_hash == hash);
        must(
            original.all(|row| is_rest_of(&held.event, &row.logged.event)),
            || format!("{id} is logged and kept aside as another"),
        )?;
    }
    Ok(())
}

/// Of what is kept aside each is decided on once; what was taken in follows the decision in the
/// log, unless it was there before.
fn decisions_stand<S: OfficeStore>(
    world: &mut World<'_, S>,
    logs: &[(SiteId, Vec<StoredRow>)],
) -> Promise {
    for (site, log) in logs {
        let mut decided = BTreeSet::new();
        for row in log {
            let known = Rc::clone(world.archive.find(&row.logged.event)?);
            let Sort::Decide {
                envelope_hash,
                adopt,
                ..
            } = known.sort
            else {
                continue;
            };
            let again = !decided.insert(envelope_hash);
            must(!again, || format!("{} decides once more", known.id))?;
            let held = world.office.held(*site, &envelope_hash);
            let held = held.ok_or("a decision on nothing")?;
            let verdict = if adopt {
                Verdict::Adopt
            } else {
                Verdict::Reject
            };
            let by = known.id;
            must(held.decided == Some(Decided { by, verdict }), || {
                format!("what {by} decided is not kept")
            })?;
            if adopt {
                world.tally.adopted += 1;
                let same = |other: &StoredRow| other.envelope_hash == envelope_hash;
                let before = log.iter();
                let mut before = before.take_while(|it| it.logged.seq < row.logged.seq);
                // What was erased of the decision in a log before is said again at once; what is
                // taken in may be an erasure itself.
                let mut behind = log.iter().filter(|it| it.logged.seq > row.logged.seq);
                let behind = behind.find(|it| it.kind != Kind::BodyErased || same(it));
                must(before.any(same) || behind.is_some_and(same), || {
                    format!("what {by} took in is not logged behind it")
                })?;
            } else {
                world.tally.turned_down += 1;
            }
        }
    }
    Ok(())
}

/// What the log says to erase, here or in the log that an older copy replaced.
pub(crate) fn erased<S: OfficeStore>(
    world: &mut World<'_, S>,
) -> BTreeSet<(SiteId, EventId, PartName)> {
    let mut erased = BTreeSet::new();
    for (site, log) in logs(world) {
        for row in log {
            let known = world.archive.find(&row.logged.event).ok();
            if let Some(Sort::Erase {
                on,
                content,
                private,
                ..
            }) = known.map(|known| known.sort)
            {
                let parts = [(PartName::Content, content), (PartName::Private, private)];
                let parts = parts.into_iter().filter(|(_, gone)| *gone);
                erased.extend(parts.map(|(name, _)| (site, on, name)));
            }
        }
    }
    erased
}

/// What was erased is neither logged nor kept aside, also after a restore, and nothing else is
/// gone.
fn only_what_was_erased_is_gone<S: OfficeStore>(
    world: &mut World<'_, S>,
    logs: &[(SiteId, Vec<StoredRow>)],
) -> Promise {
    let mut erased = erased(world);
    erased.extend(world.desk.erased_before.iter().copied());
    let mut all = Vec::new();
    for (site, log) in logs {
        all.extend(log.iter().map(|row| (*site, row.logged.event.clone())));
    }
    let kept: Vec<(SiteId, Hash)> = world.desk.kept.keys().copied().collect();
    for (site, hash) in kept {
        let held = world.office.held(site, &hash);
        all.extend(held.map(|held| (site, held.event)));
    }
    for (site, event) in all {
        let id = world.archive.find(&event)?.id;
        let mut any = false;
        for (name, part) in &event.parts {
            let gone = matches!(part, PartState::Absent { .. });
            any |= gone;
            must(gone == erased.contains(&(site, id, *name)), || {
                format!("{name:?} of {id} is gone: {gone}, which is not what was erased")
            })?;
        }
        world.tally.erased += u64::from(any);
    }
    Ok(())
}

/// P3 and P5: every event ever made is in the log and nowhere in an outbox, or in the outbox and
/// visibly not in the log.
fn everything_made_is_once_somewhere<S: OfficeStore>(
    world: &World<'_, S>,
    phone: usize,
    logged: &Logged,
) -> Promise {
    let one = &world.phones[phone];
    let in_log = |known: &Known| {
        let place = logged.get(&known.id);
        place.is_some_and(|(_, device)| *device == known.device)
    };
    let revoked = is_revoked(world, phone);
    for made in &one.made {
        let in_log = in_log(made);
        let in_outbox = one.disk.outbox.iter().any(|item| item.id == made.id);
        // Nobody tells the phone of somebody shut out what the office has, or has no more.
        let kept = in_log || one.disk.keeps(made.id, made.site);
        // Dropped on the word of the server that was restored from before it afterwards.
        let too_early = world.let_go_early.contains(&made.id) && !reads(world, phone, made.site);
        // Who may not read the site is not told when somebody else brings it or takes it in.
        let untold = in_log && in_outbox && !reads(world, phone, made.site);
        must(
            in_log != in_outbox || revoked && kept || too_early || untold,
            || {
                format!(
                    "{} is in the log: {in_log}, in the outbox: {in_outbox}",
                    made.id
                )
            },
        )?;
        // The office said to keep it; a restore may have taken it since.
        let has = in_log || world.desk.kept.values().any(|kept| *kept == made.id);
        must(has || world.restored || !handed_in(one, made.id), || {
            format!(
                "{} is shown as handed in, and the office never had it",
                made.id
            )
        })?;
        let lost = world.acked.contains(&made.id) && !in_log && !made.bad && !world.restored;
        must(!lost, || {
            format!("{} was acknowledged and is lost", made.id)
        })?;
        let built_on_nothing =
            made.after.iter().any(|after| !logged.contains_key(after)) || built_on_bad(one, made);
        let changed = world.scenario.people[phone].change.is_some();
        must(
            in_log
                || made.bad
                || made.sort.is_daring()
                || handed_in(one, made.id)
                || built_on_nothing
                || changed
                || world.restored,
            || format!("{} was refused for no reason", made.id),
        )?;
    }
    for gone in &one.thrown_away {
        let lost = world.acked.contains(&gone.id) && !in_log(gone) && !gone.bad;
        must(!lost || world.restored, || {
            format!("{} was acknowledged and is lost", gone.id)
        })?;
    }
    Ok(())
}

/// A phone's copy is the server's log row by row, with exactly what its user may not hold
/// withheld; and nothing at all where they may not read.
fn copy_is_the_log<S: OfficeStore>(
    world: &World<'_, S>,
    phone: usize,
    site: SiteId,
    log: &[StoredRow],
) -> Promise {
    let one = &world.phones[phone];
    if is_revoked(world, phone) {
        // Nothing reaches this phone any more, not even that it is to drop its copy.
        return Ok(());
    }
    let rows = one.disk.copies.get(&site);
    let rows = rows.map_or(&[][..], |copy| &copy.rows);
    if !reads(world, phone, site) {
        return must(rows.is_empty(), || {
            format!("phone {phone} keeps rows its user may not read")
        });
    }
    must(rows.len() == log.len(), || {
        format!("phone {phone} has {} of {} rows", rows.len(), log.len())
    })?;
    for (mine, theirs) in rows.iter().zip(log) {
        let (row, other) = (&mine.row, &theirs.logged);
        let same = (row.seq, row.received_at) == (other.seq, other.received_at)
            && row.event.envelope == other.event.envelope;
        must(same, || {
            format!("phone {phone} has another row {}", row.seq)
        })?;
        parts_are_right(world, phone, site, mine, theirs)?;
    }
    Ok(())
}

fn parts_are_right<S: OfficeStore>(
    world: &World<'_, S>,
    phone: usize,
    site: SiteId,
    mine: &Kept,
    theirs: &StoredRow,
) -> Promise {
    for (name, state) in &mine.row.event.parts {
        let stored = theirs.logged.event.parts.get(name);
        let may = shown_to(world, phone, site, mine.known.device, theirs, *name);
        let right = match (state, stored) {
            (_, Some(PartState::Absent { .. })) => stored == Some(state),
            (PartState::Present(_), _) => may && stored == Some(state),
            (PartState::Absent { absent }, _) => !may && *absent == Absence::Withheld,
        };
        let seq = mine.row.seq;
        must(right, || {
            format!("phone {phone} wrongly has or lacks {name:?} of row {seq}")
        })?;
    }
    Ok(())
}

/// Whether a part of a row belongs on the phone: its user may hold it, or it was made there.
fn shown_to<S: OfficeStore>(
    world: &World<'_, S>,
    phone: usize,
    site: SiteId,
    made_on: Hash,
    row: &StoredRow,
    name: doorstep_domain::event::PartName,
) -> bool {
    let me = world.phones[phone].author;
    let roles = world.scenario.roles(phone, site, world.true_time());
    made_on == me.device || sees(&roles, me.person, row.kind, row.author, name)
}

/// Folding comes to the same wherever it is done: on the phone, where own events were pending from
/// the moment on that they could have been made, and then received at their places; and from the
/// log alone, as much of it as the user may hold.
fn folds_agree<S: OfficeStore>(
    world: &World<'_, S>,
    phone: usize,
    site: SiteId,
    log: &[StoredRow],
) -> Promise {
    let one = &world.phones[phone];
    let Some(copy) = one.disk.copies.get(&site) else {
        return Ok(());
    };
    if is_revoked(world, phone) || !reads(world, phone, site) {
        return Ok(());
    }
    let received = |seq, at| Place::Received { seq, at };
    let mut here = SiteState::default();
    let mut pending: Vec<&Kept> = copy.rows.iter().collect();
    pending.retain(|kept| kept.known.device == one.author.device);
    let mut known: Vec<EventId> = Vec::new();
    for kept in &copy.rows {
        pending.retain(|own| {
            let can = own.known.after.iter().all(|after| known.contains(after));
            if can {
                here.apply(&own.row.event, Place::OnPhone);
                known.push(own.known.id);
            }
            !can
        });
        here.apply(
            &kept.row.event,
            received(kept.row.seq, kept.row.received_at),
        );
        known.push(kept.known.id);
    }
    let mut there = SiteState::default();
    for row in log {
        let device = world.archive.find(&row.logged.event)?.device;
        let event: Event = row.logged.event.clone();
        let event = event.withholding(|name| shown_to(world, phone, site, device, row, name));
        there.apply(&event, received(row.logged.seq, row.logged.received_at));
    }
    must(here == there, || {
        format!("phone {phone} shows another state than its log says")
    })
}

/// P4: what one phone made about one subject is logged in the order it was made. A restored
/// server may get back an earlier one after a later one; and two tabs know nothing of each other
/// for a moment, so that there only what was built on something comes after it.
fn order_is_kept<S: OfficeStore>(world: &World<'_, S>, phone: usize, logged: &Logged) -> Promise {
    let two_tabs = world.scenario.people[phone].second_tab_at.is_some();
    let mut last: BTreeMap<_, (u64, EventId)> = BTreeMap::new();
    for made in world.phones[phone].made.iter().filter(|made| !made.bad) {
        let Some((seq, _)) = logged.get(&made.id) else {
            continue;
        };
        let before = last.insert(made.subject, (*seq, made.id));
        let overtook = before.filter(|(other, _)| other > seq);
        let excused = |(_, id): &(u64, EventId)| {
            world.restored
                || (two_tabs || went_round(world, *id) || went_round(world, made.id))
                    && !made.after.contains(id)
        };
        must(overtook.is_none_or(|earlier| excused(&earlier)), || {
            format!("{} overtook an earlier one", made.id)
        })?;
    }
    Ok(())
}

/// Whether a waiting item refers to something that no server and no phone will bring any more.
fn waits_in_vain<S: OfficeStore>(
    world: &World<'_, S>,
    logged: &Logged,
    one: &Phone,
    id: EventId,
) -> bool {
    let mut known = one.made.iter().chain(&one.brought);
    let Some(known) = known.find(|known| known.id == id) else {
        return false;
    };
    // What is kept aside may have gone with a restore, and who handed it in does not do so again.
    let aside_is_gone = known.sort.is_daring() && world.restored;
    // Of two events under one id the log has the other.
    let mut items = one.disk.outbox.iter();
    let built_on_refused = items.any(|item| {
        matches!(item.state, ItemState::Refused { .. }) && known.after.contains(&item.id)
    });
    if aside_is_gone || built_on_refused || built_on_bad(one, known) {
        return true;
    }
    let missing = known.after.iter().find(|after| !logged.contains_key(after));
    missing.is_some_and(|missing| {
        let on_its_way = world.phones.iter().enumerate().any(|(number, phone)| {
            let items = phone.disk.outbox.iter();
            let mut kept = items.filter(|item| item.id == *missing);
            !is_revoked(world, number)
                && kept.any(|item| match item.state {
                    ItemState::Refused { .. } | ItemState::Deposited { .. } => false,
                    ItemState::Received { .. } => true,
                    ItemState::Waiting => !waits_in_vain(world, logged, phone, *missing),
                })
        });
        !on_its_way
    })
}

/// Whether an event was built on one of this phone's that the server is bound to refuse.
fn built_on_bad(one: &Phone, known: &Known) -> bool {
    let mut bad = one.made.iter().filter(|made| made.bad);
    bad.any(|bad| known.after.contains(&bad.id))
}

/// Whether the phone's user may read a site's log now.
pub(crate) fn reads<S: OfficeStore>(world: &World<'_, S>, phone: usize, site: SiteId) -> bool {
    reads_log(&world.scenario.roles(phone, site, world.true_time()))
}

/// Whether somebody has been shut out by now.
fn is_revoked<S: OfficeStore>(world: &World<'_, S>, phone: usize) -> bool {
    world.scenario.people[phone].is_shut_out(world.now)
}

/// Whether an event went another way to the office than its phone's own requests, or was kept
/// aside: then it may have come after what was made later, unless that was built on it.
fn went_round<S: OfficeStore>(world: &World<'_, S>, id: EventId) -> bool {
    world.desk.was_carried(id) || world.desk.kept.values().any(|kept| *kept == id)
}

fn handed_in(one: &Phone, id: EventId) -> bool {
    let mut items = one.disk.outbox.iter();
    items.any(|item| item.id == id && matches!(item.state, ItemState::Deposited { .. }))
}

fn is_unsent(item: &SavedItem) -> bool {
    matches!(item.state, ItemState::Waiting | ItemState::Refused { .. })
}

fn is_received(item: &SavedItem) -> bool {
    matches!(item.state, ItemState::Received { .. })
}

fn copies(one: &Phone) -> String {
    let ends = one.disk.copies.iter();
    let ends: Vec<String> = ends
        .map(|(site, copy)| format!("{site} at {}", copy.end.head.seq))
        .collect();
    ends.join(", ")
}
