//! A labelled field of several lines with its error, as [`super::field`] has for one line.
//! Not the rules; a page says what is wrong.

use doorstep_domain::text::TEXT_MAX;
use leptos::prelude::*;

/// A field for a text of a record. The error is announced and tied to the field.
#[component]
pub fn TextArea(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The text.
    value: RwSignal<String>,
    /// What is wrong with it; nothing when empty.
    #[prop(into, optional)]
    error: Signal<String>,
    /// Lines shown before it scrolls.
    #[prop(default = 3)]
    rows: u8,
) -> impl IntoView {
    let has_error = move || error.with(|error| !error.is_empty());
    let error_id = [&id, "-error"].concat();
    let described_by = {
        let error_id = error_id.clone();
        move || has_error().then(|| error_id.clone())
    };
    let invalid = move || has_error().then_some("true");
    view! {
        <div class="field" class:wrong=has_error>
            <label for=id.clone()>{label}</label>
            <textarea
                id=id.clone()
                name=id
                rows=rows.to_string()
                maxlength=TEXT_MAX.to_string()
                aria-invalid=invalid
                aria-describedby=described_by
                bind:value=value
            />
            <p class="field-error" id=error_id role="alert">{error}</p>
        </div>
    }
}
