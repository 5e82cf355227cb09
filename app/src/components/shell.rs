//! The frame around every screen of a logged-in person: skip link, banners, the screen, the
//! navigation; and the focus on the heading after each change of screen.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::banners::Banners;
use super::tabs::Tabs;
use crate::browser::document;
use crate::i18n::{t, use_lang};
use crate::path::Path;

/// The frame. The owner's pages and the visiting path fill the screen alone.
#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let lang = use_lang();
    let location = use_location();
    let here = Memo::new(move |_| location.pathname.with(|address| Path::parse(address)));
    let has_tabs = move || here.get().is_none_or(|path| path.tab().is_some());
    let has_banners = move || !here.get().is_some_and(Path::is_owners);
    let writing = Signal::derive(move || matches!(here.get(), Some(Path::Listening(_))));
    Effect::new(move |before: Option<String>| {
        let now = location.pathname.get();
        if before.is_some_and(|before| before != now) {
            // After the new screen has been drawn.
            request_animation_frame(document::focus_heading);
        }
        now
    });
    view! {
        <a class="skip-link" href="#screen">{lang.words(t::app_skip)}</a>
        <div class="shell" class:with-tabs=has_tabs>
            <div class="screen" id="screen">
                <Show when=has_banners>
                    <Banners writing />
                </Show>
                {children()}
            </div>
            <Show when=has_tabs>
                <Tabs />
            </Show>
        </div>
    }
}
