//! Finished visits the office has not received yet.
//! Not the sending, nor why one was refused; oneself's page says that.

use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::language::Language;
use doorstep_domain::state::{Finish, Place, SiteState};
use doorstep_domain::time::UnixMs;
use doorstep_domain::visit::{Outcome, Signing};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::browser::format;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::session::use_session;
use crate::state::sites::use_sites;

/// A finish in short.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Waiting {
    id: EventId,
    subject: SubjectId,
    room: String,
    at: UnixMs,
    outcome: Outcome,
    signing: Option<Signing>,
}

/// The list; nothing when all is received.
#[component]
pub fn OnPhone() -> impl IntoView {
    let lang = use_lang();
    let sites = use_sites();
    let waiting = Memo::new(move |_| sites.with(waiting));
    let are_some = move || waiting.with(|waiting| !waiting.is_empty());
    view! {
        <Show when=are_some>
            <h2 class="section">{lang.words(t::today_only_here)}</h2>
            <ul class="list">
                <For each=move || waiting.get() key=|it| it.id let(visit)>
                    <WaitingRow visit />
                </For>
            </ul>
        </Show>
    }
}

/// One visit.
#[component]
fn WaitingRow(
    /// The visit.
    visit: Waiting,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let now = use_now();
    let (address, room, at) = (
        Path::Visit(visit.subject).to_string(),
        visit.room.clone(),
        visit.at,
    );
    let time = move || {
        let today = now.today();
        format::near_time(lang.get(), &session.zone(), today, at)
    };
    let end = move || visit.end(lang.get());
    view! {
        <li>
            <A href=address attr:class="row-link">
                <div class="row-words">
                    <p>
                        <b class="room">{room}</b>
                    </p>
                    <p class="caption number">{time} " · " {end}</p>
                </div>
                <span class="pill amber">{lang.words(t::household_only_here)}</span>
            </A>
        </li>
    }
}

impl Waiting {
    fn of(subject: SubjectId, finish: &Finish) -> Self {
        let room = finish.content.as_ref().map(|content| content.room.clone());
        Self {
            id: finish.id,
            subject,
            room: room.unwrap_or_default(),
            at: finish.at.unix_ms(),
            outcome: finish.fact.outcome,
            signing: finish.signing.clone(),
        }
    }

    /// How it ended.
    fn end(&self, lang: Language) -> &'static str {
        match &self.signing {
            Some(signing) => i18n::signing(lang, signing.outcome),
            None => i18n::outcome(lang, self.outcome),
        }
    }
}

/// What is only on this phone, the latest first.
fn waiting(state: &SiteState) -> Vec<Waiting> {
    let finishes = state.visits.values().flat_map(|record| {
        let here = record
            .finishes
            .iter()
            .filter(|it| it.place == Place::OnPhone);
        here.map(|finish| Waiting::of(record.subject, finish))
    });
    let mut waiting: Vec<Waiting> = finishes.collect();
    waiting.sort_by_key(|it| core::cmp::Reverse(it.at));
    waiting
}
