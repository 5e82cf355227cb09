//! How the owner's page ends: the pad, the six outcomes of equal weight, and sealing.

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
    SignerUnnamed(SigningOutcome),
    SignerTooLong,
    Queue(QueueError),
}

/// What the buttons act on.
#[derive(Clone, Copy)]
struct Sealing {
    writing: Writing,
    /// The outcome whose signer is being named.
    named: RwSignal<Option<SigningOutcome>>,
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
            _ if outcome.has_name() => {
                self.named.set(Some(outcome));
                request_animation_frame(|| document::focus_id("signer-name"));
            }
            _ => {
                self.asked.set(outcome);
                self.asking.set(true);
            }
        }
    }

    /// Seals with name and ink as the outcome has them, if what was drawn passes as a signature.
    fn sign(self, outcome: SigningOutcome) {
        let unnamed = outcome.has_name()
            && untrack(|| self.writing.page(|page| page.name.trim().is_empty())) != Some(false);
        if unnamed {
            self.refusal.set(Some(Refusal::SignerUnnamed(outcome)));
            document::focus_id("signer-name");
            return;
        }
        match untrack(|| check_ink(self.writing)) {
            Err(problem) if outcome.has_ink() => self.refusal.set(Some(Refusal::Ink(problem))),
            _ => self.seal.run(outcome),
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
    let drawn = move || sealing.named.get().is_none_or(SigningOutcome::has_ink);
    view! {
        <div class="owner-ending" lang=move || lang.get().tag()>
            {move || sealing.named.get().map(|outcome| view! { <Signer outcome /> })}
            <Show when=move || takes_ink && drawn()>
                <Pad />
            </Show>
            <p class="form-error" role="alert">{refusal}</p>
            <p class="owner-free">{move || t::owner_free(lang.get())}</p>
            {move || match sealing.named.get() {
                Some(outcome) => view! { <SignerButtons sealing outcome /> }.into_any(),
                None => view! { <Outcomes sealing offered /> }.into_any(),
            }}
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
        named: RwSignal::new(None),
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

/// The buttons while whoever signs is being named.
#[component]
fn SignerButtons(
    /// What the buttons act on.
    sealing: Sealing,
    /// As what they sign.
    outcome: SigningOutcome,
) -> impl IntoView {
    let lang = page_language(sealing.writing);
    let is_still = move || sealing.busy.get() || !sealing.writing.is_writing();
    let back = move |_| {
        sealing.refusal.set(None);
        // It is another's name in the other outcome.
        sealing.writing.on_page(|page| page.name.clear());
        sealing.named.set(None);
    };
    let (back_words, sign_words) = match outcome {
        SigningOutcome::Typed => (
            t::owner_typed_back as fn(Language) -> &'static str,
            t::owner_typed_sign as fn(Language) -> &'static str,
        ),
        _ => (t::owner_signer_back as _, t::owner_signer_sign as _),
    };
    view! {
        <div class="outcomes">
            <button type="button" class="button line" disabled=is_still on:click=back>
                {move || back_words(lang.get())}
            </button>
            <button
                type="button"
                class="button line"
                disabled=is_still
                on:click=move |_| sealing.sign(outcome)
            >
                {move || sign_words(lang.get())}
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
        Refusal::SignerUnnamed(SigningOutcome::Typed) => t::owner_typed_missing(lang),
        Refusal::SignerUnnamed(_) => t::owner_signer_missing(lang),
        Refusal::Queue(error) => i18n::queue_error(lang, error),
    }
}
