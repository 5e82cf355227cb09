//! The answers owed to owners (R3.10): one's own, and for who sees to it those of others that are
//! near their day. Not the answering; that is the record's page's.

use chrono::NaiveDate;
use doorstep_domain::follow_up::Due;
use doorstep_domain::id::{PersonId, SubjectId};
use doorstep_domain::policy::{Action, Role};
use doorstep_domain::state::{FollowUp, SiteState};
use doorstep_domain::topic::Topic;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::browser::format;
use crate::components::due_pill::DuePill;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::people::use_people;
use crate::state::session::use_session;
use crate::state::sites::use_sites;

/// How many are named before more are asked for.
const NAMED: usize = 3;

/// An answer that is owed, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owed {
    record: SubjectId,
    topic: Topic,
    due: NaiveDate,
    by: PersonId,
    role: Role,
    own: bool,
    room: String,
    words: String,
}

impl Owed {
    fn of(owed: &FollowUp<'_>, me: Option<PersonId>) -> Self {
        let content = owed.finish.content.as_ref();
        let opinions = content.into_iter().flat_map(|it| &it.opinions);
        let mut of_this = opinions.filter(|it| it.topic == owed.topic);
        let said = of_this.next().map(|it| it.text.clone());
        Self {
            record: owed.record.subject,
            topic: owed.topic,
            due: owed.due,
            by: owed.responsible(),
            role: owed.finish.role,
            own: Some(owed.responsible()) == me,
            room: content.map(|it| it.room.clone()).unwrap_or_default(),
            words: said.unwrap_or_default(),
        }
    }
}

/// What `me` owes, and, of who `sees_to` others' answers, what others owe by tomorrow.
fn owed(state: &SiteState, me: Option<PersonId>, sees_to: bool, today: NaiveDate) -> Vec<Owed> {
    let waiting = state.follow_ups().into_iter();
    let shown = waiting.filter(|it| {
        let is_own = Some(it.responsible()) == me;
        is_own || (sees_to && Due::of(it.due, today).is_near())
    });
    shown.map(|it| Owed::of(&it, me)).collect()
}

/// The answers owed; nothing when there are none.
#[component]
pub fn FollowUps() -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let sites = use_sites();
    let now = use_now();
    let all = RwSignal::new(false);
    let waiting = Memo::new(move |_| {
        let sees_to = session.role_for(Action::GiveAnswer { own: false });
        let (me, today) = (session.person(), now.today());
        sites.with(|state| owed(state, me, sees_to.is_some(), today))
    });
    let shown = move || {
        let named = if all.get() { usize::MAX } else { NAMED };
        waiting.with(|it| it.iter().take(named).cloned().collect::<Vec<_>>())
    };
    let more = move || waiting.with(Vec::len).saturating_sub(NAMED) as u64;
    view! {
        <Show when=move || waiting.with(|it| !it.is_empty())>
            <h2 class="section">{lang.words(t::answers_heading)}</h2>
            <ul class="list">
                <For each=shown key=|owed| (owed.record, owed.topic) let(owed)>
                    <OwedRow owed />
                </For>
            </ul>
            <Show when=move || { !all.get() && more() > 0 }>
                <button class="button line small" on:click=move |_| all.set(true)>
                    {move || t::answers_more(lang.get(), more())}
                </button>
            </Show>
        </Show>
    }
}

/// One of them; the whole row leads to its record.
#[component]
fn OwedRow(
    /// The answer.
    owed: Owed,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let people = use_people();
    let Owed {
        record,
        topic,
        due,
        by,
        role,
        own,
        room,
        words,
    } = owed;
    let about = move || i18n::topic(lang.get(), topic);
    let when = move || {
        let date = format::near_date(lang.get(), now.today(), due);
        let date = t::answers_by(lang.get(), &date);
        if own {
            date
        } else {
            let who = people.with(|people| i18n::who(lang.get(), role, people.name(by)));
            [date.as_str(), " · ", &who].concat()
        }
    };
    view! {
        <li>
            <A href=Path::Visit(record).to_string() attr:class="row-link">
                <div class="row-words">
                    <p>
                        <b class="room">{room}</b>
                        " "
                        {about}
                    </p>
                    <p class="owed-words">{words}</p>
                    <p class="caption number">{when}</p>
                </div>
                <DuePill due />
            </A>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use doorstep_domain::state::SiteState;

    use super::*;
    use crate::sample::{finish, person, record, site};

    const LIN: u8 = 1;

    fn two_visitors() -> SiteState {
        site(vec![
            record(1, vec![finish(1, LIN, "2026-11-21T15:00")]),
            record(2, vec![finish(2, 2, "2026-11-23T15:00")]),
        ])
    }

    #[test]
    fn ones_own_are_always_there_and_others_are_when_near_for_who_sees_to_them() {
        let state = two_visitors();
        let whose = |sees_to, today: &str| {
            let owed = owed(&state, Some(person(LIN)), sees_to, today.parse().unwrap());
            owed.iter().map(|it| it.own).collect::<Vec<_>>()
        };
        assert_eq!(whose(false, "2026-11-23"), [true]);
        assert_eq!(whose(true, "2026-11-23"), [true]);
        assert_eq!(whose(true, "2026-11-29"), [true, false]);
        assert_eq!(whose(false, "2026-12-20"), [true]);
    }
}
