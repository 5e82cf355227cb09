//! How an answer that is due stands by the calendar; shown before it is late.

use chrono::NaiveDate;
use doorstep_domain::follow_up::Due;
use leptos::prelude::*;

use crate::i18n::{t, use_lang};
use crate::state::now::use_now;

/// The pill; nothing while there is time.
#[component]
pub fn DuePill(
    /// The last day on which it is in time.
    due: NaiveDate,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let pill = move || {
        let lang = lang.get();
        let standing = Due::of(due, now.today());
        let (tone, words) = match standing {
            Due::Late(days) => ("pill seal", t::answer_late(lang, days)),
            Due::Today => ("pill amber", t::answer_today(lang).to_owned()),
            Due::In(_) if standing.is_near() => ("pill amber", t::answer_tomorrow(lang).to_owned()),
            Due::In(_) => return None,
        };
        Some(view! { <span class=tone>{words}</span> })
    };
    view! { {pill} }
}
