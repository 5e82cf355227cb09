//! The product's mark and name.

use doorstep_domain::hash::sha256;
use leptos::prelude::*;

use super::seal_mark::SealMark;
use crate::i18n::{t, use_lang};

/// A seal cut from the product's own name, and the name.
#[component]
pub fn Brand() -> impl IntoView {
    let lang = use_lang();
    view! {
        <p class="brand">
            <SealMark hash=sha256(b"doorstep") />
            <b>{lang.words(t::app_name)}</b>
        </p>
    }
}
