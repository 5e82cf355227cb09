//! A planned visit as lists tell it: when, whom, how it stands by the clock; a tap shows the
//! household. Not its making or moving.

use doorstep_domain::language::Language;
use doorstep_domain::plan::Standing;
use doorstep_domain::time::SiteTime;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::browser::format;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::plans::{PlannedVisit, use_site_time};
use crate::state::session::use_session;

/// When it is, large, and how that stands by the clock.
#[component]
pub fn PlannedTime(
    /// When.
    at: SiteTime,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let now = use_now();
    let time = move || format::near_time(lang.get(), &session.zone(), now.today(), at.unix_ms());
    view! {
        <p class="planned-time">
            <b class="number">{time}</b>
            " "
            <StandingPill at />
        </p>
    }
}

/// What the clock says of it; nothing while there is time.
#[component]
pub fn StandingPill(
    /// When it is planned for.
    at: SiteTime,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_site_time();
    let standing = Memo::new(move |_| Standing::of(at, now.get()));
    let pill = move || {
        let (tone, words) = match standing.get() {
            Standing::Missed => ("pill seal", t::planned_missed(lang.get())),
            Standing::Now => ("pill amber", t::planned_now(lang.get())),
            Standing::Due => ("pill amber", t::planned_due(lang.get())),
            Standing::Today | Standing::Later => return None,
        };
        Some(view! { <span class=tone>{words}</span> })
    };
    view! { {pill} }
}

/// One planned visit in a list; the whole row leads to its household.
#[component]
pub fn PlannedRow(
    /// The visit.
    plan: PlannedVisit,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let now = use_now();
    let at = plan.content.at;
    let time = move || format::near_time(lang.get(), &session.zone(), now.today(), at.unix_ms());
    let href = Path::Household(plan.household).to_string();
    let (room, name) = (plan.room.clone(), plan.name().to_owned());
    let how = move || {
        let lang = lang.get();
        [i18n::purpose(lang, plan.purpose), &agreed_line(lang, &plan)].join(" · ")
    };
    view! {
        <li>
            <A href=href attr:class="row-link">
                <b class="row-time number">{time}</b>
                <div class="row-words">
                    <p>
                        <b class="room">{room}</b>
                        " "
                        {name}
                    </p>
                    <p class="caption">{how}</p>
                </div>
                <StandingPill at />
            </A>
        </li>
    }
}

/// What was agreed (R2.2), in a few words.
pub fn agreed_line(lang: Language, plan: &PlannedVisit) -> String {
    match &plan.content.agreement {
        None => t::planned_not_agreed(lang).to_owned(),
        Some(agreement) => {
            let channel = i18n::channel(lang, agreement.channel);
            if agreement.with.is_empty() {
                t::planned_agreed(lang, channel)
            } else {
                t::planned_agreed_with(lang, channel, &agreement.with)
            }
        }
    }
}
