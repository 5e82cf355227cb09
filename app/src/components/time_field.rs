//! A date and time on the site's clock, by the browser's own picker.

use doorstep_domain::time::SiteTime;
use leptos::prelude::*;

use crate::browser::clock;
use crate::state::session::use_session;

/// The field. What is half typed changes nothing.
#[component]
pub fn TimeField(
    /// Unique on the page.
    id: &'static str,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The time now.
    #[prop(into)]
    value: Signal<SiteTime>,
    /// Called with another one.
    on_change: Callback<SiteTime>,
) -> impl IntoView {
    let session = use_session();
    let read = move |typed: String| {
        let zone = untrack(|| session.zone());
        if let Some(time) = clock::from_local(&zone, &typed) {
            on_change.run(time);
        }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                type="datetime-local"
                required
                prop:value=move || value.get().local()
                on:change:target=move |event| read(event.target().value())
                // What was half typed shows the time that holds again.
                on:blur:target=move |event| event.target().set_value(&value.get_untracked().local())
            />
        </div>
    }
}
