//! A visit that was finished without contact by a slip of the thumb goes on: what was recorded is
//! voided, and the draft is there again as a record of its own.

use doorstep_domain::draft::VisitDraft;
use doorstep_domain::event::{Kind, canonical};
use doorstep_domain::id::SubjectId;
use doorstep_domain::policy::Action;
use doorstep_domain::review::About;
use doorstep_domain::state::Finish;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::{clock, random};
use crate::components::adding::{AttemptShown, New, use_adding};
use crate::components::start_visit;
use crate::i18n::{t, use_lang};
use crate::path::{Path, use_go_on};
use crate::state::drafts::DraftError;
use crate::state::phone::use_phone;
use crate::state::session::use_session;

/// The button.
#[component]
pub fn Slip(
    /// The record.
    record: SubjectId,
    /// How it was finished.
    finish: Finish,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let session = use_session();
    let adding = use_adding(record);
    let attempt = adding.attempt;
    let go_on = Callback::new(use_go_on());
    let error = RwSignal::new(None::<DraftError>);
    let busy = RwSignal::new(false);
    // The draft that goes on, once it is kept: a second attempt only ends what it left.
    let begun = StoredValue::new(None::<SubjectId>);
    let on = finish.id;
    let void = move |draft| {
        let new = New {
            action: Action::VoidVisit { own: true },
            kind: Kind::VisitVoided,
            fact: canonical(&About { on }),
            needs_words: true,
        };
        let why = t::sealed_slip_why(untrack(|| lang.get()));
        adding.add(new, why, move || {
            go_on.try_run(Path::Listening(draft));
        });
    };
    let resume = move |_| {
        if busy.get_untracked() {
            return;
        }
        if let Some(draft) = begun.get_value() {
            return void(draft);
        }
        let subject = SubjectId::mint(clock::now_ms().cast_unsigned(), &random::bytes());
        let site = untrack(|| session.site());
        let draft = site.and_then(|site| VisitDraft::resume(subject, site.id, &finish));
        let Some(draft) = draft else {
            return error.set(Some(DraftError::NobodyHere));
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            // First what goes on, then the end of what does not: interrupted in between, both stand.
            let kept = phone.begin_draft(subject, &draft.to_bytes()).await;
            busy.try_set(false);
            match kept {
                Ok(()) => {
                    begun.try_update_value(|begun| *begun = Some(subject));
                    void(subject);
                }
                Err(problem) => {
                    error.try_set(Some(problem));
                }
            }
        });
    };
    let problem = move || {
        error
            .get()
            .map(|error| start_visit::words(lang.get(), &error))
    };
    view! {
        <p class="form-error" role="alert">{problem}</p>
        <AttemptShown attempt />
        <button
            class="button line wide"
            aria-disabled=move || (busy.get() || attempt.busy().is_some()).then_some("true")
            on:click=resume
        >
            {lang.words(t::sealed_slip)}
        </button>
    }
}
