//! The tests across crates, one binary.

mod accept;
mod aside;
mod canonical;
mod conformance;
mod decoders;
mod desk;
mod refusals;
mod rescue;
mod security_sheet;
mod walls;
