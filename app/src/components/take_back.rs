//! The question for staff's code while an owner has the phone: comes up wherever something else
//! than their record was asked for, and leads there with the right code.

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::field::TextField;
use crate::browser::{dialog, document};
use crate::i18n::{self, t, use_lang};
use crate::path::{Path, use_go_on};
use crate::state::code::UnlockError;
use crate::state::phone::use_phone;
use crate::state::session::use_session;

const FIELD: &str = "unlock-code";

/// The dialog; open while `wanted` names what was asked for.
#[component]
pub fn TakeBack(
    /// Where to go with the right code.
    wanted: RwSignal<Option<Path>>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let node: NodeRef<html::Dialog> = NodeRef::new();
    let is_open = Memo::new(move |_| wanted.with(Option::is_some));
    Effect::new(move || {
        if let Some(element) = node.get() {
            dialog::set_open(&element, is_open.get());
        }
    });
    let name = move || session.get().map(|it| it.name.clone()).unwrap_or_default();
    view! {
        <dialog
            class="dialog"
            aria-label=lang.text(t::take_back_title)
            node_ref=node
            on:close=move |_| wanted.set(None)
        >
            <h2>{lang.words(t::take_back_title)}</h2>
            <p>{move || t::take_back_text(lang.get(), &name())}</p>
            // Anew each time: nothing of a code stays in the field.
            <Show when=move || is_open.get()>
                <Question wanted />
            </Show>
        </dialog>
    }
}

/// The field and its two buttons.
#[component]
fn Question(
    /// Where to go with the right code; nowhere when it is not typed after all.
    wanted: RwSignal<Option<Path>>,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let go_on = use_go_on();
    let typed = RwSignal::new(String::new());
    let by_password = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<UnlockError>);
    request_animation_frame(|| document::focus_id(FIELD));
    let lead_on = Callback::new(go_on);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let secret = typed.get_untracked();
        let path = wanted.get_untracked();
        spawn_local(async move {
            let result = if by_password.get_untracked() {
                phone.take_back_by_login(secret).await
            } else {
                phone.take_back(secret.trim()).await
            };
            busy.try_set(false);
            match result {
                Ok(()) => {
                    wanted.set(None);
                    if let Some(path) = path {
                        lead_on.run(path);
                    }
                }
                Err(problem) => {
                    typed.try_set(String::new());
                    error.try_set(Some(problem));
                    document::focus_id(FIELD);
                }
            }
        });
    };
    let forgotten = move |_| {
        by_password.set(true);
        typed.set(String::new());
        error.set(None);
        document::focus_id(FIELD);
    };
    let words = move || {
        let error = error.get()?;
        Some(i18n::unlock_error(lang.get(), &error))
    };
    let label = move || {
        if by_password.get() {
            t::login_password(lang.get()).to_owned()
        } else {
            t::code_code(lang.get()).to_owned()
        }
    };
    let confirm = move || {
        if busy.get() {
            t::take_back_busy(lang.get())
        } else {
            t::take_back_submit(lang.get())
        }
    };
    let hint = move || {
        let words = by_password.get().then(|| t::take_back_password(lang.get()));
        words.unwrap_or_default().to_owned()
    };
    view! {
        <form on:submit=submit novalidate>
            <TextField
                id=FIELD
                label=Signal::derive(label)
                hint=Signal::derive(hint)
                value=typed
                kind="password"
                digits=Signal::derive(move || !by_password.get())
            />
            <p class="form-error" role="alert">{words}</p>
            <div class="dialog-actions">
                <button type="button" class="button line" on:click=move |_| wanted.set(None)>
                    {lang.words(t::app_cancel)}
                </button>
                <button
                    type="submit"
                    class="button primary"
                    aria-disabled=move || busy.get().then_some("true")
                >
                    {confirm}
                </button>
            </div>
            <Show when=move || !by_password.get()>
                <button type="button" class="button line small" on:click=forgotten>
                    {lang.words(t::take_back_forgotten)}
                </button>
            </Show>
        </form>
    }
}
