//! Leaving this phone: logging out (records deleted, refused while anything is unsent and not
//! exported) or handing it over (records stay).

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::dialog::Confirm;
use crate::i18n::{t, use_lang};
use crate::path::{Path, use_go};
use crate::state::export::use_exported;
use crate::state::phone::use_phone;
use crate::state::sync_status::SyncView;

/// How somebody leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Their records are deleted.
    LogOut,
    /// They stay, for the next log-in.
    HandOver,
}

/// The two ways to leave.
#[component]
pub fn Leaving() -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let exported = use_exported();
    let go = use_go();
    let asking_out = RwSignal::new(false);
    let asking_over = RwSignal::new(false);
    let unsent = move || phone.status.with(SyncView::count) + phone.drafts.all().len() as u64;
    let may_log_out = Memo::new(move |_| exported.covers(phone));
    let refusal = move || (!may_log_out.get()).then(|| t::leaving_refused(lang.get(), unsent()));
    // Telling the office may take a while: nobody leaves twice meanwhile.
    let busy = RwSignal::new(false);
    let leave = move |way: Way| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let go = go.clone();
        spawn_local(async move {
            let left = match way {
                Way::LogOut => phone.log_out().await,
                Way::HandOver => phone.hand_over().await,
            };
            busy.try_set(false);
            match left {
                Ok(()) => go(Path::Login),
                // The storage banner says why; what is still there is opened again.
                Err(_) => phone.start(),
            }
        });
    };
    let hand_over = {
        let leave = leave.clone();
        Callback::new(move |()| leave(Way::HandOver))
    };
    let log_out = Callback::new(move |()| {
        // Asked again: something may have been finished in another tab since.
        if may_log_out.get_untracked() {
            leave(Way::LogOut);
        }
    });
    view! {
        <h2 class="section">{lang.words(t::leaving_heading)}</h2>
        <p class="late" id="leaving-refusal">{refusal}</p>
        <div class="button-row">
            <button
                class="button line grow"
                disabled=move || busy.get() || !may_log_out.get()
                aria-describedby="leaving-refusal"
                on:click=move |_| asking_out.set(true)
            >
                {lang.words(t::leaving_log_out)}
            </button>
            <button
                class="button line grow"
                disabled=move || busy.get()
                on:click=move |_| asking_over.set(true)
            >
                {lang.words(t::leaving_hand_over)}
            </button>
        </div>
        <Confirm
            open=asking_out
            title=lang.text(t::leaving_log_out_title)
            text=lang.text(t::leaving_log_out_text)
            confirm=lang.text(t::leaving_log_out)
            on_confirm=log_out
        />
        <Confirm
            open=asking_over
            title=lang.text(t::leaving_hand_over_title)
            text=lang.text(t::leaving_hand_over_text)
            confirm=lang.text(t::leaving_hand_over)
            on_confirm=hand_over
        />
    }
}
