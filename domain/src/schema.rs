//! JSON Schemas (2020-12) of the texts whose shape serde does not tell: ids, times and hashes. All other
//! schemas are derived where the types are. Only for the server's description of its interface.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::hash::Hash;
use crate::id::{EventId, HouseholdId, OrganisationId, PersonId, SiteId, SubjectId};
use crate::time::SiteTime;

macro_rules! texts {
    ($($name:ident = $pattern:expr, $description:literal;)*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    "description": $description,
                })
            }
        }
    )*};
}

const UUID: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";

const TIME: &str =
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}[+-][0-9]{2}:[0-9]{2}$";

texts! {
    EventId = UUID, "An event's id, UUIDv7.";
    SubjectId = UUID, "The id of what an event is about, UUIDv7.";
    SiteId = UUID, "A site's id, UUIDv7.";
    HouseholdId = UUID, "A household's id, UUIDv7.";
    PersonId = UUID, "A person's id, UUIDv7.";
    OrganisationId = UUID, "The company's id, UUIDv7.";
    SiteTime = TIME, "A time with the site's offset (RFC 3339).";
    Hash = "^[A-Za-z0-9_-]{43}$", "A SHA-256 digest, base64url without padding.";
}
