//! The domain from outside: folding, judging and verifying whole events.

#![expect(
    clippy::unwrap_used,
    reason = "a failed unwrap fails the test that asked for the sample"
)]

mod correcting;
mod course;
mod erasing;
mod fold;
mod following_up;
mod phrases;
mod planning;
mod sample;
mod validity;
mod verify;
mod visiting;
