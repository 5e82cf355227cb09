//! Beneath an opinion whose owner asked for an answer: by when it is owed and by whom, the answers
//! given, and the form to write one down (R3.10). Not who may ask for one; that is said at the door.

use chrono::NaiveDate;
use doorstep_domain::event::{Kind, PartName, canonical};
use doorstep_domain::follow_up::{Answer, AnswerGiven, AnswerProblem};
use doorstep_domain::id::{EventId, PersonId};
use doorstep_domain::policy::{Action, Role};
use doorstep_domain::state::{Answered, Place, VisitRecord};
use doorstep_domain::text::clean;
use doorstep_domain::topic::Topic;
use doorstep_domain::visit::Channel;
use leptos::prelude::*;

use super::added::{AddedLine, AddedWords};
use super::field_id;
use super::shown::Shown;
use crate::browser::document;
use crate::browser::format;
use crate::components::adding::{Attempt, AttemptShown};
use crate::components::choice::Choice;
use crate::components::date_field::DateField;
use crate::components::due_pill::DuePill;
use crate::components::icon::{Glyph, Icon};
use crate::components::text_area::TextArea;
use crate::i18n::{self, t, use_lang};
use crate::state::now::use_now;
use crate::state::phone::use_phone;
use crate::state::queue::NewEvent;

/// What is owed and given on one opinion.
#[component]
pub fn Answering(
    /// The record.
    shown: Shown,
    /// The finish that holds the opinion.
    on: EventId,
    /// Which opinion.
    topic: Topic,
) -> impl IntoView {
    let lang = use_lang();
    let session = shown.session;
    let answers = Memo::new(move |_| {
        let given = shown.with(|record| record.answers(on, topic).cloned().collect::<Vec<_>>());
        given.unwrap_or_default()
    });
    let owed = Memo::new(move |_| shown.with(|record| owed(record, on, topic))?);
    let is_wanted = Memo::new(move |_| owed.with(Option::is_some));
    let may = Memo::new(move |_| {
        let action = Action::GiveAnswer {
            own: shown.is_own(),
        };
        session.role_for(action).is_some()
            && !shown.is(VisitRecord::is_voided)
            && !shown.is_corrected(on)
    });
    let nothing = move || shown.is_corrected(on) && answers.with(Vec::is_empty);
    let writing = RwSignal::new(false);
    let id = field_id("answers", on, topic);
    let done = {
        let id = id.clone();
        Callback::new(move |()| {
            writing.try_set(false);
            // The pressed button is gone: the focus goes to what came of it.
            let id = id.clone();
            request_animation_frame(move || document::focus_id(&id));
        })
    };
    let open = move |_| {
        writing.set(true);
        request_animation_frame(move || document::focus_id(&field_id("answer", on, topic)));
    };
    let open_words = move || {
        if is_wanted.get() {
            t::answer_open(lang.get())
        } else {
            t::answer_again(lang.get())
        }
    };
    let open_class = move || {
        if is_wanted.get() {
            "button ghost small"
        } else {
            "button line small"
        }
    };
    view! {
        <div
            class="judgement answering"
            hidden=nothing
            lang=move || lang.get().tag()
        >
            <div id=id tabindex="-1" role="status">
                {move || owed.get().map(|owed| view! { <Owing shown owed /> })}
                <For
                    each=move || answers.get()
                    key=|it| (it.addition.id, it.addition.place == Place::OnPhone)
                    let(answered)
                >
                    <Given shown answered />
                </For>
            </div>
            <Show when=move || may.get() && !writing.get()>
                <button class=open_class on:click=open>
                    {open_words}
                </button>
            </Show>
            <Show when=move || may.get() && writing.get()>
                <AnswerForm shown on topic done />
            </Show>
        </div>
    }
}

/// An answer that is owed: by whom, by when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owed {
    due: NaiveDate,
    role: Role,
    by: PersonId,
}

fn owed(record: &VisitRecord, on: EventId, topic: Topic) -> Option<Owed> {
    let waiting = record.follow_ups().into_iter();
    let mut of_this = waiting.filter(|it| (it.finish.id, it.topic) == (on, topic));
    of_this.next().map(|it| Owed {
        due: it.due,
        role: it.finish.role,
        by: it.responsible(),
    })
}

/// That an answer is owed.
#[component]
fn Owing(
    /// The record.
    shown: Shown,
    /// What is owed.
    owed: Owed,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let Owed { due, role, by } = owed;
    let words = move || {
        let date = format::near_date(lang.get(), now.today(), due);
        t::answer_owed(lang.get(), &date, &shown.who(lang.get(), role, by))
    };
    view! {
        <p class="answer-owed">
            <span class="caption number">{words}</span>
            <DuePill due />
        </p>
    }
}

/// An answer that was given.
#[component]
fn Given(
    /// The record.
    shown: Shown,
    /// The answer.
    answered: Answered,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let Answered {
        given,
        measure,
        addition,
    } = answered;
    let told = move || {
        let date = format::near_date(lang.get(), now.today(), given.date);
        t::answer_given(lang.get(), &date, i18n::channel(lang.get(), given.channel))
    };
    let measure = measure.filter(|it| !it.is_empty()).map(|measure| {
        view! {
            <p class="words">
                <b>{lang.words(t::answer_measure)}</b>
                {move || t::answer_colon(lang.get())}
                {measure}
            </p>
        }
    });
    view! {
        <div class="answer-given">
            <p class="verdict jade">
                <Icon glyph=Glyph::Check />
                <b class="number">{told}</b>
            </p>
            <AddedWords addition=addition.clone() />
            {measure}
            <AddedLine shown addition />
        </div>
    }
}

/// How and when the owner was told, what was done, and in what words.
#[component]
fn AnswerForm(
    /// The record.
    shown: Shown,
    /// The finish that holds the opinion.
    on: EventId,
    /// Which opinion.
    topic: Topic,
    /// Called when the answer is kept, or the form is left.
    done: Callback<()>,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let now = use_now();
    let (text_id, measure_id) = (
        field_id("answer", on, topic),
        field_id("measure", on, topic),
    );
    let text = phone.unfinished_text(&on, text_id.clone());
    let measure = phone.unfinished_text(&on, measure_id.clone());
    let channel = RwSignal::new(Channel::default());
    let date = RwSignal::new(untrack(|| now.today()));
    let problem = RwSignal::new(None::<AnswerProblem>);
    let attempt = Attempt::new();
    let leave = Callback::new(move |()| {
        phone.forget_unfinished(&on, field_id("answer", on, topic));
        phone.forget_unfinished(&on, field_id("measure", on, topic));
        done.try_run(());
    });
    let sign = move |_| {
        let answer = Answer {
            measure: clean(&measure.read_untracked()),
            text: clean(&text.read_untracked()),
        };
        let wrong = answer.check().err();
        problem.set(wrong);
        if wrong.is_some() {
            return document::focus_id(&field_id("answer", on, topic));
        }
        let given = AnswerGiven {
            on,
            topic,
            channel: channel.get_untracked(),
            date: date.get_untracked(),
        };
        attempt.keep(phone, event(shown, &given, &answer), move || leave.run(()));
    };
    let error = move || {
        let words = match problem.get() {
            Some(AnswerProblem::Missing) => t::answer_missing(lang.get()),
            Some(AnswerProblem::Text) => t::review_too_long(lang.get()),
            None => "",
        };
        words.to_owned()
    };
    let legend = move || t::answer_legend(lang.get(), i18n::topic(lang.get(), topic));
    view! {
        <div class="decision" role="group" aria-label=legend>
            <TextArea
                id=text_id
                label=lang.text(t::answer_text)
                value=text
                on_input=Callback::new(move |words| text.set(words))
                error=Signal::derive(error)
            />
            <TextArea
                id=measure_id
                label=lang.text(t::answer_measure_label)
                value=measure
                on_input=Callback::new(move |words| measure.set(words))
            />
            <Choice
                name="answer-channel"
                legend=lang.text(t::answer_channel)
                options=Channel::ALL.to_vec()
                label=i18n::channel
                value=channel
                on_choose=Callback::new(move |it| channel.set(it))
            />
            <DateField
                id=field_id("answered-on", on, topic)
                label=lang.text(t::answer_date)
                value=date
                latest=Signal::derive(move || now.today())
            />
            <AttemptShown attempt />
            <div class="button-row">
                <button
                    class="button primary small"
                    aria-disabled=move || attempt.busy()
                    on:click=sign
                >
                    {lang.words(t::answer_submit)}
                </button>
                <button class="button line small" on:click=move |_| done.run(())>
                    {lang.words(t::answer_leave)}
                </button>
            </div>
        </div>
    }
}

/// The event; `None` where the reader's post no longer gives answers.
fn event(shown: Shown, given: &AnswerGiven, answer: &Answer) -> Option<NewEvent> {
    let session = shown.session;
    untrack(|| {
        let action = Action::GiveAnswer {
            own: shown.is_own(),
        };
        let (site, role) = session.site().zip(session.role_for(action))?;
        Some(NewEvent {
            kind: Kind::AnswerGiven,
            subject: shown.subject,
            site: site.id,
            role,
            bodies: vec![
                (PartName::Fact, canonical(given)),
                (PartName::Content, canonical(answer)),
            ],
            draft: None,
        })
    })
}
