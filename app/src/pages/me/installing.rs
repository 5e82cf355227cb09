//! Putting the app on the home screen: by a tap where the browser offers it, in words where it takes
//! one's own hands. Nothing once it is there.

use leptos::prelude::*;

use crate::browser::install::Installing;
use crate::i18n::{t, use_lang};
use crate::state::install::use_install;

/// The card.
#[component]
pub fn Install() -> impl IntoView {
    let lang = use_lang();
    let install = use_install();
    let is = move |state| move || install.get() == state;
    view! {
        <Show when=move || matches!(install.get(), Installing::Offered | Installing::ByHand)>
            <h2 class="section" id="install">
                {lang.words(t::install_heading)}
            </h2>
            <div class="card">
                <p>{lang.words(t::install_why)}</p>
                <Show when=is(Installing::Offered)>
                    <div class="button-row">
                        <button class="button primary small" on:click=move |_| install.ask()>
                            {lang.words(t::install_now)}
                        </button>
                    </div>
                </Show>
                <Show when=is(Installing::ByHand)>
                    <p class="late">{lang.words(t::install_safari)}</p>
                    <ol class="steps">
                        <li>{lang.words(t::install_step_share)}</li>
                        <li>{lang.words(t::install_step_add)}</li>
                        <li>{lang.words(t::install_step_open)}</li>
                    </ol>
                </Show>
            </div>
        </Show>
    }
}
