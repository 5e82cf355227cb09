//! The cells that both forms are ruled with. An empty one stays ruled: it may be filled in by hand.

use doorstep_domain::hash::Hash;
use doorstep_domain::language::Language;
use leptos::prelude::*;

use crate::components::receipt_qr::ReceiptQr;
use crate::components::seal_mark::SealMark;
use crate::i18n::t;

/// A name and what stands beside it, over `span` columns.
#[component]
pub fn Cell(
    /// The field's name.
    name: &'static str,
    /// What it holds; one paragraph each.
    #[prop(into)]
    words: Vec<String>,
    /// Columns of the words.
    #[prop(default = 1)]
    span: u8,
) -> impl IntoView {
    view! {
        <th scope="row">{name}</th>
        <td colspan=span.to_string()>
            {words.into_iter().map(|words| view! { <p class="words">{words}</p> }).collect_view()}
        </td>
    }
}

/// The head of a form: the company's name for it, always in Chinese, its number, and the record's.
#[component]
pub fn FormHead(
    /// The language of the form's words.
    lang: Language,
    /// Its name.
    name: fn(Language) -> &'static str,
    /// The form's own number; may be empty.
    form_number: &'static str,
    /// The site.
    site: String,
    /// The record's number.
    number: String,
    /// The day.
    date: String,
) -> impl IntoView {
    let beside = (lang != Language::Chinese).then(|| {
        view! { <span class="paper-title-beside">{name(lang)}</span> }
    });
    view! {
        <header class="paper-head">
            <p class="paper-site">{site}</p>
            <h2 class="paper-title">
                <span lang=Language::Chinese.tag()>{name(Language::Chinese)}</span>
                {beside}
            </h2>
            <p class="paper-numbers">
                <span>{form_number}</span>
                <span>{t::print_number(lang)} " " {number}</span>
                <span>{t::print_date(lang)} " " {date}</span>
            </p>
        </header>
    }
}

/// The seal and where it is confirmed, at the form's foot.
#[component]
pub fn FormFoot(
    /// The language of the form's words.
    lang: Language,
    /// The seal.
    seal: Option<Hash>,
    /// The edition of the privacy notice that was shown.
    privacy_notice: u16,
) -> impl IntoView {
    let edition = privacy_notice.to_string();
    let sealed = seal.map(|seal| {
        view! {
            <div class="paper-seal">
                <SealMark hash=seal />
                <ReceiptQr seal lang />
            </div>
        }
    });
    view! {
        <footer class="paper-foot">
            <p>{t::record_privacy(lang, &edition)}</p>
            {sealed}
        </footer>
    }
}
