//! Modal dialogs, as the browser does them. Not what they ask.

use web_sys::HtmlDialogElement;

/// Opens the dialog over an inert page, or closes it.
pub fn set_open(dialog: &HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        // Fails only for an element outside the document, which nobody can see either.
        dialog.show_modal().unwrap_or_default();
    } else if !open && dialog.open() {
        dialog.close();
    }
}
