//! A labelled control with its hint and error: the only place that draws them.
//! Not the rules; a page says what is wrong.

use leptos::prelude::*;

/// A text field of one line. The error is announced and tied to the input.
#[component]
pub fn TextField(
    /// Unique on the page.
    id: &'static str,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The text.
    value: RwSignal<String>,
    /// `text`, `password`, `tel`, `search`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in (HTML autofill detail tokens).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What is wrong with it; nothing when empty.
    #[prop(into, optional)]
    error: Signal<String>,
    /// Typed on the digits of the keyboard.
    #[prop(into, optional)]
    digits: Signal<bool>,
    /// A sentence of help under the label; nothing when empty.
    #[prop(into, optional)]
    hint: Signal<String>,
) -> impl IntoView {
    let has_error = move || error.with(|error| !error.is_empty());
    let has_hint = move || hint.with(|hint| !hint.is_empty());
    let error_id = format!("{id}-error");
    let hint_id = format!("{id}-hint");
    let described_by = {
        let (error_id, hint_id) = (error_id.clone(), hint_id.clone());
        move || match (has_hint(), has_error()) {
            (false, false) => None,
            (true, false) => Some(hint_id.clone()),
            (false, true) => Some(error_id.clone()),
            (true, true) => Some([&hint_id, " ", &error_id].concat()),
        }
    };
    let invalid = move || has_error().then_some("true");
    view! {
        <div class="field" class:wrong=has_error>
            <label for=id>{label}</label>
            <p class="field-hint" id=hint_id>{hint}</p>
            <input
                id=id
                name=id
                type=kind
                autocomplete=autocomplete
                inputmode=move || digits.get().then_some("numeric")
                autocapitalize="off"
                spellcheck="false"
                aria-invalid=invalid
                aria-describedby=described_by
                bind:value=value
            />
            <p class="field-error" id=error_id role="alert">{error}</p>
        </div>
    }
}
