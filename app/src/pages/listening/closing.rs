//! The end of a visit: conclusion (R2.6), report to operations, staff's own note (R3.7), and
//! throwing the draft away.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::aria::truth;
use crate::components::icon::{Glyph, Icon};
use crate::components::text_area::TextArea;
use crate::i18n::{t, use_lang};
use crate::pages::draft::use_writing;
use crate::path::{Path, use_go_on};
use crate::state::phone::use_phone;
use crate::state::undo::use_undo;

/// Everything after the topics.
#[component]
pub fn Closing() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let reported = Memo::new(move |_| writing.read(|draft| draft.report_to_operations));
    let pressed = move || truth(reported.get());
    let report = move |_| {
        let now = reported.get_untracked();
        writing.choose(|draft| draft.report_to_operations = !now);
    };
    view! {
        <div class="card">
            <TextArea
                id="conclusion"
                label=lang.text(t::listening_conclusion)
                hint=lang.text(t::listening_conclusion_hint)
                value=Signal::derive(move || writing.read(|draft| draft.conclusion.clone()))
                on_input=Callback::new(move |text| writing.edit(|draft| draft.conclusion = text))
                on_leave=Callback::new(move |()| writing.flush())
            />
            <button type="button" class="chip" aria-pressed=pressed on:click=report>
                {lang.words(t::listening_report)}
            </button>
        </div>
        <div class="card private">
            <Icon glyph=Glyph::Lock />
            <TextArea
                id="private"
                label=lang.text(t::listening_private)
                hint=lang.text(t::listening_private_hint)
                value=Signal::derive(move || writing.read(|draft| draft.private_note.clone()))
                on_input=Callback::new(move |text| {
                    writing.note_privately(|draft| draft.private_note = text);
                })
                on_leave=Callback::new(move |()| writing.flush())
            />
        </div>
        <Discard />
    }
}

/// Throws the draft away; it can be put back for a while.
#[component]
fn Discard() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let phone = use_phone();
    let undo = use_undo();
    let go_on = use_go_on();
    let (household, subject) =
        writing.read_untracked(|draft| (draft.household.household, draft.subject));
    // Unless the screen was left meanwhile.
    let leave = Callback::new(move |()| go_on(Path::Household(household)));
    let discard = move |_| {
        spawn_local(async move {
            // A failure shows the storage banner, and the draft is still there.
            let Ok(Some(body)) = writing.discard().await else {
                return;
            };
            undo.offer(t::listening_discarded, move || {
                let body = body.clone();
                spawn_local(async move {
                    // A conflict: it was put back in another tab.
                    phone.begin_draft(subject, &body).await.unwrap_or_default();
                });
            });
            leave.try_run(());
        });
    };
    view! {
        <button type="button" class="button line wide" on:click=discard>
            {lang.words(t::listening_discard)}
        </button>
    }
}
