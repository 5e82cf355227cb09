//! What was planned to be talked about, before the visitor's eyes (R2.4).

use leptos::prelude::*;

use crate::i18n::{t, use_lang};
use crate::pages::draft::use_writing;
use crate::state::sites::use_sites;

/// The plan's agenda; nothing without one.
#[component]
pub fn Agenda() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let sites = use_sites();
    let plan = writing.read_untracked(|draft| draft.plan);
    let agenda = Memo::new(move |_| {
        let plan = plan?;
        sites.with(|state| {
            let content = state.plans.get(&plan)?.entry()?.content.as_ref()?;
            (!content.agenda.is_empty()).then(|| content.agenda.clone())
        })
    });
    let card = move |agenda| {
        view! {
            <div class="card agenda">
                <p>{lang.words(t::planning_agenda)}</p>
                <p>{agenda}</p>
            </div>
        }
    };
    move || agenda.get().map(card)
}
