//! The file a person has chosen in a file field, as text. Not what it says.

use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlInputElement;

/// Why there is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoText {
    /// No file is chosen.
    NoFile,
    /// It has more bytes than are read.
    TooLarge,
    /// The browser could not read it: it is gone, or is no text.
    Unreadable,
}

/// The text of the field's file, of at most `max_bytes`.
pub async fn text(field: &HtmlInputElement, max_bytes: usize) -> Result<String, NoText> {
    let file = field.files().and_then(|files| files.get(0));
    let file = file.ok_or(NoText::NoFile)?;
    #[expect(clippy::cast_precision_loss, reason = "limits are far below 2^53")]
    if file.size() > max_bytes as f64 {
        return Err(NoText::TooLarge);
    }
    let text = JsFuture::from(file.text()).await;
    text.ok()
        .and_then(|text| text.as_string())
        .ok_or(NoText::Unreadable)
}
