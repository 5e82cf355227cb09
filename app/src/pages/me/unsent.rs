//! What the office has not received: each item with its age, and the reason of a refusal.
//! Not the sending, which goes on by itself.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::saving::SaveUnsent;
use crate::browser::format::{self, Style};
use crate::components::dialog::Confirm;
use crate::components::icon::{Glyph, Icon};
use crate::i18n::{self, t, use_lang};
use crate::state::account::AskError;
use crate::state::now::use_now;
use crate::state::phone::use_phone;
use crate::state::session::use_session;
use crate::state::sync_status::{self, use_sync_status};

/// The list, or one sentence that all is received.
#[component]
pub fn Unsent() -> impl IntoView {
    let lang = use_lang();
    let status = use_sync_status();
    let saving = RwSignal::new(false);
    let is_empty = Memo::new(move |_| status.with(|view| view.count() == 0));
    let items = move || status.with(|view| view.unsent.clone());
    let unreadable = move || status.with(|view| view.unreadable.len() as u64);
    view! {
        <h2 class="section">{lang.words(t::unsent_heading)}</h2>
        <Contact />
        <Show when=move || !is_empty.get()>
            <ul class="list">
                <For each=items key=|item| (item.id, item.refusal.as_ref().map(|it| it.0)) let(item)>
                    <UnsentItem item />
                </For>
                <Show when=move || { unreadable() > 0 }>
                    <li class="late">{move || t::unsent_unreadable(lang.get(), unreadable())}</li>
                </Show>
            </ul>
            <div class="button-row">
                <button class="button line" on:click=move |_| saving.set(true)>
                    <Icon glyph=Glyph::Download />
                    {lang.words(t::unsent_export)}
                </button>
            </div>
            <SaveUnsent open=saving />
            <HandIn />
        </Show>
    }
}

/// When the office was last reached, and what keeps sending from succeeding.
#[component]
fn Contact() -> impl IntoView {
    let lang = use_lang();
    let status = use_sync_status();
    let session = use_session();
    let received = move || {
        let nothing_left = status.with(|view| view.count() == 0 && view.deposited == 0);
        nothing_left.then(|| t::unsent_none(lang.get()))
    };
    let deposited = move || {
        let n = status.with(|view| view.deposited);
        (n > 0).then(|| t::unsent_deposited(lang.get(), n))
    };
    let last = move || {
        let lang = lang.get();
        match status.with(|view| view.last_contact) {
            Some(at) => {
                let time = format::time(lang, &session.zone(), Style::DayClock, at);
                t::unsent_last_contact(lang, &time)
            }
            None => t::sync_no_contact(lang).to_owned(),
        }
    };
    let trouble = move || {
        let trouble = status.with(|view| view.trouble)?;
        Some(i18n::trouble(lang.get(), trouble))
    };
    view! {
        <div class="card">
            <p>{received}</p>
            <p>{deposited}</p>
            <p class="caption number">{last}</p>
            <p class="caption" role="status">{trouble}</p>
        </div>
    }
}

/// The way out for whoever cannot log in any more: offered when the log-in has ended.
#[component]
fn HandIn() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let phone = use_phone();
    let asking = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let told = RwSignal::new(None::<Result<u64, AskError>>);
    let hand_in = Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        told.set(None);
        spawn_local(async move {
            let answer = phone.deposit().await;
            busy.try_set(false);
            told.try_set(Some(answer));
        });
    });
    let problem = move || match told.get()? {
        Ok(0) => Some(t::unsent_hand_in_refused(lang.get()).to_owned()),
        Ok(_) => None,
        Err(error) => Some(i18n::ask_error(lang.get(), &error)),
    };
    view! {
        <Show when=move || session.has_ended()>
            <div class="button-row">
                <button
                    class="button ghost"
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=move |_| asking.set(true)
                >
                    {lang.words(t::unsent_hand_in)}
                </button>
            </div>
            <p class="form-error" role="alert">{problem}</p>
            <Confirm
                open=asking
                title=lang.text(t::unsent_hand_in_title)
                text=lang.text(t::unsent_hand_in_text)
                confirm=lang.text(t::unsent_hand_in_confirm)
                on_confirm=hand_in
            />
        </Show>
    }
}

/// One item.
#[component]
fn UnsentItem(
    /// The item.
    item: sync_status::Unsent,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let phone = use_phone();
    let now = use_now();
    let (id, at) = (item.id, item.at.unix_ms());
    let title = move || i18n::kind(lang.get(), &item.kind);
    let time = move || format::time(lang.get(), &session.zone(), Style::DayClock, at);
    let age = move || i18n::age(lang.get(), now.minutes_since(at));
    let reason = item
        .refusal
        .map(|(code, params)| move || i18n::refusal(lang.get(), code, &params));
    let refused = reason.is_some();
    let retry = move |_| {
        if let Some(opened) = phone.opened() {
            spawn_local(Rc::clone(&opened.driver).retry(id));
        }
    };
    view! {
        <li class="unsent-item">
            <div class="grow">
                <b>{title}</b>
                <p class="caption number">{time} " · " {age}</p>
                <p class="late">{reason}</p>
            </div>
            <Show when=move || refused>
                <button class="button line small" on:click=retry>
                    {lang.words(t::unsent_retry)}
                </button>
            </Show>
        </li>
    }
}
