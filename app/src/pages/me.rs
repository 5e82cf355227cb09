//! Oneself: who works on this phone, what is unsent, the settings, this phone, and leaving it.
//! Not accounts of others; those are the office's commands.

use leptos::prelude::*;

use self::account::Account;
use self::installing::Install;
use self::leaving::Leaving;
use self::this_phone::ThisPhone;
use self::unsent::Unsent;
use crate::components::choice::Choice;
use crate::components::language_choice::LanguageChoice;
use crate::components::page_head::PageHead;
use crate::i18n::{role, t, use_lang};
use crate::state::session::use_session;
use crate::state::theme::{Look, use_theme};

mod account;
mod installing;
mod leaving;
mod saving;
mod this_phone;
mod unsent;

/// The screen.
#[component]
pub fn Me() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let name = move || {
        session
            .get()
            .map(|session| session.name.clone())
            .unwrap_or_default()
    };
    let posts = move || {
        let posts: Vec<&str> = session
            .roles()
            .into_iter()
            .map(|post| role(lang.get(), post))
            .collect();
        let site = session.site().map(|site| site.name).unwrap_or_default();
        [&site, " · ", &posts.join(t::app_list_comma(lang.get()))].concat()
    };
    view! {
        <PageHead title=Signal::derive(name) caption=Signal::derive(posts) />
        <main class="page">
            <SiteChoice />
            <Unsent />
            <Install />
            <Settings />
            <Account />
            <ThisPhone />
            <Leaving />
        </main>
    }
}

/// Which site is worked on; only for people on several.
#[component]
fn SiteChoice() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let several = move || session.sites().len() > 1;
    let choose = move |value: String| {
        if let Ok(site) = value.parse() {
            session.choose_site(site);
        }
    };
    let current = move || session.site().map(|site| site.id.to_string());
    let options = move || {
        let option = |site: doorstep_domain::account::Site| {
            let id = site.id.to_string();
            let value = id.clone();
            let chosen = move || current().as_deref() == Some(&id);
            view! {
                <option value=value prop:selected=chosen>
                    {site.name}
                </option>
            }
        };
        session.sites().into_iter().map(option).collect_view()
    };
    view! {
        <Show when=several>
            <div class="field">
                <label for="site">{lang.words(t::me_site)}</label>
                <select id="site" on:change:target=move |event| choose(event.target().value())>
                    {options}
                </select>
            </div>
        </Show>
    }
}

/// Language and look.
#[component]
fn Settings() -> impl IntoView {
    let lang = use_lang();
    let theme = use_theme();
    let look_name = |lang, look| match look {
        Look::Auto => t::theme_auto(lang),
        Look::Light => t::theme_light(lang),
        Look::Dark => t::theme_dark(lang),
    };
    view! {
        <h2 class="section">{lang.words(t::me_settings)}</h2>
        <div class="card">
            <LanguageChoice />
            <Choice
                name="theme"
                legend=lang.text(t::theme_legend)
                options=Look::ALL.to_vec()
                label=look_name
                value=Signal::derive(move || theme.get())
                on_choose=Callback::new(move |look| theme.set(look))
            />
        </div>
    }
}
