//! Who gets as far as a handler: what the route's entry says is asked here, once for all of them,
//! and what was refused is kept. Not what a person may do to which record, which handlers ask the
//! domain.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorstep_domain::sync::wire::{Problem, ProblemCode};

use crate::app::Shared;
use crate::clock;
use crate::error::{About, ApiError};
use crate::headers::is_api;
use crate::origin::Peer;
use crate::pace::{Class, Who};
use crate::refusals::{Asked, Items, Refused, network};
use crate::route::Route;
use crate::routes::session::{authenticate, extend};
use crate::session::Token;
use crate::store::OpenSession;

/// The door of one route.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    /// The server.
    pub(crate) app: Shared,
    /// What it leads to.
    pub(crate) route: &'static Route,
}

/// Lets a request in, its session beside it ([`OpenSession`] as an extension).
pub(crate) async fn admit(
    State(door): State<Door>,
    peer: Peer,
    mut request: Request,
    next: Next,
) -> Response {
    let address = door.app.reach.address(request.headers(), peer.0);
    let entered = door.enter(request.headers(), request.uri(), address).await;
    let mut session = None;
    let response = match entered {
        Err(error) => error.into_response(),
        Ok(None) => next.run(request).await,
        Ok(Some(entered)) => {
            request.extensions_mut().insert(entered.open.clone());
            let mut response = next.run(request).await;
            entered.remind(&mut response);
            session = Some(entered.open);
            response
        }
    };
    let refused = door.refused(&response, session.as_ref(), address);
    keep(&door.app, refused, address).await;
    response
}

/// A session that was let in, and the cookie that lets it live on, once a day.
struct Entered {
    open: OpenSession,
    cookie: Option<axum::http::HeaderValue>,
}

impl Door {
    /// Before the body is read: a stranger does not get to send megabytes.
    async fn enter(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
        address: IpAddr,
    ) -> Result<Option<Entered>, ApiError> {
        let pace = &self.app.pace;
        pace.pass(self.route.pace, Who::Address(address), clock::now())?;
        // What a route asks for behind its path its handler reads.
        let asked = uri.query().is_some_and(|query| !query.is_empty());
        if asked && self.route.asks.is_empty() && is_api(self.route.path) {
            return Err(ProblemCode::MalformedRequest.into());
        }
        if !self.route.access.needs_session() {
            return Ok(None);
        }
        let token = Token::of(headers).ok_or(ProblemCode::NotLoggedIn)?;
        let entered = self
            .app
            .blocking(move |app| {
                let now = clock::now();
                let hash = token.hash();
                let open = app
                    .database
                    .read(|reader| authenticate(reader, &hash, now))?;
                let cookie = extend(app, &open, &token, now)?;
                Ok(Entered { open, cookie })
            })
            .await?;
        let open = &entered.open;
        pace.pass(self.route.pace, Who::Person(open.person), clock::now())
            .map_err(|problem| ApiError::from(problem).about(Some(open.person)))?;
        if open.password_due && self.route.access.needs_own_password() {
            return Err(ApiError::from(ProblemCode::PasswordDue).about(Some(open.person)));
        }
        Ok(Some(entered))
    }

    /// What is to be kept of an answer: the request that was refused, or the items of it that were.
    fn refused(
        &self,
        response: &Response,
        session: Option<&OpenSession>,
        address: IpAddr,
    ) -> Vec<Refused> {
        let extensions = response.extensions();
        let problem = extensions.get::<Problem>();
        let items = extensions.get::<Items>();
        let about = extensions.get::<About>().map(|about| about.0);
        let person = session.map(|open| open.person).or(about);
        let asked = Asked {
            at: clock::now(),
            person,
            device: session.map(|open| open.device),
            network: network(address),
            address: format!("{} {}", self.route.method, self.route.path),
        };
        let problem = problem.filter(|it| (400..500).contains(&it.status));
        let items = items.map_or(&[][..], |items| &items.0);
        let mut rows: Vec<Refused> = problem.map(|it| asked.problem(it)).into_iter().collect();
        rows.extend(items.iter().map(|refusal| asked.item(refusal)));
        rows
    }
}

/// Keeps what was refused, as far as whoever asked at `address` has rows left, and strangers all
/// together. Whatever happens to them does not change the answer.
pub(crate) async fn keep(app: &Shared, mut rows: Vec<Refused>, address: IpAddr) {
    let (pace, now) = (&app.pace, clock::now());
    rows.retain(|row| {
        let who = row.person.map_or(Who::Address(address), Who::Person);
        let all = row.person.is_none().then_some(Who::Strangers);
        let mut whose = [Some(who), all].into_iter().flatten();
        whose.all(|who| pace.pass(Class::Refusal, who, now).is_ok())
    });
    if rows.is_empty() {
        return;
    }
    let kept = app.blocking(move |app| {
        app.database.writer().keep_refusals(&rows)?;
        Ok(())
    });
    if kept.await.is_err() {
        tracing::warn!("a refusal was not kept");
    }
}

impl Entered {
    /// A handler that ends the session or opens another has said so already.
    fn remind(&self, response: &mut Response) {
        if let Some(cookie) = &self.cookie
            && response.status().is_success()
            && !response.headers().contains_key(SET_COOKIE)
        {
            response.headers_mut().insert(SET_COOKIE, cookie.clone());
        }
    }
}
