//! One finish of the visit: the sheet with everything judged on it, what stands in its place
//! when it may not be seen, and staff's own note beside it.

use doorstep_domain::correction::{Changed, changes};
use doorstep_domain::event::{Absence, PartName};
use doorstep_domain::id::EventId;
use doorstep_domain::state::{Addition, Finish, Place, VisitRecord};
use doorstep_domain::topic::Topic;
use doorstep_domain::visit::{PrivateNote, VisitContent};
use leptos::prelude::*;

use super::added::{AddedLine, AddedWords};
use super::answering::Answering;
use super::shown::Shown;
use super::signature::{SignatureRow, broken_part, strokes};
use super::verdict::Judgement;
use crate::browser::format::{self, Style};
use crate::components::icon::{Glyph, Icon};
use crate::components::record_body::RecordBody;
use crate::i18n::{self, t, use_lang};

/// The finish.
#[component]
pub fn FinishShown(
    /// The record.
    shown: Shown,
    /// Which of its finishes.
    finish: Finish,
) -> impl IntoView {
    let broken = broken_part(&finish, &strokes(&finish));
    let note = finish.private.clone();
    let id = finish.id;
    let sheet = match finish.content.clone() {
        Some(content) => view! { <Sheet shown content finish /> }.into_any(),
        None => view! { <Unseen shown finish /> }.into_any(),
    };
    view! {
        <Numbered shown id />
        {broken.map(|part| view! { <Broken part /> })}
        {sheet}
        {note.map(|note| view! { <Note note /> })}
    }
}

/// Which of several revisions this is, whether it counts, and what it changed.
#[component]
fn Numbered(
    /// The record.
    shown: Shown,
    /// The finish.
    id: EventId,
) -> impl IntoView {
    let lang = use_lang();
    let place = Memo::new(move |_| shown.with(|record| Revision::of(record, id)).flatten());
    let words = move || {
        let Revision { n, standing, .. } = place.get()?;
        Some(match standing {
            Standing::Counts => t::visit_counts(lang.get(), n),
            Standing::Corrected => t::visit_corrected(lang.get(), n),
            Standing::Beside => t::visit_does_not_count(lang.get(), n),
        })
    };
    let changed = move || {
        let changed = place.get()?.changed?;
        let lang = lang.get();
        let names: Vec<&str> = changed.iter().map(|it| i18n::changed(lang, *it)).collect();
        Some(if names.is_empty() {
            t::visit_unchanged(lang).to_owned()
        } else {
            t::visit_changed(lang, &names.join(" · "))
        })
    };
    view! {
        <p class="section">{words}</p>
        <p class="caption revision-changed">{changed}</p>
    }
}

/// One of several revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Revision {
    /// Its place among them, from 1.
    n: u64,
    standing: Standing,
    /// What it changed of the one it corrects; `None` where it corrects none, or one of them is
    /// not to be seen.
    changed: Option<Vec<Changed>>,
}

/// How a revision stands to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It is the record.
    Counts,
    /// Another stands in its place.
    Corrected,
    /// It was finished beside the one that counts.
    Beside,
}

impl Revision {
    fn of(record: &VisitRecord, id: EventId) -> Option<Self> {
        let place = record.finishes.iter().position(|finish| finish.id == id)?;
        let finish = record.finish(id)?;
        let standing = if record.counted().is_some_and(|counted| counted.id == id) {
            Standing::Counts
        } else if record.is_corrected(id) {
            Standing::Corrected
        } else {
            Standing::Beside
        };
        let before = finish
            .fact
            .corrects
            .and_then(|before| record.finish(before));
        let contents = before
            .and_then(|before| before.content.as_ref())
            .zip(finish.content.as_ref());
        let several = record.finishes.len() > 1;
        several.then(|| Self {
            n: place as u64 + 1,
            standing,
            changed: contents.map(|(before, after)| changes(before, after)),
        })
    }
}

/// Loud: this is not what was signed.
#[component]
fn Broken(
    /// The part that differs.
    part: PartName,
) -> impl IntoView {
    let lang = use_lang();
    let part = move || i18n::part(lang.get(), part);
    view! {
        <div class="record-broken" role="alert">
            <Icon glyph=Glyph::Warning />
            <div>
                <b>{lang.words(t::visit_broken)}</b>
                <p>{move || t::visit_broken_text(lang.get(), part())}</p>
            </div>
        </div>
    }
}

/// The record on paper.
#[component]
fn Sheet(
    /// The record.
    shown: Shown,
    /// What the owner was shown.
    content: VisitContent,
    /// The finish it belongs to.
    finish: Finish,
) -> impl IntoView {
    let app = use_lang();
    let lang = content.language;
    let on = finish.id;
    let zone = untrack(|| shown.session.zone());
    let opinions = content.opinions.iter();
    let judged: Vec<Topic> = opinions
        .filter(|opinion| opinion.calls_for_decision())
        .map(|opinion| opinion.topic)
        .collect();
    let opinions = content.opinions.iter();
    let wanted: Vec<Topic> = opinions
        .filter(|opinion| opinion.wants_answer)
        .map(|opinion| opinion.topic)
        .collect();
    let beneath = Callback::new(move |topic| {
        if judged.contains(&topic) {
            let answering = wanted
                .contains(&topic)
                .then(|| view! { <Answering shown on topic /> });
            view! {
                <Judgement shown on topic />
                {answering}
            }
            .into_any()
        } else {
            ().into_any()
        }
    });
    let voided = Memo::new(move |_| shown.is(VisitRecord::is_voided));
    view! {
        <article class="sheet card record-sheet" class:voided=move || voided.get() lang=lang.tag()>
            <h2 class="sheet-title">{t::record_title(lang)}</h2>
            <p class="sheet-number">{t::record_number(lang)}</p>
            <Show when=move || voided.get()>
                <p class="sheet-void" lang=move || app.get().tag()>
                    {move || t::visit_voided(app.get())}
                </p>
            </Show>
            <RecordBody content zone beneath />
            <SignatureRow shown finish lang />
            <Opinions shown on />
        </article>
    }
}

/// The opinions on the record (R3.8), as the paper form has them under the signature.
#[component]
fn Opinions(
    /// The record.
    shown: Shown,
    /// The finish they are about.
    on: EventId,
) -> impl IntoView {
    let lang = use_lang();
    let opinions = Memo::new(move |_| {
        let about = |it: &&Addition| it.on == on;
        let opinions = shown.with(|record| {
            let opinions = record.opinions.iter().filter(about);
            opinions.cloned().collect::<Vec<_>>()
        });
        opinions.unwrap_or_default()
    });
    let key = |it: &Addition| (it.id, it.place == Place::OnPhone);
    view! {
        <Show when=move || opinions.with(|it| !it.is_empty())>
            <section class="sheet-added" lang=move || lang.get().tag()>
                <h3>{lang.words(t::record_opinion)}</h3>
                <For each=move || opinions.get() key=key let(addition)>
                    <div class="sheet-added-item">
                        <AddedWords addition=addition.clone() />
                        <AddedLine shown addition />
                    </div>
                </For>
            </section>
        </Show>
    }
}

/// Where the content may not be seen: said so, with what counting needs.
#[component]
fn Unseen(
    /// The record.
    shown: Shown,
    /// The finish.
    finish: Finish,
) -> impl IntoView {
    let lang = use_lang();
    let why = untrack(|| shown.why_absent(&finish, PartName::Content));
    let (fact, role, at) = (finish.fact, finish.role, finish.at.unix_ms());
    let words = move || match why {
        Absence::Withheld => t::visit_withheld(lang.get()),
        Absence::Erased => t::visit_erased(lang.get()),
    };
    let date = move || format::time(lang.get(), &shown.session.zone(), Style::FullDay, at);
    let (way, purpose, outcome) = (fact.way, fact.purpose, fact.outcome);
    view! {
        <div class="card record-unseen">
            <p>{words}</p>
            <dl class="facts">
                <dt>{lang.words(t::visit_date)}</dt>
                <dd class="number">{date}</dd>
                <dt>{lang.words(t::visit_post)}</dt>
                <dd>{move || i18n::role(lang.get(), role)}</dd>
                <dt>{lang.words(t::record_way)}</dt>
                <dd>{move || i18n::way(lang.get(), way)}</dd>
                <dt>{lang.words(t::record_purpose)}</dt>
                <dd>{move || i18n::purpose(lang.get(), purpose)}</dd>
                <dt>{lang.words(t::record_outcome)}</dt>
                <dd>{move || i18n::outcome(lang.get(), outcome)}</dd>
            </dl>
        </div>
    }
}

/// Staff's own note (R3.7): beside the record, never part of it.
#[component]
fn Note(
    /// The note.
    note: PrivateNote,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="card record-note">
            <h2>
                <Icon glyph=Glyph::Lock />
                {lang.words(t::visit_note)}
            </h2>
            <p class="words">{note.note}</p>
            <p class="caption">{lang.words(t::visit_note_staff)}</p>
        </div>
    }
}
