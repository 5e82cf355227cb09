//! The pill that says in words what is only on this phone. It leads to the list of unsent items.

use doorstep_domain::language::Language;
use leptos::prelude::*;
use leptos_router::components::A;

use super::icon::{Glyph, Icon};
use crate::browser::format::{self, Style};
use crate::i18n::{t, use_lang};
use crate::path::Path;
use crate::state::session::use_session;
use crate::state::sync_status::{Standing, use_sync_status};

/// How sending stands, in a word and a colour; changes are announced politely.
#[component]
pub fn SyncPill() -> impl IntoView {
    let lang = use_lang();
    let status = use_sync_status();
    let session = use_session();
    let standing = Memo::new(move |_| status.with(|view| view.standing()));
    let words = move || words(lang.get(), &session.zone(), standing.get());
    let class = move || ["sync-pill ", tone(standing.get())].concat();
    let glyph = move || match standing.get() {
        Standing::Refused(_) => Glyph::Warning,
        Standing::AllReceived(_) => Glyph::Check,
        _ => Glyph::Cloud,
    };
    view! {
        <div class="sync-live" role="status">
            <A href=Path::Me.to_string() attr:class=class>
                {move || view! { <Icon glyph=glyph() /> }}
                <span>{words}</span>
            </A>
        </div>
    }
}

fn words(lang: Language, zone: &str, standing: Standing) -> String {
    match standing {
        Standing::Refused(n) => t::sync_refused(lang, n),
        Standing::Sending(n) => t::sync_sending(lang, n),
        Standing::OnlyHere(n) => t::sync_only_here(lang, n),
        Standing::AllReceived(at) => {
            t::sync_all_received(lang, &format::time(lang, zone, Style::Clock, at))
        }
        Standing::Fetching => t::sync_fetching(lang).to_owned(),
        Standing::Offline => t::sync_offline(lang).to_owned(),
        Standing::NoContact => t::sync_no_contact(lang).to_owned(),
    }
}

fn tone(standing: Standing) -> &'static str {
    match standing {
        Standing::Refused(_) => "seal",
        Standing::Sending(_) | Standing::OnlyHere(_) => "amber",
        Standing::AllReceived(_) => "jade",
        Standing::Fetching | Standing::Offline | Standing::NoContact => "slate",
    }
}
