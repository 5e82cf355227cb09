//! The server from outside: the program's commands and its HTTP interface.

mod harness;
mod import;
mod register_data;
