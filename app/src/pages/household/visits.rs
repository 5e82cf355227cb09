//! The household's visits, newest first. Not their records; a tap opens one.

use doorstep_domain::id::{HouseholdId, SubjectId};
use doorstep_domain::language::Language;
use doorstep_domain::state::{Place, VisitRecord};
use doorstep_domain::visit::{SigningOutcome, VisitFact};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::browser::format;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::sites::use_sites;

/// A visit in short.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Visited {
    subject: SubjectId,
    fact: VisitFact,
    /// Who visited; empty when withheld.
    visitor: String,
    signing: Option<SigningOutcome>,
    voided: bool,
    only_here: bool,
}

/// All visits of the household.
#[component]
pub fn Visits(
    /// The household.
    household: HouseholdId,
) -> impl IntoView {
    let lang = use_lang();
    let sites = use_sites();
    let visits = Memo::new(move |_| {
        sites.with(|state| {
            let records = state.visits_of(household).into_iter();
            records.filter_map(Visited::of).collect::<Vec<_>>()
        })
    });
    let are_some = move || visits.with(|visits| !visits.is_empty());
    let none = lang.words(t::household_no_visits);
    view! {
        <h2 class="section">{lang.words(t::household_visits)}</h2>
        <Show when=are_some fallback=move || view! { <p class="card">{none}</p> }>
            <ul class="list">
                <For each=move || visits.get() key=Visited::key let(visit)>
                    <VisitedRow visit />
                </For>
            </ul>
        </Show>
    }
}

/// One visit.
#[component]
fn VisitedRow(
    /// The visit.
    visit: Visited,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let address = Path::Visit(visit.subject).to_string();
    let (day, only_here) = (visit.fact.date, visit.only_here);
    let date = move || format::near_date(lang.get(), now.today(), day);
    let end_visit = visit.clone();
    let end = move || end_visit.end(lang.get());
    let about = move || visit.about(lang.get());
    view! {
        <li>
            <A href=address attr:class="row-link">
                <div class="row-words">
                    <p>
                        <b class="number">{date}</b>
                    </p>
                    <p class="caption">{about}</p>
                </div>
                <div class="row-pills">
                    <Show when=move || only_here>
                        <span class="pill amber">{lang.words(t::household_only_here)}</span>
                    </Show>
                    <span class="pill">{end}</span>
                </div>
            </A>
        </li>
    }
}

impl Visited {
    fn of(record: &VisitRecord) -> Option<Self> {
        let finish = record.counted()?;
        let content = finish.content.as_ref();
        Some(Self {
            subject: record.subject,
            fact: finish.fact.clone(),
            visitor: content.map(|it| it.visitor.clone()).unwrap_or_default(),
            signing: finish.signing.as_ref().map(|signing| signing.outcome),
            voided: record.is_voided(),
            only_here: finish.place == Place::OnPhone,
        })
    }

    /// What makes it another row.
    fn key(&self) -> (SubjectId, bool, bool) {
        (self.subject, self.voided, self.only_here)
    }

    /// Way, purpose, and who visited.
    fn about(&self, lang: Language) -> String {
        let mut words = vec![
            i18n::way(lang, self.fact.way),
            i18n::purpose(lang, self.fact.purpose),
        ];
        words.extend((!self.visitor.is_empty()).then_some(self.visitor.as_str()));
        words.join(" · ")
    }

    /// How it ended. All ways of ending are complete and valid (R3.4), so none has a colour.
    fn end(&self, lang: Language) -> &'static str {
        match self.signing {
            _ if self.voided => t::household_voided(lang),
            Some(signing) => i18n::signing(lang, signing),
            None => i18n::outcome(lang, self.fact.outcome),
        }
    }
}
