//! The tests across crates, one binary.

mod accept;
mod canonical;
mod conformance;
mod desk;
mod refusals;
mod simulation;
mod walls;
