//! One record kept aside: what it says, why it was not logged, and the two decisions on it.

use std::sync::Arc;

use doorstep_domain::event::{Kind, PartName, canonical};
use doorstep_domain::follow_up::Answer;
use doorstep_domain::policy::{Action, may, roles_on};
use doorstep_domain::quarantine::{Decision, Held, Verdict};
use doorstep_domain::review::Words;
use doorstep_domain::text::clean;
use doorstep_domain::visit::VisitContent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::{clock, document, format};
use crate::components::record_body::RecordBody;
use crate::components::text_area::TextArea;
use crate::i18n::{self, t, use_lang};
use crate::state::now::use_now;
use crate::state::phone::use_phone;
use crate::state::queue::NewEvent;
use crate::state::session::use_session;

/// What the record says, as far as this program can show it.
enum Said {
    /// The owner's page of a visit.
    Visit(Box<VisitContent>),
    /// Words of a review.
    Words(String),
    /// Something else.
    Other,
}

fn said(held: &Held) -> Said {
    let Ok(opened) = held.event.open() else {
        return Said::Other;
    };
    match opened.envelope.known_kind() {
        Some(Kind::VisitRecorded | Kind::VisitCorrected) => match opened.body(PartName::Content) {
            Ok(Some(content)) => Said::Visit(content),
            _ => Said::Other,
        },
        Some(Kind::VisitVoided | Kind::OpinionWritten | Kind::OpinionDecided) => {
            match opened.body::<Words>(PartName::Content) {
                Ok(Some(words)) => Said::Words(words.text),
                _ => Said::Other,
            }
        }
        Some(Kind::AnswerGiven) => match opened.body::<Answer>(PartName::Content) {
            Ok(Some(answer)) => Said::Words(answer.text),
            _ => Said::Other,
        },
        _ => Said::Other,
    }
}

/// The record.
#[component]
pub(super) fn HeldRecord(
    /// What is kept aside.
    held: Held,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let now = use_now();
    let held = Arc::new(held);
    let envelope = held.event.read_envelope().ok();
    let kind = envelope.map(|envelope| envelope.kind).unwrap_or_default();
    let title = move || i18n::kind(lang.get(), &kind);
    let at = held.received_at;
    let arrived = move || {
        let time = format::near_time(lang.get(), &session.zone(), now.today(), at);
        t::aside_arrived(lang.get(), &time)
    };
    let why = held.why;
    let body = match said(&held) {
        Said::Visit(content) => {
            let zone = session
                .sites()
                .into_iter()
                .find(|site| site.id == held.site)
                .map_or_else(|| "UTC".to_owned(), |site| site.zone);
            view! { <div class="sheet card"><RecordBody content=*content zone /></div> }.into_any()
        }
        Said::Words(text) => view! { <p class="words">{text}</p> }.into_any(),
        Said::Other => view! { <p class="caption">{lang.words(t::aside_unshown)}</p> }.into_any(),
    };
    view! {
        <section class="card">
            <h2>{title}</h2>
            <p class="caption number">{arrived}</p>
            <p class="late">{move || i18n::kept_aside(lang.get(), why)}</p>
            {body}
            <Deciding held />
        </section>
    }
}

/// Take it in, or say why not.
#[component]
fn Deciding(
    /// What is decided on.
    held: Arc<Held>,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let id = ["aside-reason-", &held.number.to_string()].concat();
    let reason = RwSignal::new(String::new());
    let rejecting = RwSignal::new(false);
    let wrong = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(false);
    // Also one that waits on this phone to be sent.
    let made = phone.sites.with_untracked(|state| {
        let made = state.aside.get(&held.envelope_hash);
        made.map(|made| made.decision.verdict)
    });
    let decided = RwSignal::new(made);
    let focus = id.clone();
    let decide = Callback::new(move |verdict: Verdict| {
        let text = clean(&reason.read_untracked());
        let words = Words { text };
        wrong.set(!words.is_sound(verdict.needs_reason()));
        if wrong.get_untracked() {
            rejecting.set(true);
            let id = focus.clone();
            request_animation_frame(move || document::focus_id(&id));
            return;
        }
        if busy.get_untracked() {
            return;
        }
        let Some(event) = event(phone, &held, verdict, &words) else {
            // The post has ended while the screen was open.
            failed.set(true);
            return;
        };
        busy.set(true);
        failed.set(false);
        spawn_local(async move {
            let kept = phone.queue_event(event).await;
            busy.try_set(false);
            match kept {
                Ok(_) => {
                    decided.try_set(Some(verdict));
                }
                Err(_) => {
                    failed.try_set(true);
                }
            }
        });
    });
    let outcome = move || {
        decided.get().map(|verdict| match verdict {
            Verdict::Adopt => t::aside_adopted(lang.get()),
            Verdict::Reject => t::aside_rejected(lang.get()),
        })
    };
    let error = move || {
        let words = wrong.get().then(|| t::aside_reason_missing(lang.get()));
        words.unwrap_or_default().to_owned()
    };
    let busy_word = move || busy.get().then_some("true");
    let id = StoredValue::new(id);
    view! {
        <p role="status"><b>{outcome}</b></p>
        <Show when=move || decided.get().is_none()>
            <Show when=move || rejecting.get()>
                <TextArea
                    id=id.get_value()
                    label=lang.text(t::aside_reason)
                    value=reason
                    on_input=Callback::new(move |words| reason.set(words))
                    error=Signal::derive(error)
                />
            </Show>
            <p class="form-error" role="alert">
                {move || failed.get().then(|| t::review_failed(lang.get()))}
            </p>
            <div class="button-row">
                <button
                    class="button primary small"
                    aria-disabled=busy_word
                    on:click=move |_| decide.run(Verdict::Adopt)
                >
                    {lang.words(t::aside_adopt)}
                </button>
                <button
                    class="button line small"
                    aria-disabled=busy_word
                    on:click=move |_| decide.run(Verdict::Reject)
                >
                    {lang.words(t::aside_reject)}
                </button>
            </div>
        </Show>
    }
}

/// The decision as an event of the site that the record was for; nothing when the person does not
/// decide there any more.
fn event(
    phone: crate::state::phone::Phone,
    held: &Held,
    verdict: Verdict,
    words: &Words,
) -> Option<NewEvent> {
    let session = phone.session.get_untracked()?;
    let mut roles = roles_on(&session.grants, held.site, clock::now_ms()).into_iter();
    let role = roles.find(|role| may(*role, Action::DecideQuarantine))?;
    let decision = Decision {
        id: held.id,
        envelope_hash: held.envelope_hash,
        verdict,
    };
    Some(NewEvent {
        kind: Kind::QuarantineDecided,
        subject: held.id.into(),
        site: held.site,
        role,
        bodies: vec![
            (PartName::Fact, canonical(&decision)),
            (PartName::Content, canonical(words)),
        ],
        draft: None,
    })
}
