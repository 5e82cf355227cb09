//! What the forms hold, as texts in the language they are printed in: the sealed content as the
//! owner saw it, what the office added since, and the phone number of the register. Never the
//! private note.

use doorstep_domain::account::Site;
use doorstep_domain::follow_up::due_on;
use doorstep_domain::hash::Hash;
use doorstep_domain::ink::Ink;
use doorstep_domain::language::Language;
use doorstep_domain::seal::receipt_code;
use doorstep_domain::state::{Addition, Finish, SiteState, VisitRecord};
use doorstep_domain::topic::Topic;
use doorstep_domain::visit::{Opinion, Outcome, Purpose, Signing, VisitContent, Way};

use super::super::shown::Shown;
use super::super::signature::{Strokes, strokes};
use crate::browser::format::{self, Style};
use crate::i18n::{self, t};

/// A record for paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The language of the form's own words.
    pub lang: Language,
    /// The record's number: its receipt code; empty where there is no seal.
    pub number: String,
    /// What it is sealed with.
    pub seal: Option<Hash>,
    /// What the owner saw.
    pub content: VisitContent,
    /// The day of the visit.
    pub date: String,
    /// From when to when.
    pub period: String,
    /// The phone number of who was met, as the register has it; may be empty.
    pub phone: String,
    /// When it was agreed to meet, and how; that it was not, and the reason where R3.6 asks.
    pub agreed: String,
    /// What was to be talked about, from the plan; may be empty.
    pub agenda: String,
    /// The visitor and their post.
    pub visitor: String,
    /// How the owner's page ended; or how the visit did, where nobody was met.
    pub ending: String,
    /// The signature's strokes.
    pub ink: Option<Ink>,
    /// What is done about each opinion whose owner wants an answer.
    pub handling: Vec<Handling>,
    /// The supervisor's opinions on it.
    pub opinions: Vec<String>,
    /// The director's decisions on what was said.
    pub decisions: Vec<String>,
    /// What else there is to know: voided, corrected.
    pub remarks: Vec<String>,
    /// Whether it was voided.
    pub voided: bool,
}

/// What is done about one opinion (R3.10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    /// Under which topic.
    pub topic: Topic,
    /// What was done; empty where nothing was noted.
    pub measure: String,
    /// Who owes the answer.
    pub responsible: String,
    /// By when.
    pub due: String,
    /// What the owner was told, when and how; empty until they were.
    pub answer: String,
}

impl Printed {
    /// The revision that counts; `None` where its content is not here.
    pub fn of(
        shown: Shown,
        state: &SiteState,
        site: Option<&Site>,
        lang: Language,
    ) -> Option<Self> {
        shown.with(|record| {
            let finish = record.counted()?;
            let content = finish.content.clone()?;
            let words = Words {
                shown,
                record,
                finish,
                zone: site.map_or("UTC", |site| &site.zone),
                lang,
            };
            let drawn = match strokes(finish) {
                Strokes::Here(ink) => Some(ink),
                _ => None,
            };
            let plan = finish.fact.plan.and_then(|plan| state.plans.get(&plan));
            let planned = plan.and_then(|plan| plan.entry()?.content.as_ref());
            Some(Self {
                lang,
                number: finish
                    .seal
                    .map(|seal| receipt_code(&seal))
                    .unwrap_or_default(),
                seal: finish.seal,
                date: format::date(lang, Style::FullDay, finish.fact.date),
                period: words.period(&content),
                phone: phone(state, finish, &content),
                agreed: words.agreed(&content),
                agenda: planned.map(|plan| plan.agenda.clone()).unwrap_or_default(),
                visitor: [&content.visitor, " · ", i18n::role(lang, content.post)].concat(),
                ending: words.ending(),
                ink: drawn,
                handling: words.handling(&content),
                opinions: words.opinions(),
                decisions: words.decisions(&content),
                remarks: words.remarks(&content),
                voided: record.is_voided(),
                content,
            })
        })?
    }

    /// What was heard under `topic`.
    pub fn opinion(&self, topic: Topic) -> Option<&Opinion> {
        self.content.opinion(topic)
    }

    /// Each of the six ways (R3.5), the one chosen marked.
    pub fn ways(&self) -> Vec<String> {
        let marked = |way| self.choice(i18n::way(self.lang, way), way == self.content.way);
        Way::ALL.map(marked).to_vec()
    }

    /// Each purpose, the one chosen marked.
    pub fn purposes(&self) -> Vec<String> {
        let chosen = self.content.purpose;
        let marked = |it| self.choice(i18n::purpose(self.lang, it), it == chosen);
        Purpose::ALL.map(marked).to_vec()
    }

    /// A box to tick before a word.
    pub fn choice(&self, word: &str, chosen: bool) -> String {
        if chosen {
            t::print_chosen(self.lang, word)
        } else {
            t::print_not_chosen(self.lang, word)
        }
    }
}

/// The phone number in the register of who was met.
fn phone(state: &SiteState, finish: &Finish, content: &VisitContent) -> String {
    let household = state.households.get(&finish.fact.household);
    let card = household.and_then(|household| household.card.as_ref());
    let mut contacts = card.into_iter().flat_map(|card| &card.contacts);
    let met = contacts.find(|contact| contact.name == content.met);
    met.map(|contact| contact.phone.clone()).unwrap_or_default()
}

/// What the texts are made of.
struct Words<'a> {
    shown: Shown,
    record: &'a VisitRecord,
    finish: &'a Finish,
    zone: &'a str,
    lang: Language,
}

impl Words<'_> {
    fn time(&self, style: Style, unix_ms: i64) -> String {
        format::time(self.lang, self.zone, style, unix_ms)
    }

    fn period(&self, content: &VisitContent) -> String {
        let (from, to) = (content.started_at, content.ended_at);
        let end = if from.date() == to.date() {
            Style::Clock
        } else {
            Style::DayClock
        };
        let period = t::record_until(
            self.lang,
            &self.time(Style::FullDayClock, from.unix_ms()),
            &self.time(end, to.unix_ms()),
        );
        match content.arrived_at {
            None => period,
            Some(arrived) => {
                let time = self.time(Style::Clock, arrived.unix_ms());
                [period, t::door_arrived(self.lang, &time)].join("\n")
            }
        }
    }

    fn agreed(&self, content: &VisitContent) -> String {
        let lang = self.lang;
        let agreed = match content.agreed {
            Some(agreed) => {
                let time = self.time(Style::DayClock, agreed.at.unix_ms());
                [&time, " · ", i18n::channel(lang, agreed.channel)].concat()
            }
            None => t::record_not_agreed(lang).to_owned(),
        };
        if content.reason.is_empty() {
            return agreed;
        }
        [agreed, t::print_reason(lang, &content.reason)].join("\n")
    }

    /// As on the screen: who signed in whose place, or that nobody did.
    fn ending(&self) -> String {
        let lang = self.lang;
        let Some(signing) = &self.finish.signing else {
            return match self.finish.fact.outcome {
                // The signing is not here.
                Outcome::Met => String::new(),
                unmet => i18n::outcome(lang, unmet).to_owned(),
            };
        };
        match signing {
            Signing {
                name: Some(name),
                relation: Some(relation),
                ..
            } => t::record_signed_by(lang, name, i18n::relation(lang, *relation)),
            Signing {
                name: Some(name), ..
            } => t::record_typed_by(lang, name),
            _ => i18n::signing(lang, signing.outcome).to_owned(),
        }
    }

    fn handling(&self, content: &VisitContent) -> Vec<Handling> {
        let wanted = content.opinions.iter().filter(|it| it.wants_answer);
        let due = due_on(self.finish.fact.date);
        let of = |opinion: &Opinion| {
            let given = self.record.answers(self.finish.id, opinion.topic).last();
            let answer = given.map(|given| {
                let date = format::date(self.lang, Style::FullDay, given.given.date);
                let channel = i18n::channel(self.lang, given.given.channel);
                let told = given.addition.words.as_deref().unwrap_or_default();
                let how = t::answer_given(self.lang, &date, channel);
                [told, how.as_str()].join("\n")
            });
            Handling {
                topic: opinion.topic,
                measure: given.and_then(|it| it.measure.clone()).unwrap_or_default(),
                responsible: content.visitor.clone(),
                due: format::date(self.lang, Style::FullDay, due),
                answer: answer.unwrap_or_default(),
            }
        };
        wanted.map(of).collect()
    }

    fn opinions(&self) -> Vec<String> {
        let opinions = self.record.opinions.iter();
        let of_this = opinions.filter(|it| it.on == self.finish.id);
        of_this
            .map(|it| self.signed(it.words.as_deref().unwrap_or_default(), it))
            .collect()
    }

    fn decisions(&self, content: &VisitContent) -> Vec<String> {
        let topics = content.opinions.iter().map(|opinion| opinion.topic);
        let decided = topics.filter_map(|topic| self.record.decision(self.finish.id, topic));
        let line = |decided: &doorstep_domain::state::Decided| {
            let topic = i18n::topic(self.lang, decided.decision.topic);
            let verdict = i18n::verdict(self.lang, decided.decision.verdict);
            let why = decided.addition.words.as_deref().unwrap_or_default();
            let words = [topic, " · ", verdict, " ", why].concat();
            self.signed(words.trim_end(), &decided.addition)
        };
        decided.map(line).collect()
    }

    fn remarks(&self, content: &VisitContent) -> Vec<String> {
        let lang = self.lang;
        let voided = self.record.voided.first().map(|it| {
            let why = it.words.as_deref().unwrap_or_default();
            self.signed(&t::print_voided(lang, why), it)
        });
        let corrected = content.correction.as_ref();
        let corrected = corrected.map(|why| t::print_corrected(lang, why));
        voided.into_iter().chain(corrected).collect()
    }

    /// Words with who wrote them and when.
    fn signed(&self, words: &str, addition: &Addition) -> String {
        let who = self.shown.who(self.lang, addition.role, addition.actor);
        let date = format::date(self.lang, Style::FullDay, addition.at.date());
        [words, &t::print_by(self.lang, &who, &date)].concat()
    }
}
