//! The rules of owner visits: what a visit is, who may do what, how a record is sealed, how the
//! log is chained and synced.
//!
//! Pure: no I/O, no clock, no randomness, no async, so that phone and server ask the same code
//! (D3) and the simulation can drive it.
//!
//! # Where to start
//! [`visit`] is the record, [`quota`] the month's arithmetic, [`policy`] who may do what.
//! [`event`] and [`log`] are what everything is kept as, [`seal`] what the owner's signature is
//! bound to, [`state`] the fold that turns a log into what screens show, [`sync`] how phones and
//! server agree.

pub mod account;
pub mod correction;
pub mod course;
pub mod door;
pub mod draft;
pub mod draft_copy;
pub mod erasure;
pub mod escrow;
pub mod event;
pub mod follow_up;
pub mod hash;
pub mod heads;
pub mod holdings;
pub mod household;
pub mod id;
pub mod ink;
pub mod language;
pub mod lease;
pub mod log;
pub mod passphrase;
pub mod photo;
pub mod phrase;
pub mod plan;
pub mod policy;
pub mod quarantine;
pub mod quota;
pub mod receipt;
pub mod register;
pub mod rescue;
pub mod review;
pub mod seal;
pub mod state;
pub mod sync;
pub mod text;
pub mod time;
pub mod topic;
pub mod unlock_code;
pub mod validity;
pub mod verify;
pub mod visit;

#[cfg(feature = "schema")]
mod schema;
