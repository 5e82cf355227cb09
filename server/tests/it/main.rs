//! The server from outside: the program's commands and its HTTP interface.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is missing"
)]

mod backup;
mod cli;
mod contract;
mod deposit;
mod devices;
mod drafts;
mod erasure;
mod escrow;
mod forgery;
mod golden;
mod harness;
mod heads;
mod http;
mod import;
mod login;
mod matrix;
mod pace;
mod passwords;
mod phone;
mod photos;
mod problems;
mod quarantine;
mod receipt;
mod refusals;
mod register_data;
mod server;
mod sync;
mod tamper;
mod tls;
mod verify;
