//! Logging in: name and password, once with a network; after that the phone works without one.
//! Also logging in again when the office has ended the session.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

use crate::browser::{document, preferences};
use crate::components::brand::Brand;
use crate::components::field::TextField;
use crate::components::language_choice::LanguageChoice;
use crate::i18n::{self, t, use_lang};
use crate::path::{Path, use_go};
use crate::state::entrance::LeftBehind;
use crate::state::entrance::login::LoginError;
use crate::state::phone::use_phone;

/// The screen.
#[component]
pub fn Login(
    /// Whose records are on this phone.
    #[prop(optional)]
    left: Vec<LeftBehind>,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <main class="doorway">
            <Brand />
            <h1>{lang.words(t::login_title)}</h1>
            <Remaining left />
            <LoginForm />
            <p class="caption">{lang.words(t::login_once)}</p>
            <LanguageChoice />
        </main>
    }
}

/// Whose unsent records wait on this phone.
#[component]
fn Remaining(
    /// Everybody with records here.
    left: Vec<LeftBehind>,
) -> impl IntoView {
    let lang = use_lang();
    let unsent: Vec<LeftBehind> = left.into_iter().filter(|it| it.unsent > 0).collect();
    let sentence = move |it: LeftBehind| {
        view! {
            <p class="banner amber">
                {move || t::login_remaining(lang.get(), &it.name, it.unsent)}
            </p>
        }
    };
    unsent.into_iter().map(sentence).collect_view()
}

/// Name, password, and what went wrong.
#[component]
fn LoginForm() -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let go = use_go();
    let address = use_location().pathname;
    let login = RwSignal::new(preferences::last_login().unwrap_or_default());
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<LoginError>);
    // Said at the fields only after a first attempt.
    let attempted = RwSignal::new(false);
    let due = move || {
        let session = phone.session.get_untracked();
        session.is_some_and(|session| session.password_due)
    };
    let missing = move |value: RwSignal<String>| {
        let is_missing = attempted.get() && value.with(|value| value.trim().is_empty());
        let words = is_missing.then(|| t::login_missing(lang.get()));
        words.unwrap_or_default().to_owned()
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        attempted.set(true);
        let name = login.with_untracked(|login| login.trim().to_owned());
        let secret = password.get_untracked();
        if let Some(id) = first_missing(&name, &secret) {
            document::focus_id(id);
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let go = go.clone();
        spawn_local(async move {
            let result = phone.log_in(name, secret).await;
            // The log-in's own screen is gone by now when it succeeded.
            busy.try_set(false);
            match result {
                // At any other address the screen asked for is there already.
                Ok(()) if Path::parse(&address.get_untracked()) == Some(Path::Login) => {
                    go(if due() { Path::Password } else { Path::Today });
                }
                Ok(()) => {}
                Err(problem) => {
                    error.try_set(Some(problem));
                }
            }
        });
    };
    let words = move || {
        error
            .get()
            .map(|error| i18n::login_error(lang.get(), &error))
    };
    let label = move || {
        if busy.get() {
            t::login_busy(lang.get())
        } else {
            t::login_submit(lang.get())
        }
    };
    view! {
        <form class="card" on:submit=submit novalidate>
            <TextField
                id="login"
                label=lang.text(t::login_name)
                value=login
                autocomplete="username"
                error=Signal::derive(move || missing(login))
            />
            <TextField
                id="password"
                label=lang.text(t::login_password)
                value=password
                kind="password"
                autocomplete="current-password"
                error=Signal::derive(move || missing(password))
            />
            <p class="form-error" role="alert">{words}</p>
            <button class="button primary wide" type="submit" aria-disabled=move || busy.get().then_some("true")>
                {label}
            </button>
        </form>
    }
}

/// The id of the first field that was left empty.
fn first_missing(login: &str, password: &str) -> Option<&'static str> {
    if login.is_empty() {
        Some("login")
    } else if password.is_empty() {
        Some("password")
    } else {
        None
    }
}
