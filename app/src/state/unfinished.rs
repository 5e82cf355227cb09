//! Texts that were begun on a record and are not signed yet: kept whatever one looks at meanwhile,
//! and whatever becomes of the browser. Not drafts of visits, which are [`super::drafts`].

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::phone::Phone;
use crate::browser::lifecycle;
use crate::browser::store;
use crate::browser::timer::{self, Timer};

/// Milliseconds from a change to its keeping.
const REST_MS: u32 = 150;

/// The texts.
#[derive(Clone, Copy)]
pub struct Unfinished(StoredValue<Texts, LocalStorage>);

#[derive(Debug, Default)]
struct Texts {
    /// By the id of their field.
    kept: BTreeMap<String, store::Unfinished>,
    /// What was changed since it was kept.
    changed: BTreeMap<String, store::Unfinished>,
    /// When changes are kept.
    timer: Option<Timer>,
}

impl Unfinished {
    pub(super) fn set(self, texts: Vec<store::Unfinished>) {
        let kept = texts.into_iter().map(|text| (text.field.clone(), text));
        self.0.set_value(Texts {
            kept: kept.collect(),
            ..Texts::default()
        });
    }

    /// The text of the field `field`, as it was left.
    fn left(self, field: &str) -> String {
        let text = |texts: &Texts| texts.kept.get(field).map(|it| it.text.clone());
        self.0.with_value(text).unwrap_or_default()
    }

    fn change(self, text: store::Unfinished) {
        self.0.update_value(|texts| {
            let field = text.field.clone();
            texts.kept.insert(field.clone(), text.clone());
            texts.changed.insert(field, text);
        });
    }
}

impl Phone {
    /// The text of the field `field` about the record or event `about`, as it was left; kept soon
    /// after each change.
    pub fn unfinished_text(self, about: &impl ToString, field: String) -> RwSignal<String> {
        let about = about.to_string();
        let text = RwSignal::new(self.unfinished().left(&field));
        Effect::new(move || {
            let text = text.get();
            if text != self.unfinished().left(&field) {
                let (about, field) = (about.clone(), field.clone());
                self.change_unfinished(store::Unfinished { about, field, text });
            }
        });
        text
    }

    /// Forgets the text of the field `field`: it was signed, or thrown away.
    pub fn forget_unfinished(self, about: &impl ToString, field: String) {
        self.change_unfinished(store::Unfinished {
            about: about.to_string(),
            field,
            text: String::new(),
        });
    }

    /// Keeps what was changed when the page is put away.
    pub(super) fn watch_unfinished(self) {
        lifecycle::on_hidden(move || self.keep_unfinished());
    }

    fn change_unfinished(self, text: store::Unfinished) {
        self.unfinished().change(text);
        self.unfinished().0.update_value(|texts| {
            // What changes meanwhile goes along.
            if texts.timer.is_none() {
                texts.timer = Some(timer::after(REST_MS, move || self.keep_unfinished()));
            }
        });
    }

    /// Keeps what was changed, now.
    pub(super) fn keep_unfinished(self) {
        let changed = self.unfinished().0.try_update_value(|texts| {
            texts.timer = None;
            std::mem::take(&mut texts.changed)
        });
        let changed: Vec<_> = changed.into_iter().flatten().map(|(_, it)| it).collect();
        let Some(opened) = self.opened().filter(|_| !changed.is_empty()) else {
            return;
        };
        spawn_local(async move {
            // A failure shows the storage banner.
            self.trouble
                .note(opened.store.save_unfinished(&changed).await)
                .ok();
        });
    }
}

/// Provides the texts: none yet.
pub fn provide_unfinished() {
    provide_context(Unfinished(StoredValue::new_local(Texts::default())));
}

/// The texts.
pub fn use_unfinished() -> Unfinished {
    expect_context()
}
