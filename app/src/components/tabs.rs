//! The four places of the app: a bar under the thumb on a phone, a rail at a desk.
//! Not routes; those are in [`crate::app`].

use doorstep_domain::language::Language;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::brand::Brand;
use super::icon::{Glyph, Icon};
use crate::i18n::{role, t, use_lang};
use crate::path::{Path, Tab};
use crate::state::session::use_session;

impl Tab {
    fn glyph(self) -> Glyph {
        match self {
            Self::Today => Glyph::Home,
            Self::Visits => Glyph::Book,
            Self::Households => Glyph::Door,
            Self::Me => Glyph::Person,
        }
    }

    fn label(self, lang: Language) -> &'static str {
        match self {
            Self::Today => t::tabs_today(lang),
            Self::Visits => t::tabs_visits(lang),
            Self::Households => t::tabs_households(lang),
            Self::Me => t::tabs_me(lang),
        }
    }
}

/// The navigation; CSS lays it out as a bar or, from 900 px, as a rail.
#[component]
pub fn Tabs() -> impl IntoView {
    let lang = use_lang();
    view! {
        <nav class="tabs" aria-label=lang.words(t::tabs_label)>
            <Brand />
            <ul class="tabs-list">{Tab::ALL.map(|tab| view! { <TabLink tab /> })}</ul>
            <Footing />
        </nav>
    }
}

/// One place.
#[component]
fn TabLink(
    /// The place.
    tab: Tab,
) -> impl IntoView {
    let lang = use_lang();
    let location = use_location();
    let here = move || {
        let now = location.pathname.with(|address| Path::parse(address));
        now.and_then(Path::tab) == Some(tab)
    };
    let current = move || here().then_some("page");
    view! {
        <li class="tab" class:on=here>
            <A href=tab.path().to_string() attr:aria-current=current>
                <Icon glyph=tab.glyph() />
                <span>{move || tab.label(lang.get())}</span>
            </A>
        </li>
    }
}

/// Site, post and name, at the foot of the rail.
#[component]
fn Footing() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let site = move || session.site().map(|site| site.name);
    let who = move || {
        let name = session.get()?.name.clone();
        let post = session.roles().first().map(|post| role(lang.get(), *post));
        Some([post.unwrap_or_default(), " ", &name].concat())
    };
    view! {
        <p class="tabs-footing">
            <span>{site}</span>
            <span>{who}</span>
        </p>
    }
}
