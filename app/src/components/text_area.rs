//! A text of several lines that grows with what is typed.

use leptos::prelude::*;

/// The field. Every keystroke is handed on; leaving it is told too.
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
    on_leave: Callback<()>,
    /// A sentence of help under the label; nothing when empty.
    #[prop(into, optional)]
    hint: Signal<String>,
) -> impl IntoView {
    let hint_id = [&id, "-hint"].concat();
    let (described_by, labelled) = (hint_id.clone(), id.clone());
    view! {
        <div class="field">
            <label for=labelled>{label}</label>
            <p class="field-hint" id=hint_id>{hint}</p>
            <textarea
                id=id
                class="growing"
                rows="2"
                aria-describedby=described_by
                prop:value=value
                on:input:target=move |event| on_input.run(event.target().value())
                on:blur=move |_| on_leave.run(())
            ></textarea>
        </div>
    }
}
