//! Writing the opinion on the record (R3.8). Not showing it; that is on the sheet.

use doorstep_domain::event::{Kind, canonical};
use doorstep_domain::policy::{Action, Role};
use doorstep_domain::review::About;
use doorstep_domain::state::VisitRecord;
use leptos::prelude::*;

use super::shown::Shown;
use crate::browser::document;
use crate::components::adding::{AttemptShown, New, use_adding};
use crate::components::text_area::TextArea;
use crate::i18n::{t, use_lang};
use crate::state::phone::use_phone;

/// The form, for those who may write one: open where it is due, else behind a button.
#[component]
pub fn WriteOpinion(
    /// The record.
    shown: Shown,
) -> impl IntoView {
    let lang = use_lang();
    let session = shown.session;
    let may = Memo::new(move |_| {
        let has_post = session.role_for(Action::WriteOpinion).is_some();
        has_post && !shown.is(VisitRecord::is_voided)
    });
    let is_received = Memo::new(move |_| shown.is(VisitRecord::is_received));
    let has_opinion = Memo::new(move |_| !shown.is(|record| record.opinions.is_empty()));
    // Opened or closed by hand; else open where it is this reader's task.
    let by_hand = RwSignal::new(None::<bool>);
    let is_task = move || {
        let is_supervisor = session.roles().contains(&Role::Supervisor);
        is_supervisor && shown.is(VisitRecord::awaits_opinion)
    };
    let is_open = Memo::new(move |_| by_hand.get().unwrap_or_else(is_task));
    let open_words = move || {
        if has_opinion.get() {
            t::opine_again(lang.get())
        } else {
            t::opine_open(lang.get())
        }
    };
    let open = move |_| {
        by_hand.set(Some(true));
        request_animation_frame(move || document::focus_id(&field_id(shown)));
    };
    let done = Callback::new(move |()| {
        by_hand.try_set(Some(false));
        request_animation_frame(|| document::focus_id("opine"));
    });
    let waits = move || view! { <p class="caption">{lang.words(t::opine_waits)}</p> };
    view! {
        <Show when=move || may.get()>
            <section class="opine" aria-labelledby="opine">
                <h2 class="section" id="opine" tabindex="-1">
                    {lang.words(t::opine_title)}
                </h2>
                <Show when=move || is_received.get() fallback=waits>
                    <Show
                        when=move || is_open.get()
                        fallback=move || {
                            view! {
                                <button class="button line small" on:click=open>
                                    {open_words}
                                </button>
                            }
                        }
                    >
                        <OpinionForm shown done />
                    </Show>
                </Show>
            </section>
        </Show>
    }
}

/// The text and the button that signs it.
#[component]
fn OpinionForm(
    /// The record.
    shown: Shown,
    /// Called when the opinion is kept.
    done: Callback<()>,
) -> impl IntoView {
    let lang = use_lang();
    let adding = use_adding(shown.subject);
    let phone = use_phone();
    let text = phone.unfinished_text(&shown.subject, field_id(shown));
    let attempt = adding.attempt;
    let sign = move |_| {
        let Some(on) = untrack(|| shown.with_counted(|finish| finish.id)) else {
            return;
        };
        let new = New {
            action: Action::WriteOpinion,
            kind: Kind::OpinionWritten,
            fact: canonical(&About { on }),
            needs_words: true,
        };
        let kept = move || {
            phone.forget_unfinished(&shown.subject, field_id(shown));
            // The form may be gone, and the record with it.
            done.try_run(());
        };
        if !adding.add(new, &text.read_untracked(), kept) {
            document::focus_id(&field_id(shown));
        }
    };
    let error = move || attempt.error(lang.get(), t::opine_missing);
    let own = move || shown.is_own().then(|| t::opine_own(lang.get()));
    view! {
        <div class="card">
            <TextArea
                id=field_id(shown)
                label=lang.text(t::opine_label)
                value=text
                on_input=Callback::new(move |words| text.set(words))
                error=Signal::derive(error)
            />
            <p class="caption">{own}</p>
            <AttemptShown attempt />
            <div class="button-row end">
                <button
                    class="button primary small"
                    aria-disabled=move || attempt.busy()
                    on:click=sign
                >
                    {lang.words(t::opine_submit)}
                </button>
            </div>
        </div>
    }
}

fn field_id(shown: Shown) -> String {
    ["opinion-", &shown.subject.to_string()].concat()
}
