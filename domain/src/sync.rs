//! How phones and server agree on the logs of sites: one request that pushes and pulls (D4).
//! Not transport and not storage: the app brings fetch and `IndexedDB`, the server HTTP and SQL.
//!
//! [`wire`] is what travels, [`limits`] how much of it. [`accept`] is the server's side over a
//! [`store`], [`engine`] the phone's; neither does I/O, so that the simulation drives the very
//! code that ships.

pub mod accept;
pub mod engine;
pub mod limits;
pub mod memory;
pub mod store;
pub mod wire;
