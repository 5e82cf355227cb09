//! The foot of the sheet: the owner's ink or what stands in its place, and the seal. A broken
//! seal is shown as broken, never hidden.

use doorstep_domain::event::{Absence, PartName, read_canonical};
use doorstep_domain::hash::Hash;
use doorstep_domain::ink::Ink;
use doorstep_domain::language::Language;
use doorstep_domain::seal::{covers, receipt_code};
use doorstep_domain::state::{Finish, Soundness};
use doorstep_domain::visit::Signing;
use leptos::prelude::*;

use super::shown::Shown;
use crate::components::icon::{Glyph, Icon};
use crate::components::ink_drawing::InkDrawing;
use crate::components::receipt_qr::ReceiptQr;
use crate::components::seal_mark::SealMark;
use crate::i18n::{self, t};

/// The signature's strokes, as far as they are here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strokes {
    /// To be drawn.
    Here(Ink),
    /// There is a text, and it is no ink.
    Unreadable,
    /// Not here, though the outcome has some.
    Absent,
    /// The outcome has none.
    None,
}

/// The strokes of a finish.
pub fn strokes(finish: &Finish) -> Strokes {
    let has_ink = finish
        .signing
        .as_ref()
        .is_some_and(|it| it.outcome.has_ink());
    match finish.ink.as_deref().map(read_canonical::<Ink>) {
        Some(Some(ink)) => Strokes::Here(ink),
        Some(None) => Strokes::Unreadable,
        None if has_ink => Strokes::Absent,
        None => Strokes::None,
    }
}

/// The part that is not as it was signed, if any.
pub fn broken_part(finish: &Finish, strokes: &Strokes) -> Option<PartName> {
    match finish.soundness {
        Soundness::Broken(part) => Some(part),
        Soundness::Sound if *strokes == Strokes::Unreadable => Some(PartName::Ink),
        Soundness::Sound => None,
    }
}

/// Signature and seal; nothing where nobody was met.
#[component]
pub fn SignatureRow(
    /// The record.
    shown: Shown,
    /// The finish.
    finish: Finish,
    /// The record's language.
    lang: Language,
) -> impl IntoView {
    let strokes = strokes(&finish);
    let broken = broken_part(&finish, &strokes).is_some_and(covers);
    let why = untrack(|| shown.why_absent(&finish, PartName::Ink));
    finish.seal.map(|seal| {
        view! {
            <div class="signature-row">
                <div class="signature">
                    <p class="sheet-note">{t::record_signature(lang)}</p>
                    <StrokesShown strokes why lang />
                    {finish.signing.map(|signing| view! { <Signed signing lang /> })}
                </div>
                <SealBox seal broken lang />
            </div>
        }
    })
}

/// The strokes, or why there are none to see.
#[component]
fn StrokesShown(
    /// The strokes.
    strokes: Strokes,
    /// Why they are absent, where they are.
    why: Absence,
    /// The record's language.
    lang: Language,
) -> impl IntoView {
    match (strokes, why) {
        (Strokes::Here(ink), _) => {
            view! { <InkDrawing ink label=t::record_ink_label(lang).to_owned() /> }.into_any()
        }
        (Strokes::Unreadable, _) => {
            view! { <p class="late">{t::record_ink_unreadable(lang)}</p> }.into_any()
        }
        (Strokes::Absent, Absence::Withheld) => t::record_ink_withheld(lang).into_any(),
        (Strokes::Absent, Absence::Erased) => t::record_ink_erased(lang).into_any(),
        (Strokes::None, _) => ().into_any(),
    }
}

/// How the owner's page ended, in words: who signed in whose place, or that nobody did.
#[component]
fn Signed(
    /// How it ended.
    signing: Signing,
    /// The record's language.
    lang: Language,
) -> impl IntoView {
    let words = match (signing.name, signing.relation) {
        (Some(name), Some(relation)) => {
            t::record_signed_by(lang, &name, i18n::relation(lang, relation))
        }
        (Some(name), None) => t::record_typed_by(lang, &name),
        _ => i18n::signing(lang, signing.outcome).to_owned(),
    };
    view! { <p>{words}</p> }
}

/// The seal, the receipt code, and in words whether it holds.
#[component]
fn SealBox(
    /// What it is cut from.
    seal: Hash,
    /// Whether something under it is not as it was signed.
    broken: bool,
    /// The record's language.
    lang: Language,
) -> impl IntoView {
    let (glyph, words) = if broken {
        (Glyph::Warning, t::record_seal_broken(lang))
    } else {
        (Glyph::Check, t::record_seal_intact(lang))
    };
    view! {
        <div class="seal-box" class:broken=broken>
            <div class="seal-box-mark">
                <SealMark hash=seal />
            </div>
            <p class="seal-box-words">
                <Icon glyph />
                {words}
            </p>
            <p class="seal-box-code number">{t::record_receipt(lang, &receipt_code(&seal))}</p>
            <details class="seal-box-qr">
                <summary>{t::record_qr(lang)}</summary>
                <ReceiptQr seal lang />
            </details>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use doorstep_domain::visit::SigningOutcome;

    use super::*;
    use crate::sample;

    #[test]
    fn ink_that_is_none_breaks_the_record_and_missing_ink_does_not() {
        let mut finish = sample::finish(1, 1, "2026-11-23T15:00");
        let told = |finish: &Finish| {
            let strokes = strokes(finish);
            let broken = broken_part(finish, &strokes);
            (strokes, broken)
        };
        assert_eq!(told(&finish), (Strokes::Here(Ink::default()), None));
        finish.ink = Some("{}".into());
        assert_eq!(told(&finish), (Strokes::Unreadable, Some(PartName::Ink)));
        finish.ink = None;
        assert_eq!(told(&finish), (Strokes::Absent, None));
        finish.soundness = Soundness::Broken(PartName::Content);
        assert_eq!(told(&finish), (Strokes::Absent, Some(PartName::Content)));
        if let Some(signing) = &mut finish.signing {
            signing.outcome = SigningOutcome::Declined;
        }
        assert_eq!(told(&finish).0, Strokes::None);
    }
}
