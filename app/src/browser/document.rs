//! The document around the app: its language, title, theme and where the focus is.
//! Not its content, which the components draw.

use doorstep_domain::language::Language;
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

use super::window;

fn document() -> Document {
    window().document().expect("a page has a document")
}

fn root() -> web_sys::Element {
    document()
        .document_element()
        .expect("a document has a root")
}

/// The language the browser asks for.
pub fn browser_language() -> Language {
    Language::from_tag(&window().navigator().language().unwrap_or_default())
}

/// Where the app was loaded from, e.g. `https://doorstep.example`; the office's server.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The address that is open, behind its origin.
pub fn pathname() -> String {
    window().location().pathname().unwrap_or_default()
}

/// The address of the app's icon; empty where the page names none.
pub fn icon() -> String {
    let link = document().query_selector("link[rel=apple-touch-icon]");
    let icon = link
        .ok()
        .flatten()
        .and_then(|link| link.get_attribute("href"));
    icon.unwrap_or_default()
}

/// Sets the document's `lang`, for fonts, hyphenation and screen readers.
pub fn set_language(language: Language) {
    set_root("lang", language.tag());
}

/// Sets the document's title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Sets `data-theme`: `light`, `dark`, or none for what the phone is set to.
pub fn set_theme(theme: Option<&str>) {
    match theme {
        Some(theme) => set_root("data-theme", theme),
        None => root().remove_attribute("data-theme").unwrap_or_default(),
    }
}

fn set_root(name: &str, value: &str) {
    root()
        .set_attribute(name, value)
        .expect("a constant attribute name is valid");
}

/// Moves the focus to the screen's heading, so that a screen reader begins there, and scrolls to
/// the top.
pub fn focus_heading() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
    let Ok(Some(heading)) = document().query_selector("h1") else {
        return;
    };
    if !heading.has_attribute("tabindex") {
        heading
            .set_attribute("tabindex", "-1")
            .expect("a constant attribute name is valid");
    }
    focus(&heading);
}

/// Moves the focus to the element with this id, if it is there.
pub fn focus_id(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        focus(&element);
    }
}

/// Moves the focus to the element with this id, opening the `<details>` it is folded into.
pub fn reveal(id: &str) {
    let folded = document().get_element_by_id(id);
    let folded = folded.and_then(|element| element.closest("details").ok().flatten());
    if let Some(details) = folded {
        details
            .set_attribute("open", "")
            .expect("a constant attribute name is valid");
    }
    focus_id(id);
}

fn focus(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // An element that cannot take the focus keeps it where it was: nothing is lost.
        element.focus().unwrap_or_default();
    }
}

/// Asks the browser to print the screen; `@media print` says what of it.
pub fn print() {
    // Fails only where there is no printing at all, which the browser says itself.
    window().print().unwrap_or_default();
}

/// Loads the page anew.
pub fn reload() {
    // The only failure is a navigation already under way, which is a reload as well.
    window().location().reload().unwrap_or_default();
}

/// The browser and system in a few words, e.g. `Chrome · Android`, at most 80 characters: what
/// people recognise a device by.
pub fn device_label() -> String {
    label_from(&window().navigator().user_agent().unwrap_or_default())
}

fn label_from(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = first(&[
        ("MicroMessenger", "WeChat"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("OpenHarmony", "HarmonyOS"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    let words: Vec<&str> = browser.into_iter().chain(system).collect();
    if words.is_empty() {
        "Browser".to_owned()
    } else {
        words.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_by_browser_and_system() {
        for (agent, label) in [
            (
                "Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36",
                "Chrome · Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
                "Safari · iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0",
                "Edge · Windows",
            ),
            ("curl", "Browser"),
        ] {
            assert_eq!(label_from(agent), label);
        }
    }
}
