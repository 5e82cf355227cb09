//! Asks for the passphrase of the file that what is unsent is saved in.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::{dialog, document};
use crate::components::field::TextField;
use crate::i18n::{self, t, use_lang};
use crate::state::export::{ExportError, use_exported};
use crate::state::phone::use_phone;

/// The passphrase's field.
const PASSPHRASE: &str = "export-passphrase";

/// The question, in the browser's own modal dialog.
#[component]
pub fn SaveUnsent(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let exported = use_exported();
    let passphrase = RwSignal::new(String::new());
    let error = RwSignal::new(None::<ExportError>);
    let left_out = RwSignal::new(0);
    let busy = RwSignal::new(false);
    let node: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move || {
        if let Some(element) = node.get() {
            dialog::set_open(&element, open.get());
        }
    });
    let save = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        left_out.set(0);
        spawn_local(async move {
            let typed = passphrase.get_untracked();
            let saved = phone.export_unsent(exported, typed.trim()).await;
            busy.try_set(false);
            match saved {
                Ok(left) => {
                    left_out.try_set(left);
                    open.try_set(left > 0);
                    passphrase.try_set(String::new());
                }
                Err(problem) => {
                    error.try_set(Some(problem));
                    document::focus_id(PASSPHRASE);
                }
            }
        });
    };
    let words = move || {
        let error = error.get();
        error
            .map(|error| i18n::export_error(lang.get(), &error).to_owned())
            .unwrap_or_default()
    };
    let told = move || {
        let left = left_out.get();
        (left > 0).then(|| t::export_photos_left(lang.get(), left))
    };
    view! {
        <dialog
            class="dialog"
            node_ref=node
            aria-labelledby="export-title"
            on:close=move |_| open.set(false)
        >
            <h2 id="export-title">{lang.words(t::export_title)}</h2>
            <p>{lang.words(t::export_text)}</p>
            <TextField
                id=PASSPHRASE
                label=lang.text(t::export_passphrase)
                hint=lang.text(t::export_hint)
                value=passphrase
                error=Signal::derive(words)
            />
            <p class="field-error" role="alert">{told}</p>
            <div class="dialog-actions">
                <button class="button line" on:click=move |_| open.set(false)>
                    {lang.words(t::app_cancel)}
                </button>
                <button
                    class="button primary"
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=save
                >
                    {lang.words(t::export_submit)}
                </button>
            </div>
        </dialog>
    }
}
