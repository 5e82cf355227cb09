//! What an address of the interface is: method, path, who may ask, what it takes and gives.
//! The router, the description (`/api/openapi.json`) and the tests' matrices are made from these
//! entries and from nothing else. Not the entries themselves, which are [`crate::routes`].

use axum::http::{Method, StatusCode};
use axum::routing::MethodRouter;
use doorstep_domain::policy::Action;
use doorstep_domain::sync::wire::ProblemCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::app::Shared;
use crate::pace::Class;

/// One address with one method.
#[derive(Debug)]
pub struct Route {
    /// GET changes nothing; everything else takes what no plain form can send: JSON, or bytes.
    pub method: Method,
    /// The path; what it names is in braces.
    pub path: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// Who may ask.
    pub access: Access,
    /// Which allowance an asker draws on ([`crate::pace`]).
    pub pace: Class,
    /// What the braces of the path name.
    pub names: Option<Named>,
    /// What may be asked behind the path; anything else is refused.
    pub asks: &'static [Asked],
    /// The body it takes.
    pub takes: Option<Takes>,
    /// What it answers when all is well.
    pub gives: Gives,
    /// What else it may answer, beyond what follows from the fields above
    /// ([`Route::problem_codes`]).
    pub problems: &'static [ProblemCode],
    /// The handler, under its method.
    pub(crate) handler: fn() -> MethodRouter<Shared>,
}

/// Who may ask.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// Anybody.
    Anyone,
    /// Whoever is logged in.
    LoggedIn,
    /// The same, even while the password has to be changed before anything else.
    LoggedInAnyhow,
    /// Whoever may do this on a site of what the path names (`own`: it is the asker's own). To
    /// anybody else it does not exist.
    May(fn(own: bool) -> Action),
}

/// What the braces of a path name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A device, by its id.
    Device,
    /// A person, by their id.
    Person,
    /// A draft of the asker's own, by its subject.
    Draft,
    /// A sealed record, by its seal.
    Seal,
    /// A household, by its id.
    Household,
    /// A photo, by the hash of its bytes.
    Photo,
}

/// A field of the query behind the path (RFC 3986 §3.4), never required.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Its name.
    pub name: &'static str,
    /// What it asks for, in a line.
    pub about: &'static str,
    /// Its JSON Schema, as a text.
    pub schema: &'static str,
}

/// The body an address takes.
#[derive(Debug, Clone, Copy)]
pub struct Takes {
    /// Its media type.
    pub media_type: &'static str,
    /// Its schema.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// Most bytes of it.
    pub max_bytes: usize,
}

/// What an address answers when all is well.
#[derive(Debug, Clone, Copy)]
pub struct Gives {
    /// The status.
    pub status: StatusCode,
    /// The content type and, of JSON, the schema; nothing for an empty answer.
    pub content: Option<Content>,
}

/// The content of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// The media type.
    pub media_type: &'static str,
    /// The schema.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

impl Takes {
    /// This type, in at most `max_bytes`.
    pub const fn json<T: JsonSchema>(max_bytes: usize) -> Option<Self> {
        Some(Self {
            media_type: JSON,
            schema: SchemaGenerator::subschema_for::<T>,
            max_bytes,
        })
    }

    /// At most `max_bytes` as they are.
    pub const fn bytes(max_bytes: usize) -> Option<Self> {
        Some(Self {
            media_type: BYTES,
            schema: any,
            max_bytes,
        })
    }

    /// Whether it is JSON.
    pub fn is_json(&self) -> bool {
        self.media_type == JSON
    }
}

/// The media type of most bodies.
pub(crate) const JSON: &str = "application/json";
/// The media type of bytes as they are (RFC 2046 §4.5.1).
const BYTES: &str = "application/octet-stream";

/// Bytes have no schema (OpenAPI 3.1, "Considerations for File Uploads").
fn any(_: &mut SchemaGenerator) -> Schema {
    Schema::default()
}

impl Gives {
    /// This type, with 200.
    pub const fn json<T: JsonSchema>() -> Self {
        Self {
            status: StatusCode::OK,
            content: Some(Content {
                media_type: JSON,
                schema: SchemaGenerator::subschema_for::<T>,
            }),
        }
    }

    /// A page for people, with 200. To whoever accepts pages its problems are pages too.
    pub const PAGE: Self = Self {
        status: StatusCode::OK,
        content: Some(Content {
            media_type: crate::page::MEDIA_TYPE,
            schema: SchemaGenerator::subschema_for::<String>,
        }),
    };

    /// Bytes of this type, with 200.
    pub const fn bytes(media_type: &'static str) -> Self {
        Self {
            status: StatusCode::OK,
            content: Some(Content {
                media_type,
                schema: any,
            }),
        }
    }

    /// Whether it is a page for people.
    pub fn is_page(&self) -> bool {
        let content = self.content;
        content.is_some_and(|content| content.media_type == crate::page::MEDIA_TYPE)
    }

    /// 204, nothing to say.
    pub const NOTHING: Self = Self {
        status: StatusCode::NO_CONTENT,
        content: None,
    };
}

impl Access {
    /// Whether a session is needed.
    pub fn needs_session(self) -> bool {
        !matches!(self, Self::Anyone)
    }

    /// Whether the password must be one that the person chose.
    pub fn needs_own_password(self) -> bool {
        self.needs_session() && !matches!(self, Self::LoggedInAnyhow)
    }
}

impl Route {
    /// Every problem it may be answered with, sorted: its own and what follows from its other
    /// fields.
    pub fn problem_codes(&self) -> Vec<ProblemCode> {
        use ProblemCode::{
            ForeignOrigin, Internal, MalformedRequest, NotFound, NotLoggedIn, PasswordDue, TooDeep,
            TooLarge, TooManyRequests, Unavailable, WrongContentType,
        };
        let mut codes = self.problems.to_vec();
        codes.extend([Internal, TooManyRequests, Unavailable]);
        if crate::headers::is_api(self.path) {
            // Malformed: what is asked behind the path and not in `asks`.
            codes.extend([ForeignOrigin, MalformedRequest]);
        }
        if self.method != Method::GET {
            codes.extend([ForeignOrigin, WrongContentType]);
        }
        if let Some(takes) = self.takes {
            codes.extend([MalformedRequest, TooLarge]);
            codes.extend(takes.is_json().then_some(TooDeep));
        }
        if self.access.needs_session() {
            codes.push(NotLoggedIn);
        }
        if self.access.needs_own_password() {
            codes.push(PasswordDue);
        }
        if self.names.is_some() {
            codes.push(NotFound);
        }
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}
