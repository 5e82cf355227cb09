//! The month's visiting against its quota (R3.3), and how fresh the figures are.
//! Not the counting; that is the domain's.

use doorstep_domain::language::Language;
use doorstep_domain::policy::Action;
use doorstep_domain::state::Progress;
use leptos::prelude::*;

use crate::browser::format;
use crate::i18n::{grouped, t, use_lang};
use crate::state::now::use_now;
use crate::state::session::use_session;
use crate::state::sites::use_sites;
use crate::state::sync_status::use_sync_status;

/// Ring, what is still to do, one's own share, and the figures' age.
#[component]
pub fn MonthCard() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let sites = use_sites();
    let now = use_now();
    let progress = Memo::new(move |_| {
        let (month, today) = (now.month(), now.today());
        sites.with(|state| state.progress(month, today, session.person()))
    });
    let visits = Memo::new(move |_| session.role_for(Action::RecordVisit).is_some());
    let standing = move || {
        let progress = progress.get();
        let days_left = progress.month.days_left(now.today());
        standing(lang.get(), &progress, days_left)
    };
    let own = move || {
        let (progress, visits) = (progress.get(), visits.get());
        visits.then(|| t::today_by_me(lang.get(), progress.own))
    };
    view! {
        <section class="card month-card">
            <Ring progress />
            <div class="month-words">
                <h2>{lang.words(t::today_month)}</h2>
                <p class="number">{standing}</p>
                <p class="caption number">{own}</p>
                <Freshness progress />
            </div>
        </section>
    }
}

/// The office's figures are as old as its last answer; own records on this phone are in.
#[component]
fn Freshness(
    /// The month's figures.
    progress: Memo<Progress>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let status = use_sync_status();
    let now = use_now();
    let contact = Memo::new(move |_| status.with(|view| view.last_contact));
    let behind = Memo::new(move |_| status.with(|view| view.behind));
    let words = move || {
        let lang = lang.get();
        let Some(at) = contact.get() else {
            return t::sync_no_contact(lang).to_owned();
        };
        if behind.get() {
            return t::today_incomplete(lang).to_owned();
        }
        let time = format::near_time(lang, &session.zone(), now.today(), at);
        match progress.get().on_phone {
            0 => t::today_as_of(lang, &time),
            on_phone => t::today_as_of_with_phone(lang, &time, on_phone),
        }
    };
    view! { <p class="caption number">{words}</p> }
}

/// Visited of required as a ring; the figures in it say the same.
#[component]
fn Ring(
    /// The month's figures.
    progress: Memo<Progress>,
) -> impl IntoView {
    let lang = use_lang();
    let dashes = move || [per_cent(&progress.get()).to_string().as_str(), " 100"].concat();
    let visited = move || grouped(progress.get().visited);
    let required = move || t::today_of_required(lang.get(), progress.get().required);
    view! {
        <div class="ring">
            <svg viewBox="0 0 88 88" aria-hidden="true">
                <circle class="ring-track" cx="44" cy="44" r="38" />
                <circle
                    class="ring-done"
                    cx="44"
                    cy="44"
                    r="38"
                    pathLength="100"
                    stroke-dasharray=dashes
                    transform="rotate(-90 44 44)"
                />
            </svg>
            <p class="ring-figures number">
                <b>{visited}</b>
                " "
                <span>{required}</span>
            </p>
        </div>
    }
}

/// What is still to do, in a sentence.
fn standing(lang: Language, progress: &Progress, days_left: u32) -> String {
    if progress.required == 0 {
        return t::today_none_required(lang).to_owned();
    }
    let missing = progress.required.saturating_sub(progress.visited);
    if missing == 0 {
        return t::today_reached(lang).to_owned();
    }
    let left = match days_left {
        0 => t::today_last_day(lang).to_owned(),
        days => t::today_days_left(lang, u64::from(days)),
    };
    t::today_still(lang, &t::today_still_households(lang, missing), &left)
}

/// How much of the ring is drawn: whole only when the number is reached, something as soon as
/// one household is visited.
fn per_cent(progress: &Progress) -> u64 {
    let Progress {
        visited, required, ..
    } = *progress;
    if visited >= required {
        return 100;
    }
    let exact = u128::from(visited) * 100 / u128::from(required);
    let drawn = u64::try_from(exact).unwrap_or(99);
    drawn.max(u64::from(visited > 0))
}

#[cfg(test)]
mod tests {
    use doorstep_domain::language::Language::{Chinese, English};
    use doorstep_domain::time::Month;

    use super::*;

    fn progress(visited: u64, required: u64) -> Progress {
        Progress {
            month: Month {
                year: 2026,
                month: 11,
            },
            households: 0,
            occupied: 0,
            required,
            visited,
            own: 0,
            on_phone: 0,
        }
    }

    #[test]
    fn the_sentence_says_what_is_missing_and_how_long_there_is() {
        let said = |visited, required, days| standing(English, &progress(visited, required), days);
        assert_eq!(said(17, 26, 7), "9 households to go, 7 days left");
        assert_eq!(said(25, 26, 1), "1 household to go, 1 day left");
        assert_eq!(said(0, 1, 0), "1 household to go, last day today");
        assert_eq!(said(26, 26, 7), "This month's number is reached");
        let none = "No household is occupied, so none needs a visit this month";
        assert_eq!(said(3, 0, 7), none);
        let chinese = standing(Chinese, &progress(17, 26), 7);
        assert_eq!(chinese, "还差 9 户，剩 7 天");
    }

    #[test]
    fn the_ring_closes_only_when_the_number_is_reached() {
        let drawn = [
            (0, 26),
            (1, 1_000),
            (17, 26),
            (999, 1_000),
            (26, 26),
            (30, 26),
            (0, 0),
        ];
        let drawn = drawn.map(|(visited, required)| per_cent(&progress(visited, required)));
        assert_eq!(drawn, [0, 1, 65, 99, 100, 100, 100]);
    }
}
