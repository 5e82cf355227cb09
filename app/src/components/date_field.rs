//! A date of the site's calendar, by the browser's own picker.

use chrono::NaiveDate;
use leptos::prelude::*;

/// The field. What is half typed, or lies after `latest`, changes nothing and is put back.
#[component]
pub fn DateField(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The date.
    value: RwSignal<NaiveDate>,
    /// The last day that can be chosen.
    #[prop(into)]
    latest: Signal<NaiveDate>,
) -> impl IntoView {
    let labelled = id.clone();
    let read = move |typed: String| {
        let date: Option<NaiveDate> = typed.parse().ok();
        if let Some(date) = date.filter(|date| *date <= latest.get_untracked()) {
            value.set(date);
        }
    };
    view! {
        <div class="field">
            <label for=labelled>{label}</label>
            <input
                id=id
                type="date"
                required
                max=move || latest.get().to_string()
                prop:value=move || value.get().to_string()
                on:change:target=move |event| read(event.target().value())
                on:blur:target=move |event| event.target().set_value(&value.get_untracked().to_string())
            />
        </div>
    }
}
