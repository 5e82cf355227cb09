//! Doorstep's client: what people see at the door and at the desk.
//! No rule lives here; the domain decides, the client shows, keeps and sends.

#![allow(
    unreachable_pub,
    reason = "a program, not a library: `pub` means beyond its own file"
)]

mod app;
mod browser;
mod components;
mod i18n;
mod pages;
mod path;
#[cfg(test)]
mod sample;
mod state;
mod sync;

fn main() {
    leptos::mount::mount_to_body(app::App);
}
