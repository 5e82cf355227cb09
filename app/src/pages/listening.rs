//! A visit being written at the door: way and appointment, what is heard under the ten topics,
//! the conclusion. One column, one thumb, kept as it is typed.
//! Not the owner's page; that is [`super::owner`].

use leptos::prelude::*;

use self::agenda::Agenda;
use self::closing::Closing;
use self::correcting::Why;
use self::details::{Agreement, Details, OutcomeChoice};
use self::door::AtTheDoor;
use self::finishing::FootBar;
use self::topics::Topics;
use crate::browser::format::{self, Style};
use crate::components::page_head::SlimHead;
use crate::i18n::{self, t, use_lang};
use crate::pages::draft::{ElsewhereBanner, OtherPhoneBanner, use_writing};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::session::use_session;

mod agenda;
mod closing;
mod correcting;
mod details;
mod door;
mod finishing;
mod photos;
mod phrases;
mod topics;

/// The screen.
#[component]
pub fn Listening() -> impl IntoView {
    let writing = use_writing();
    let read_only = move || !writing.is_writing();
    view! {
        <ListeningHead />
        <main class="page listening">
            <ElsewhereBanner />
            <OtherPhoneBanner />
            <Agenda />
            <fieldset class="bare" disabled=read_only>
                <Why />
                <AtTheDoor />
                <Agreement />
                <Details />
                <OutcomeChoice />
                <Topics />
                <Closing />
            </fieldset>
        </main>
        <FootBar />
    }
}

/// Where the visitor is, since when; back leads to the household.
#[component]
fn ListeningHead() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let session = use_session();
    let now = use_now();
    let title = move || writing.read(|draft| [&draft.room, " ", draft.met.trim()].concat());
    let corrects = writing.read_untracked(|draft| draft.correcting.is_some());
    let caption = move || {
        let lang = lang.get();
        let (way, began) = writing.read(|draft| (draft.way, draft.started_at.unix_ms()));
        if corrects {
            let time = format::near_time(lang, &session.zone(), now.today(), began);
            return [t::drafts_correction(lang), " · ", &time].concat();
        }
        let time = format::time(lang, &session.zone(), Style::Clock, began);
        t::listening_caption(lang, i18n::way(lang, way), &time, now.minutes_since(began))
    };
    let household = writing.read_untracked(|draft| draft.household.household);
    view! {
        <SlimHead
            title=Signal::derive(title)
            caption=Signal::derive(caption)
            back=Path::Household(household)
        />
    }
}
