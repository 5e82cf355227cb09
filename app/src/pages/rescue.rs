//! Taking in the file that another phone has saved: chosen, opened with its passphrase, and told
//! what came of it. Works without a network; what was taken in waits for one.

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::chosen_file::{self, NoText};
use crate::browser::document;
use crate::components::field::TextField;
use crate::components::page_head::SlimHead;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::phone::use_phone;
use crate::state::rescue::{RescueError, TakenIn};

/// Most bytes of a file.
const FILE_MAX: usize = doorstep_domain::rescue::FILE_BYTES * 3 / 2;

/// Why nothing was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    /// The file could not be read.
    File(NoText),
    /// What it says could not be taken in.
    Content(RescueError),
}

/// The screen.
#[component]
pub fn Rescue() -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let passphrase = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<Problem>);
    let taken = RwSignal::new(None::<TakenIn>);
    let busy = RwSignal::new(false);
    let field: NodeRef<html::Input> = NodeRef::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        taken.set(None);
        spawn_local(async move {
            let typed = passphrase.get_untracked();
            let outcome = match chosen_file::text(&field, FILE_MAX).await {
                Err(why) => Err(Problem::File(why)),
                Ok(text) => {
                    let taken = phone.take_in(&text, typed.trim()).await;
                    taken.map_err(Problem::Content)
                }
            };
            busy.try_set(false);
            match outcome {
                Ok(told) => {
                    taken.try_set(Some(told));
                }
                Err(why) => {
                    problem.try_set(Some(why));
                    document::focus_id("rescue-file");
                }
            }
        });
    };
    let error = move || {
        problem.get().map(|problem| match problem {
            Problem::File(NoText::NoFile) => t::rescue_no_file(lang.get()),
            Problem::File(NoText::TooLarge) => t::rescue_too_large(lang.get()),
            Problem::File(NoText::Unreadable) => t::rescue_not_rescue(lang.get()),
            Problem::Content(why) => i18n::rescue_error(lang.get(), &why),
        })
    };
    let told = move || {
        let lang = lang.get();
        taken.get().map(|taken| {
            let mut sentences = vec![t::rescue_events(lang, taken.events)];
            if taken.known > 0 {
                sentences.push(t::rescue_known(lang, taken.known));
            }
            if taken.drafts > 0 {
                sentences.push(t::rescue_drafts(lang, taken.drafts));
            }
            if taken.drafts_left > 0 {
                sentences.push(t::rescue_drafts_left(lang, taken.drafts_left));
            }
            let line = |sentence| view! { <p>{sentence}</p> };
            sentences.into_iter().map(line).collect_view()
        })
    };
    let label = move || {
        if busy.get() {
            t::rescue_busy(lang.get())
        } else {
            t::rescue_submit(lang.get())
        }
    };
    view! {
        <SlimHead title=lang.text(t::rescue_title) back=Path::Me />
        <main class="page">
            <p class="caption">{lang.words(t::rescue_text)}</p>
            <form class="card" on:submit=submit novalidate>
                <div class="field">
                    <label for="rescue-file">{lang.words(t::rescue_file)}</label>
                    <input id="rescue-file" type="file" accept=".json,application/json" node_ref=field />
                </div>
                <TextField
                    id="rescue-passphrase"
                    label=lang.text(t::export_passphrase)
                    value=passphrase
                />
                <p class="form-error" role="alert">{error}</p>
                <button
                    class="button primary wide"
                    type="submit"
                    aria-disabled=move || busy.get().then_some("true")
                >
                    {label}
                </button>
            </form>
            <div role="status">{told}</div>
        </main>
    }
}
