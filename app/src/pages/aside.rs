//! What the office keeps aside: records that were rightly signed and could not be logged. A
//! director of the site takes each in or turns it down; what it says is kept either way. The list
//! is the office's and needs the network; the decisions are events and wait for it like any other.

use doorstep_domain::quarantine::Held;
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::held::HeldRecord;
use crate::components::page_head::SlimHead;
use crate::components::unanswered::Unanswered;
use crate::i18n::{t, use_lang};
use crate::path::Path;
use crate::state::account::AskError;
use crate::state::phone::use_phone;

mod held;

/// What the office has answered so far.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    /// Nothing yet.
    Asked,
    /// The records, and whether there are more after them.
    Told(Vec<Held>, bool),
    /// Nothing, and why.
    Failed(AskError),
}

/// The screen.
#[component]
pub fn Aside() -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let answer = RwSignal::new(Answer::Asked);
    let ask = move || {
        spawn_local(async move {
            let told = phone.kept_aside(0).await;
            let told = told.map(|page| Answer::Told(page.held, page.more));
            answer.try_set(told.unwrap_or_else(Answer::Failed));
        });
    };
    ask();
    let again = Callback::new(move |()| {
        answer.set(Answer::Asked);
        ask();
    });
    // Beneath what is shown already.
    let further = move |_| {
        let last = answer.with_untracked(|answer| match answer {
            Answer::Told(held, _) => held.last().map(|held| held.number),
            _ => None,
        });
        spawn_local(async move {
            let told = phone.kept_aside(last.unwrap_or(0)).await;
            answer.try_update(|answer| match (answer, told) {
                (Answer::Told(held, more), Ok(page)) => {
                    held.extend(page.held);
                    *more = page.more;
                }
                (answer, Err(error)) => *answer = Answer::Failed(error),
                (_, Ok(_)) => {}
            });
        });
    };
    let shown = move || match answer.get() {
        Answer::Asked => view! { <Unanswered error=None again /> }.into_any(),
        Answer::Failed(error) => view! { <Unanswered error=Some(error) again /> }.into_any(),
        Answer::Told(held, _) if held.is_empty() => {
            view! { <p class="card" role="status">{lang.words(t::aside_none)}</p> }.into_any()
        }
        Answer::Told(held, more) => {
            let records = held.into_iter().map(|held| view! { <HeldRecord held /> });
            view! {
                {records.collect_view()}
                <Show when=move || more>
                    <div class="button-row">
                        <button class="button line" on:click=further>
                            {lang.words(t::aside_more)}
                        </button>
                    </div>
                </Show>
            }
            .into_any()
        }
    };
    view! {
        <SlimHead title=lang.text(t::aside_title) back=Path::Me />
        <main class="page">
            <p class="caption">{lang.words(t::aside_text)}</p>
            {shown}
        </main>
    }
}
