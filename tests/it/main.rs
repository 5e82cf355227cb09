//! The tests across crates, one binary.

mod conformance;
mod simulation;
