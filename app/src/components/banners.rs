//! Sentences about the app as a whole that stand above a screen: log in again, storage trouble,
//! time to set out, a new version. Not about a single field or record.

use doorstep_domain::lease::Lease;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::icon::{Glyph, Icon};
use crate::browser::install::Installing;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::install::use_install;
use crate::state::locking::use_lease;
use crate::state::reminders::use_reminders;
use crate::state::session::use_session;
use crate::state::trouble::use_trouble;
use crate::state::update::{Update, use_update};

/// How pressing a banner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Good to know.
    Quiet,
    /// Something waits for it.
    Amber,
    /// Work is at risk.
    Loud,
}

impl Weight {
    fn class(self) -> &'static str {
        match self {
            Self::Quiet => "banner",
            Self::Amber => "banner amber",
            Self::Loud => "banner loud",
        }
    }

    fn role(self) -> &'static str {
        if self == Self::Loud {
            "alert"
        } else {
            "status"
        }
    }
}

/// One sentence, and a button or link to do something about it.
#[component]
pub fn Banner(
    /// How pressing it is.
    weight: Weight,
    /// The sentence.
    #[prop(into)]
    text: Signal<String>,
    /// What to do about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class=weight.class() role=weight.role()>
            <Icon glyph=if weight == Weight::Quiet { Glyph::Check } else { Glyph::Warning } />
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// All banners that apply now, most pressing first. `writing` is set while a visit is being
/// written: then no update is offered.
#[component]
pub fn Banners(
    /// Whether a visit is being written on this screen.
    #[prop(into)]
    writing: Signal<bool>,
) -> impl IntoView {
    let trouble = use_trouble();
    let session = use_session();
    let update = use_update();
    let due = move || session.get().is_some_and(|session| session.password_due);
    let has_trouble = Memo::new(move |_| trouble.get().is_some());
    let reminders = use_reminders();
    let location = use_location();
    // Today says it itself.
    let is_due = Memo::new(move |_| {
        reminders.due().is_some()
            && location
                .pathname
                .with(|path| Path::parse(path) != Some(Path::Today))
    });
    let install = use_install();
    // One's own page says it itself, with the steps.
    let is_me = move || {
        location
            .pathname
            .with(|path| Path::parse(path) == Some(Path::Me))
    };
    view! {
        <div class="banners">
            <Show when=move || has_trouble.get()>
                <StorageBanner />
            </Show>
            <Show when=move || is_due.get()>
                <DueBanner />
            </Show>
            <Show when=move || session.has_ended()>
                <EndedBanner />
            </Show>
            <LeaseBanner />
            <Show when=due>
                <PasswordBanner />
            </Show>
            <Show when=move || install.get() == Installing::ByHand && !writing.get() && !is_me()>
                <InstallBanner />
            </Show>
            <Show when=move || update.is_waiting() && !writing.get()>
                <UpdateBanner />
            </Show>
        </div>
    }
}

/// The phone has heard nothing of the office for long: what it will forget, and when.
#[component]
fn LeaseBanner() -> impl IntoView {
    let lang = use_lang();
    let lease = use_lease();
    let days = move || match lease.get() {
        Lease::Ends(days) => Some(days.unsigned_abs()),
        Lease::Runs | Lease::Over => None,
    };
    let banner = move |days: u64| {
        let text = Signal::derive(move || t::banner_lease(lang.get(), days));
        view! { <Banner weight=Weight::Amber text /> }
    };
    move || days().map(banner)
}

/// A tab of Safari's, which clears what it keeps: where it is said how to install.
#[component]
fn InstallBanner() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Banner weight=Weight::Amber text=lang.text(t::install_banner)>
            <A href=Path::Me.to_string() attr:class="button line small">
                {lang.words(t::install_how)}
            </A>
        </Banner>
    }
}

/// The phone cannot keep what is written: what to do.
#[component]
fn StorageBanner() -> impl IntoView {
    let lang = use_lang();
    let trouble = use_trouble();
    let text = move || {
        let error = trouble.get();
        error
            .map(|error| i18n::store_error(lang.get(), &error).to_owned())
            .unwrap_or_default()
    };
    view! { <Banner weight=Weight::Loud text=Signal::derive(text) /> }
}

/// Time to set out for an appointment (R2.2).
#[component]
fn DueBanner() -> impl IntoView {
    let lang = use_lang();
    let reminders = use_reminders();
    let text = move || {
        let plan = reminders.due();
        plan.map(|plan| t::reminder_due(lang.get(), &plan.content.at.clock(), &plan.room))
            .unwrap_or_default()
    };
    let href = move || {
        let plan = reminders.due();
        plan.map(|plan| Path::Household(plan.household).to_string())
            .unwrap_or_default()
    };
    view! {
        <Banner weight=Weight::Amber text=Signal::derive(text)>
            <A href attr:class="button line small">
                {lang.words(t::reminder_see)}
            </A>
        </Banner>
    }
}

/// The office has ended the session; work goes on, sending waits.
#[component]
fn EndedBanner() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Banner
            weight=Weight::Amber
            text=lang.text(t::banner_ended)
        >
            <A href=Path::Login.to_string() attr:class="button line small">
                {lang.words(t::banner_ended_act)}
            </A>
        </Banner>
    }
}

/// The password is somebody else's choice: nothing is sent or received before it is changed.
#[component]
fn PasswordBanner() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Banner
            weight=Weight::Amber
            text=lang.text(t::banner_password)
        >
            <A href=Path::Password.to_string() attr:class="button line small">
                {lang.words(t::banner_password_act)}
            </A>
        </Banner>
    }
}

/// A newer version waits.
#[component]
fn UpdateBanner() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Banner
            weight=Weight::Quiet
            text=lang.text(t::banner_update)
        >
            <button class="button line small" on:click=|_| Update::accept()>
                {lang.words(t::banner_update_act)}
            </button>
        </Banner>
    }
}
