//! The office's side: one endpoint for the phones, the database of the logs, the command line.
//! Not the rules: the server authenticates, asks `doorstep_domain`, appends and streams (D3).

pub mod accounts;
pub mod app;
pub mod clock;
pub mod command;
pub mod config;
pub mod demo;
pub mod directory;
pub mod erasing;
pub mod error;
pub mod escrow;
pub mod everybody;
pub mod export_file;
pub mod headers;
pub mod heads;
pub mod keyring;
pub mod office;
pub mod openapi;
pub mod origin;
pub mod pace;
pub mod password;
pub mod random;
pub mod refusals;
pub mod register_file;
pub mod route;
pub mod routes;
pub mod session;
pub mod signature;
pub mod store;
pub mod throttle;
pub mod zones;

mod admit;
mod assets;
mod body;
mod page;
mod texts;
