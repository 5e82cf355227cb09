//! A labelled text of several lines that grows with what is typed, as [`super::field`] has for one
//! line. Not the rules; a page says what is wrong.

use leptos::prelude::*;

/// The field. Every keystroke is handed on. The error is announced and tied to the field.
#[component]
pub fn TextArea(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The text now.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the whole text at each change.
    on_input: Callback<String>,
    /// Called when the field is left.
    #[prop(optional)]
    on_leave: Option<Callback<()>>,
    /// A sentence of help under the label; nothing when empty.
    #[prop(into, optional)]
    hint: Signal<String>,
    /// What is wrong with it; nothing when empty.
    #[prop(into, optional)]
    error: Signal<String>,
) -> impl IntoView {
    let has_error = move || error.with(|error| !error.is_empty());
    let (hint_id, error_id) = ([&id, "-hint"].concat(), [&id, "-error"].concat());
    let described_by = [&hint_id, " ", &error_id].concat();
    let labelled = id.clone();
    let invalid = move || has_error().then_some("true");
    let leave = move |_| {
        if let Some(on_leave) = on_leave {
            on_leave.run(());
        }
    };
    view! {
        <div class="field" class:wrong=has_error>
            <label for=labelled>{label}</label>
            <p class="field-hint" id=hint_id>{hint}</p>
            <textarea
                id=id
                class="growing"
                rows="2"
                // Else the browser writes what is typed to its own files.
                autocomplete="off"
                aria-invalid=invalid
                aria-describedby=described_by
                prop:value=value
                on:input:target=move |event| on_input.run(event.target().value())
                on:blur=leave
            ></textarea>
            <p class="field-error" id=error_id role="alert">{error}</p>
        </div>
    }
}
