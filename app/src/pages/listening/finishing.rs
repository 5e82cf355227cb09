//! The bar at the foot: what is kept on the phone, and the one next step: show the owner, or
//! record a visit without contact.

use doorstep_domain::language::Language;
use doorstep_domain::visit::{ContentProblem, Outcome};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::clock;
use crate::browser::document;
use crate::browser::format::{self, Style};
use crate::components::icon::{Glyph, Icon};
use crate::i18n::{self, t, use_lang};
use crate::pages::draft::use_writing;
use crate::path::{Path, use_go, use_go_on};
use crate::state::drafts::Keeping;
use crate::state::queue::QueueError;
use crate::state::session::use_session;

/// The bar.
#[component]
pub fn FootBar() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let session = use_session();
    let (go, go_on) = (use_go(), use_go_on());
    let met = Memo::new(move |_| writing.read(|draft| draft.outcome == Outcome::Met));
    // Said only after a first attempt, and until it is mended.
    let attempted = RwSignal::new(false);
    let failed = RwSignal::new(None::<QueueError>);
    let busy = RwSignal::new(false);
    let problem = Memo::new(move |_| writing.problem());
    let words = move || {
        let lang = lang.get();
        if let Some(error) = failed.get() {
            return Some(i18n::queue_error(lang, &error));
        }
        if writing.visitor().is_none() {
            return Some(t::listening_no_post(lang));
        }
        let problem = problem.get().filter(|_| attempted.get())?;
        Some(i18n::content_problem(lang, problem))
    };
    let sealed = Callback::new(move |id| go_on(Path::Sealed(id)));
    let complete = move || {
        let Some(visitor) = untrack(|| writing.visitor()) else {
            return;
        };
        busy.set(true);
        let now = clock::site_time(&untrack(|| session.zone()));
        let language = untrack(|| lang.get());
        let bodies =
            writing.read_untracked(|draft| draft.finish_unmet(&visitor, language, now).bodies());
        spawn_local(async move {
            match writing.finish(bodies).await {
                // Unless the screen was left meanwhile.
                Ok(id) => {
                    sealed.try_run(id);
                }
                Err(error) => {
                    failed.try_set(Some(error));
                    busy.try_set(false);
                }
            }
        });
    };
    let next = move |_| {
        attempted.set(true);
        failed.set(None);
        // Read anew: the time that passed may itself be the problem, or have mended it.
        if let Some(problem) = untrack(|| writing.problem()) {
            document::reveal(field_of(problem));
        } else if met.get_untracked() {
            let subject = writing.read_untracked(|draft| draft.subject);
            go(Path::Owner(subject));
        } else if !busy.get_untracked() {
            complete();
        }
    };
    let label = move || match (met.get(), busy.get()) {
        (true, _) => t::listening_show_owner(lang.get()),
        (false, false) => t::listening_complete(lang.get()),
        (false, true) => t::listening_completing(lang.get()),
    };
    view! {
        <footer class="foot-bar">
            <p class="foot-problem" role="alert">{words}</p>
            <KeepingWords />
            <button class="button primary" disabled=move || !writing.is_writing() on:click=next>
                {label}
            </button>
        </footer>
    }
}

/// What is kept, in words with a time.
#[component]
fn KeepingWords() -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let session = use_session();
    let tone = move || match writing.keeping() {
        Keeping::Kept(_) => "kept jade",
        Keeping::Failed(_) => "kept seal",
        _ => "kept",
    };
    let glyph = move || match writing.keeping() {
        Keeping::Failed(_) => Glyph::Warning,
        Keeping::Elsewhere => Glyph::Lock,
        _ => Glyph::Check,
    };
    let words = move || keeping(lang.get(), &session.zone(), &writing.keeping());
    view! {
        <p class=tone>
            {move || view! { <Icon glyph=glyph() /> }}
            <span>{words}</span>
        </p>
    }
}

fn keeping(lang: Language, zone: &str, keeping: &Keeping) -> String {
    let time = |at: i64| format::time(lang, zone, Style::ClockSeconds, at);
    match keeping {
        Keeping::Kept(at) => t::keeping_kept(lang, &time(*at)),
        Keeping::Pending(at) => t::keeping_pending(lang, &time(*at)),
        Keeping::Failed(_) => t::keeping_failed(lang).to_owned(),
        Keeping::Elsewhere => t::keeping_elsewhere(lang).to_owned(),
        Keeping::Opening | Keeping::Gone => String::new(),
    }
}

/// The id of the field in which the problem is mended.
fn field_of(problem: ContentProblem) -> &'static str {
    match problem {
        ContentProblem::NobodyNamed => "met",
        ContentProblem::ReasonMissing(_) => "reason",
        ContentProblem::CorrectionUnexplained => "why",
        ContentProblem::Times => "started",
        _ => "conclusion",
    }
}
