//! A phone as the server sees it: a P-256 key, a session, visits it signs, and plain HTTP. Not an
//! engine of sync (the simulation drives the real one): it keeps what it pushed until the ledger
//! has its acknowledgement.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use doorstep_domain::account::{DeviceProof, LoginRequest, Session, login_proof_input};
use doorstep_domain::event::{Event, signing_input};
use doorstep_domain::hash::{Hash, to_base64url};
use doorstep_domain::id::{EventId, SiteId, SubjectId};
use doorstep_domain::ink::{Ink, PAD_HEIGHT, PAD_WIDTH, Point, Stroke};
use doorstep_domain::log::{Head, LoggedEvent};
use doorstep_domain::sync::limits::PAGE_ROWS;
use doorstep_domain::sync::wire::{
    PROBLEM_MEDIA_TYPE, Problem, Pushed, Row, SiteReply, SyncReply, SyncRequest,
};
use doorstep_server::signature::SigningKey;
use doorstep_tests::company::{Author, EPOCH_MS};
use doorstep_tests::events::{Pen, Setting};

use crate::chance::Chance;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse";
/// A server that has not answered by then is stuck. Nothing is asserted about speed.
const PATIENCE: Duration = Duration::from_secs(30);
/// A usual signature and the longest drawn here, in points: 4 and 40 kB of ink.
const INK_POINTS: [u32; 2] = [300, 3_000];

/// A phone that is logged in.
pub(crate) struct Phone {
    key: SigningKey,
    pen: Pen,
    session: Session,
    cookie: String,
}

/// What became of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The sync was answered.
    Reply(Box<SyncReply>),
    /// The request was refused as a whole, in the one shape of problems.
    Problem(Problem),
    /// There was no whole answer: the server has gone.
    None,
}

impl Phone {
    /// Draws a key and logs in.
    pub(crate) fn log_in(url: &str, login: &str) -> Result<Self> {
        let key = SigningKey::read(&SigningKey::draw()).context("a key that cannot be read")?;
        let spki = key.public().spki().to_owned();
        let request = LoginRequest {
            login: login.into(),
            password: PASSWORD.into(),
            device: DeviceProof {
                key: to_base64url(&spki),
                label: "Phone".into(),
                proof: to_base64url(&key.sign(&login_proof_input(login, &spki))),
            },
        };
        let mut answer = agent()
            .post(format!("{url}/api/v1/login"))
            .send_json(request)?;
        let cookie = answer.headers().get("set-cookie");
        let cookie = cookie.and_then(|text| text.to_str().ok()?.split(';').next());
        let cookie = cookie.context("a log-in without a cookie")?.to_owned();
        let session: Session = answer.body_mut().read_json()?;
        let author = Author {
            person: session.person,
            device: session.device,
        };
        let pen = Pen::of(author);
        Ok(Self {
            key,
            pen,
            session,
            cookie,
        })
    }

    /// The site it works on.
    pub(crate) fn site(&self) -> SiteId {
        self.session.sites[0].id
    }

    /// The head of that site's empty log.
    pub(crate) fn genesis(&self) -> Head {
        Head::genesis(self.session.organisation, self.site())
    }

    /// A visit that ended with a signature.
    pub(crate) fn visit(&mut self, chance: &mut Chance) -> Event {
        let most = INK_POINTS[usize::from(chance.once_in(20))];
        let points = chance.between(2, most);
        self.signed_with(points, chance)
    }

    /// A visit whose signature is a single line.
    pub(crate) fn small_visit(&mut self, chance: &mut Chance) -> Event {
        self.signed_with(2, chance)
    }

    fn signed_with(&mut self, points: u32, chance: &mut Chance) -> Event {
        let now = EPOCH_MS.unsigned_abs();
        let setting = Setting {
            site: self.site(),
            role: self.session.grants[0].role,
            at: EPOCH_MS,
            subject: SubjectId::mint(now, &chance.bytes()),
            after: Vec::new(),
        };
        let event = self.pen.signed_visit(&setting, &ink(points, chance));
        self.resigned(&event, EventId::mint(now, &chance.bytes()))
    }

    /// The event under this id and with this phone's true signature.
    fn resigned(&self, event: &Event, id: EventId) -> Event {
        let mut envelope = event.read_envelope().expect("the pen writes envelopes");
        envelope.id = id;
        envelope.sig = None;
        let signature = self.key.sign(&signing_input(&envelope));
        let parts = event.parts.keys().filter_map(|name| {
            let part = event.part(*name)?;
            Some((*name, part.clone()))
        });
        let parts = parts.collect();
        envelope.into_event(&signature, parts)
    }

    /// Pushes events and asks for no row.
    pub(crate) fn push(&self, url: &str, events: &[Event]) -> Result<Answer> {
        let push = events.iter().cloned().map(Pushed::Event).collect();
        self.sync(url, None, push)
    }

    /// The whole log of the site, from its first row, the chain not yet looked at.
    pub(crate) fn pull(&self, url: &str) -> Result<(Vec<LoggedEvent>, Head)> {
        let mut rows = Vec::new();
        let mut cursor = self.genesis();
        let mut scope = None;
        loop {
            let reply = match self.sync(url, Some((cursor, scope)), Vec::new())? {
                Answer::Reply(reply) => reply,
                other => bail!("a pull was answered with {other:?}"),
            };
            let Some(SiteReply::Page(page)) = reply.sites.get(&self.site()) else {
                bail!("a pull was answered without a page: {:?}", reply.sites);
            };
            for row in &page.rows {
                match row {
                    Row::Event(event) => rows.push(event.clone()),
                    Row::Stub(stub) => bail!("a stub of what was not pushed: {stub:?}"),
                }
            }
            cursor = page.head;
            scope = Some(page.scope);
            if !page.more {
                return Ok((rows, cursor));
            }
        }
    }

    fn sync(
        &self,
        url: &str,
        from: Option<(Head, Option<Hash>)>,
        push: Vec<Pushed>,
    ) -> Result<Answer> {
        let site = self.site();
        let request = SyncRequest {
            device: self.session.device,
            build: "chaos".into(),
            epoch: None,
            cursors: from.map(|(head, _)| (site, head)).into_iter().collect(),
            scope: from
                .and_then(|(_, scope)| Some((site, scope?)))
                .into_iter()
                .collect(),
            unsent: u32::try_from(push.len())?,
            push,
            carried: Vec::new(),
            limit: PAGE_ROWS,
        };
        let sent = agent()
            .post(format!("{url}/api/v1/sync"))
            .header("cookie", &self.cookie)
            .send_json(request);
        let mut answer = match sent {
            Ok(answer) => answer,
            Err(ureq::Error::Timeout(_)) => bail!("the server has not answered for {PATIENCE:?}"),
            Err(_) => return Ok(Answer::None),
        };
        let status = answer.status().as_u16();
        let media = answer.headers().get("content-type");
        let media = media
            .and_then(|text| text.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        // A body that breaks off is no answer.
        let Ok(body) = answer.body_mut().with_config().limit(1 << 30).read_to_vec() else {
            return Ok(Answer::None);
        };
        if status == 200 {
            ensure!(media == "application/json", "an answer of type {media}");
            return Ok(Answer::Reply(serde_json::from_slice(&body)?));
        }
        let text = || String::from_utf8_lossy(&body).into_owned();
        ensure!(
            media == PROBLEM_MEDIA_TYPE,
            "{status} of type {media}: {}",
            text()
        );
        let problem: Problem = serde_json::from_slice(&body).with_context(text)?;
        ensure!(problem.status == status, "{status} that says: {}", text());
        Ok(Answer::Problem(problem))
    }
}

/// One connection for each request, as a phone has after a restart of the server.
fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(PATIENCE));
    config.build().into()
}

/// A line across the pad, of so many points.
fn ink(points: u32, chance: &mut Chance) -> Ink {
    let last = i32::try_from(points - 1).expect("few points");
    let point = |n: u32| Point {
        x: PAD_WIDTH * i32::try_from(n).expect("few points") / last,
        y: i32::try_from(chance.between(0, PAD_HEIGHT.unsigned_abs())).expect("on the pad"),
        t_ms: n * 4,
        force: 127,
    };
    let line = Stroke((0..points).map(point).collect());
    Ink {
        strokes: vec![line],
    }
}
