//! Choosing the code that opens what is kept on this phone and takes it back from an owner: after the
//! first log-in, and whenever somebody wants another.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::{document, passkey};
use crate::components::field::TextField;
use crate::components::page_head::SlimHead;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::code::CodeError;
use crate::state::passkey::PasskeyError;
use crate::state::phone::use_phone;

/// The screen.
#[component]
pub fn Code() -> impl IntoView {
    let lang = use_lang();
    let done = RwSignal::new(false);
    view! {
        <SlimHead title=lang.text(t::code_title) back=Path::Me />
        <main class="page">
            <p role="status">{move || done.get().then(|| t::code_done(lang.get()))}</p>
            <Show when=move || !done.get()>
                <CodeForm on_done=Callback::new(move |()| done.set(true)) />
            </Show>
            <PasskeyChoice />
        </main>
    }
}

/// Whether a passkey opens the phone too; only where it could.
#[component]
fn PasskeyChoice() -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let available = RwSignal::new(false);
    let kept = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<PasskeyError>);
    spawn_local(async move {
        let has_passkey = phone.has_passkey().await;
        kept.try_set(has_passkey);
        available.try_set(has_passkey || passkey::is_available().await);
    });
    let change = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let had = kept.get_untracked();
        spawn_local(async move {
            let result = if had {
                phone.remove_passkey().await
            } else {
                phone.add_passkey().await
            };
            busy.try_set(false);
            match result {
                Ok(()) => kept.try_set(!had),
                Err(why) => problem.try_set(Some(why)).and(None),
            };
        });
    };
    let state = move || {
        if kept.get() {
            t::passkey_on(lang.get())
        } else {
            t::passkey_off(lang.get())
        }
    };
    let label = move || {
        if kept.get() {
            t::passkey_remove(lang.get())
        } else {
            t::passkey_add(lang.get())
        }
    };
    let words = move || {
        problem
            .get()
            .map(|why| i18n::passkey_error(lang.get(), &why))
    };
    view! {
        <Show when=move || available.get()>
            <h2 class="section">{lang.words(t::passkey_heading)}</h2>
            <div class="card">
                <p role="status">{state}</p>
                <p class="form-error" role="alert">{words}</p>
                <button
                    class="button line"
                    on:click=change
                    aria-disabled=move || busy.get().then_some("true")
                >
                    {label}
                </button>
            </div>
        </Show>
    }
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    /// The second time it was another one.
    Differs,
    /// It was not taken.
    Code(CodeError),
}

/// The code twice, and what went wrong.
#[component]
pub fn CodeForm(
    /// Called when it has been chosen.
    on_done: Callback<()>,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let code = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let typed = code.with_untracked(|code| code.trim().to_owned());
        if again.with_untracked(|again| again.trim() != typed) {
            problem.set(Some(Problem::Differs));
            document::focus_id("again-code");
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let result = phone.choose_code(&typed).await;
            busy.try_set(false);
            match result {
                Ok(()) => {
                    on_done.try_run(());
                }
                Err(why) => {
                    problem.try_set(Some(Problem::Code(why)));
                    document::focus_id("new-code");
                }
            }
        });
    };
    let words = move |problem: Problem| match problem {
        Problem::Differs => t::code_differs(lang.get()).to_owned(),
        Problem::Code(why) => i18n::code_error(lang.get(), &why),
    };
    let at = move |here: fn(&Problem) -> bool| {
        Signal::derive(move || problem.get().filter(here).map(words).unwrap_or_default())
    };
    let label = move || {
        if busy.get() {
            t::code_busy(lang.get())
        } else {
            t::code_submit(lang.get())
        }
    };
    view! {
        <form class="card" on:submit=submit novalidate>
            <p>{lang.words(t::code_text)}</p>
            <TextField
                id="new-code"
                label=lang.text(t::code_code)
                hint=lang.text(t::code_hint)
                value=code
                kind="password"
                digits=true
                error=at(|problem| matches!(problem, Problem::Code(CodeError::Bad(_))))
            />
            <TextField
                id="again-code"
                label=lang.text(t::code_again)
                value=again
                kind="password"
                digits=true
                error=at(|problem| *problem == Problem::Differs)
            />
            <p class="form-error" role="alert">
                {at(|problem| {
                    matches!(problem, Problem::Code(why) if !matches!(why, CodeError::Bad(_)))
                })}
            </p>
            <button
                class="button primary wide"
                type="submit"
                aria-disabled=move || busy.get().then_some("true")
            >
                {label}
            </button>
        </form>
    }
}
