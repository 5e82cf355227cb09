//! The end of a visit: conclusion (R2.6), report to operations, staff's own note (R3.7), and
//! throwing the draft away.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::aria::truth;
use crate::components::dialog::Confirm;
use crate::components::icon::{Glyph, Icon};
use crate::components::text_area::TextArea;
use crate::i18n::{t, use_lang};
use crate::pages::draft::use_writing;
use crate::path::{Path, use_go_on};

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

/// Throws the draft away, after a question.
#[component]
fn Discard() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let go_on = use_go_on();
    let asking = RwSignal::new(false);
    let household = writing.read_untracked(|draft| draft.household.household);
    let leave = Callback::new(move |()| go_on(Path::Household(household)));
    let discard = move |()| {
        spawn_local(async move {
            // A failure shows the storage banner, and the draft is still there.
            if writing.discard().await.is_ok() {
                // Unless the screen was left meanwhile.
                leave.try_run(());
            }
        });
    };
    view! {
        <button type="button" class="button line wide" on:click=move |_| asking.set(true)>
            {lang.words(t::listening_discard)}
        </button>
        <Confirm
            open=asking
            title=lang.text(t::listening_discard_title)
            text=lang.text(t::listening_discard_text)
            confirm=lang.text(t::listening_discard)
            on_confirm=Callback::new(discard)
        />
    }
}
