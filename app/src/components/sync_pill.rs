//! The pill that says in words what is only on this phone. It leads to the list of unsent items.

use doorstep_domain::language::Language;
use leptos::prelude::*;
use leptos_router::components::A;

use super::icon::{Glyph, Icon};
use crate::browser::format::{self, Style};
use crate::i18n::{age, t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::session::use_session;
use crate::state::sync_status::{Standing, SyncView, use_sync_status};

/// How sending stands, in a word and a colour; changes are announced politely.
#[component]
pub fn SyncPill() -> impl IntoView {
    let lang = use_lang();
    let status = use_sync_status();
    let session = use_session();
    let now = use_now();
    let standing = Memo::new(move |_| status.with(SyncView::standing));
    // Hours: said anew, to a screen reader too, only when another one has passed.
    let waited = Memo::new(move |_| status.with(|view| view.oldest_hours(now.unix_ms())));
    let words = move || words(lang.get(), &session.zone(), standing.get(), waited.get());
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

/// `waited` is for how many hours the oldest has been on this phone; said from the first on.
fn words(lang: Language, zone: &str, standing: Standing, waited: Option<u64>) -> String {
    match standing {
        Standing::Refused(n) => t::sync_refused(lang, n),
        Standing::Sending(n) => t::sync_sending(lang, n),
        Standing::OnlyHere(n) => match waited {
            None | Some(0) => t::sync_only_here(lang, n),
            Some(hours) => t::sync_only_here_since(lang, n, &age(lang, hours * 60)),
        },
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

#[cfg(test)]
mod tests {
    use doorstep_domain::language::Language::{Chinese, English};

    use super::*;

    #[test]
    fn what_waits_for_an_hour_says_how_long() {
        let said = |lang, n, waited| words(lang, "UTC", Standing::OnlyHere(n), waited);
        assert_eq!(said(English, 2, Some(0)), "2 only on this phone");
        assert_eq!(
            said(English, 1, Some(1)),
            "1 only on this phone, waiting 1 hour"
        );
        assert_eq!(said(Chinese, 3, Some(50)), "3 份只在本机，最久 2 天");
    }
}
