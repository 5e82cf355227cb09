//! Adding to the record: an opinion, a decision, the voiding. Once for each press, and what was
//! written stays where it could not be kept. Not what is added; its form says that.

use doorstep_domain::event::{Kind, PartName, canonical};
use doorstep_domain::policy::Action;
use doorstep_domain::review::Words;
use doorstep_domain::text::clean;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;

use super::shown::Shown;
use crate::i18n::{t, use_lang};
use crate::state::phone::{Phone, use_phone};
use crate::state::queue::NewEvent;

/// What is wrong with the words of an addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordsProblem {
    /// There are none, where some are asked for.
    Missing,
    /// More than a record takes.
    TooLong,
}

/// The words of an addition from what was typed.
pub fn words(typed: &str, required: bool) -> Result<Words, WordsProblem> {
    let words = Words { text: clean(typed) };
    match words.is_sound(required) {
        true => Ok(words),
        false if words.text.is_empty() => Err(WordsProblem::Missing),
        false => Err(WordsProblem::TooLong),
    }
}

/// An addition being made.
#[derive(Clone, Copy)]
pub struct Adding {
    phone: Phone,
    shown: Shown,
    busy: RwSignal<bool>,
    failed: RwSignal<bool>,
}

/// An addition to `shown`; nothing is being added yet.
pub fn use_adding(shown: Shown) -> Adding {
    Adding {
        phone: use_phone(),
        shown,
        busy: RwSignal::new(false),
        failed: RwSignal::new(false),
    }
}

impl Adding {
    /// Whether it is being kept right now.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Signs and keeps an event of `kind` saying `fact` and `words`, in the post that may do
    /// `action`; `done` follows when it is kept. A second press meanwhile does nothing.
    pub fn add(
        self,
        action: Action,
        kind: Kind,
        fact: &impl Serialize,
        words: &Words,
        done: impl FnOnce() + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        let session = self.shown.session;
        let post = untrack(|| session.site().zip(session.role_for(action)));
        let Some((site, role)) = post else {
            // The post has ended while the screen was open.
            return self.failed.set(true);
        };
        let bodies = vec![
            (PartName::Fact, canonical(fact)),
            (PartName::Content, canonical(words)),
        ];
        let new = NewEvent {
            kind,
            subject: self.shown.subject,
            site: site.id,
            role,
            bodies,
            draft: None,
        };
        self.busy.set(true);
        self.failed.set(false);
        spawn_local(async move {
            let kept = self.phone.queue_event(new).await;
            // The form may be gone by now.
            self.busy.try_set(false);
            match kept {
                Ok(_) => done(),
                Err(_) => {
                    self.failed.try_set(true);
                }
            }
        });
    }
}

/// That it is being kept, or could not be.
#[component]
pub fn AddingState(
    /// The addition.
    adding: Adding,
) -> impl IntoView {
    let lang = use_lang();
    let busy = move || adding.busy.get().then(|| t::review_busy(lang.get()));
    let failed = move || adding.failed.get().then(|| t::review_failed(lang.get()));
    view! {
        <p class="caption" role="status">{busy}</p>
        <p class="form-error" role="alert">{failed}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cleaned_and_asked_for_where_required() {
        assert_eq!(words("  预算不足\n ", true).unwrap().text, "预算不足");
        assert_eq!(words(" \n", true), Err(WordsProblem::Missing));
        assert_eq!(words(" \n", false).unwrap().text, "");
        assert_eq!(
            words(&"长".repeat(1_001), false),
            Err(WordsProblem::TooLong)
        );
    }
}
