//! Whether the phone can still keep what people do: the loudest thing the app has to say.
//! Not trouble with the network; that is the normal state, see [`super::sync_status`].

use leptos::prelude::*;

use crate::browser::store::StoreError;

/// The storage trouble that is on, if any.
#[derive(Clone, Copy)]
pub struct StorageTrouble(RwSignal<Option<StoreError>>);

impl StorageTrouble {
    /// The trouble; tracked.
    pub fn get(self) -> Option<StoreError> {
        self.0.get()
    }

    /// Notes how an attempt to keep or read something went: a failure shows the banner, the next
    /// success takes it away. Hands the result on.
    pub fn note<T>(self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        let trouble = result.as_ref().err().cloned();
        if self.0.with_untracked(|shown| *shown != trouble) {
            self.0.set(trouble);
        }
        result
    }
}

/// Provides the context: all is well so far.
pub fn provide_trouble() {
    provide_context(StorageTrouble(RwSignal::new(None)));
}

/// The storage trouble that is on, if any.
pub fn use_trouble() -> StorageTrouble {
    expect_context()
}
