//! Planning a visit: when, how, what was agreed with whom (R2.2, R3.6), and what to talk about
//! (R2.4); and moving one that is planned. Not calling it off, which is the household's screen's.

use doorstep_domain::door::{Exception, exceptions};
use doorstep_domain::event::{Kind, PartName, canonical};
use doorstep_domain::household::HouseholdCard;
use doorstep_domain::id::{HouseholdId, SubjectId};
use doorstep_domain::plan::{AHEAD_MAX_DAYS, Agreement, PlanContent, PlanFact, usual_time};
use doorstep_domain::policy::Action;
use doorstep_domain::state::SiteState;
use doorstep_domain::text::{NAME_MAX, TEXT_MAX, clean};
use doorstep_domain::time::SiteTime;
use doorstep_domain::visit::{Channel, Purpose, Way};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::browser::{clock, document, random};
use crate::components::adding::{Attempt, AttemptShown};
use crate::components::choice::Choice;
use crate::components::field::TextField;
use crate::components::page_head::SlimHead;
use crate::components::text_area::TextArea;
use crate::components::time_field::TimeField;
use crate::i18n::{self, t, use_lang};
use crate::path::{Path, use_go_on};
use crate::state::phone::use_phone;
use crate::state::plans::{CLASH_MS, use_own_plans};
use crate::state::queue::NewEvent;
use crate::state::session::{SessionState, use_session};
use crate::state::sites::use_sites;

/// The field that the time is typed in.
const AT: &str = "planned-at";

/// What is wrong with what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Typed {
    /// The time has passed.
    Passed,
    /// The time is more than a year ahead.
    TooFar,
    /// A text is longer than a plan takes.
    TooLong,
}

/// The form as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Form {
    content: PlanContent,
    /// Kept while "not agreed yet" is chosen, so that nothing typed is lost.
    agreement: Agreement,
    purpose: Purpose,
}

impl Form {
    /// What the plan says, or a first proposal for a new one.
    fn begin(
        state: &SiteState,
        household: HouseholdId,
        plan: Option<SubjectId>,
        now: SiteTime,
    ) -> Self {
        let entry = plan.and_then(|plan| state.plans.get(&plan)?.entry());
        let card = state
            .households
            .get(&household)
            .and_then(|it| it.card.as_ref());
        let first = card.and_then(|card| card.contacts.first());
        let agreement = Agreement {
            channel: Channel::default(),
            with: first
                .map(|contact| contact.name.clone())
                .unwrap_or_default(),
        };
        let proposed = || PlanContent {
            way: Way::default(),
            at: usual_time(now),
            agreement: Some(agreement.clone()),
            agenda: String::new(),
        };
        let content = entry.and_then(|entry| entry.content.clone());
        let content = content.unwrap_or_else(proposed);
        Self {
            agreement: content.agreement.clone().unwrap_or(agreement),
            content,
            purpose: entry.map(|entry| entry.fact.purpose).unwrap_or_default(),
        }
    }

    /// The plan to be kept, its texts cleaned, or what is wrong with it.
    fn read(&self, now: SiteTime) -> Result<PlanContent, Typed> {
        let agreed = self.content.agreement.is_some();
        let content = PlanContent {
            agreement: agreed.then(|| Agreement {
                channel: self.agreement.channel,
                with: clean(&self.agreement.with),
            }),
            agenda: clean(&self.content.agenda),
            ..self.content
        };
        if content.at < now {
            Err(Typed::Passed)
        } else if !content.is_within_reach(now) {
            Err(Typed::TooFar)
        } else if content.is_sound() {
            Ok(content)
        } else {
            Err(Typed::TooLong)
        }
    }
}

/// The screen.
#[component]
pub fn Planning() -> impl IntoView {
    let params = use_params_map();
    let sites = use_sites();
    let lang = use_lang();
    let household =
        Memo::new(move |_| params.with(|params| params.get("id")?.parse::<HouseholdId>().ok()));
    let plan =
        Memo::new(move |_| params.with(|params| params.get("plan")?.parse::<SubjectId>().ok()));
    let room = Memo::new(move |_| {
        let household = household.get()?;
        sites.with(|state| {
            let card = state.households.get(&household)?.card.as_ref()?;
            Some(title(card))
        })
    });
    let back = move || household.get().map_or(Path::Households, Path::Household);
    move || {
        let head = if plan.get().is_some() {
            t::planning_move
        } else {
            t::planning_open
        };
        let room = room.get();
        let caption = room.clone().unwrap_or_default();
        let form = match (room, household.get()) {
            (Some(_), Some(household)) => {
                Either::Left(view! { <PlanForm household plan=plan.get() /> })
            }
            _ => Either::Right(view! {
                <main class="page">
                    <p class="card">{lang.words(t::household_no_card)}</p>
                </main>
            }),
        };
        view! {
            <SlimHead title=lang.text(head) caption=Signal::stored(caption) back=back() />
            {form}
        }
    }
}

fn title(card: &HouseholdCard) -> String {
    let name = card.contacts.first().map(|contact| contact.name.as_str());
    [card.label().as_str(), name.unwrap_or_default()].join(" ")
}

/// The form, filled in as far as can be guessed.
#[component]
fn PlanForm(
    /// Whom.
    household: HouseholdId,
    /// The plan to be moved; `None` for a new one.
    plan: Option<SubjectId>,
) -> impl IntoView {
    let lang = use_lang();
    let phone = use_phone();
    let session = use_session();
    let sites = use_sites();
    let go_on = use_go_on();
    let now = clock::site_time(&untrack(|| session.zone()));
    let begun = sites.with_untracked(|state| Form::begin(state, household, plan, now));
    let with = RwSignal::new(begun.agreement.with.clone());
    let form = RwSignal::new(begun);
    let problem = RwSignal::new(None::<Typed>);
    let attempt = Attempt::new();
    // Of a second press the same plan, should the first have been kept after all.
    let subject =
        plan.unwrap_or_else(|| SubjectId::mint(clock::now_ms().cast_unsigned(), &random::bytes()));
    let submit = move |_| {
        form.update_untracked(|form| form.agreement.with = with.get_untracked());
        let now = clock::site_time(&untrack(|| session.zone()));
        let read = form.with_untracked(|form| form.read(now));
        problem.set(read.as_ref().err().copied());
        let Ok(content) = read else {
            return document::focus_id(AT);
        };
        let purpose = form.with_untracked(|form| form.purpose);
        let event = planned(session, subject, household, purpose, &content);
        let go_on = go_on.clone();
        attempt.keep(phone, event, move || go_on(Path::Household(household)));
    };
    view! {
        <main class="page acting">
            <div class="card">
                <When form problem />
                <Clash form plan />
                <Choice
                    name="plan-agreed"
                    legend=lang.text(t::planning_agreed)
                    options=vec![true, false]
                    label=agreed_words
                    value=Signal::derive(move || form.with(|it| it.content.agreement.is_some()))
                    on_choose=Callback::new(move |agreed: bool| {
                        form.update(|it| {
                            it.content.agreement = agreed.then(|| it.agreement.clone());
                        });
                    })
                />
                <Show when=move || form.with(|it| it.content.agreement.is_some())>
                    <Choice
                        name="plan-channel"
                        legend=lang.text(t::listening_channel)
                        options=Channel::ALL.to_vec()
                        label=i18n::channel
                        value=Signal::derive(move || form.with(|it| it.agreement.channel))
                        on_choose=Callback::new(move |channel| {
                            form.update(|it| it.agreement.channel = channel);
                        })
                    />
                    <TextField id="plan-with" label=lang.text(t::planning_with) value=with />
                </Show>
            </div>
            <div class="card">
                <Choice
                    name="plan-way"
                    legend=lang.text(t::listening_way)
                    options=Way::ALL.to_vec()
                    label=i18n::way
                    value=Signal::derive(move || form.with(|it| it.content.way))
                    on_choose=Callback::new(move |way| form.update(|it| it.content.way = way))
                />
                <Choice
                    name="plan-purpose"
                    legend=lang.text(t::listening_purpose)
                    options=Purpose::ALL.to_vec()
                    label=i18n::purpose
                    value=Signal::derive(move || form.with(|it| it.purpose))
                    on_choose=Callback::new(move |purpose| form.update(|it| it.purpose = purpose))
                />
                <TextArea
                    id="plan-agenda"
                    label=lang.text(t::planning_agenda)
                    hint=lang.text(t::planning_agenda_hint)
                    value=Signal::derive(move || form.with(|it| it.content.agenda.clone()))
                    on_input=Callback::new(move |agenda| {
                        form.update(|it| it.content.agenda = agenda);
                    })
                />
            </div>
            <div class="thumb-bar">
                <AttemptShown attempt />
                <button
                    class="button primary"
                    aria-disabled=move || attempt.busy()
                    on:click=submit
                >
                    {lang.words(t::planning_keep)}
                </button>
            </div>
        </main>
    }
}

/// When, and what is to be said about that time.
#[component]
fn When(
    /// The form.
    form: RwSignal<Form>,
    /// What is wrong with it.
    problem: RwSignal<Option<Typed>>,
) -> impl IntoView {
    let lang = use_lang();
    let late = move || {
        let asks = form.with(|it| exceptions(it.content.way, true, it.content.at));
        let late = asks.contains(&Exception::LateHours);
        late.then(|| t::planning_late(lang.get()))
    };
    let wrong = move || {
        problem.get().map(|problem| {
            let lang = lang.get();
            match problem {
                Typed::Passed => t::planning_passed(lang).to_owned(),
                Typed::TooFar => t::planning_too_far(lang, AHEAD_MAX_DAYS.unsigned_abs()),
                Typed::TooLong => {
                    t::planning_too_long(lang, &NAME_MAX.to_string(), &TEXT_MAX.to_string())
                }
            }
        })
    };
    view! {
        <TimeField
            id=AT
            label=lang.text(t::planning_at)
            value=Signal::derive(move || form.with(|it| it.content.at))
            on_change=Callback::new(move |at| {
                problem.set(None);
                form.update(|it| it.content.at = at);
            })
        />
        <p class="late" role="status">{late}</p>
        <p class="form-error" role="alert">{wrong}</p>
    }
}

/// Another visit of the person's near that time.
#[component]
fn Clash(
    /// The form.
    form: RwSignal<Form>,
    /// The plan being moved.
    plan: Option<SubjectId>,
) -> impl IntoView {
    let lang = use_lang();
    let plans = use_own_plans();
    let clash = move || {
        let at = form.with(|it| it.content.at);
        plans.with(|plans| {
            let near = |it: SiteTime| (it.unix_ms() - at.unix_ms()).abs() < CLASH_MS;
            let mut others = plans.iter().filter(|it| Some(it.plan) != plan);
            let other = others.find(|it| near(it.content.at))?;
            let time = other.content.at.clock();
            Some(t::planning_clash(lang.get(), &time, &other.room))
        })
    };
    view! { <p class="late" role="status">{clash}</p> }
}

/// The event that keeps the plan, made by the person here; `None` when their post plans none.
fn planned(
    session: SessionState,
    subject: SubjectId,
    household: HouseholdId,
    purpose: Purpose,
    content: &PlanContent,
) -> Option<NewEvent> {
    let visitor = untrack(|| session.person())?;
    let action = Action::PlanVisit { own: true };
    let (site, role) = untrack(|| session.site().zip(session.role_for(action)))?;
    let fact = PlanFact {
        household,
        visitor,
        date: content.at.date(),
        purpose,
    };
    Some(NewEvent {
        kind: Kind::VisitPlanned,
        subject,
        site: site.id,
        role,
        bodies: vec![
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(content)),
        ],
        draft: None,
    })
}

fn agreed_words(lang: doorstep_domain::language::Language, agreed: bool) -> &'static str {
    if agreed {
        t::planning_agreed_yes(lang)
    } else {
        t::planning_agreed_no(lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> SiteTime {
        format!("2026-11-{time}:00.000+08:00").parse().unwrap()
    }

    #[test]
    fn a_plan_lies_ahead_and_keeps_its_texts_clean() {
        let household = HouseholdId::mint(1, &[1; 10]);
        let mut form = Form::begin(&SiteState::default(), household, None, at("26T09:10"));
        form.agreement.with = "  陈佳慧 ".into();
        form.content.agenda = "\u{feff}车库积水\n".into();
        let read = form.read(at("26T09:10")).unwrap();
        assert_eq!(read.agreement.unwrap().with, "陈佳慧");
        assert_eq!(read.agenda, "车库积水");
        assert_eq!(form.read(at("28T09:10")), Err(Typed::Passed));
        form.content.agreement = None;
        assert_eq!(form.read(at("26T09:10")).unwrap().agreement, None);
        form.content.agenda = "长".repeat(TEXT_MAX + 1);
        assert_eq!(form.read(at("26T09:10")), Err(Typed::TooLong));
        form.content.at = "2028-01-01T10:00:00.000+08:00".parse().unwrap();
        assert_eq!(form.read(at("26T09:10")), Err(Typed::TooFar));
    }
}
