//! What tests across crates share: a small company, its signed events, the store's conformance
//! suite and the simulation of phones and server. Not tests themselves, which are in `it/`.

pub mod company;
pub mod conformance;
pub mod events;
pub mod simulation;
