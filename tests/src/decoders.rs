//! What bytes from outside meet first: each decoder as one function that ends well whatever it is
//! given, and holds what was read to what it promises. Run by `cargo test` on mutations of good
//! inputs (`it/decoders.rs`) and by libFuzzer (`fuzz/`).

use std::collections::BTreeMap;

use doorstep_domain::draft::VisitDraft;
use doorstep_domain::event::{Event, PartName, read_canonical};
use doorstep_domain::hash::Hash;
use doorstep_domain::ink::{Ink, PAD_HEIGHT, PAD_WIDTH, Point, Stroke, outline, thinned};
use doorstep_domain::log::{Head, LoggedEvent};
use doorstep_domain::policy::{Grant, Role};
use doorstep_domain::register::{Register, plan};
use doorstep_domain::sync::accept::{Context, Failure, Signatures, accept};
use doorstep_domain::sync::limits::{REQUEST_BYTES, check_body, check_event};
use doorstep_domain::sync::memory::MemoryStore;
use doorstep_domain::sync::wire::{Pushed, SyncRequest};
use doorstep_domain::time::SiteTime;
use doorstep_domain::validity;
use doorstep_domain::verify::{Evidence, Walk};
use doorstep_server::register_file;

use crate::company::{Author, Company, EPOCH_MS, OFFSET_MINUTES, grant};
use crate::events::{Pen, Setting};

/// A decoder under test.
#[derive(Clone, Copy)]
pub struct Decoder {
    /// The name of its fuzz target.
    pub name: &'static str,
    /// Decodes; panics only where a promise is broken.
    pub decode: fn(&[u8]),
    /// Good inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const DECODERS: [Decoder; 6] = [
    Decoder {
        name: "push",
        decode: push,
        seeds: push_seeds,
    },
    Decoder {
        name: "envelope",
        decode: envelope,
        seeds: envelope_seeds,
    },
    Decoder {
        name: "verify",
        decode: verify,
        seeds: verify_seeds,
    },
    Decoder {
        name: "register",
        decode: register,
        seeds: register_seeds,
    },
    Decoder {
        name: "draft",
        decode: draft,
        seeds: draft_seeds,
    },
    Decoder {
        name: "ink",
        decode: ink,
        seeds: ink_seeds,
    },
];

/// Decodes with the decoder called `name`.
///
/// # Panics
/// When there is none, or a promise is broken.
pub fn decode(name: &str, bytes: &[u8]) {
    let decoder = DECODERS.iter().find(|decoder| decoder.name == name);
    (decoder.expect("a decoder of that name").decode)(bytes);
}

/// Takes every signature, so that what lies behind the check is reached.
struct Credulous;

impl Signatures for Credulous {
    fn verify(&self, _: &Hash, _: &[u8], _: &[u8]) -> bool {
        true
    }
}

impl Evidence for Credulous {
    fn signed(&self, _: &Hash, _: &[u8], _: &[u8]) -> Option<bool> {
        Some(true)
    }

    fn offset_fits(&self, _: SiteTime) -> bool {
        true
    }
}

/// The body of a sync: read, accepted into an empty log and, once more, answered the same.
fn push(bytes: &[u8]) {
    if check_body(bytes, REQUEST_BYTES).is_err() {
        return;
    }
    let Ok(request) = serde_json::from_slice::<SyncRequest>(bytes) else {
        return;
    };
    let company = Company::with_sites(1);
    let author = Author::number(1);
    let grants: Vec<Grant> = Role::GRANTABLE
        .into_iter()
        .map(|role| grant(role, company.sites[0]))
        .collect();
    let context = Context {
        organisation: company.organisation,
        person: author.person,
        device: author.device,
        grants: &grants,
        now: EPOCH_MS,
        epoch: 1,
        signatures: &Credulous,
        sites: &company,
    };
    let mut store = MemoryStore::default();
    let mut answer = || match accept(&context, &request, &mut store) {
        Ok(reply) => Some(reply),
        Err(Failure::Refused(_)) => None,
        Err(Failure::Store(error)) => panic!("the core misused its store: {error}"),
    };
    let (Some(first), Some(again)) = (answer(), answer()) else {
        return;
    };
    assert_eq!(
        first.acks, again.acks,
        "answered differently the second time"
    );
    let pushed = request.push.len();
    assert!(first.acks.len() + first.refused.len() <= pushed);
    assert!(first.refused.iter().all(|refusal| refusal.item < pushed));
    let logged = store.log(company.sites[0]).count();
    let mut places: Vec<u64> = first.acks.iter().map(|ack| ack.seq).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), logged, "acknowledged is not what is logged");
    serde_json::to_vec(&first).expect("a reply is JSON");
}

/// An event: what opens is what was written, byte for byte.
fn envelope(bytes: &[u8]) {
    let Ok(event) = serde_json::from_slice::<Event>(bytes) else {
        return;
    };
    let limited = check_event(&event);
    let Ok(opened) = event.open() else {
        // Shown as broken or not at all; either way it ends.
        let _ = event.open_broken();
        return;
    };
    let written = doorstep_domain::event::canonical(&opened.envelope);
    assert_eq!(written, event.envelope, "another text than the one read");
    let _ = validity::check(&opened, &|_| true);
    let _ = opened.signature();
    let _ = limited;
}

/// Lines of an exported log: walked to the end, whatever is wrong with them.
fn verify(bytes: &[u8]) {
    let company = Company::with_sites(1);
    let genesis = Head::genesis(company.organisation, company.sites[0]);
    let mut walk = Walk::new(genesis, company.sites[0], &Credulous);
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(row) = serde_json::from_slice::<LoggedEvent>(line) {
            walk.row(&row, None);
        }
    }
    let _ = walk.finish();
}

/// A register as offices write it: every line read, refused or left out, and no line twice.
fn register(bytes: &[u8]) {
    let Ok(file) = register_file::read(bytes) else {
        return;
    };
    let planned = plan(&file.rows, &Register::new());
    let entries = planned.added.iter();
    assert!(
        entries.clone().all(|entry| entry.card.is_sound()),
        "an entry is registered that no register takes"
    );
    assert!(planned.added.len() + planned.refused.len() <= file.rows.len());
}

/// A draft as the phone keeps it: what is read is written back the same.
fn draft(bytes: &[u8]) {
    let Some(draft) = VisitDraft::from_bytes(bytes) else {
        return;
    };
    let again = VisitDraft::from_bytes(&draft.to_bytes());
    assert_eq!(again.as_ref(), Some(&draft), "a draft changes when kept");
}

/// The strokes of a signature: checked, and drawn.
fn ink(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Some(ink) = read_canonical::<Ink>(text) else {
        return;
    };
    let sound = ink.check().is_ok();
    for stroke in &ink.strokes {
        let path = outline(stroke);
        let drawn = path.bytes().all(|byte| b"MLaZ0123456789- ".contains(&byte));
        assert!(!sound || drawn, "a path holds more than a drawing: {path}");
        let told = thinned(stroke);
        let ends = |stroke: &Stroke| (stroke.0.first().copied(), stroke.0.last().copied());
        assert_eq!(ends(&told), ends(stroke));
        assert_eq!(thinned(&told).0.first(), told.0.first());
    }
}

fn setting(pen: &mut Pen) -> Setting {
    Setting {
        site: Company::with_sites(1).sites[0],
        role: Role::Director,
        at: EPOCH_MS,
        subject: pen.begin(EPOCH_MS),
        after: Vec::new(),
    }
}

fn signature() -> Ink {
    let point = |n: u8| Point {
        x: PAD_WIDTH / 4 + i32::from(n) * 40,
        y: PAD_HEIGHT / 2 + i32::from(n % 5) * 30,
        t_ms: 16 * u32::from(n),
        force: 127,
    };
    Ink {
        strokes: vec![
            Stroke((0..12).map(point).collect()),
            Stroke((12..20).map(point).collect()),
        ],
    }
}

fn events() -> Vec<Event> {
    let mut pen = Pen::of(Author::number(1));
    let place = setting(&mut pen);
    let visit = pen.visit(&place);
    let id = visit.open().expect("it opens").envelope.id;
    let about = Setting {
        after: vec![id],
        ..place
    };
    let signed = {
        let place = setting(&mut pen);
        pen.signed_visit(&place, &signature())
    };
    let household = pen.household(EPOCH_MS);
    let elsewhere = setting(&mut pen);
    vec![
        visit,
        pen.opinion(&about, id),
        pen.decision(&about, id),
        pen.voiding(&about, id),
        signed,
        pen.household_changed(&elsewhere, household),
    ]
}

fn push_seeds() -> Vec<Vec<u8>> {
    let company = Company::with_sites(1);
    let site = company.sites[0];
    let request = |push: Vec<Event>| SyncRequest {
        device: Author::number(1).device,
        build: "test".into(),
        epoch: Some(1),
        cursors: BTreeMap::from([(site, Head::genesis(company.organisation, site))]),
        scope: BTreeMap::new(),
        unsent: 0,
        push: push.into_iter().map(Pushed::Event).collect(),
        carried: Vec::new(),
        limit: 100,
    };
    let one = events().into_iter().map(|event| request(vec![event]));
    let all = [request(events()), request(Vec::new())];
    one.chain(all).map(|it| json(&it)).collect()
}

fn envelope_seeds() -> Vec<Vec<u8>> {
    events().iter().map(json).collect()
}

fn verify_seeds() -> Vec<Vec<u8>> {
    let rows = (1_u64..).zip(events()).map(|(seq, event)| LoggedEvent {
        seq,
        received_at: EPOCH_MS,
        event,
    });
    let lines: Vec<Vec<u8>> = rows.map(|row| json(&row)).collect();
    vec![lines.join(&b'\n')]
}

fn register_seeds() -> Vec<Vec<u8>> {
    vec![
        "楼栋,单元,房号,联系人,电话\n1,1,101,陈先生,13800000000\n１,,１０２,,\n"
            .as_bytes()
            .to_vec(),
        b"building;unit;room;contact;phone;occupied\n3;2;1502;\"Wu; Li\";021-555;yes\n;;;Mei;1;\n"
            .to_vec(),
        // GB18030: 房号,联系人 / 101,李
        b"\xb7\xbf\xba\xc5,\xc1\xaa\xcf\xb5\xc8\xcb\r\n101,\xc0\xee\r\n".to_vec(),
    ]
}

fn draft_seeds() -> Vec<Vec<u8>> {
    let event = &events()[5];
    let opened = event.open().expect("it opens");
    let fact = opened.body(PartName::Fact).ok().flatten();
    let card = opened.body(PartName::Content).ok().flatten();
    let (fact, card) = fact.zip(card).expect("a household has both");
    let now = SiteTime::at(EPOCH_MS, OFFSET_MINUTES).expect("within the calendar");
    let subject = opened.envelope.subject;
    let mut draft = VisitDraft::begin(subject, opened.envelope.site, fact, &card, now);
    let empty = draft.to_bytes();
    "电梯很慢".clone_into(&mut draft.conclusion);
    vec![empty, draft.to_bytes()]
}

fn ink_seeds() -> Vec<Vec<u8>> {
    vec![json(&signature()), json(&Ink::default())]
}

fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    doorstep_domain::event::canonical(value).into_bytes()
}
