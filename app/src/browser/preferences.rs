//! What may be lost without harm: language, theme, site, the last log-in name (localStorage, D2).
//! Not drafts nor anything else worked for; those are in [`super::store`].

use doorstep_domain::id::SiteId;
use doorstep_domain::language::Language;
use gloo_storage::{LocalStorage, Storage};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::state::theme::Look;

const LANGUAGE: &str = "doorstep.language";
const LOOK: &str = "doorstep.theme";
const SITE: &str = "doorstep.site";
const LAST_LOGIN: &str = "doorstep.login";

/// The language chosen on this phone, if one was.
pub fn language() -> Option<Language> {
    get(LANGUAGE)
}

/// Remembers the language.
pub fn set_language(language: Language) {
    set(LANGUAGE, &language);
}

/// The look chosen on this phone, if one was.
pub fn look() -> Option<Look> {
    get(LOOK)
}

/// Remembers the look.
pub fn set_look(look: Look) {
    set(LOOK, &look);
}

/// The site last worked on.
pub fn site() -> Option<SiteId> {
    get(SITE)
}

/// Remembers the site.
pub fn set_site(site: SiteId) {
    set(SITE, &site);
}

/// The log-in name last used here.
pub fn last_login() -> Option<String> {
    get(LAST_LOGIN)
}

/// Remembers the log-in name.
pub fn set_last_login(login: &str) {
    set(LAST_LOGIN, &login);
}

fn get<T: DeserializeOwned>(key: &str) -> Option<T> {
    LocalStorage::get(key).ok()
}

/// A preference that cannot be kept (storage blocked or full) is only asked for again.
fn set<T: Serialize>(key: &str, value: &T) {
    LocalStorage::set(key, value).ok();
}
