//! That records kept aside wait for the director. Only the office knows: asked once when the
//! screen opens, and nothing is said without a network.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

use crate::components::icon::{Glyph, Icon};
use crate::i18n::{t, use_lang};
use crate::path::Path;
use crate::state::phone::use_phone;

/// The number, and the way to them; nothing while there are none.
#[component]
pub fn KeptAside() -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let waiting = RwSignal::new(0_u64);
    spawn_local(async move {
        if let Ok(page) = phone.kept_aside(0).await {
            waiting.try_set(page.held.len() as u64);
        }
    });
    view! {
        <Show when=move || { waiting.get() > 0 }>
            <div class="card deciding">
                <p class="grow number">
                    <b>{move || t::today_aside(lang.get(), waiting.get())}</b>
                </p>
                <A href=Path::Aside.to_string() attr:class="button ghost">
                    <Icon glyph=Glyph::Warning />
                    {lang.words(t::today_see_aside)}
                </A>
            </div>
        </Show>
    }
}
