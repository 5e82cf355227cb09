//! Adding to a record or a plan: an opinion, a decision, the voiding, calling off. Once for each
//! press, and what was written stays where it could not be kept. Not what is added; its form says
//! that.

use doorstep_domain::event::{Kind, PartName, canonical};
use doorstep_domain::id::SubjectId;
use doorstep_domain::language::Language;
use doorstep_domain::policy::Action;
use doorstep_domain::review::Words;
use doorstep_domain::text::clean;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::i18n::{t, use_lang};
use crate::state::phone::{Phone, use_phone};
use crate::state::queue::NewEvent;
use crate::state::session::{SessionState, use_session};

/// What is wrong with the words of an addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WordsProblem {
    /// There are none, where some are asked for.
    Missing,
    /// More than a record takes.
    TooLong,
}

/// What is to be added, its words apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// What it takes a post for.
    pub action: Action,
    /// What happens.
    pub kind: Kind,
    /// Canonical text of what it is about.
    pub fact: String,
    /// Whether it needs words.
    pub needs_words: bool,
}

/// One attempt after another to add something: how it goes.
#[derive(Clone, Copy)]
pub struct Attempt {
    busy: RwSignal<bool>,
    failed: RwSignal<bool>,
    problem: RwSignal<Option<WordsProblem>>,
}

/// An addition being made.
#[derive(Clone, Copy)]
pub struct Adding {
    /// How it goes.
    pub attempt: Attempt,
    phone: Phone,
    session: SessionState,
    subject: SubjectId,
}

/// An addition to the record or plan `subject` of the site being worked on; nothing is being added
/// yet.
pub fn use_adding(subject: SubjectId) -> Adding {
    Adding {
        attempt: Attempt::new(),
        phone: use_phone(),
        session: use_session(),
        subject,
    }
}

impl Attempt {
    /// Nothing is being kept yet.
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            failed: RwSignal::new(false),
            problem: RwSignal::new(None),
        }
    }

    /// Signs and keeps `event` on `phone`; `done` follows when it is kept. A second press meanwhile
    /// does nothing. `None` for an event that the person's post no longer makes.
    pub fn keep(self, phone: Phone, event: Option<NewEvent>, done: impl FnOnce() + 'static) {
        let Self { busy, failed, .. } = self;
        if busy.get_untracked() {
            return;
        }
        let Some(event) = event else {
            return failed.set(true);
        };
        busy.set(true);
        failed.set(false);
        spawn_local(async move {
            let kept = phone.queue_event(event).await;
            // The form may be gone by now.
            busy.try_set(false);
            match kept {
                Ok(_) => done(),
                Err(_) => {
                    failed.try_set(true);
                }
            }
        });
    }

    /// `true` as an attribute while it is being kept.
    pub fn busy(self) -> Option<&'static str> {
        self.busy.get().then_some("true")
    }

    /// What is wrong with the words, in words; empty when nothing is. `missing` says that there
    /// are none.
    pub fn error(self, lang: Language, missing: fn(Language) -> &'static str) -> String {
        let words = match self.problem.get() {
            Some(WordsProblem::Missing) => missing(lang),
            Some(WordsProblem::TooLong) => t::review_too_long(lang),
            None => "",
        };
        words.to_owned()
    }
}

impl Adding {
    /// Signs and keeps `new` with the words `typed`; `done` follows when it is kept. A second
    /// press meanwhile does nothing. Returns whether the words will do.
    pub fn add(self, new: New, typed: &str, done: impl FnOnce() + 'static) -> bool {
        let problem = self.attempt.problem;
        let words = match words(typed, new.needs_words) {
            Ok(words) => words,
            Err(found) => {
                problem.set(Some(found));
                return false;
            }
        };
        problem.set(None);
        let event = self.event(new, &words);
        self.attempt.keep(self.phone, event, done);
        true
    }

    fn event(self, new: New, words: &Words) -> Option<NewEvent> {
        let session = self.session;
        let (site, role) = untrack(|| session.site().zip(session.role_for(new.action)))?;
        Some(NewEvent {
            kind: new.kind,
            subject: self.subject,
            site: site.id,
            role,
            bodies: vec![
                (PartName::Fact, new.fact),
                (PartName::Content, canonical(words)),
            ],
            draft: None,
        })
    }
}

/// The words of an addition from what was typed.
fn words(typed: &str, needed: bool) -> Result<Words, WordsProblem> {
    let words = Words { text: clean(typed) };
    if words.is_sound(needed) {
        Ok(words)
    } else if words.text.is_empty() {
        Err(WordsProblem::Missing)
    } else {
        Err(WordsProblem::TooLong)
    }
}

/// That it is being kept, or could not be.
#[component]
pub fn AttemptShown(
    /// How it goes.
    attempt: Attempt,
) -> impl IntoView {
    let lang = use_lang();
    let busy = move || attempt.busy.get().then(|| t::review_busy(lang.get()));
    let failed = move || attempt.failed.get().then(|| t::review_failed(lang.get()));
    view! {
        <p class="caption" role="status">{busy}</p>
        <p class="form-error" role="alert">{failed}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cleaned_and_asked_for_where_needed() {
        assert_eq!(words("  预算不足\n ", true).unwrap().text, "预算不足");
        assert_eq!(words(" \n", true), Err(WordsProblem::Missing));
        assert_eq!(words(" \n", false).unwrap().text, "");
        assert_eq!(
            words(&"长".repeat(1_001), false),
            Err(WordsProblem::TooLong)
        );
    }
}
