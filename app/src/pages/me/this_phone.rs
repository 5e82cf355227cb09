//! This phone: its name, how much it keeps for the app, the app's version, and locking it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::document;
use crate::browser::storage::{self, Usage};
use crate::i18n::{grouped, t, use_lang};
use crate::state::phone::use_phone;
use crate::sync::BUILD;

/// A short table.
#[component]
pub fn ThisPhone() -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let usage = RwSignal::new(None::<Usage>);
    let persistent = RwSignal::new(None::<bool>);
    spawn_local(async move {
        usage.try_set(storage::usage().await);
        persistent.try_set(Some(storage::is_persistent().await));
    });
    let used = move || {
        let Usage { used, granted } = usage.get()?;
        Some(t::phone_used(
            lang.get(),
            &megabytes(used),
            &megabytes(granted),
        ))
    };
    let kept = move || {
        let words = if persistent.get()? {
            t::phone_kept(lang.get())
        } else {
            t::phone_may_go(lang.get())
        };
        Some(words)
    };
    view! {
        <h2 class="section">{lang.words(t::phone_heading)}</h2>
        <div class="card">
            <dl class="facts">
                <dt>{lang.words(t::phone_device)}</dt>
                <dd>{document::device_label()}</dd>
                <dt>{lang.words(t::phone_storage)}</dt>
                <dd class="number">{used} <p class="caption">{kept}</p></dd>
                <dt>{lang.words(t::phone_version)}</dt>
                <dd class="number">{BUILD}</dd>
            </dl>
            <p class="caption">{lang.words(t::lock_lock_text)}</p>
            <button class="button line" on:click=move |_| phone.lock()>
                {lang.words(t::lock_lock)}
            </button>
        </div>
    }
}

/// Bytes as megabytes with one decimal, rounded up: what is used is never said to be nothing.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    if tenths >= 1_000 {
        return grouped(tenths / 10);
    }
    [(tenths / 10).to_string(), (tenths % 10).to_string()].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn megabytes_are_rounded_up_to_a_tenth() {
        let told = [
            0,
            1,
            100_000,
            1_234_567,
            99_900_000,
            100_000_000,
            12_345_678_901,
        ]
        .map(megabytes);
        assert_eq!(told, ["0.0", "0.1", "0.1", "1.3", "99.9", "100", "12,345"]);
    }
}
