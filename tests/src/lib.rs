//! What tests across crates share: the store's conformance suite, the decoders under mutation, and
//! from the simulation a small company and its signed events. Not tests themselves, which are in
//! `it/`.

pub mod conformance;
#[cfg(feature = "server")]
pub mod decoders;

pub use doorstep_simulation::{company, events};
