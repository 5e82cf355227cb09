//! How many records wait for the director's decision (R3.9).
//! Not the deciding; that is the record's page's.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::icon::{Glyph, Icon};
use crate::i18n::{t, use_lang};
use crate::path::Path;
use crate::state::sites::use_sites;

/// The number, and the way to them.
#[component]
pub fn Decisions() -> impl IntoView {
    let lang = use_lang();
    let sites = use_sites();
    let waiting = Memo::new(move |_| {
        sites.with(|state| {
            let records = state.visits.values();
            records
                .filter(|record| record.awaited_decisions() > 0)
                .count() as u64
        })
    });
    let words = move || match waiting.get() {
        0 => t::today_decide_none(lang.get()).to_owned(),
        n => t::today_decide(lang.get(), n),
    };
    let class = move || {
        if waiting.get() == 0 {
            "button line"
        } else {
            "button ghost"
        }
    };
    view! {
        <div class="card deciding">
            <p class="grow number">
                <b>{words}</b>
            </p>
            <A href=Path::Visits.to_string() attr:class=class>
                <Icon glyph=Glyph::Book />
                {lang.words(t::today_see_visits)}
            </A>
        </div>
    }
}
