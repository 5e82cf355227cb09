//! The frame around every screen of a logged-in person: skip link, banners, the screen, the
//! navigation; and the focus on the heading after each change of screen.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::banners::Banners;
use super::tabs::Tabs;
use super::take_back::TakeBack;
use super::undo_bar::UndoBar;
use crate::browser::document;
use crate::i18n::{t, use_lang};
use crate::pages::opening::Opening;
use crate::path::{Path, use_go};
use crate::state::entrance::use_entrance;
use crate::state::handed::use_hands;
use crate::state::phone::use_phone;
use crate::state::sites::use_sites;

/// The frame. The owner's pages and the visiting path fill the screen alone.
#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let lang = use_lang();
    let location = use_location();
    let here = Memo::new(move |_| location.pathname.with(|address| Path::parse(address)));
    let has_tabs = move || here.get().is_none_or(|path| path.tab().is_some());
    let has_banners = move || !here.get().is_some_and(Path::is_owners);
    let hands = use_hands();
    let sites = use_sites();
    let allowed = Memo::new(move |_| hands.allow(sites, here.get()));
    let entrance = use_entrance();
    let writes =
        Signal::derive(move || matches!(here.get(), Some(Path::Listening(_) | Path::Owner(_))));
    // A visit being written needs no log; everything else would be shown half.
    let is_ready = Memo::new(move |_| entrance.is_whole() || writes.get());
    // What was asked for instead of the only record that an owner may see.
    let wanted = RwSignal::new(None::<Path>);
    let go = use_go();
    let phone = use_phone();
    let go_in = go.clone();
    Effect::new(move |_| {
        let is_due = untrack(|| {
            phone
                .session
                .get_untracked()
                .is_some_and(|it| it.password_due)
        });
        if phone.take_log_in() && is_due {
            go_in(Path::Password);
        } else if untrack(|| here.get()) == Some(Path::Login)
            && untrack(|| !phone.session.has_ended())
        {
            go_in(Path::Today);
        }
    });
    Effect::new(move |before: Option<bool>| {
        if allowed.get() {
            return true;
        }
        let asked = untrack(|| here.get()).unwrap_or(Path::Today);
        // Not at the start, when whoever opened the app asked for nothing in particular; and the
        // owner's page does not lead from a record that was just sealed.
        if before == Some(true) {
            wanted.set(Some(asked));
        }
        // Gone to, not in this one's place: the way back leads here again, however often.
        if let Some(only) = untrack(|| hands.only(sites)) {
            go(only);
        }
        false
    });
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
            <Show when=move || !is_ready.get()>
                <Opening />
            </Show>
            <div class="screen" id="screen" hidden=move || !(allowed.get() && is_ready.get())>
                <Show when=has_banners>
                    <Banners writing />
                </Show>
                {children()}
            </div>
            <Show when=has_banners>
                <UndoBar />
            </Show>
            <Show when=move || has_tabs() && allowed.get()>
                <Tabs />
            </Show>
            <TakeBack wanted />
        </div>
    }
}
