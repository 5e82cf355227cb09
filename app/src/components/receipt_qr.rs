//! The receipt to take along: a QR code of the page where the office confirms the record. Not the
//! short code, which only finds it.

use doorstep_domain::hash::Hash;
use doorstep_domain::language::Language;
use doorstep_domain::seal::receipt_code;
use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

use crate::browser::document;
use crate::i18n::t;

/// Blank modules around the code that scanners need (ISO/IEC 18004).
const QUIET: i32 = 4;

/// The code, as wide as its CSS box; a tap opens the page on this phone.
#[component]
pub fn ReceiptQr(
    /// The record's seal.
    seal: Hash,
    /// The language of its words for screen readers.
    #[prop(into)]
    lang: Signal<Language>,
) -> impl IntoView {
    let address = address(&document::origin(), &seal);
    let drawn = drawing(&address).map(|(side, path)| {
        let view_box = format!("0 0 {side} {side}");
        let label = move || t::sealed_qr(lang.get(), &receipt_code(&seal));
        // Always dark on light, whatever the theme: scanners expect it.
        view! {
            <a class="receipt-qr" href=address target="_blank" rel="external noopener">
                <svg viewBox=view_box role="img" aria-label=label>
                    <rect class="receipt-qr-paper" width="100%" height="100%" />
                    <path class="receipt-qr-ink" d=path />
                </svg>
            </a>
        }
    });
    view! { {drawn} }
}

/// Where the office confirms the record.
fn address(origin: &str, seal: &Hash) -> String {
    format!("{origin}/r/{seal}")
}

/// How many modules a side has, with what is blank around, and a path with a square for each dark
/// one; `None` for a text too long for any code.
fn drawing(text: &str) -> Option<(i32, String)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            let (x, y) = ((x + QUIET).to_string(), (y + QUIET).to_string());
            path.extend(["M", &x, " ", &y, "h1v1h-1z"]);
        }
    }
    Some((size + 2 * QUIET, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_small_enough_to_scan_and_blank_around() {
        let seal = doorstep_domain::hash::sha256(b"doorstep");
        let address = address("https://doorstep.example", &seal);
        assert_eq!(address.len(), "https://doorstep.example/r/".len() + 43);
        let (side, path) = drawing(&address).unwrap();
        // Version 5 has 37 modules a side: three pixels each on the narrowest phones.
        assert!(side <= 37 + 8, "{side}");
        // The finders stand in the corners behind the blank.
        assert!(path.starts_with("M4 4h1v1h-1z"), "{path}");
        for corner in [(side - 5, 4), (4, side - 5)] {
            let dark = format!("M{} {}h", corner.0, corner.1);
            assert!(path.contains(&dark), "{dark}");
        }
        assert!(!path.contains("M3 ") && !path.contains(" 3h"));
        assert_eq!(drawing(&"x".repeat(5_000)), None);
    }
}
