//! The day's appointments: the next one with what is needed to keep it, those that were missed, the
//! others, each in time order (R2.2).

use doorstep_domain::plan::Standing;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

use crate::components::icon::{Glyph, Icon};
use crate::components::planned_row::{PlannedRow, PlannedTime, agreed_line};
use crate::components::start_visit::StartVisit;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::plans::{PlannedVisit, use_next_plan, use_own_plans, use_site_time};
use crate::state::reminders::use_reminders;

/// The appointments; nothing when there are none.
#[component]
pub fn Planned() -> impl IntoView {
    let lang = use_lang();
    let plans = use_own_plans();
    let now = use_site_time();
    let reminders = use_reminders();
    let next = use_next_plan(plans);
    let is_missed = move |plan: &PlannedVisit| plan.standing(now.get()) == Standing::Missed;
    let missed = Memo::new(move |_| {
        plans.with(|plans| {
            plans
                .iter()
                .filter(|it| is_missed(it))
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let others = Memo::new(move |_| {
        let next = next.with(|next| next.as_ref().map(|next| next.entry));
        let is_other = |plan: &&PlannedVisit| Some(plan.entry) != next && !is_missed(plan);
        plans.with(|plans| plans.iter().filter(is_other).cloned().collect::<Vec<_>>())
    });
    let heading = move || {
        if next.with(Option::is_some) {
            t::planned_afterwards(lang.get())
        } else {
            t::planned_heading(lang.get())
        }
    };
    view! {
        {move || next.get().map(|plan| view! { <Next plan /> })}
        <PlanList heading=lang.text(t::planned_missed) plans=missed />
        <PlanList heading=Signal::derive(move || heading().to_owned()) plans=others />
        <Show when=move || plans.with(|plans| !plans.is_empty()) && reminders.can_ask()>
            <div class="button-row">
                <button class="button line small" on:click=move |_| spawn_local(reminders.ask())>
                    {lang.words(t::reminder_ask)}
                </button>
            </div>
        </Show>
    }
}

/// Some of them; nothing when there are none.
#[component]
fn PlanList(
    /// What these are.
    heading: Signal<String>,
    /// Which.
    plans: Memo<Vec<PlannedVisit>>,
) -> impl IntoView {
    view! {
        <Show when=move || plans.with(|plans| !plans.is_empty())>
            <h2 class="section">{heading}</h2>
            <ul class="list">
                <For each=move || plans.get() key=|plan| plan.entry let(plan)>
                    <PlannedRow plan />
                </For>
            </ul>
        </Show>
    }
}

/// The next one.
#[component]
fn Next(
    /// The visit.
    plan: PlannedVisit,
) -> impl IntoView {
    let lang = use_lang();
    let call = plan.call.clone().map_or_else(
        || Either::Left(()),
        |(name, number)| {
            let label = {
                let number = number.clone();
                move || t::planned_phone_to(lang.get(), &name, &number)
            };
            Either::Right(view! {
                <a class="button ghost" href=["tel:", &number].concat() aria-label=label>
                    <Icon glyph=Glyph::Phone />
                    {lang.words(t::planned_phone)}
                </a>
            })
        },
    );
    let (household, subject) = (plan.household, plan.plan);
    let (room, name) = (plan.room.clone(), plan.name().to_owned());
    let (at, agenda) = (plan.content.at, plan.content.agenda.clone());
    let how = move || {
        let lang = lang.get();
        let said = [
            i18n::way(lang, plan.content.way),
            i18n::purpose(lang, plan.purpose),
            &agreed_line(lang, &plan),
        ];
        said.join(" · ")
    };
    view! {
        <h2 class="section">{lang.words(t::planned_next)}</h2>
        <div class="card planned-next">
            <PlannedTime at />
            <A href=Path::Household(household).to_string() attr:class="planned-room">
                <b class="room">{room}</b>
                " "
                {name}
            </A>
            <p class="caption">{how}</p>
            <p class="words">{agenda}</p>
            <div class="button-row">
                {call}
                <div class="grow">
                    <StartVisit household plan=Signal::stored(Some(subject)) />
                </div>
            </div>
        </div>
    }
}
