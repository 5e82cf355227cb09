//! What screens share, one context for each thing, with a `use_…` function beside it.
//! Not what belongs to a single screen; that stays in its page.

pub mod session;
pub mod sync_status;
pub mod theme;

/// Provides every context.
pub fn provide_all() {
    theme::provide_theme();
    session::provide_session();
    sync_status::provide_sync_status();
}
