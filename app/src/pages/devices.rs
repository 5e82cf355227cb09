//! The devices on which the person is logged in, and those of others that they look after; how a
//! lost phone is locked out. Needs the network: what is shown is the office's, as of now.

use doorstep_domain::account::Device;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::format;
use crate::components::dialog::Confirm;
use crate::components::page_head::SlimHead;
use crate::components::unanswered::Unanswered;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::account::AskError;
use crate::state::now::use_now;
use crate::state::phone::use_phone;
use crate::state::session::use_session;

/// What the office has answered so far.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    /// Nothing yet.
    Asked,
    /// The devices.
    Told(Vec<Device>),
    /// Nothing, and why.
    Failed(AskError),
}

/// The screen.
#[component]
pub fn Devices() -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let answer = RwSignal::new(Answer::Asked);
    let ask = move || {
        spawn_local(async move {
            let told = phone.devices().await;
            answer.try_set(told.map_or_else(Answer::Failed, Answer::Told));
        });
    };
    ask();
    let again = Callback::new(move |()| {
        answer.set(Answer::Asked);
        ask();
    });
    let asked_for = RwSignal::new(None::<Device>);
    let open = RwSignal::new(false);
    let problem = RwSignal::new(None::<AskError>);
    let choose = Callback::new(move |device: Device| {
        asked_for.set(Some(device));
        open.set(true);
    });
    let revoke = Callback::new(move |()| {
        let Some(device) = asked_for.get_untracked() else {
            return;
        };
        problem.set(None);
        spawn_local(async move {
            match phone.revoke_device(device.device).await {
                Ok(()) => ask(),
                Err(error) => {
                    problem.try_set(Some(error));
                }
            }
        });
    });
    let question = move || {
        let device = asked_for.get();
        let label = device.map(|it| name_of(&it)).unwrap_or_default();
        t::devices_revoke_title(lang.get(), &label)
    };
    let shown = move || match answer.get() {
        Answer::Asked => view! { <Unanswered error=None again /> }.into_any(),
        Answer::Failed(error) => view! { <Unanswered error=Some(error) again /> }.into_any(),
        Answer::Told(devices) => view! { <Listed devices choose /> }.into_any(),
    };
    view! {
        <SlimHead title=lang.text(t::devices_title) back=Path::Me />
        <main class="page">
            <p class="form-error" role="alert">
                {move || problem.get().map(|error| i18n::ask_error(lang.get(), &error))}
            </p>
            {shown}
            <Confirm
                open
                title=Signal::derive(question)
                text=lang.text(t::devices_revoke_text)
                confirm=lang.text(t::devices_revoke)
                on_confirm=revoke
            />
        </main>
    }
}

/// One's own first, then those of others.
#[component]
fn Listed(
    /// All that the office named.
    devices: Vec<Device>,
    /// Called with the device that is to be locked out.
    choose: Callback<Device>,
) -> impl IntoView {
    let lang = use_lang();
    let me = use_session().person();
    let (own, others): (Vec<Device>, Vec<Device>) =
        devices.into_iter().partition(|it| Some(it.person) == me);
    let list = move |devices: Vec<Device>, named: bool| {
        let rows = devices
            .into_iter()
            .map(|device| view! { <Row device named choose /> });
        view! { <ul class="list">{rows.collect_view()}</ul> }
    };
    let of_others = (!others.is_empty()).then(|| {
        view! {
            <h2 class="section">{lang.words(t::devices_others)}</h2>
            {list(others, true)}
        }
    });
    view! {
        <h2 class="section">{lang.words(t::devices_own)}</h2>
        {list(own, false)}
        {of_others}
    }
}

/// One device: what it is, whether it is logged in, when it was heard of and what waits on it.
#[component]
fn Row(
    /// The device.
    device: Device,
    /// Whether its person is named.
    named: bool,
    /// Called when it is to be locked out.
    choose: Callback<Device>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let now = use_now();
    let time = move |at| format::near_time(lang.get(), &session.zone(), now.today(), at);
    let is_this = device.this;
    let (revoked, contact) = (device.revoked_at, device.contact.clone());
    let logged_in = device.session.is_some();
    let (tone, state): (_, fn(_) -> _) = match () {
        () if revoked.is_some() => ("pill seal", t::devices_revoked),
        () if is_this => ("pill jade", t::devices_this),
        () if logged_in => ("pill jade", t::devices_logged_in),
        () => ("pill", t::devices_logged_out),
    };
    let enrolled = device.enrolled_at;
    let heard = move || match &contact {
        None => t::devices_never_heard(lang.get(), &time(enrolled)),
        Some(contact) if contact.unsent == 0 => t::devices_heard(lang.get(), &time(contact.at)),
        Some(contact) => {
            t::devices_heard_waiting(lang.get(), &time(contact.at), u64::from(contact.unsent))
        }
    };
    let ended = revoked.map(|at| move || t::devices_revoked_at(lang.get(), &time(at)));
    let title = if named {
        name_of(&device)
    } else {
        device.label.clone()
    };
    let described = title.clone();
    let button = (revoked.is_none() && !is_this).then(|| {
        view! {
            <button
                class="button line small"
                aria-label=move || t::devices_revoke_named(lang.get(), &described)
                on:click=move |_| choose.run(device.clone())
            >
                {lang.words(t::devices_revoke)}
            </button>
        }
    });
    view! {
        <li class="unsent-item">
            <div class="grow">
                <p><b>{title}</b> " " <span class=tone>{lang.words(state)}</span></p>
                <p class="caption number">{heard}</p>
                <p class="caption number">{ended}</p>
            </div>
            {button}
        </li>
    }
}

/// `林晓梅 · Chrome on Android`.
fn name_of(device: &Device) -> String {
    [&device.name, " · ", &device.label].concat()
}
