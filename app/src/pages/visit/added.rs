//! Under whatever was added to a record: who, when, and whether the office has it.

use doorstep_domain::state::{Addition, Place};
use leptos::prelude::*;

use super::shown::Shown;
use crate::components::icon::{Glyph, Icon};
use crate::i18n::{t, use_lang};

/// Who, when, where; and that it judges a visit of one's own.
#[component]
pub fn AddedLine(
    /// The record.
    shown: Shown,
    /// What was added.
    addition: Addition,
) -> impl IntoView {
    let lang = use_lang();
    let Addition {
        actor,
        role,
        at,
        place,
        ..
    } = addition;
    let who = move || shown.who(lang.get(), role, actor);
    let time = move || shown.time(lang.get(), at.unix_ms());
    let own = move || {
        let is_own = shown.is(|record| record.is_own(&addition));
        is_own.then(|| view! { <span class="pill">{t::visit_own(lang.get())}</span> })
    };
    view! {
        <p class="added-line number">
            <span>{who} " · " <time datetime=at.to_string()>{time}</time></span>
            {own}
            <Whereabouts shown place />
        </p>
    }
}

/// Whether the office has it.
#[component]
fn Whereabouts(
    /// The record.
    shown: Shown,
    /// Where it is.
    place: Place,
) -> impl IntoView {
    let lang = use_lang();
    match place {
        Place::OnPhone => view! {
            <span class="pill amber">{lang.words(t::visit_on_phone)}</span>
        }
        .into_any(),
        Place::Received { at, .. } => view! {
            <span class="added-received">
                <Icon glyph=Glyph::Check />
                {move || t::visit_received_at(lang.get(), &shown.time(lang.get(), at))}
            </span>
        }
        .into_any(),
    }
}

/// The words of an addition, or that they are not here.
#[component]
pub fn AddedWords(
    /// What was added.
    addition: Addition,
) -> impl IntoView {
    let lang = use_lang();
    match addition.words {
        Some(words) if words.is_empty() => ().into_any(),
        Some(words) => view! { <p class="words">{words}</p> }.into_any(),
        None => view! {
            <p class="caption">{lang.words(t::visit_words_missing)}</p>
        }
        .into_any(),
    }
}
