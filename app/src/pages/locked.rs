//! The phone is locked: what opens what is kept on it, or that a code is to be chosen for that; and
//! that the office has locked it out.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::document;
use crate::components::brand::Brand;
use crate::components::field::TextField;
use crate::components::language_choice::LanguageChoice;
use crate::i18n::{self, t, use_lang};
use crate::pages::code::CodeForm;
use crate::state::code::UnlockError;
use crate::state::entrance::{Locked, Way};
use crate::state::phone::use_phone;

const FIELD: &str = "unlock";

/// The screen.
#[component]
pub fn LockedPhone(
    /// Whose records are locked, and what opens them.
    locked: Locked,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let Locked {
        name,
        way,
        has_passkey,
        is_revoked,
    } = locked;
    let chooses = way == Way::Choose;
    let title = if chooses {
        t::lock_choose
    } else {
        t::lock_title
    };
    let aside = move |_| {
        spawn_local(async move {
            // A failure is shown at the next start.
            phone.step_aside().await.ok();
        });
    };
    view! {
        <main class="doorway">
            <Brand />
            <h1>{lang.words(title)}</h1>
            <Show when=move || is_revoked>
                <p class="banner loud" role="alert">{lang.words(t::lock_revoked)}</p>
            </Show>
            {if chooses {
                // The records open by themselves.
                view! { <CodeForm on_done=Callback::new(|()| ()) /> }.into_any()
            } else {
                view! { <Unlock name way has_passkey /> }.into_any()
            }}
            <button class="button line wide" on:click=aside>
                {lang.words(t::lock_other)}
            </button>
            <LanguageChoice />
        </main>
    }
}

/// The field for code or password, and what went wrong.
#[component]
fn Unlock(
    /// Whose records.
    name: String,
    /// What opens them.
    way: Way,
    /// Whether a passkey does too.
    has_passkey: bool,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let by_password = RwSignal::new(way == Way::Password);
    let typed = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<UnlockError>);
    if !has_passkey {
        request_animation_frame(|| document::focus_id(FIELD));
    }
    let by_passkey = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let result = phone.unlock_by_passkey().await;
            busy.try_set(false);
            if let Err(problem) = result {
                error.try_set(Some(problem));
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let secret = typed.get_untracked();
        spawn_local(async move {
            let result = if by_password.get_untracked() {
                phone.unlock_by_password(secret).await
            } else {
                phone.unlock(secret.trim()).await
            };
            // The screen is gone by now when it succeeded.
            busy.try_set(false);
            if let Err(problem) = result {
                typed.try_set(String::new());
                error.try_set(Some(problem));
                document::focus_id(FIELD);
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
        error
            .get()
            .map(|error| i18n::unlock_error(lang.get(), &error))
    };
    let label = move || {
        if by_password.get() {
            t::login_password(lang.get()).to_owned()
        } else {
            t::code_code(lang.get()).to_owned()
        }
    };
    let text = move || match (way, by_password.get()) {
        (Way::Password, _) => t::lock_lease(lang.get(), &name),
        (_, true) => t::lock_password(lang.get(), &name),
        (_, false) => t::lock_text(lang.get(), &name),
    };
    let confirm = move || {
        if busy.get() {
            t::take_back_busy(lang.get())
        } else {
            t::take_back_submit(lang.get())
        }
    };
    view! {
        <form class="card" on:submit=submit novalidate>
            <p>{text}</p>
            <Show when=move || has_passkey && !by_password.get()>
                <button type="button" class="button line wide" on:click=by_passkey>
                    {lang.words(t::passkey_unlock)}
                </button>
            </Show>
            <TextField
                id=FIELD
                label=Signal::derive(label)
                value=typed
                kind="password"
                digits=Signal::derive(move || !by_password.get())
            />
            <p class="form-error" role="alert">{words}</p>
            <button
                class="button primary wide"
                type="submit"
                aria-disabled=move || busy.get().then_some("true")
            >
                {confirm}
            </button>
            <Show when=move || !by_password.get()>
                <button type="button" class="button line wide" on:click=forgotten>
                    {lang.words(t::take_back_forgotten)}
                </button>
            </Show>
        </form>
    }
}

/// The office has locked this phone out, and nothing is kept on it any more.
#[component]
pub fn RevokedPhone(
    /// How many records were handed in before.
    records: u64,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    view! {
        <main class="doorway">
            <Brand />
            <h1>{lang.words(t::revoked_title)}</h1>
            <div class="card" role="alert">
                <p>{lang.words(t::revoked_text)}</p>
                <p>{move || (records > 0).then(|| t::revoked_handed_in(lang.get(), records))}</p>
            </div>
            <button class="button line wide" on:click=move |_| phone.start()>
                {lang.words(t::revoked_on)}
            </button>
        </main>
    }
}
