//! A visit being written (D2): belongs to the phone, becomes events only when it is finished.
//! A plain value with the questions a screen asks of it; keeping it is the phone's store's.

use serde::{Deserialize, Serialize};

use crate::correction::Correcting;
use crate::door::{Exception, exceptions};
use crate::event::{Kind, PartName};
use crate::household::{HouseholdCard, HouseholdFact};
use crate::id::{EventId, SiteId, SubjectId};
use crate::ink::Ink;
use crate::language::Language;
use crate::photo::{Photo, TOPIC_PHOTOS_MAX, VISIT_PHOTOS_MAX};
use crate::policy::Role;
use crate::state::{Finish, Plan};
use crate::text::{TEXT_MAX, clean, is_clean};
use crate::time::SiteTime;
use crate::topic::{Satisfaction, Topic};
use crate::visit::{
    Agreed, ContentProblem, FORM_VERSION, Opinion, Outcome, PRIVACY_NOTICE_VERSION, PrivateNote,
    Purpose, Relation, Signing, SigningOutcome, VisitContent, VisitFact, Way,
};

/// Version of the draft's own form on the phone; an older one is read as it was written.
pub const DRAFT_VERSION: u16 = 1;

/// What is noted under one topic while listening.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Note {
    /// The mark, if one was given.
    pub satisfaction: Option<Satisfaction>,
    /// As typed, not yet cleaned.
    pub text: String,
    /// The owner asks for an answer.
    pub wants_answer: bool,
    /// What it looks like there, in the order taken.
    #[serde(default)]
    pub photos: Vec<Photo>,
}

impl Note {
    /// Whether nothing was noted.
    pub fn is_blank(&self) -> bool {
        self.satisfaction.is_none()
            && !self.wants_answer
            && self.text.trim().is_empty()
            && self.photos.is_empty()
    }
}

/// The owner's page as far as it has come; kept with the draft, so that strokes survive a killed
/// browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerPage {
    /// When the page was handed over.
    pub shown_at: SiteTime,
    /// The language it is shown in.
    pub language: Language,
    /// When the visit ended: the moment the page was first shown.
    pub ended_at: SiteTime,
    /// The strokes so far.
    pub ink: Ink,
    /// Name of who signs in the owner's place, as typed.
    pub name: String,
    /// Who that is to the household.
    pub relation: Relation,
}

/// A visit being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDraft {
    /// [`DRAFT_VERSION`].
    pub v: u16,
    /// The record's id, minted when the visit was begun; of a correction the id of the event it
    /// becomes ([`Correcting`]).
    pub subject: SubjectId,
    /// The site.
    pub site: SiteId,
    /// The household as registered when the visit was begun.
    pub household: HouseholdFact,
    /// Its address as people read it.
    pub room: String,
    /// Way of visiting.
    pub way: Way,
    /// What for.
    pub purpose: Purpose,
    /// How it ended, as far as known.
    pub outcome: Outcome,
    /// What was agreed beforehand.
    pub agreed: Option<Agreed>,
    /// When the visitor stood at the door (R2.2), once they said so.
    #[serde(default)]
    pub arrived_at: Option<SiteTime>,
    /// When it began; now, unless the visitor states another time.
    pub started_at: SiteTime,
    /// The plan it is made on, if any ([`crate::plan`]).
    #[serde(default)]
    pub plan: Option<SubjectId>,
    /// What it corrects, if it is no new visit.
    #[serde(default)]
    pub correcting: Option<Correcting>,
    /// Who was met, as typed.
    pub met: String,
    /// Who that is to the household.
    pub relation: Relation,
    /// The reason R3.6 asks for, as typed.
    pub reason: String,
    /// Ten notes in the order of [`Topic::ALL`].
    pub notes: [Note; 10],
    /// The conclusion, as typed.
    pub conclusion: String,
    /// Report to operations (R2.6).
    pub report_to_operations: bool,
    /// Staff's own note (R3.7), as typed.
    pub private_note: String,
    /// The owner's page, once it was shown.
    pub owner_page: Option<OwnerPage>,
}

/// Who visits, as the record names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The name people read.
    pub name: String,
    /// The post held on the site.
    pub post: Role,
    /// The site's name.
    pub site: String,
}

/// The bodies of the event a finished visit becomes; each is a part of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedVisit {
    /// Part `fact`.
    pub fact: VisitFact,
    /// Part `content`.
    pub content: VisitContent,
    /// Part `signing`; `None` when nobody was met.
    pub signing: Option<Signing>,
    /// Part `ink`, with [`SigningOutcome::has_ink`].
    pub ink: Option<Ink>,
    /// Part `private`.
    pub private: Option<PrivateNote>,
}

impl VisitDraft {
    /// A draft of a visit to `card`'s household, begun at `now`. Whom to expect is taken from
    /// the card's first contact.
    pub fn begin(
        subject: SubjectId,
        site: SiteId,
        household: HouseholdFact,
        card: &HouseholdCard,
        now: SiteTime,
    ) -> Self {
        let expected = card.contacts.first();
        Self {
            v: DRAFT_VERSION,
            subject,
            site,
            household,
            room: card.label(),
            way: Way::default(),
            purpose: Purpose::default(),
            outcome: Outcome::default(),
            agreed: None,
            arrived_at: None,
            started_at: now,
            plan: None,
            correcting: None,
            met: expected
                .map(|contact| contact.name.clone())
                .unwrap_or_default(),
            relation: expected.map(|contact| contact.relation).unwrap_or_default(),
            reason: String::new(),
            notes: core::array::from_fn(|_| Note::default()),
            conclusion: String::new(),
            report_to_operations: false,
            private_note: String::new(),
            owner_page: None,
        }
    }

    /// The same as a visit made on `plan`: way, purpose and what was agreed are the plan's, and
    /// whoever agreed is expected.
    #[must_use]
    pub fn on_plan(mut self, plan: &Plan, card: &HouseholdCard) -> Self {
        let Some(entry) = plan.entry() else {
            return self;
        };
        self.plan = Some(plan.subject);
        self.purpose = entry.fact.purpose;
        let Some(content) = &entry.content else {
            return self;
        };
        self.way = content.way;
        self.agreed = content.agreed();
        let with = content.agreement.iter().map(|agreement| &agreement.with);
        if let Some(name) = with.into_iter().find(|name| !name.is_empty()) {
            let known = card.contacts.iter().find(|contact| contact.name == *name);
            self.relation = known.map_or_else(Relation::default, |contact| contact.relation);
            self.met.clone_from(name);
        }
        self
    }

    /// A draft that corrects the revision `finish` of `record` and becomes the event `id`: all as it
    /// is there, the owner's page to be shown anew. `None` where the content is not here.
    pub fn correct(id: EventId, site: SiteId, record: SubjectId, finish: &Finish) -> Option<Self> {
        let content = finish.content.as_ref()?;
        let fact = &finish.fact;
        let household = HouseholdFact {
            household: fact.household,
            r#use: fact.r#use,
            residence: fact.residence,
            occupied: fact.occupied,
            listed: true,
        };
        let note = |topic| {
            let opinion = content.opinion(topic);
            opinion.map_or_else(Note::default, |opinion| Note {
                satisfaction: opinion.satisfaction,
                text: opinion.text.clone(),
                wants_answer: opinion.wants_answer,
                photos: opinion.photos.clone(),
            })
        };
        let private = finish.private.as_ref();
        Some(Self {
            v: DRAFT_VERSION,
            subject: id.into(),
            site,
            household,
            room: content.room.clone(),
            way: content.way,
            purpose: content.purpose,
            outcome: content.outcome,
            agreed: content.agreed,
            arrived_at: content.arrived_at,
            started_at: content.started_at,
            plan: fact.plan,
            correcting: Some(Correcting {
                record,
                corrects: finish.id,
                visitor: Visitor {
                    name: content.visitor.clone(),
                    post: content.post,
                    site: content.site.clone(),
                },
                started_at: content.started_at,
                ended_at: content.ended_at,
                why: String::new(),
            }),
            met: content.met.clone(),
            relation: content.relation,
            reason: content.reason.clone(),
            notes: Topic::ALL.map(note),
            conclusion: content.conclusion.clone(),
            report_to_operations: content.report_to_operations,
            private_note: private.map(|it| it.note.clone()).unwrap_or_default(),
            owner_page: None,
        })
    }

    /// A draft that goes on with a visit which `finish` ended by a slip, as the record `subject`: all as
    /// it is there, but that somebody is met. `None` where the content is not here.
    pub fn resume(subject: SubjectId, site: SiteId, finish: &Finish) -> Option<Self> {
        let draft = Self::correct(subject.into(), site, subject, finish)?;
        Some(Self {
            correcting: None,
            outcome: Outcome::Met,
            ..draft
        })
    }

    /// The record it becomes a revision of.
    pub fn record(&self) -> SubjectId {
        let correcting = self.correcting.as_ref();
        correcting.map_or(self.subject, |it| it.record)
    }

    /// The kind of event it becomes.
    pub fn kind(&self) -> Kind {
        match self.correcting {
            None => Kind::VisitRecorded,
            Some(_) => Kind::VisitCorrected,
        }
    }

    /// When the visit ends, if it is ended at `now`: a correction is of a visit that is over.
    pub fn ends_at(&self, now: SiteTime) -> SiteTime {
        let correcting = self.correcting.as_ref();
        correcting.map_or(now, |it| it.ends_at(self.started_at))
    }

    /// The draft as the phone keeps it.
    ///
    /// # Panics
    /// Never: a draft has string keys only.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a draft has string keys only")
    }

    /// Reads what [`Self::to_bytes`] wrote; `None` when it is damaged or of another
    /// [`DRAFT_VERSION`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        // From a text, as everything else is read: one decoder in the client instead of two.
        let draft: Self = serde_json::from_str(core::str::from_utf8(bytes).ok()?).ok()?;
        (draft.v == DRAFT_VERSION).then_some(draft)
    }

    /// The note under `topic`.
    pub fn note(&self, topic: Topic) -> &Note {
        &self.notes[topic as usize]
    }

    /// The note under `topic`, to be changed.
    pub fn note_mut(&mut self, topic: Topic) -> &mut Note {
        &mut self.notes[topic as usize]
    }

    /// All photos taken, topic by topic.
    pub fn photos(&self) -> impl Iterator<Item = &Photo> {
        self.notes.iter().flat_map(|note| &note.photos)
    }

    /// How many photos more `topic` has room for.
    pub fn photos_left(&self, topic: Topic) -> usize {
        let of_topic = TOPIC_PHOTOS_MAX.saturating_sub(self.note(topic).photos.len());
        of_topic.min(VISIT_PHOTOS_MAX.saturating_sub(self.photos().count()))
    }

    /// Adds a photo under `topic`; `false` when it is in the draft already, or there is no room.
    pub fn add_photo(&mut self, topic: Topic, photo: Photo) -> bool {
        let known = self.photos().any(|it| it.hash == photo.hash);
        let added = !known && self.photos_left(topic) > 0;
        if added {
            self.note_mut(topic).photos.push(photo);
        }
        added
    }

    /// Puts a photo that was taken away back in its place, as far as there is room.
    pub fn put_photo_back(&mut self, topic: Topic, place: usize, photo: Photo) {
        if self.add_photo(topic, photo) {
            let photos = &mut self.note_mut(topic).photos;
            let last = photos.len() - 1;
            photos[place.min(last)..].rotate_right(1);
        }
    }

    /// What R3.6 asks a reason for, as things stand.
    pub fn exceptions(&self) -> Vec<Exception> {
        exceptions(self.way, self.agreed.is_some(), self.started_at)
    }

    /// Takes the owner's page back before something it shows is changed: what was drawn on it was
    /// drawn under other words (D5).
    pub fn reopen(&mut self) {
        self.owner_page = None;
    }

    /// Hands the page over at `now` in `language`: the visit ends at the first time it is shown.
    /// A page shown before goes on where it was.
    pub fn show_owner(&mut self, language: Language, now: SiteTime) {
        let ended_at = self.ends_at(now);
        self.owner_page.get_or_insert_with(|| OwnerPage {
            shown_at: now,
            language,
            ended_at,
            ink: Ink::default(),
            name: String::new(),
            relation: Relation::Family,
        });
    }

    /// Whether anything was heard or concluded, so that "nobody home" no longer fits and
    /// throwing the draft away deserves a question.
    pub fn has_notes(&self) -> bool {
        self.notes.iter().any(|note| !note.is_blank())
            || !self.conclusion.trim().is_empty()
            || !self.private_note.trim().is_empty()
    }

    /// Exactly the content to be shown and sealed: cleaned texts, blank topics left out.
    pub fn content(
        &self,
        visitor: &Visitor,
        language: Language,
        ended_at: SiteTime,
    ) -> VisitContent {
        let met = self.outcome == Outcome::Met;
        let opinions = Topic::ALL
            .into_iter()
            .filter(|topic| !self.note(*topic).is_blank());
        let correcting = self.correcting.as_ref();
        let visitor = correcting.map_or(visitor, |it| &it.visitor);
        let reason = if met && !self.exceptions().is_empty() {
            clean(&self.reason)
        } else {
            String::new()
        };
        VisitContent {
            form: FORM_VERSION,
            language,
            privacy_notice: PRIVACY_NOTICE_VERSION,
            site: visitor.site.clone(),
            room: self.room.clone(),
            met: if met { clean(&self.met) } else { String::new() },
            relation: if met {
                self.relation
            } else {
                Relation::default()
            },
            visitor: visitor.name.clone(),
            post: visitor.post,
            way: self.way,
            purpose: self.purpose,
            outcome: self.outcome,
            agreed: self.agreed,
            // Only a door has somebody waiting before it.
            arrived_at: self.arrived_at.filter(|_| self.way == Way::Door),
            started_at: self.started_at,
            ended_at,
            reason,
            opinions: opinions.map(|topic| self.opinion(topic)).collect(),
            conclusion: clean(&self.conclusion),
            report_to_operations: self.report_to_operations,
            correction: correcting.map(|it| clean(&it.why)),
        }
    }

    /// The first thing that keeps this visit from being shown to the owner, if any; asked with
    /// the time it would end. The private note is not shown, but the office takes it no longer
    /// than other texts, and nothing is to be sealed that the office will not take.
    pub fn check(&self, visitor: &Visitor, now: SiteTime) -> Result<(), ContentProblem> {
        let ends_at = self.ends_at(now);
        if ends_at > now {
            return Err(ContentProblem::Times);
        }
        self.content(visitor, Language::default(), ends_at)
            .check()?;
        if is_clean(&clean(&self.private_note), TEXT_MAX) {
            Ok(())
        } else {
            Err(ContentProblem::Text)
        }
    }

    /// The finished visit in which somebody was met and the owner's page ended with `outcome`
    /// at `sealed_at`. `None` before the page was shown.
    pub fn finish_met(
        &self,
        visitor: &Visitor,
        outcome: SigningOutcome,
        sealed_at: SiteTime,
    ) -> Option<FinishedVisit> {
        let page = self.owner_page.as_ref()?;
        let content = self.content(visitor, page.language, page.ended_at);
        let someone_else = outcome == SigningOutcome::SomeoneElse;
        let signing = Signing {
            outcome,
            name: outcome.has_name().then(|| clean(&page.name)),
            relation: someone_else.then_some(page.relation),
            shown_at: page.shown_at,
            // The phone's clock may have been set back in between; no page is sealed before it
            // was shown.
            sealed_at: sealed_at.max(page.shown_at),
        };
        Some(FinishedVisit {
            fact: self.fact(),
            content,
            signing: Some(signing),
            ink: outcome.has_ink().then(|| page.ink.clone()),
            private: self.private(),
        })
    }

    /// The finished visit without contact: nobody home, or consent refused (R2.3); ended at `now`.
    pub fn finish_unmet(
        &self,
        visitor: &Visitor,
        language: Language,
        now: SiteTime,
    ) -> FinishedVisit {
        FinishedVisit {
            fact: self.fact(),
            content: self.content(visitor, language, self.ends_at(now)),
            signing: None,
            ink: None,
            private: self.private(),
        }
    }

    fn opinion(&self, topic: Topic) -> Opinion {
        let note = self.note(topic);
        Opinion {
            topic,
            satisfaction: note.satisfaction,
            text: clean(&note.text),
            wants_answer: note.wants_answer,
            photos: note.photos.clone(),
        }
    }

    fn fact(&self) -> VisitFact {
        VisitFact {
            household: self.household.household,
            r#use: self.household.r#use,
            residence: self.household.residence,
            occupied: self.household.occupied,
            date: self.started_at.date(),
            way: self.way,
            purpose: self.purpose,
            outcome: self.outcome,
            plan: self.plan,
            corrects: self.correcting.as_ref().map(|it| it.corrects),
        }
    }

    fn private(&self) -> Option<PrivateNote> {
        let note = clean(&self.private_note);
        (!note.is_empty()).then_some(PrivateNote { note })
    }
}

impl FinishedVisit {
    /// Whether the office will take how the owner's page ended: the name of who signs in the
    /// owner's place may be too long.
    pub fn is_signing_sound(&self) -> bool {
        let way = self.content.way;
        let signing = self.signing.as_ref();
        signing.is_none_or(|signing| signing.is_sound(way))
    }

    /// The canonical text of each part, ready to be salted and hashed.
    pub fn bodies(&self) -> Vec<(PartName, String)> {
        use crate::event::canonical;
        let mut bodies = vec![
            (PartName::Fact, canonical(&self.fact)),
            (PartName::Content, canonical(&self.content)),
        ];
        bodies.extend(
            self.signing
                .as_ref()
                .map(|it| (PartName::Signing, canonical(it))),
        );
        bodies.extend(self.ink.as_ref().map(|it| (PartName::Ink, canonical(it))));
        bodies.extend(
            self.private
                .as_ref()
                .map(|it| (PartName::Private, canonical(it))),
        );
        bodies
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hash;
    use crate::household::{Contact, Residence, Use};
    use crate::id::HouseholdId;
    use crate::ink::{Point, Stroke};
    use crate::text::NAME_MAX;

    fn at(clock: &str) -> SiteTime {
        format!("2026-11-23T{clock}:00.000+08:00").parse().unwrap()
    }

    fn visitor() -> Visitor {
        Visitor {
            name: "林晓雯".into(),
            post: Role::Supervisor,
            site: "金海湾花园".into(),
        }
    }

    fn draft() -> VisitDraft {
        let household = HouseholdFact {
            household: HouseholdId::mint(1, &[1; 10]),
            r#use: Use::Home,
            residence: Residence::Permanent,
            occupied: true,
            listed: true,
        };
        let card = HouseholdCard {
            building: "3".into(),
            room: "1502".into(),
            contacts: vec![Contact {
                name: "陈佳慧".into(),
                phone: String::new(),
                relation: Relation::Owner,
            }],
            ..HouseholdCard::default()
        };
        let subject = SubjectId::mint(1, &[2; 10]);
        let site = SiteId::mint(1, &[3; 10]);
        VisitDraft::begin(subject, site, household, &card, at("15:02"))
    }

    #[test]
    fn a_fresh_draft_names_what_is_missing_in_order() {
        let mut draft = draft();
        assert_eq!(
            draft.check(&visitor(), at("15:10")),
            Err(ContentProblem::NothingHeard)
        );
        draft.note_mut(Topic::Repair).text = "  电梯异响 ".into();
        let missing = ContentProblem::ReasonMissing(Exception::NoAppointment);
        assert_eq!(draft.check(&visitor(), at("15:10")), Err(missing));
        draft.reason = "路过，业主邀请".into();
        assert_eq!(draft.check(&visitor(), at("15:10")), Ok(()));
    }

    #[test]
    fn blank_topics_are_left_out_and_texts_cleaned() {
        let mut draft = draft();
        draft.note_mut(Topic::Culture).text = " \n ".into();
        draft.note_mut(Topic::Repair).text = "  电梯异响 ".into();
        let content = draft.content(&visitor(), Language::Chinese, at("15:10"));
        let heard: Vec<(Topic, &str)> = content
            .opinions
            .iter()
            .map(|it| (it.topic, it.text.as_str()))
            .collect();
        assert_eq!(heard, [(Topic::Repair, "电梯异响")]);
    }

    #[test]
    fn photos_are_added_once_while_there_is_room_and_put_back_in_their_place() {
        let mut draft = draft();
        let photo = |n: u8| Photo::of(&[0xff, 0xd8, 0xff, n], 4, 3).unwrap();
        let add = |draft: &mut VisitDraft, topic, n| draft.add_photo(topic, photo(n));
        assert!(draft.note(Topic::Repair).is_blank());
        assert!((0..4).all(|n| add(&mut draft, Topic::Repair, n)));
        assert!(!draft.note(Topic::Repair).is_blank());
        assert!(!add(&mut draft, Topic::Repair, 4), "a topic is full");
        assert!(!add(&mut draft, Topic::Culture, 0), "it is there already");
        assert!((4..8).all(|n| add(&mut draft, Topic::Culture, n)));
        assert!((8..11).all(|n| add(&mut draft, Topic::Cleaning, n)));
        assert_eq!(draft.photos_left(Topic::Security), 1);
        assert!(add(&mut draft, Topic::Security, 11));
        assert_eq!(draft.photos_left(Topic::Cleaning), 0, "the visit is full");

        let order = |draft: &VisitDraft| -> Vec<Hash> {
            let photos = draft.note(Topic::Repair).photos.iter();
            photos.map(|photo| photo.hash).collect()
        };
        let before = order(&draft);
        for place in 0..4 {
            let taken = draft.note_mut(Topic::Repair).photos.remove(place);
            draft.put_photo_back(Topic::Repair, place, taken);
            assert_eq!(order(&draft), before, "{place}");
        }
        draft.reason = "路过，业主邀请".into();
        assert_eq!(draft.check(&visitor(), at("15:10")), Ok(()));
        let content = draft.content(&visitor(), Language::Chinese, at("15:10"));
        assert_eq!(content.photos().count(), 12);
    }

    #[test]
    fn a_signed_visit_has_every_part_and_the_private_note_stands_apart() {
        let mut draft = draft();
        draft.note_mut(Topic::Repair).satisfaction = Some(Satisfaction::Satisfied);
        draft.private_note = "家中有病人".into();
        draft.reason = "路过".into();
        assert_eq!(
            draft.finish_met(&visitor(), SigningOutcome::Signed, at("15:12")),
            None
        );
        let point = |x| Point {
            x,
            y: 0,
            t_ms: 0,
            force: 127,
        };
        draft.owner_page = Some(OwnerPage {
            shown_at: at("15:10"),
            language: Language::English,
            ended_at: at("15:10"),
            ink: Ink {
                strokes: vec![Stroke(vec![point(0), point(2_000)])],
            },
            name: String::new(),
            relation: Relation::Owner,
        });
        let signed = draft
            .finish_met(&visitor(), SigningOutcome::Signed, at("15:12"))
            .unwrap();
        let bodies = signed.bodies();
        let names: Vec<PartName> = bodies.iter().map(|(name, _)| *name).collect();
        use PartName::{Content, Fact, Ink as InkPart, Private, Signing as SigningPart};
        assert_eq!(names, [Fact, Content, SigningPart, InkPart, Private]);
        let told = bodies
            .iter()
            .filter(|(_, body)| body.contains("病人"))
            .count();
        assert_eq!(told, 1);
        let declined = draft
            .finish_met(&visitor(), SigningOutcome::Declined, at("15:12"))
            .unwrap();
        assert_eq!(declined.ink, None);
    }

    #[test]
    fn what_the_office_would_refuse_is_named_before_it_is_sealed() {
        let mut draft = draft();
        draft.note_mut(Topic::Repair).satisfaction = Some(Satisfaction::Satisfied);
        draft.reason = "路过".into();
        draft.private_note = "长".repeat(TEXT_MAX);
        assert_eq!(draft.check(&visitor(), at("15:10")), Ok(()));
        draft.private_note.push('长');
        assert_eq!(
            draft.check(&visitor(), at("15:10")),
            Err(ContentProblem::Text)
        );
        draft.show_owner(Language::Chinese, at("15:10"));
        let mut signed_by = |name: String| {
            draft.owner_page.as_mut().unwrap().name = name;
            let finished = draft.finish_met(&visitor(), SigningOutcome::SomeoneElse, at("15:12"));
            finished.unwrap().is_signing_sound()
        };
        assert!(signed_by("陈".repeat(NAME_MAX)));
        assert!(!signed_by("陈".repeat(NAME_MAX + 1)));
    }

    #[test]
    fn the_owners_page_goes_on_until_something_on_it_is_changed() {
        let mut draft = draft();
        draft.note_mut(Topic::Repair).satisfaction = Some(Satisfaction::Satisfied);
        draft.show_owner(Language::Chinese, at("15:10"));
        draft.show_owner(Language::English, at("15:20"));
        let page = draft.owner_page.as_ref().unwrap();
        assert_eq!(
            (page.language, page.shown_at),
            (Language::Chinese, at("15:10"))
        );
        draft.reopen();
        draft.show_owner(Language::English, at("15:20"));
        assert_eq!(draft.owner_page.as_ref().unwrap().ended_at, at("15:20"));
        let early = draft.finish_met(&visitor(), SigningOutcome::Declined, at("15:15"));
        let signing = early.unwrap().signing.unwrap();
        assert!(signing.is_sound(draft.way), "a clock set back still seals");
    }

    #[test]
    fn a_draft_survives_being_kept_and_another_versions_is_left_alone() {
        let mut draft = draft();
        assert_eq!(
            VisitDraft::from_bytes(&draft.to_bytes()),
            Some(draft.clone())
        );
        draft.v = DRAFT_VERSION + 1;
        assert_eq!(VisitDraft::from_bytes(&draft.to_bytes()), None);
        assert_eq!(VisitDraft::from_bytes(b"{\"v\":1"), None);
    }
}
