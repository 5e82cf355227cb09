//! At the door (R2.2, R2.3): when to be there, the three steps before entering in one glance, and the
//! arrival in one tap. It asks for nothing and slows nothing.

use doorstep_domain::plan::EARLY_MS;
use doorstep_domain::time::SiteTime;
use doorstep_domain::visit::{Outcome, Way};
use leptos::prelude::*;

use crate::browser::clock;
use crate::browser::format::{self, Style};
use crate::components::icon::{Glyph, Icon};
use crate::i18n::{t, use_lang};
use crate::pages::draft::use_writing;
use crate::state::session::use_session;

/// The card; only for a new visit at the door.
#[component]
pub fn AtTheDoor() -> impl IntoView {
    let writing = use_writing();
    let is_new = writing.read_untracked(|draft| draft.correcting.is_none());
    let at_door = Memo::new(move |_| {
        writing.read(|draft| draft.way == Way::Door && draft.outcome == Outcome::Met)
    });
    view! {
        <Show when=move || is_new && at_door.get()>
            <Door />
        </Show>
    }
}

/// The steps and the arrival.
#[component]
fn Door() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let session = use_session();
    let clock_of = move |at: i64| format::time(lang.get(), &session.zone(), Style::Clock, at);
    let agreed = Memo::new(move |_| writing.read(|draft| draft.agreed.map(|it| it.at.unix_ms())));
    let arrived = Memo::new(move |_| writing.read(|draft| draft.arrived_at.map(SiteTime::unix_ms)));
    let be_there = move || {
        let agreed = agreed.get()?;
        let early = clock_of(agreed - EARLY_MS);
        Some(t::door_be_there(lang.get(), &early, &clock_of(agreed)))
    };
    let arrive = move |_| {
        let now = clock::site_time(&untrack(|| session.zone()));
        writing.choose(|draft| draft.arrived_at = Some(now));
    };
    let undo = move |_| writing.choose(|draft| draft.arrived_at = None);
    let arrived_words = move || {
        let time = clock_of(arrived.get()?);
        Some(t::door_arrived(lang.get(), &time))
    };
    view! {
        <div class="card door">
            <ol class="door-steps">
                <li>{lang.words(t::door_ring)}</li>
                <li>{lang.words(t::door_greet)}</li>
                <li>{lang.words(t::door_enter)}</li>
            </ol>
            <div class="row gap wrap">
                <p class="caption grow number">{be_there}</p>
                <Show
                    when=move || arrived.get().is_some()
                    fallback=move || {
                        view! {
                            <button type="button" class="button line small" on:click=arrive>
                                {lang.words(t::door_arrive)}
                            </button>
                        }
                    }
                >
                    <p class="kept jade number" role="status">
                        <Icon glyph=Glyph::Check />
                        <span>{arrived_words}</span>
                    </p>
                    <button type="button" class="button line small" on:click=undo>
                        {lang.words(t::door_undo)}
                    </button>
                </Show>
            </div>
        </div>
    }
}
