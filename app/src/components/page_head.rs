//! The head of a screen: where one is, and the way back.
//! Not the navigation between places; that is [`super::tabs`].

use leptos::prelude::*;
use leptos_router::components::A;

use super::icon::{Glyph, Icon};
use super::sync_pill::SyncPill;
use crate::i18n::{t, use_lang};
use crate::path::Path;

/// A tall head: a caption over a large heading, and what is unsent at the right.
#[component]
pub fn PageHead(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// A line above it; left out when empty.
    #[prop(into, optional)]
    caption: Signal<String>,
) -> impl IntoView {
    let has_caption = move || caption.with(|caption| !caption.is_empty());
    view! {
        <header class="page-head">
            <div class="grow">
                <Show when=has_caption>
                    <p class="caption">{caption}</p>
                </Show>
                <h1>{title}</h1>
            </div>
            <SyncPill />
        </header>
    }
}

/// A slim head: back, a small heading with a caption under it, and room for a button.
#[component]
pub fn SlimHead(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// A line under it; left out when empty.
    #[prop(into, optional)]
    caption: Signal<String>,
    /// Where back leads.
    back: Path,
    /// A button at the right end.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let lang = use_lang();
    let has_caption = move || caption.with(|caption| !caption.is_empty());
    view! {
        <header class="page-head slim">
            <A href=back.to_string() attr:class="icon-button" attr:aria-label=lang.words(t::app_back)>
                <Icon glyph=Glyph::Back />
            </A>
            <div class="grow">
                <h1>{title}</h1>
                <Show when=has_caption>
                    <p class="caption">{caption}</p>
                </Show>
            </div>
            {children.map(|children| children())}
        </header>
    }
}
