//! How a household stands with the month's visiting, in a word and a colour.
//! Not the counting; that is the domain's.

use doorstep_domain::language::Language;
use doorstep_domain::state::Visiting;
use leptos::prelude::*;

use crate::i18n::{t, use_lang};

/// The pill.
#[component]
pub fn VisitingPill(
    /// Whether the household is occupied; a vacant one is not waited for.
    occupied: bool,
    /// How it stands; `None` when it was never contacted.
    #[prop(into)]
    visiting: Signal<Option<Visiting>>,
) -> impl IntoView {
    let lang = use_lang();
    let class = move || tone(occupied, visiting.get());
    let words = move || words(lang.get(), occupied, visiting.get());
    view! { <span class=class>{words}</span> }
}

fn words(lang: Language, occupied: bool, visiting: Option<Visiting>) -> String {
    match visiting {
        Some(it) if it.this_month => t::visiting_this_month(lang).to_owned(),
        _ if !occupied => t::household_vacant(lang).to_owned(),
        Some(it) if it.months > 1 => t::visiting_months(lang, u64::from(it.months)),
        Some(_) => t::visiting_not_this_month(lang).to_owned(),
        None => t::visiting_never(lang).to_owned(),
    }
}

fn tone(occupied: bool, visiting: Option<Visiting>) -> &'static str {
    match visiting {
        Some(it) if it.this_month => "pill jade",
        Some(it) if occupied && it.is_long_ago() => "pill seal",
        _ => "pill",
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use doorstep_domain::language::Language::English;
    use doorstep_domain::visit::Purpose;

    use super::*;

    #[test]
    fn only_a_long_wait_of_an_occupied_household_stands_out() {
        let stood = |this_month, months| {
            Some(Visiting {
                this_month,
                last: NaiveDate::default(),
                purpose: Purpose::Visit,
                months,
            })
        };
        for (occupied, visiting, class, text) in [
            (true, stood(true, 0), "pill jade", "Visited this month"),
            (false, stood(true, 0), "pill jade", "Visited this month"),
            (true, stood(false, 0), "pill", "Not yet this month"),
            (true, stood(false, 1), "pill", "Not yet this month"),
            (true, stood(false, 2), "pill", "Not for 2 months"),
            (true, stood(false, 3), "pill seal", "Not for 3 months"),
            (false, stood(false, 9), "pill", "Vacant"),
            (true, None, "pill", "Never visited"),
            (false, None, "pill", "Vacant"),
        ] {
            assert_eq!(tone(occupied, visiting), class);
            assert_eq!(words(English, occupied, visiting), text);
        }
    }
}
