//! Another password for the account: after a one-time password before anything else, or whenever
//! somebody wants to. Needs the network.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::document;
use crate::components::field::TextField;
use crate::components::page_head::SlimHead;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::account::AskError;
use crate::state::phone::use_phone;
use crate::state::session::use_session;

/// Fewest characters of a new password; the server says the rest.
const LENGTH_MIN: usize = 8;

/// What is wrong with what was typed, before the office is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Typed {
    /// The password as it is is missing.
    NoOld,
    /// The new one is too short.
    Short,
    /// It was typed differently the second time.
    Differs,
}

impl Typed {
    /// The first thing wrong with it.
    fn of(old: &str, new: &str, again: &str) -> Option<Self> {
        match () {
            () if old.is_empty() => Some(Self::NoOld),
            () if new.chars().count() < LENGTH_MIN => Some(Self::Short),
            () if new != again => Some(Self::Differs),
            () => None,
        }
    }

    /// The id of the field that is to be mended.
    fn field(self) -> &'static str {
        match self {
            Self::NoOld => "old-password",
            Self::Short => "new-password",
            Self::Differs => "again-password",
        }
    }
}

/// The screen.
#[component]
pub fn Password() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let due = move || session.get().is_some_and(|session| session.password_due);
    // Stays after the password was changed, and says so.
    let done = RwSignal::new(false);
    view! {
        <SlimHead title=lang.text(t::password_title) back=Path::Me />
        <main class="page">
            <Show when=due>
                <p class="banner amber">{lang.words(t::password_due)}</p>
            </Show>
            <p role="status">{move || done.get().then(|| t::password_done(lang.get()))}</p>
            <Show when=move || !done.get()>
                <PasswordForm done />
            </Show>
        </main>
    }
}

/// The password as it is, the new one twice, and what went wrong.
#[component]
fn PasswordForm(
    /// Set when it has been changed.
    done: RwSignal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let session = use_session();
    let (old, new, again) = (text(), text(), text());
    let wrong = RwSignal::new(None::<Typed>);
    let error = RwSignal::new(None::<AskError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = [old, new, again].map(|value| value.get_untracked());
        let problem = Typed::of(&typed[0], &typed[1], &typed[2]);
        wrong.set(problem);
        error.set(None);
        if let Some(problem) = problem {
            document::focus_id(problem.field());
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let [old, new, _] = typed;
        spawn_local(async move {
            let result = phone.change_password(old, new).await;
            busy.try_set(false);
            match result {
                Ok(()) => {
                    done.try_set(true);
                }
                Err(problem) => {
                    error.try_set(Some(problem));
                }
            }
        });
    };
    let at = move |problem: Typed| {
        Signal::derive(move || {
            if wrong.get() != Some(problem) {
                return String::new();
            }
            let words = match problem {
                Typed::NoOld => t::login_missing(lang.get()),
                Typed::Short => t::password_too_short(lang.get()),
                Typed::Differs => t::password_differs(lang.get()),
            };
            words.to_owned()
        })
    };
    let words = move || error.get().map(|error| i18n::ask_error(lang.get(), &error));
    let label = move || {
        if busy.get() {
            t::password_busy(lang.get())
        } else {
            t::password_submit(lang.get())
        }
    };
    // For the browser's password store: it needs to know whose password this is.
    let login = move || session.get().map(|it| it.login.clone()).unwrap_or_default();
    view! {
        <form class="card" on:submit=submit novalidate>
            <input class="visually-hidden" tabindex="-1" aria-hidden="true" autocomplete="username" readonly prop:value=login />
            <TextField
                id="old-password"
                label=lang.text(t::password_old)
                value=old
                kind="password"
                autocomplete="current-password"
                error=at(Typed::NoOld)
            />
            <TextField
                id="new-password"
                label=lang.text(t::password_new)
                hint=lang.text(t::password_hint)
                value=new
                kind="password"
                autocomplete="new-password"
                error=at(Typed::Short)
            />
            <TextField
                id="again-password"
                label=lang.text(t::password_again)
                value=again
                kind="password"
                autocomplete="new-password"
                error=at(Typed::Differs)
            />
            <p class="form-error" role="alert">{words}</p>
            <button class="button primary wide" type="submit" aria-disabled=move || busy.get().then_some("true")>
                {label}
            </button>
            <p class="caption">{lang.words(t::password_others_end)}</p>
        </form>
    }
}

fn text() -> RwSignal<String> {
    RwSignal::new(String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_thing_wrong_is_told() {
        for (old, new, again, wrong) in [
            ("", "", "", Some(Typed::NoOld)),
            ("a", "1234567", "1234567", Some(Typed::Short)),
            ("a", "七个汉字一二三", "七个汉字一二三", Some(Typed::Short)),
            ("a", "12345678", "1234567", Some(Typed::Differs)),
            ("a", "12345678", "12345678", None),
        ] {
            assert_eq!(Typed::of(old, new, again), wrong, "{old} {new} {again}");
        }
    }
}
