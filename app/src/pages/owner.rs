//! The owner's page: exactly the content to be sealed, large, like the printed form, and six ways
//! to end it, all of equal weight (D5, R3.4). Nothing else of the app is on it.

use doorstep_domain::language::Language;
use doorstep_domain::visit::SigningOutcome;
use leptos::prelude::*;
use leptos_router::components::A;

use self::ending::Ending;
use crate::browser::clock;
use crate::components::aria::truth;
use crate::components::icon::{Glyph, Icon};
use crate::components::record_body::RecordBody;
use crate::i18n::{t, use_lang};
use crate::pages::draft::{ElsewhereBanner, Writing, use_writing};
use crate::path::Path;
use crate::state::phone::use_phone;
use crate::state::session::use_session;

mod ending;
mod pad;
mod signer;

/// The screen; shows the record only when nothing is missing in it, and nothing else from
/// then on.
#[component]
pub fn Owner() -> impl IntoView {
    let writing = use_writing();
    let lang = use_lang();
    let session = use_session();
    let phone = use_phone();
    let is_complete = untrack(|| writing.visitor().is_some() && writing.problem().is_none());
    if is_complete && untrack(|| writing.is_writing()) {
        let now = clock::site_time(&untrack(|| session.zone()));
        let language = untrack(|| lang.get());
        writing.show_owner(language, now);
    }
    if is_complete {
        phone.hand_to_owner(writing.read_untracked(|draft| draft.subject));
    }
    let shown = Memo::new(move |_| writing.page(|_| ()).is_some());
    view! {
        <div class="owner-page sheet">
            <OwnerHead />
            <main class="owner-main">
                <ElsewhereBanner />
                <Show when=move || shown.get() && is_complete fallback=Incomplete>
                    <Record />
                    <Ending />
                </Show>
            </main>
        </div>
    }
}

/// The language the page is shown in, which is sealed with it.
fn page_language(writing: Writing) -> Memo<Language> {
    Memo::new(move |_| writing.page(|page| page.language).unwrap_or_default())
}

/// Whose page this is, the language, and the way back to the visitor.
#[component]
fn OwnerHead() -> impl IntoView {
    let writing = use_writing();
    let lang = page_language(writing);
    let back = Path::Listening(writing.read_untracked(|draft| draft.subject));
    let option = move |language: Language| {
        let name = match language {
            Language::Chinese => t::language_chinese(language),
            Language::English => t::language_english(language),
        };
        let pressed = move || truth(lang.get() == language);
        let choose = move |_| writing.on_page(|page| page.language = language);
        view! {
            <button class="language" lang=language.tag() aria-pressed=pressed on:click=choose>
                {name}
            </button>
        }
    };
    view! {
        <header class="owner-head">
            <A
                href=back.to_string()
                attr:class="icon-button"
                attr:aria-label=move || t::owner_back(lang.get())
            >
                <Icon glyph=Glyph::Back />
            </A>
            <p class="caption grow">
                <Icon glyph=Glyph::Lock />
                {move || t::owner_only_yours(lang.get())}
            </p>
            <div class="languages">{Language::ALL.map(option).collect_view()}</div>
        </header>
    }
}

/// The form as it will be sealed.
#[component]
fn Record() -> impl IntoView {
    let writing = use_writing();
    let session = use_session();
    let lang = page_language(writing);
    let content = Memo::new(move |_| {
        let visitor = writing.visitor()?;
        writing.read(|draft| {
            let page = draft.owner_page.as_ref()?;
            Some(draft.content(&visitor, page.language, page.ended_at))
        })
    });
    let body = move || {
        let content = content.get()?;
        Some(view! { <RecordBody content zone=session.zone() /> })
    };
    view! {
        <h1 class="sheet-title" lang=move || lang.get().tag()>
            {move || t::record_title(lang.get())}
        </h1>
        <p class="sheet-number">{move || t::record_number(lang.get())}</p>
        {body}
    }
}

/// Something is missing: back to the visitor.
#[component]
fn Incomplete() -> impl IntoView {
    let writing = use_writing();
    let lang = use_lang();
    let back = Path::Listening(writing.read_untracked(|draft| draft.subject));
    view! {
        <h1 class="sheet-title">{move || t::record_title(lang.get())}</h1>
        <p>{move || t::owner_problem(lang.get())}</p>
        <A href=back.to_string() attr:class="button line">
            {move || t::owner_back(lang.get())}
        </A>
    }
}

/// The word on the button of an outcome.
fn outcome_label(lang: Language, outcome: SigningOutcome) -> &'static str {
    match outcome {
        SigningOutcome::Signed => t::owner_sign(lang),
        SigningOutcome::Declined => t::owner_decline(lang),
        SigningOutcome::SomeoneElse => t::owner_someone_else(lang),
        SigningOutcome::Typed => t::owner_typed(lang),
        SigningOutcome::OnPaper => t::owner_on_paper(lang),
        SigningOutcome::NotPresent => t::owner_not_present(lang),
    }
}
