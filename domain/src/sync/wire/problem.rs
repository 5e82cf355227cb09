//! Whole-request failures in one shape (RFC 9457, problem details). Not refusals of single
//! pushed items, which travel inside a successful reply.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusal::Params;

/// The content type of a [`Problem`] (RFC 9457 §3).
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// A request that was answered with a failure as a whole. Nothing of it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// `urn:doorstep:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is, in English, for whoever reads logs; screens speak by `code`.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Which problem, for programs.
    pub code: ProblemCode,
    /// What a sentence about it needs.
    #[serde(default)]
    pub params: Params,
}

impl Problem {
    /// The problem of this code.
    pub fn new(code: ProblemCode) -> Self {
        Self {
            kind: format!("urn:doorstep:problem:{}", code.as_str()),
            title: code.title().into(),
            status: code.status(),
            code,
            params: Params::new(),
        }
    }

    /// The same with one parameter more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// Which problem. Adding one is a change of the wire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum ProblemCode {
            $($(#[$doc])* $name,)*
            /// A code of a later server (never sent by this one).
            #[serde(other)]
            #[cfg_attr(feature = "schema", schemars(skip))]
            Other,
        }

        impl ProblemCode {
            /// All codes this program sends.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name on the wire, and of the sentence about it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* Self::Other => "other" }
            }

            /// The HTTP status it is answered with.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* Self::Other => 500 }
            }

            fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* Self::Other => "Unknown problem" }
            }
        }
    };
}

problems! {
    /// The body is not the JSON that this address takes, or has fields it does not know; or what
    /// stands beside the body does not fit it.
    MalformedRequest = "malformed_request", 400, "The body is not the JSON expected here";
    /// JSON nested deeper than allowed; `limit`.
    TooDeep = "too_deep", 400, "The JSON is nested too deeply";
    /// More pushed items, cursors or such than allowed; `limit`.
    TooMany = "too_many", 400, "The request names too many things at once";
    /// The body is longer than allowed; `limit` in bytes.
    TooLarge = "too_large", 413, "The body is too long";
    /// The content type is not the one that this address takes, mostly `application/json`.
    WrongContentType = "wrong_content_type", 415, "The content type is not what this address takes";
    /// No session, or it has ended: log in again.
    NotLoggedIn = "not_logged_in", 401, "Log in first";
    /// Log-in name or password is wrong.
    WrongLogin = "wrong_login", 401, "The log-in name or the password is wrong";
    /// Too many failed log-ins; `retry_after_s`.
    TooManyAttempts = "too_many_attempts", 429, "Too many failed attempts";
    /// Too many requests; `retry_after_s`.
    TooManyRequests = "too_many_requests", 429, "Too many requests";
    /// The password was given by somebody else and has to be changed before anything else.
    PasswordDue = "password_due", 403, "Change the password first";
    /// The one-time password was not used in time: ask for another.
    PasswordExpired = "password_expired", 403, "The one-time password has run out";
    /// The old password is wrong.
    WrongPassword = "wrong_password", 403, "The old password is wrong";
    /// The new password cannot be taken; `reason`: `too_short`, `too_long`, `too_common`,
    /// `names_you` or `same`.
    UnfitPassword = "unfit_password", 400, "The new password cannot be taken";
    /// The device's proof does not fit its key.
    BadDeviceProof = "bad_device_proof", 400, "The device's proof does not fit its key";
    /// The device's proof is of another time; `now` is the server's.
    StaleProof = "stale_proof", 400, "The device's proof is of another time";
    /// The device's key is enrolled to another person.
    DeviceOfAnother = "device_of_another", 409, "The device is enrolled to another person";
    /// The device's key was revoked.
    DeviceRevoked = "device_revoked", 403, "The device was revoked";
    /// The request speaks for another device than the session's.
    WrongDevice = "wrong_device", 403, "The session belongs to another device";
    /// The request comes from another origin's page.
    ForeignOrigin = "foreign_origin", 403, "The request comes from a foreign page";
    /// What would be changed has been changed since; `revision` is what it is now, if it is there
    /// (RFC 9110 §13.1).
    StaleRevision = "stale_revision", 412, "It has been changed since";
    /// A change has to say which revision it goes out from (RFC 6585 §3).
    RevisionNeeded = "revision_needed", 428, "Say which revision this changes";
    /// The visit is recorded; there is no draft of it any more.
    AlreadyRecorded = "already_recorded", 409, "The visit is recorded already";
    /// What was held on its household was erased after the draft was begun: no copy of it is kept
    /// ([`crate::erasure::Order`]). The phone hears of the order with its next sync.
    HouseholdErased = "household_erased", 409, "What was held on the household was erased since";
    /// The bytes are not those of the photo they are sent as; nothing of them is kept.
    NotThePhoto = "not_the_photo", 422, "The bytes are not the photo named";
    /// What was to be opened was not sealed to this office for this person on this device.
    NotTheEscrow = "not_the_escrow", 422, "Not sealed to this office for this device";
    /// Nothing here.
    NotFound = "not_found", 404, "Nothing here";
    /// Another method than this address takes.
    MethodNotAllowed = "method_not_allowed", 405, "The method is not allowed here";
    /// The server cannot answer now; try again later.
    Unavailable = "unavailable", 503, "Try again later";
    /// The server failed; nothing was done.
    Internal = "internal", 500, "The server failed";
}
