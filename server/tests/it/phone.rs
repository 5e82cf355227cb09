//! A phone as the server sees it: a key of its own, a cookie, events it signs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

use doorstep_domain::account::{Session, login_proof_input};
use doorstep_domain::escrow;
use doorstep_domain::event::{
    ENVELOPE_VERSION, Envelope, Event, Kind, Part, PartName, Salt, canonical, part_hash,
    signing_input,
};
use doorstep_domain::follow_up::{self, AnswerGiven};
use doorstep_domain::hash::{Hash, from_base64url, sha256, to_base64url};
use doorstep_domain::household::{Residence, Use};
use doorstep_domain::id::{EventId, HouseholdId, SiteId, SubjectId};
use doorstep_domain::ink::{Ink, Point, Stroke};
use doorstep_domain::language::Language;
use doorstep_domain::log::Head;
use doorstep_domain::phrase::{PhraseFact, PhraseText};
use doorstep_domain::plan::{Agreement, PlanContent, PlanFact};
use doorstep_domain::policy::Role;
use doorstep_domain::quarantine::{Decision, Verdict};
use doorstep_domain::review::Words;
use doorstep_domain::sync::wire::deposit_proof_input;
use doorstep_domain::time::{SiteTime, UnixMs};
use doorstep_domain::topic::Topic;
use doorstep_domain::visit::{
    Channel, FORM_VERSION, Outcome, PRIVACY_NOTICE_VERSION, PrivateNote, Purpose, Relation,
    Signing, SigningOutcome, VisitContent, VisitFact, Way,
};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, Salt as HkdfSalt};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::server::{Answer, Server};

/// Everybody's password here.
pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) struct Phone {
    pair: EcdsaKeyPair,
    spki: Vec<u8>,
    cookie: String,
    session: Option<Session>,
    /// The office's key, to which it seals its data key.
    office: Vec<u8>,
    /// Under which name it logs in.
    name: String,
    minted: AtomicU8,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        // RFC 5480: what WebCrypto's `exportKey("spki")` puts before the point.
        let prefix = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
        let prefix = (0..prefix.len())
            .step_by(2)
            .map(|n| u8::from_str_radix(&prefix[n..n + 2], 16));
        let mut spki: Vec<u8> = prefix.collect::<Result<_, _>>().unwrap();
        spki.extend_from_slice(pair.public_key().as_ref());
        Self {
            pair,
            spki,
            cookie: String::new(),
            session: None,
            office: Vec::new(),
            name: "lin".into(),
            minted: AtomicU8::new(0),
        }
    }

    pub(crate) fn device(&self) -> Hash {
        sha256(&self.spki)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair
            .sign(&SystemRandom::new(), message)
            .unwrap()
            .as_ref()
            .to_owned()
    }

    /// The body of a log-in.
    pub(crate) fn login(&self, login: &str, password: &str) -> Value {
        let proof = self.sign(&login_proof_input(login, &self.spki));
        json!({
            "login": login,
            "password": password,
            "device": {
                "key": to_base64url(&self.spki),
                "label": "Test phone",
                "proof": to_base64url(&proof),
            },
        })
    }

    /// Logs in and keeps the cookie.
    pub(crate) fn log_in(&mut self, server: &Server, login: &str) -> Answer {
        self.log_in_with(server, login, PASSWORD)
    }

    /// The same with another password.
    pub(crate) fn log_in_with(&mut self, server: &Server, login: &str, password: &str) -> Answer {
        self.name_as(login);
        let answer = server.post("/api/v1/login", &[], &self.login(login, password));
        if answer.status == 200 {
            self.keep(&answer);
        }
        answer
    }

    /// Asks for the key to which data keys are sealed.
    pub(crate) fn learn_escrow_key(&mut self, server: &Server) {
        let answer = server.get("/api/v1/escrow", &[self.cookie()]).json();
        self.office = from_base64url(answer["key"].as_str().unwrap()).unwrap();
    }

    /// A data key as a phone seals it: with ring's own agreement, not the server's. For nobody
    /// where the office's key was not asked for.
    pub(crate) fn sealed_data_key(&self, data_key: &[u8; 32]) -> Value {
        let random = SystemRandom::new();
        let own = EphemeralPrivateKey::generate(&ECDH_P256, &random).unwrap();
        let ephemeral = own.compute_public_key().unwrap();
        let mut sealed = data_key.to_vec();
        if let Some(session) = self.session.as_ref().filter(|_| !self.office.is_empty()) {
            let ephemeral = ephemeral.as_ref();
            let info = escrow::info(session.person, &self.device(), ephemeral, &self.office);
            let office = UnparsedPublicKey::new(&ECDH_P256, &self.office);
            let key = agree_ephemeral(own, &office, |shared| {
                let extracted = HkdfSalt::new(HKDF_SHA256, &[]).extract(shared);
                let info = [&info[..]];
                UnboundKey::from(extracted.expand(&info, &AES_256_GCM).unwrap())
            });
            let nonce = Nonce::assume_unique_for_key([0; 12]);
            LessSafeKey::new(key.unwrap())
                .seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed)
                .unwrap();
        }
        json!({"ephemeral": to_base64url(ephemeral.as_ref()), "sealed": to_base64url(&sealed)})
    }

    /// Keeps the cookie and the session of an answer.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        let cookie = answer.header("set-cookie").split(';').next();
        self.cookie = cookie.unwrap().into();
        self.session = Some(serde_json::from_slice(&answer.body).unwrap());
    }

    /// Under which name it logs in from now on.
    pub(crate) fn name_as(&mut self, login: &str) {
        login.clone_into(&mut self.name);
    }

    pub(crate) fn login_name(&self) -> &str {
        &self.name
    }

    /// A phone that is logged in.
    pub(crate) fn of(server: &Server, login: &str) -> Self {
        let mut phone = Self::new();
        let answer = phone.log_in(server, login);
        assert_eq!(answer.status, 200, "{}", answer.json());
        phone
    }

    pub(crate) fn session(&self) -> &Session {
        self.session.as_ref().unwrap()
    }

    pub(crate) fn site(&self) -> SiteId {
        self.session().sites[0].id
    }

    pub(crate) fn cookie(&self) -> (&'static str, &str) {
        ("cookie", &self.cookie)
    }

    /// The head of an empty log of its site.
    pub(crate) fn genesis(&self) -> Head {
        Head::genesis(self.session().organisation, self.site())
    }

    /// The body of a sync from `head` on.
    pub(crate) fn sync(&self, head: &Head, push: &[Event]) -> Value {
        self.sync_at(self.site(), head, push)
    }

    /// The same on another site.
    pub(crate) fn sync_at(&self, site: SiteId, head: &Head, push: &[Event]) -> Value {
        let mut sync = self.sync_of_nothing();
        sync["cursors"] = json!({site.to_string(): head});
        sync["push"] = json!(push);
        sync["unsent"] = json!(push.len());
        sync
    }

    /// The body of a sync that asks about no site.
    pub(crate) fn sync_of_nothing(&self) -> Value {
        json!({
            "device": self.device(),
            "build": "test",
            "epoch": null,
            "cursors": {},
            "scope": {},
            "unsent": 0,
            "push": [],
            "limit": 100,
        })
    }

    pub(crate) fn post_sync(&self, server: &Server, body: &Value) -> Answer {
        server.post("/api/v1/sync", &[self.cookie()], body)
    }

    /// The body of handing in these events at `at`, server time.
    pub(crate) fn deposit(&self, at: UnixMs, events: &[Event]) -> Value {
        let input = deposit_proof_input(&self.device(), at, events);
        json!({
            "device": self.device(),
            "at": at,
            "events": events,
            "proof": to_base64url(&self.sign(&input)),
        })
    }

    /// Pushes events that another device signed; gives the reply.
    pub(crate) fn carry(&self, server: &Server, events: &[Event]) -> Value {
        let mut body = self.sync(&self.genesis(), events);
        body["carried"] = json!((0..events.len()).collect::<Vec<_>>());
        let answer = self.post_sync(server, &body);
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()
    }

    /// Pushes events; gives the reply.
    #[track_caller]
    pub(crate) fn push(&self, server: &Server, events: &[Event]) -> Value {
        let answer = self.post_sync(server, &self.sync(&self.genesis(), events));
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()
    }

    /// Sends a photo; gives the bytes the office holds of it then.
    #[track_caller]
    pub(crate) fn send_photo(&self, server: &Server, bytes: &[u8]) -> Value {
        let (last, size) = (bytes.len() - 1, bytes.len());
        let range = format!("bytes 0-{last}/{size}");
        let answer = self.send_piece(server, &sha256(bytes), &range, bytes);
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()["held"].clone()
    }

    /// Sends a piece of the photo `photo`.
    pub(crate) fn send_piece(
        &self,
        server: &Server,
        photo: &Hash,
        range: &str,
        piece: &[u8],
    ) -> Answer {
        let headers = [
            ("content-type", "application/octet-stream"),
            ("content-range", range),
            self.cookie(),
        ];
        server.send(
            "PUT",
            &format!("/api/v1/photos/{photo}"),
            &headers,
            Some(piece),
        )
    }

    /// A visit that ended with a signature and has a private note.
    pub(crate) fn visit(&mut self) -> Event {
        self.visit_as(self.site(), self.session().grants[0].role)
    }

    /// The same on another site, in another role.
    pub(crate) fn visit_as(&self, site: SiteId, role: Role) -> Event {
        let at: SiteTime = "2026-11-23T15:02:00.000+08:00".parse().unwrap();
        let fact = VisitFact {
            household: HouseholdId::mint(1, &[1; 10]),
            r#use: Use::Home,
            residence: Residence::Permanent,
            occupied: true,
            date: at.date(),
            way: Way::Office,
            purpose: Purpose::Visit,
            outcome: Outcome::Met,
            plan: None,
            corrects: None,
        };
        let content = VisitContent {
            form: FORM_VERSION,
            language: Language::Chinese,
            privacy_notice: PRIVACY_NOTICE_VERSION,
            site: "金海湾花园".into(),
            room: "3-2-1502".into(),
            met: "陈佳慧".into(),
            relation: Relation::Owner,
            visitor: "林晓雯".into(),
            post: Role::Supervisor,
            way: Way::Office,
            purpose: Purpose::Visit,
            outcome: Outcome::Met,
            agreed: None,
            arrived_at: None,
            started_at: at,
            ended_at: at,
            reason: String::new(),
            opinions: vec![],
            conclusion: "业主无意见。".into(),
            report_to_operations: false,
            correction: None,
        };
        let signing = Signing {
            outcome: SigningOutcome::Signed,
            name: None,
            relation: None,
            shown_at: at,
            sealed_at: at,
        };
        let private = PrivateNote {
            note: "不便明说".into(),
        };
        let point = |(t_ms, x)| Point {
            x,
            y: 2_000,
            t_ms,
            force: 127,
        };
        let line = Stroke((0..).zip([1_000, 3_000, 5_000]).map(point).collect());
        let ink = Ink {
            strokes: vec![line],
        };
        let bodies = vec![
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(&content)),
            (PartName::Signing, canonical(&signing)),
            (PartName::Ink, canonical(&ink)),
            (PartName::Private, canonical(&private)),
        ];
        self.write(site, role, bodies)
    }

    /// Decides on an event kept aside, in the role it holds.
    pub(crate) fn aside(&self, held: &Event, verdict: Verdict) -> Event {
        let opened = held.open().unwrap();
        let decision = Decision {
            id: opened.envelope.id,
            envelope_hash: opened.envelope_hash,
            verdict,
        };
        let words = Words {
            text: "她上月已调走。".into(),
        };
        let bodies = vec![
            (PartName::Fact, canonical(&decision)),
            (PartName::Content, canonical(&words)),
        ];
        let event = self.write(self.site(), self.session().grants[0].role, bodies);
        self.rewritten(&event, |envelope| {
            envelope.kind = Kind::QuarantineDecided.as_str().into();
            envelope.subject = decision.id.into();
        })
    }

    /// An addition to a visit that is logged: its fact, and words.
    pub(crate) fn addition(&self, visit: &Event, kind: Kind, fact: String, text: &str) -> Event {
        let words = Words { text: text.into() };
        self.added(visit, kind, fact, canonical(&words))
    }

    /// What the owner of a visit that is logged was told about the cleaning, on the visit's day.
    pub(crate) fn answer(&self, visit: &Event) -> Event {
        let opened = visit.open().unwrap();
        let fact: VisitFact = opened.body(PartName::Fact).unwrap().unwrap();
        let given = AnswerGiven {
            on: opened.envelope.id,
            topic: Topic::Cleaning,
            channel: Channel::Phone,
            date: fact.date,
        };
        let answer = follow_up::Answer {
            measure: "已加派保洁".into(),
            text: "明早起每日清扫两次".into(),
        };
        let (given, answer) = (canonical(&given), canonical(&answer));
        self.added(visit, Kind::AnswerGiven, given, answer)
    }

    /// A correction of a visit that is logged, with everything else as it was.
    pub(crate) fn corrected(&self, visit: &Event, why: &str) -> Event {
        let opened = visit.open().unwrap();
        let mut fact: VisitFact = opened.body(PartName::Fact).unwrap().unwrap();
        fact.corrects = Some(opened.envelope.id);
        let mut content: VisitContent = opened.body(PartName::Content).unwrap().unwrap();
        content.correction = Some(why.into());
        let mut bodies = vec![
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(&content)),
        ];
        let kept = [PartName::Signing, PartName::Ink, PartName::Private];
        let kept = kept.map(|name| visit.part(name).map(|part| (name, part.body.clone())));
        bodies.extend(kept.into_iter().flatten());
        self.on_record(visit, Kind::VisitCorrected, bodies)
    }

    /// The same visit again, as another record, with another body of one part.
    pub(crate) fn with_part(&self, visit: &Event, name: PartName, body: &str) -> Event {
        let envelope = visit.open().unwrap().envelope;
        let parts = visit.parts.keys().map(|it| {
            let kept = || visit.part(*it).unwrap().body.clone();
            (*it, if *it == name { body.to_owned() } else { kept() })
        });
        self.write(envelope.site, envelope.role, parts.collect())
    }

    /// A phrase put on the site's list, in the role it holds.
    pub(crate) fn phrase(&self, text: &str) -> Event {
        let fact = PhraseFact {
            topic: Some(Topic::Repair),
            listed: true,
        };
        let text = PhraseText { text: text.into() };
        let bodies = vec![
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(&text)),
        ];
        let event = self.write(self.site(), self.session().grants[0].role, bodies);
        self.rewritten(&event, |envelope| {
            envelope.kind = Kind::PhraseChanged.as_str().into();
        })
    }

    fn added(&self, visit: &Event, kind: Kind, fact: String, content: String) -> Event {
        let bodies = vec![(PartName::Fact, fact), (PartName::Content, content)];
        self.on_record(visit, kind, bodies)
    }

    fn on_record(&self, visit: &Event, kind: Kind, bodies: Vec<(PartName, String)>) -> Event {
        let visit = visit.open().unwrap().envelope;
        let role = self.session().grants[0].role;
        let event = self.write(visit.site, role, bodies);
        self.rewritten(&event, |envelope| {
            envelope.kind = kind.as_str().into();
            envelope.subject = visit.subject;
            envelope.after = vec![visit.id];
        })
    }

    /// A visit to a household planned for this phone's person.
    pub(crate) fn planned(&self, household: HouseholdId) -> Event {
        let at: SiteTime = "2026-11-26T15:00:00.000+08:00".parse().unwrap();
        let fact = PlanFact {
            household,
            visitor: self.session().person,
            date: at.date(),
            purpose: Purpose::Visit,
        };
        let content = PlanContent {
            way: Way::Door,
            at,
            agreement: Some(Agreement {
                channel: Channel::Phone,
                with: "陈佳慧".into(),
            }),
            agenda: "车库积水".into(),
        };
        let bodies = vec![
            (PartName::Fact, canonical(&fact)),
            (PartName::Content, canonical(&content)),
        ];
        let event = self.write(self.site(), self.session().grants[0].role, bodies);
        self.rewritten(&event, |envelope| {
            envelope.kind = Kind::VisitPlanned.as_str().into();
        })
    }

    fn write(&self, site: SiteId, role: Role, bodies: Vec<(PartName, String)>) -> Event {
        let minted = self.minted.fetch_add(1, Ordering::Relaxed);
        let parts: BTreeMap<PartName, Part> = bodies
            .into_iter()
            .map(|(name, body)| {
                (
                    name,
                    Part {
                        salt: Salt([minted; 16]),
                        body,
                    },
                )
            })
            .collect();
        // Ids of several phones must not meet: the device's hash is their randomness.
        let mut entropy = [minted; 10];
        entropy[..8].copy_from_slice(&self.device().0[..8]);
        let envelope = Envelope {
            v: ENVELOPE_VERSION,
            id: EventId::mint(1, &entropy),
            subject: SubjectId::mint(2, &entropy),
            site,
            kind: Kind::VisitRecorded.as_str().into(),
            kv: 1,
            after: vec![],
            actor: self.session().person,
            role,
            device: self.device(),
            at: "2026-11-23T15:20:00.000+08:00".parse().unwrap(),
            skew_ms: None,
            skew_age_s: None,
            parts: parts
                .iter()
                .map(|(name, part)| (*name, part_hash(*name, part)))
                .collect(),
            sig: None,
        };
        self.seal(envelope, parts)
    }

    /// Signs an envelope.
    pub(crate) fn seal(&self, envelope: Envelope, parts: BTreeMap<PartName, Part>) -> Event {
        let signature = self.sign(&signing_input(&envelope));
        envelope.into_event(&signature, parts)
    }

    /// The same event with its envelope changed, and signed anew by this phone.
    pub(crate) fn rewritten(&self, event: &Event, change: impl FnOnce(&mut Envelope)) -> Event {
        let mut envelope = event.open().unwrap().envelope;
        envelope.sig = None;
        change(&mut envelope);
        let parts = event
            .parts
            .keys()
            .map(|name| (*name, event.part(*name).unwrap().clone()));
        self.seal(envelope, parts.collect())
    }
}
