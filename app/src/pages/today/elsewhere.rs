//! Drafts of the person's on another phone, as the office has them: to be gone on with here when
//! that phone is lost or left behind.

use doorstep_domain::id::SubjectId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::format;
use crate::components::draft_row::DraftAbout;
use crate::i18n::{self, t, use_lang};
use crate::path::{Path, use_go};
use crate::state::account::AskError;
use crate::state::draft_copies::DraftElsewhere;
use crate::state::now::use_now;
use crate::state::phone::use_phone;
use crate::state::session::use_session;

/// The list; nothing when there are none.
#[component]
pub fn Elsewhere() -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let are_some = move || !phone.copies.elsewhere().is_empty();
    let problem = RwSignal::new(None::<AskError>);
    view! {
        <p class="form-error" role="alert">
            {move || problem.get().map(|error| i18n::ask_error(lang.get(), &error))}
        </p>
        <Show when=are_some>
            <h2 class="section">{lang.words(t::copies_heading)}</h2>
            <ul class="list">
                <For
                    each=move || phone.copies.elsewhere()
                    key=|it| (it.entry.subject, it.entry.revision)
                    let(draft)
                >
                    <ElsewhereRow draft problem />
                </For>
            </ul>
        </Show>
    }
}

/// One of them.
#[component]
fn ElsewhereRow(
    /// The draft.
    draft: DraftElsewhere,
    /// Why it could not be taken over.
    problem: RwSignal<Option<AskError>>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let now = use_now();
    let DraftElsewhere { entry, draft } = draft;
    let about = draft.map(DraftAbout::of);
    let is_readable = about.is_some();
    let room = about.as_ref().map(|about| about.room.clone());
    let title = move || {
        let unreadable = || t::drafts_unreadable(lang.get()).to_owned();
        room.clone().unwrap_or_else(unreadable)
    };
    let met = about.as_ref().map(|about| about.met.clone());
    let state = move || {
        let lang = lang.get();
        let time = format::near_time(lang, &session.zone(), now.today(), entry.saved_at);
        let saved = t::copies_saved(lang, &time);
        match &about {
            Some(about) => [about.how_far(lang), saved].join(" · "),
            None => saved,
        }
    };
    view! {
        <li>
            <div class="row-words">
                <p>
                    <b class="room">{title}</b>
                    " "
                    {met}
                </p>
                <p class="caption number">{state}</p>
            </div>
            <Show when=move || is_readable>
                <Take subject=entry.subject problem />
            </Show>
        </li>
    }
}

/// The button, which leads to the draft once it is here.
#[component]
fn Take(
    /// Which.
    subject: SubjectId,
    /// Why it could not be taken over.
    problem: RwSignal<Option<AskError>>,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let go = use_go();
    let busy = RwSignal::new(false);
    let take = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let go = go.clone();
        spawn_local(async move {
            let taken = phone.take_draft_here(subject).await;
            busy.try_set(false);
            match taken {
                Ok(()) => go(Path::Listening(subject)),
                Err(error) => {
                    problem.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <button
            class="button line small"
            aria-disabled=move || busy.get().then_some("true")
            on:click=take
        >
            {lang.words(t::copies_take)}
        </button>
    }
}
