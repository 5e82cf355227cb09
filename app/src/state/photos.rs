//! Photos on this phone: made small and kept before a draft names them, sent before the events that
//! do, shown from here or from the office. Which photos a record may name is the domain's
//! ([`doorstep_domain::photo`]).

use std::rc::Rc;

use doorstep_domain::photo::{
    EDGE_MAX, MEDIA_TYPE, PHOTO_BYTES, PIECE_BYTES, Photo, PhotoHeld, named_in,
};
use doorstep_domain::sync::engine::Lost;
use doorstep_domain::sync::wire::{Problem, Pushed};

use super::phone::Phone;
use crate::browser::clock;
use crate::browser::http::{self, NoAnswer};
use crate::browser::picture::{self, Chosen, NoPicture, Shown};
use crate::browser::store::{PersonStore, StoreError};

/// Why a chosen picture became no photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhotoError {
    /// Nobody is logged in any more.
    NobodyHere,
    /// The browser cannot read it as a picture.
    NoPicture,
    /// It could not be kept.
    Store(StoreError),
}

impl From<NoPicture> for PhotoError {
    fn from(_: NoPicture) -> Self {
        Self::NoPicture
    }
}

impl Phone {
    /// Makes a chosen picture small and keeps it; durable when this returns.
    pub async fn keep_photo(self, file: &Chosen) -> Result<Photo, PhotoError> {
        let opened = self.opened().ok_or(PhotoError::NobodyHere)?;
        let picture = picture::small(file, EDGE_MAX, PHOTO_BYTES).await?;
        let photo = Photo::of(&picture.bytes, picture.width, picture.height);
        let photo = photo.ok_or(PhotoError::NoPicture)?;
        let kept = opened
            .store
            .keep_photo(&photo.hash, clock::now_ms(), &picture.bytes)
            .await;
        self.trouble.note(kept).map_err(PhotoError::Store)?;
        Ok(photo)
    }

    /// A photo to be shown: from this phone, else from the office; `None` when neither has it now.
    pub async fn show_photo(self, photo: Photo) -> Option<Rc<Shown>> {
        let opened = self.opened()?;
        let here = opened.store.photo(&photo).await.ok().flatten();
        let bytes = if let Some(bytes) = here {
            bytes
        } else {
            let told = http::get_bytes(&address(&photo), MEDIA_TYPE).await;
            told.ok().flatten().filter(|bytes| photo.is(bytes))?
        };
        Some(Rc::new(Shown::of(&bytes, MEDIA_TYPE)))
    }

    /// Drops photos that nothing here needs any more; what fails is tried with the next start.
    pub(super) async fn tidy_photos(self) {
        if let Some(opened) = self.opened() {
            opened.store.tidy_photos().await.unwrap_or_default();
        }
    }
}

/// Sends the photos that `pushed` events name and that are on this phone, from wherever the office has
/// them to. `Err` when the office was not reached; an event is then sent another time. What the
/// office will never take does not hold the event up: the record says that the photo is missing.
pub async fn send_named(store: &PersonStore, pushed: &[Pushed]) -> Result<(), Lost> {
    let events = pushed.iter().filter_map(|it| match it {
        Pushed::Event(event) => Some(event),
        Pushed::Unreadable(_) => None,
    });
    for photo in events.flat_map(named_in) {
        send(store, &photo).await?;
    }
    Ok(())
}

/// Sends one photo, if it is on this phone.
pub async fn send(store: &PersonStore, photo: &Photo) -> Result<(), Lost> {
    let Ok(Some(bytes)) = store.photo(photo).await else {
        return Ok(());
    };
    let size = bytes.len();
    let Some(mut held) = ask(photo, ["bytes */", &size.to_string()].concat(), &[]).await? else {
        return Ok(());
    };
    while held < size {
        let end = size.min(held + PIECE_BYTES);
        let (first, last) = (held.to_string(), (end - 1).to_string());
        let range = ["bytes ", &first, "-", &last, "/", &size.to_string()].concat();
        let Some(now) = ask(photo, range, &bytes[held..end]).await? else {
            return Ok(());
        };
        if now <= held {
            // Somebody else sends the same at this very moment: it is theirs to end.
            return Err(Lost::Server);
        }
        held = now;
    }
    Ok(())
}

/// Sends a piece; how much the office holds then, `None` when it will not take this photo.
async fn ask(photo: &Photo, range: String, piece: &[u8]) -> Result<Option<usize>, Lost> {
    let answer = http::put_piece(&address(photo), range, piece).await;
    let answer = answer.map_err(|NoAnswer| Lost::Offline)?;
    if answer.is_ok() {
        let told: PhotoHeld = answer.read().ok_or(Lost::NotAnAnswer)?;
        return Ok(Some(told.held as usize));
    }
    if is_final(answer.status) {
        return Ok(None);
    }
    let code = answer.read::<Problem>().map(|problem| problem.code);
    Err(Lost::of_answer(answer.status, code))
}

/// Whether asking again would be answered the same: the photo, not the moment, is refused.
fn is_final(status: u16) -> bool {
    matches!(status, 400 | 404 | 405 | 413 | 415 | 422)
}

fn address(photo: &Photo) -> String {
    ["/api/v1/photos/", &photo.hash.to_string()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_refused_for_good_lets_the_event_go_without() {
        for status in [400, 404, 413, 422] {
            assert!(is_final(status), "{status}");
        }
        for status in [401, 403, 408, 409, 429, 500, 502, 503] {
            assert!(!is_final(status), "{status}");
        }
    }
}
