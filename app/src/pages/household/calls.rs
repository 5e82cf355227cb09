//! What came of phoning ahead where no visit was agreed (R2.2): asked for after a call from here,
//! and told afterwards.

use doorstep_domain::event::{Kind, canonical};
use doorstep_domain::id::{HouseholdId, SubjectId};
use doorstep_domain::plan::{CallFact, CallResult};
use doorstep_domain::policy::Action;
use doorstep_domain::state::Call;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::browser::format;
use crate::components::adding::{AttemptShown, New, use_adding};
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::people::{People, use_people};
use crate::state::session::use_session;
use crate::state::sites::use_sites;

/// How many calls are told.
const TOLD: usize = 3;

/// The question after a call, and the last calls that agreed nothing.
#[component]
pub fn Calls(
    /// The household.
    household: HouseholdId,
    /// Whether somebody was called from this screen and nothing has been noted since.
    called: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let notes = Memo::new(move |_| session.role_for(Action::NoteCall).is_some());
    view! {
        <Show when=move || called.get() && notes.get()>
            <AfterCall household called />
        </Show>
        <LastCalls household />
    }
}

/// What came of the call: one tap.
#[component]
fn AfterCall(
    /// The household.
    household: HouseholdId,
    /// Set to no when it is noted.
    called: RwSignal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    let adding = use_adding(SubjectId::from(household));
    let attempt = adding.attempt;
    let note = move |result| {
        let new = New {
            action: Action::NoteCall,
            kind: Kind::HouseholdCalled,
            fact: canonical(&CallFact { household, result }),
            needs_words: false,
        };
        adding.add(new, "", move || {
            called.try_set(false);
        });
    };
    let result = move |result| {
        view! {
            <button
                class="button line small"
                aria-disabled=move || attempt.busy()
                on:click=move |_| note(result)
            >
                {move || i18n::call_result(lang.get(), result)}
            </button>
        }
    };
    view! {
        <div class="card" role="group" aria-labelledby="after-call">
            <p id="after-call"><b>{lang.words(t::calls_question)}</b></p>
            <div class="button-row">
                <A
                    href=Path::Planning(household).to_string()
                    attr:class="button primary small"
                >
                    {lang.words(t::calls_agreed)}
                </A>
                {CallResult::ALL.map(result).collect_view()}
            </div>
            <AttemptShown attempt />
        </div>
    }
}

/// The last calls, the latest first.
#[component]
fn LastCalls(
    /// The household.
    household: HouseholdId,
) -> impl IntoView {
    let sites = use_sites();
    let people = use_people();
    let last = Memo::new(move |_| {
        sites.with(|state| {
            let calls = state.calls_to(household).iter().rev();
            calls.take(TOLD).cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || last.with(|last| !last.is_empty())>
            <ul class="calls">
                <For each=move || last.get() key=|call| call.addition.id let(call)>
                    <CallLine call people />
                </For>
            </ul>
        </Show>
    }
}

/// One call.
#[component]
fn CallLine(
    /// The call.
    call: Call,
    /// Who is called what.
    people: Memo<People>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let now = use_now();
    let Call { fact, addition } = call;
    let (actor, role) = (addition.actor, addition.role);
    let line = move || {
        let lang = lang.get();
        let at = addition.at.unix_ms();
        let time = format::near_time(lang, &session.zone(), now.today(), at);
        let result = i18n::call_result(lang, fact.result);
        let who = people.with(|people| i18n::who(lang, role, people.name(actor)));
        t::calls_line(lang, &time, result, &who)
    };
    view! { <li class="caption number">{line}</li> }
}
