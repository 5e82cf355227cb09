//! Reusable parts of screens. They know the app's state at most by its contexts, never a page.

pub mod adding;
pub mod aria;
pub mod banners;
pub mod brand;
pub mod choice;
pub mod dialog;
pub mod draft_row;
pub mod field;
pub mod icon;
pub mod ink_drawing;
pub mod language_choice;
pub mod page_head;
pub mod planned_row;
pub mod receipt_qr;
pub mod record_body;
pub mod register_gap;
pub mod seal_mark;
pub mod shell;
pub mod start_visit;
pub mod sync_pill;
pub mod tabs;
pub mod take_back;
pub mod text_area;
pub mod time_field;
pub mod unanswered;
pub mod visiting_pill;
