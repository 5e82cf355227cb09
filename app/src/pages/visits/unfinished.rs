//! Texts that were begun on a record and not yet signed: kept while one looks at other records.
//! Not drafts of visits, which outlive the app; closing this part of it ends these.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// Texts by the id of their field.
#[derive(Clone, Copy)]
pub struct Unfinished(StoredValue<BTreeMap<String, String>>);

impl Unfinished {
    /// The text of the field `id`, as it was left; kept from now on.
    pub fn text(self, id: String) -> RwSignal<String> {
        let left = self.0.with_value(|texts| texts.get(&id).cloned());
        let text = RwSignal::new(left.unwrap_or_default());
        Effect::new(move || {
            let words = text.get();
            self.0.update_value(|texts| {
                texts.insert(id.clone(), words);
            });
        });
        text
    }

    /// Forgets the text of the field `id`: it was signed.
    pub fn forget(self, id: &str) {
        self.0.update_value(|texts| {
            texts.remove(id);
        });
    }
}

/// Provides the texts: none yet.
pub fn provide_unfinished() {
    provide_context(Unfinished(StoredValue::new(BTreeMap::new())));
}

/// The texts.
pub fn use_unfinished() -> Unfinished {
    expect_context()
}
