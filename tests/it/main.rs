//! The tests across crates, one binary.

mod accept;
mod aside;
mod canonical;
#[cfg(feature = "server")]
mod conformance;
#[cfg(feature = "server")]
mod decoders;
mod deposit;
mod desk;
mod erasure;
mod planning;
mod refusals;
mod rescue;
mod security_sheet;
#[cfg(feature = "server")]
mod seeds_on_sqlite;
mod walls;
