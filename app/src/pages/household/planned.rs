//! What is planned with a household, by whomever: whoever answers when it phones sees it, moves it
//! or calls it off (R2.2).

use doorstep_domain::event::{Kind, canonical};
use doorstep_domain::id::HouseholdId;
use doorstep_domain::plan::CalledOff;
use doorstep_domain::policy::Action;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::browser::{dialog, document};
use crate::components::adding::{AttemptShown, New, use_adding};
use crate::components::planned_row::{PlannedTime, agreed_line};
use crate::components::text_area::TextArea;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::people::use_people;
use crate::state::plans::{PlannedVisit, use_plans_of};
use crate::state::session::use_session;

/// The reason's field.
const REASON: &str = "call-off-reason";

/// The plans; nothing when there are none.
#[component]
pub fn PlannedHere(
    /// The household.
    household: HouseholdId,
) -> impl IntoView {
    let lang = use_lang();
    let plans = use_plans_of(household);
    let called_off = RwSignal::new(None::<PlannedVisit>);
    view! {
        <Show when=move || plans.with(|plans| !plans.is_empty())>
            <h2 class="section">{lang.words(t::planned_heading)}</h2>
            <For each=move || plans.get() key=|plan| plan.entry let(plan)>
                <PlanCard plan called_off />
            </For>
        </Show>
        {move || called_off.get().map(|plan| view! { <CallOff plan called_off /> })}
    }
}

/// One plan.
#[component]
fn PlanCard(
    /// The plan.
    plan: PlannedVisit,
    /// The one to be called off.
    called_off: RwSignal<Option<PlannedVisit>>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let visitor = plan.visitor;
    let people = use_people();
    let plans_own = Memo::new(move |_| {
        let own = session.person() == Some(visitor);
        session.role_for(Action::PlanVisit { own }).is_some()
    });
    let calls_off = Memo::new(move |_| session.role_for(Action::NoteCall).is_some());
    let how = {
        let plan = plan.clone();
        move || {
            let lang = lang.get();
            let said = [
                i18n::way(lang, plan.content.way).to_owned(),
                i18n::purpose(lang, plan.purpose).to_owned(),
                agreed_line(lang, &plan),
            ];
            said.join(" · ")
        }
    };
    let who = move || people.with(|people| Some(t::planned_by(lang.get(), people.name(visitor)?)));
    let agenda = plan.content.agenda.clone();
    let move_to = Path::Replanning(plan.household, plan.plan).to_string();
    let to_be_called_off = StoredValue::new(plan.clone());
    view! {
        <div class="card">
            <PlannedTime at=plan.content.at />
            <p class="caption">{how}</p>
            <p class="caption">{who}</p>
            <p class="words">{agenda}</p>
            <div class="button-row">
                <Show when=move || plans_own.get()>
                    <A href=move_to.clone() attr:class="button line small">
                        {lang.words(t::planned_move)}
                    </A>
                </Show>
                <Show when=move || calls_off.get()>
                    <button
                        class="button line small"
                        on:click=move |_| called_off.set(Some(to_be_called_off.get_value()))
                    >
                        {lang.words(t::planned_call_off)}
                    </button>
                </Show>
            </div>
        </div>
    }
}

/// Asks why, in the browser's own modal dialog; no reason is demanded.
#[component]
fn CallOff(
    /// The plan.
    plan: PlannedVisit,
    /// Set to none when it is done or left.
    called_off: RwSignal<Option<PlannedVisit>>,
) -> impl IntoView {
    let lang = use_lang();
    let adding = use_adding(plan.plan);
    let attempt = adding.attempt;
    let reason = RwSignal::new(String::new());
    let node: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move || {
        if let Some(element) = node.get() {
            dialog::set_open(&element, true);
        }
    });
    let on = plan.entry;
    let call_off = move |_| {
        let new = New {
            action: Action::NoteCall,
            kind: Kind::VisitCalledOff,
            fact: canonical(&CalledOff { on }),
            needs_words: false,
        };
        let kept = move || {
            called_off.try_set(None);
            request_animation_frame(document::focus_heading);
        };
        if !adding.add(new, &reason.read_untracked(), kept) {
            document::focus_id(REASON);
        }
    };
    view! {
        <dialog class="dialog" node_ref=node aria-labelledby="call-off-title" on:close=move |_| called_off.set(None)>
            <h2 id="call-off-title">{lang.words(t::call_off_title)}</h2>
            <p>{lang.words(t::call_off_text)}</p>
            <TextArea
                id=REASON
                label=lang.text(t::call_off_reason)
                value=reason
                on_input=Callback::new(move |words| reason.set(words))
                error=Signal::derive(move || attempt.error(lang.get(), t::void_missing))
            />
            <AttemptShown attempt />
            <div class="dialog-actions">
                <button class="button line" on:click=move |_| called_off.set(None)>
                    {lang.words(t::call_off_keep)}
                </button>
                <button class="button primary" aria-disabled=move || attempt.busy() on:click=call_off>
                    {lang.words(t::planned_call_off)}
                </button>
            </div>
        </dialog>
    }
}
