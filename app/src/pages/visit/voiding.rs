//! Voiding a record made in error: by an addition with its reason, never by deleting. And what a
//! voided record says of itself.

use doorstep_domain::event::{Kind, canonical};
use doorstep_domain::policy::Action;
use doorstep_domain::review::About;
use doorstep_domain::state::{Addition, VisitRecord};
use leptos::html;
use leptos::prelude::*;

use super::added::{AddedLine, AddedWords};
use super::shown::Shown;
use crate::browser::{dialog, document};
use crate::components::adding::{AttemptShown, New, use_adding};
use crate::components::icon::{Glyph, Icon};
use crate::components::text_area::TextArea;
use crate::i18n::{t, use_lang};

/// The reason's field.
const REASON: &str = "void-reason";

/// That the record is voided, by whom and why; nothing while it is not.
#[component]
pub fn VoidedNotice(
    /// The record.
    shown: Shown,
) -> impl IntoView {
    let lang = use_lang();
    let first = Memo::new(move |_| {
        shown
            .with(|record| record.voided.first().cloned())
            .flatten()
    });
    let notice = move |addition: Addition| {
        view! {
            <div class="record-voided">
                <p>
                    <Icon glyph=Glyph::Close />
                    <b>{lang.words(t::visit_voided)}</b>
                </p>
                <AddedWords addition=addition.clone() />
                <AddedLine shown addition />
            </div>
        }
    };
    move || first.get().map(notice)
}

/// The button, for those who may, and its question.
#[component]
pub fn Voiding(
    /// The record.
    shown: Shown,
) -> impl IntoView {
    let lang = use_lang();
    let action = move || Action::VoidVisit {
        own: shown.is_own(),
    };
    let may = Memo::new(move |_| {
        shown.session.role_for(action()).is_some() && !shown.is(VisitRecord::is_voided)
    });
    let open = RwSignal::new(false);
    view! {
        <Show when=move || may.get()>
            <button class="button line small" on:click=move |_| open.set(true)>
                {lang.words(t::void_open)}
            </button>
            <VoidDialog shown open />
        </Show>
    }
}

/// Asks why, in the browser's own modal dialog.
#[component]
fn VoidDialog(
    /// The record.
    shown: Shown,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    let adding = use_adding(shown.subject);
    let reason = RwSignal::new(String::new());
    let attempt = adding.attempt;
    let node: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move || {
        if let Some(element) = node.get() {
            dialog::set_open(&element, open.get());
        }
    });
    let void = move |_| {
        let Some(on) = untrack(|| shown.with_counted(|finish| finish.id)) else {
            return;
        };
        let own = untrack(|| shown.is_own());
        let new = New {
            action: Action::VoidVisit { own },
            kind: Kind::VisitVoided,
            fact: canonical(&About { on }),
            needs_words: true,
        };
        let kept = move || {
            open.try_set(false);
            request_animation_frame(document::focus_heading);
        };
        if !adding.add(new, &reason.read_untracked(), kept) {
            document::focus_id(REASON);
        }
    };
    let error = move || attempt.error(lang.get(), t::void_missing);
    view! {
        <dialog
            class="dialog"
            node_ref=node
            aria-labelledby="void-title"
            on:close=move |_| open.set(false)
        >
            <h2 id="void-title">{lang.words(t::void_title)}</h2>
            <p>{lang.words(t::void_text)}</p>
            <TextArea
                id=REASON
                label=lang.text(t::void_reason)
                value=reason
                on_input=Callback::new(move |words| reason.set(words))
                error=Signal::derive(error)
            />
            <AttemptShown attempt />
            <div class="dialog-actions">
                <button class="button line" on:click=move |_| open.set(false)>
                    {lang.words(t::app_cancel)}
                </button>
                <button
                    class="button primary"
                    aria-disabled=move || attempt.busy()
                    on:click=void
                >
                    {lang.words(t::void_submit)}
                </button>
            </div>
        </dialog>
    }
}
