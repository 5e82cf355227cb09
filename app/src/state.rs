//! What screens share, one context for each thing, with a `use_…` function beside it; and
//! [`phone`], which ties them together for tasks. Not what belongs to a single screen; that stays
//! in its page.

pub mod account;
pub mod code;
pub mod deposit;
pub mod draft_copies;
pub mod drafts;
pub mod entrance;
pub mod export;
pub mod handed;
pub mod install;
pub mod locking;
pub mod now;
pub mod passkey;
pub mod people;
pub mod phone;
pub mod photos;
pub mod plans;
pub mod queue;
pub mod register_search;
pub mod reminders;
pub mod rescue;
pub mod session;
pub mod sites;
pub mod sync_status;
pub mod theme;
pub mod trouble;
pub mod undo;
pub mod unfinished;
pub mod update;

/// Provides every context.
pub fn provide_all() {
    theme::provide_theme();
    session::provide_session();
    now::provide_now();
    sites::provide_sites();
    drafts::provide_drafts();
    draft_copies::provide_draft_copies();
    unfinished::provide_unfinished();
    locking::provide_lease();
    sync_status::provide_sync_status();
    trouble::provide_trouble();
    undo::provide_undo();
    update::provide_update();
    install::provide_install();
    export::provide_exported();
    register_search::provide_register_search();
    handed::provide_hands();
    entrance::provide_entrance();
    phone::provide_phone();
    reminders::provide_reminders();
}
