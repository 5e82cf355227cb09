//! Correcting a sealed record: the button that opens a draft of its next revision. Not the writing,
//! which is the draft's page's, nor what a correction is, which is the domain's.

use doorstep_domain::correction::Correcting;
use doorstep_domain::draft::VisitDraft;
use doorstep_domain::id::{EventId, SubjectId};
use doorstep_domain::policy::Action;
use doorstep_domain::state::VisitRecord;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::shown::Shown;
use crate::browser::{clock, random};
use crate::components::start_visit;
use crate::i18n::{t, use_lang};
use crate::path::{Path, use_go};
use crate::state::drafts::DraftError;
use crate::state::phone::{Phone, use_phone};

/// The button, for those who may.
#[component]
pub fn Correct(
    /// The record.
    shown: Shown,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let go = use_go();
    let may = Memo::new(move |_| {
        let action = Action::CorrectVisit {
            own: shown.is_own(),
        };
        let is_seen = shown.with_counted(|finish| finish.content.is_some());
        shown.session.role_for(action).is_some()
            && is_seen == Some(true)
            && !shown.is(VisitRecord::is_voided)
    });
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<DraftError>);
    let open = move |_| {
        // A second tap is the same correction.
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let go = go.clone();
        spawn_local(async move {
            match begin(phone, shown).await {
                Ok(draft) => go(Path::Listening(draft)),
                Err(problem) => {
                    error.try_set(Some(problem));
                    busy.try_set(false);
                }
            }
        });
    };
    let go = StoredValue::new_local(open);
    let problem = move || {
        let error = error.get();
        error.map(|error| start_visit::words(lang.get(), &error))
    };
    let label = move || {
        if busy.get() {
            t::correct_opening(lang.get())
        } else {
            t::correct_open(lang.get())
        }
    };
    view! {
        <Show when=move || may.get()>
            <p class="form-error" role="alert">{problem}</p>
            <button
                class="button line small"
                aria-disabled=move || busy.get().then_some("true")
                on:click=move |event| go.with_value(|open| open(event))
            >
                {label}
            </button>
        </Show>
    }
}

/// Keeps a new draft of the next revision; goes on with the one there is.
async fn begin(phone: Phone, shown: Shown) -> Result<SubjectId, DraftError> {
    let corrects = untrack(|| shown.with_counted(|finish| finish.id));
    let corrects = corrects.ok_or(DraftError::NobodyHere)?;
    if let Some(begun) = begun(phone, corrects) {
        return Ok(begun);
    }
    let site = untrack(|| phone.session.site()).ok_or(DraftError::NobodyHere)?;
    let id = EventId::mint(clock::now_ms().cast_unsigned(), &random::bytes());
    let draft = untrack(|| {
        let of = |finish: &_| VisitDraft::correct(id, site.id, shown.subject, finish);
        shown.with_counted(of).flatten()
    });
    // Withheld or erased while the screen was open.
    let draft = draft.ok_or(DraftError::NobodyHere)?;
    phone.begin_draft(draft.subject, &draft.to_bytes()).await?;
    Ok(draft.subject)
}

/// The draft on this phone that corrects the revision `corrects`.
fn begun(phone: Phone, corrects: EventId) -> Option<SubjectId> {
    let drafts = untrack(|| phone.drafts.all());
    let is_it = |it: &Correcting| it.corrects == corrects;
    let read = drafts
        .iter()
        .filter_map(|it| VisitDraft::from_bytes(&it.body));
    let mut of_this = read.filter(|draft| draft.correcting.as_ref().is_some_and(is_it));
    of_this.next().map(|draft| draft.subject)
}
