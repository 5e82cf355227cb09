//! What stands where the office's answer is not there (yet). Not the asking.

use leptos::prelude::*;

use crate::i18n::{self, t, use_lang};
use crate::state::account::AskError;

/// That the office was asked; or why there is no answer, and a button to ask again.
#[component]
pub fn Unanswered(
    /// Why there is none; `None` while it is awaited.
    error: Option<AskError>,
    /// Asks again.
    again: Callback<()>,
) -> impl IntoView {
    let lang = use_lang();
    match error {
        None => {
            view! { <p class="card" role="status">{lang.words(t::devices_asking)}</p> }.into_any()
        }
        Some(error) => view! {
            <div class="card">
                <p role="alert">{move || i18n::ask_error(lang.get(), &error)}</p>
                <div class="button-row">
                    <button class="button line" on:click=move |_| again.run(())>
                        {lang.words(t::devices_again)}
                    </button>
                </div>
            </div>
        }
        .into_any(),
    }
}
