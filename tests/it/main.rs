//! The tests across crates, one binary.

mod accept;
mod aside;
mod canonical;
mod conformance;
mod decoders;
mod desk;
mod erasure;
mod planning;
mod refusals;
mod rescue;
mod security_sheet;
mod seeds_on_sqlite;
mod walls;
