//! One file for each screen of the route table.
//! Not reusable parts; those are in [`crate::components`].

pub mod aside;
pub mod code;
pub mod devices;
pub mod draft;
pub mod household;
pub mod households;
pub mod listening;
pub mod locked;
pub mod login;
pub mod me;
pub mod not_found;
pub mod opening;
pub mod owner;
pub mod password;
pub mod phrases;
pub mod planning;
pub mod rescue;
pub mod sealed;
pub mod today;
pub mod visit;
pub mod visits;
