//! How the owner's page ends: the pad, the five outcomes of equal weight, and sealing.

use doorstep_domain::ink::NotASignature;
use doorstep_domain::language::Language;
use doorstep_domain::visit::{ContentProblem, SigningOutcome};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::pad::Pad;
use super::signer::Signer;
use super::{outcome_label, page_language};
use crate::browser::{clock, document};
use crate::components::dialog::Confirm;
use crate::i18n::{self, t};
use crate::pages::draft::{Writing, use_writing};
use crate::path::{Path, use_go_on};
use crate::state::queue::QueueError;
use crate::state::session::use_session;

/// What keeps the page from being sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refusal {
    Ink(NotASignature),
    SignerUnnamed,
    SignerTooLong,
    Queue(QueueError),
}

/// What the buttons act on.
#[derive(Clone, Copy)]
struct Sealing {
    writing: Writing,
    /// Somebody else is about to sign.
    other_signs: RwSignal<bool>,
    /// The outcome without ink that is being asked about.
    asked: RwSignal<SigningOutcome>,
    asking: RwSignal<bool>,
    busy: RwSignal<bool>,
    refusal: RwSignal<Option<Refusal>>,
    seal: Callback<SigningOutcome>,
}

impl Sealing {
    fn press(self, outcome: SigningOutcome) {
        self.refusal.set(None);
        match outcome {
            SigningOutcome::Signed => self.sign(outcome),
            SigningOutcome::SomeoneElse => self.other_signs.set(true),
            _ => {
                self.asked.set(outcome);
                self.asking.set(true);
            }
        }
    }

    /// Seals with ink, if what was drawn passes as a signature.
    fn sign(self, outcome: SigningOutcome) {
        let unnamed = outcome == SigningOutcome::SomeoneElse
            && untrack(|| self.writing.page(|page| page.name.trim().is_empty())) != Some(false);
        if unnamed {
            self.refusal.set(Some(Refusal::SignerUnnamed));
            document::focus_id("signer-name");
            return;
        }
        match untrack(|| check_ink(self.writing)) {
            Ok(()) => self.seal.run(outcome),
            Err(problem) => self.refusal.set(Some(Refusal::Ink(problem))),
        }
    }
}

fn check_ink(writing: Writing) -> Result<(), NotASignature> {
    let checked = writing.page(|page| page.ink.check());
    checked.unwrap_or(Err(NotASignature::Empty))
}

/// Pad, outcomes, and what is in the way.
#[component]
pub fn Ending() -> impl IntoView {
    let sealing = provide_sealing();
    let writing = sealing.writing;
    let lang = page_language(writing);
    let offered = SigningOutcome::offered(writing.read_untracked(|draft| draft.way));
    let takes_ink = offered.iter().any(|outcome| outcome.has_ink());
    let refusal = move || {
        let refusal = sealing.refusal.get()?;
        // What was said of the ink holds until there is other ink.
        let holds = match refusal {
            Refusal::Ink(said) => check_ink(writing) == Err(said),
            _ => true,
        };
        holds.then(|| refusal_words(lang.get(), &refusal))
    };
    let others = move || sealing.other_signs.get();
    view! {
        <div class="owner-ending" lang=move || lang.get().tag()>
            <Show when=others>
                <Signer />
            </Show>
            {takes_ink.then(|| view! { <Pad /> })}
            <p class="form-error" role="alert">{refusal}</p>
            <p class="owner-free">{move || t::owner_free(lang.get())}</p>
            <Show when=others fallback=move || view! { <Outcomes sealing offered /> }>
                <SignerButtons sealing />
            </Show>
            <Asking sealing />
        </div>
    }
}

fn provide_sealing() -> Sealing {
    let writing = use_writing();
    let session = use_session();
    let go_on = use_go_on();
    let busy = RwSignal::new(false);
    let refusal = RwSignal::new(None);
    let seal = Callback::new(move |outcome| {
        if busy.get_untracked() {
            return;
        }
        let Some(visitor) = untrack(|| writing.visitor()) else {
            refusal.set(Some(Refusal::Queue(QueueError::NobodyHere)));
            return;
        };
        let now = clock::site_time(&untrack(|| session.zone()));
        let finished = writing.read_untracked(|draft| draft.finish_met(&visitor, outcome, now));
        // No page is shown any more: the draft was reopened in the tab it was taken over from.
        let Some(finished) = finished else { return };
        if !finished.is_signing_sound() {
            refusal.set(Some(Refusal::SignerTooLong));
            document::focus_id("signer-name");
            return;
        }
        let bodies = finished.bodies();
        busy.set(true);
        let go_on = go_on.clone();
        spawn_local(async move {
            match writing.finish(bodies).await {
                Ok(id) => go_on(Path::Sealed(id)),
                Err(error) => {
                    refusal.try_set(Some(Refusal::Queue(error)));
                    busy.try_set(false);
                }
            }
        });
    });
    Sealing {
        writing,
        other_signs: RwSignal::new(false),
        asked: RwSignal::new(SigningOutcome::Declined),
        asking: RwSignal::new(false),
        busy,
        refusal,
        seal,
    }
}

/// The outcomes offered, side by side, none louder than another (R3.4).
#[component]
fn Outcomes(
    /// What the buttons act on.
    sealing: Sealing,
    /// Which are offered for this way of visiting (R3.5).
    offered: &'static [SigningOutcome],
) -> impl IntoView {
    let lang = page_language(sealing.writing);
    let is_still = move || sealing.busy.get() || !sealing.writing.is_writing();
    let button = move |outcome: SigningOutcome| {
        view! {
            <button
                type="button"
                class="button line"
                disabled=is_still
                on:click=move |_| sealing.press(outcome)
            >
                {move || outcome_label(lang.get(), outcome)}
            </button>
        }
    };
    let busy = move || sealing.busy.get().then(|| t::owner_sealing(lang.get()));
    view! {
        <div class="outcomes">{offered.iter().copied().map(button).collect_view()}</div>
        <p class="caption" role="status">{busy}</p>
    }
}

/// The buttons while somebody else signs.
#[component]
fn SignerButtons(
    /// What the buttons act on.
    sealing: Sealing,
) -> impl IntoView {
    let lang = page_language(sealing.writing);
    let is_still = move || sealing.busy.get() || !sealing.writing.is_writing();
    let back = move |_| {
        sealing.refusal.set(None);
        sealing.other_signs.set(false);
    };
    view! {
        <div class="outcomes">
            <button type="button" class="button line" disabled=is_still on:click=back>
                {move || t::owner_signer_back(lang.get())}
            </button>
            <button
                type="button"
                class="button line"
                disabled=is_still
                on:click=move |_| sealing.sign(SigningOutcome::SomeoneElse)
            >
                {move || t::owner_signer_sign(lang.get())}
            </button>
        </div>
    }
}

/// The question before an outcome without ink: what it means, and that it cannot be taken back.
#[component]
fn Asking(
    /// What the buttons act on.
    sealing: Sealing,
) -> impl IntoView {
    let lang = page_language(sealing.writing);
    let title = move || {
        let outcome = outcome_label(lang.get(), sealing.asked.get());
        t::owner_confirm_title(lang.get(), outcome)
    };
    let text = move || {
        let lang = lang.get();
        let meaning = match sealing.asked.get() {
            SigningOutcome::OnPaper => t::owner_confirm_on_paper(lang),
            SigningOutcome::NotPresent => t::owner_confirm_not_present(lang),
            _ => t::owner_confirm_declined(lang),
        };
        let is_drawn = sealing.writing.page(|page| !page.ink.is_empty()) == Some(true);
        let lost = if is_drawn {
            t::owner_confirm_ink(lang)
        } else {
            ""
        };
        [meaning, lost].join(" ")
    };
    view! {
        <Confirm
            open=sealing.asking
            title=Signal::derive(title)
            text=Signal::derive(text)
            confirm=Signal::derive(move || t::owner_seal(lang.get()).to_owned())
            on_confirm=Callback::new(move |()| sealing.seal.run(sealing.asked.get_untracked()))
        />
    }
}

fn refusal_words(lang: Language, refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Ink(NotASignature::Empty) => t::owner_ink_empty(lang),
        Refusal::Ink(NotASignature::TooSmall) => t::owner_ink_small(lang),
        Refusal::Ink(NotASignature::TooMuch) => t::owner_ink_much(lang),
        Refusal::SignerTooLong => i18n::content_problem(lang, ContentProblem::Text),
        Refusal::SignerUnnamed => t::owner_signer_missing(lang),
        Refusal::Queue(error) => i18n::queue_error(lang, error),
    }
}
