//! A question before something that cannot be taken back, in the browser's own modal dialog
//! (focus kept inside, Escape closes, the page behind is inert).

use leptos::html;
use leptos::prelude::*;

use crate::browser::dialog;
use crate::i18n::{t, use_lang};

/// A question with two answers. Open it by setting `open`.
#[component]
pub fn Confirm(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// What will happen, in a sentence or two.
    #[prop(into)]
    text: Signal<String>,
    /// The word on the button that does it.
    #[prop(into)]
    confirm: Signal<String>,
    /// Called when it is confirmed.
    on_confirm: Callback<()>,
) -> impl IntoView {
    let lang = use_lang();
    let node: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move || {
        if let Some(element) = node.get() {
            dialog::set_open(&element, open.get());
        }
    });
    let accept = move |_| {
        open.set(false);
        on_confirm.run(());
    };
    view! {
        <dialog class="dialog" aria-label=title node_ref=node on:close=move |_| open.set(false)>
            <h2>{title}</h2>
            <p>{text}</p>
            <div class="dialog-actions">
                <button class="button line" on:click=move |_| open.set(false)>
                    {lang.words(t::app_cancel)}
                </button>
                <button class="button primary" on:click=accept>
                    {confirm}
                </button>
            </div>
        </dialog>
    }
}
