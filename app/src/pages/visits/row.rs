//! A row of the list: one visit in a few words. Not what is said; that is [`super::listing`].

use chrono::{Datelike, NaiveDate};
use doorstep_domain::id::SubjectId;
use doorstep_domain::language::Language;
use leptos::prelude::*;
use leptos_router::components::A;

use super::listing::{Gist, Line, Mark, Row};
use crate::browser::format::{self, Style};
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::session::use_session;

/// The id of a record's row, to come back to.
pub fn row_id(subject: SubjectId) -> String {
    ["row-", &subject.to_string()].concat()
}

/// A row that leads to its record.
#[component]
pub fn VisitRow(
    /// What it tells.
    row: Row,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let session = use_session();
    let Row {
        subject,
        at,
        gist,
        marks,
        voided,
    } = row;
    let time = move || {
        let style = style(at.date(), now.today());
        format::time(lang.get(), &session.zone(), style, at.unix_ms())
    };
    let words = {
        let gist = gist.clone();
        move || line(lang.get(), &gist)
    };
    let heading = move || title(lang.get(), &gist);
    let title = if voided {
        view! { <s>{heading}</s> }.into_any()
    } else {
        view! { <span>{heading}</span> }.into_any()
    };
    view! {
        <li>
            <A
                href=Path::Visit(subject).to_string()
                attr:id=row_id(subject)
                attr:class="inbox-row"
            >
                <span class="inbox-row-head">
                    <b class="grow">{title}</b>
                    <span class="caption number">{time}</span>
                </span>
                <span class="inbox-row-line">{words}</span>
                <span class="pills">
                    <For each=move || marks.clone() key=|mark| *mark let(mark)>
                        <MarkPill mark />
                    </For>
                </span>
            </A>
        </li>
    }
}

/// A mark as a pill.
#[component]
fn MarkPill(
    /// The mark.
    mark: Mark,
) -> impl IntoView {
    let lang = use_lang();
    view! { <span class=mark.class()>{move || mark.words(lang.get())}</span> }
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Broken | Self::Refused => "pill seal",
            Self::OnPhone | Self::AddedOnPhone => "pill amber",
            _ => "pill",
        }
    }

    fn words(self, lang: Language) -> String {
        let words = match self {
            Self::Corrected => t::visits_mark_corrected(lang),
            Self::Finishes(n) => return t::visits_mark_finishes(lang, n),
            Self::Voided => t::visits_mark_voided(lang),
            Self::Broken => t::visits_mark_broken(lang),
            Self::Refused => t::visits_mark_refused(lang),
            Self::OnPhone => t::visits_mark_on_phone(lang),
            Self::AddedOnPhone => t::visits_mark_added_on_phone(lang),
            Self::Outcome(outcome) => i18n::outcome(lang, outcome),
            Self::Signing(outcome) => i18n::signing(lang, outcome),
            Self::Purpose(purpose) => i18n::purpose(lang, purpose),
            Self::Exception(exception) => i18n::exception(lang, exception),
            Self::WantsAnswer => t::record_wants_answer(lang),
        };
        words.to_owned()
    }
}

fn title(lang: Language, gist: &Gist) -> String {
    match gist {
        Gist::Seen { room, met, .. } => [room.as_str(), met].join(" "),
        Gist::Unseen { erased: true, .. } => t::visits_erased(lang).to_owned(),
        Gist::Unseen { erased: false, .. } => t::visits_withheld(lang).to_owned(),
    }
}

fn line(lang: Language, gist: &Gist) -> String {
    let line = match gist {
        Gist::Seen { line, .. } => line,
        Gist::Unseen { post, way, .. } => {
            return [i18n::role(lang, *post), i18n::way(lang, *way)].join(" · ");
        }
    };
    match line {
        Line::Opinion { topic, mark, text } => {
            let mark = mark.map(|mark| i18n::satisfaction(lang, mark));
            let words: Vec<&str> = [i18n::topic(lang, *topic)]
                .into_iter()
                .chain(mark)
                .collect();
            let opinion = words.join(" ");
            if text.is_empty() {
                opinion
            } else {
                t::visits_opinion(lang, &opinion, text)
            }
        }
        Line::Words(words) => words.clone(),
        Line::Visited { way, visitor } => [i18n::way(lang, *way), visitor].join(" · "),
    }
}

/// The clock today, the day this year, the whole date before.
fn style(day: NaiveDate, today: NaiveDate) -> Style {
    if day == today {
        Style::Clock
    } else if day.year() == today.year() {
        Style::ShortDay
    } else {
        Style::FullDay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_a_visit_the_more_of_its_date_is_told() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        for (at, told) in [
            ("2026-11-23", Style::Clock),
            ("2026-11-22", Style::ShortDay),
            ("2025-11-23", Style::FullDay),
        ] {
            assert_eq!(style(day(at), day("2026-11-23")), told, "{at}");
        }
    }
}
