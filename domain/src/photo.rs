//! Photos of what an owner speaks of, e.g. a defect under "repair" (R3.2): the record names each
//! by what it is made of, so that the seal holds it too (D5); the bytes are kept beside the log and
//! travel in pieces of their own. Not the taking of one, nor its making smaller.

use serde::{Deserialize, Serialize};

use crate::event::{Event, PartName};
use crate::hash::{Hash, sha256};
use crate::visit::VisitContent;

/// Most bytes of a photo (256 KiB): enough to read a meter or see a crack at [`EDGE_MAX`].
pub const PHOTO_BYTES: usize = 256 << 10;
/// Longest edge of a photo, in pixels.
pub const EDGE_MAX: u16 = 1_600;
/// Most photos under one topic.
pub const TOPIC_PHOTOS_MAX: usize = 4;
/// Most photos of one visit.
pub const VISIT_PHOTOS_MAX: usize = 12;
/// Most bytes of one piece on its way (64 KiB): what a poor network carries within a request's
/// time.
pub const PIECE_BYTES: usize = 64 << 10;
/// How a photo's bytes travel.
pub const MEDIA_TYPE: &str = "image/jpeg";

/// A photo, as a record names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Photo {
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// How many these are, at most [`PHOTO_BYTES`].
    pub size: u32,
    /// Width in pixels, at most [`EDGE_MAX`].
    pub width: u16,
    /// Height in pixels, at most [`EDGE_MAX`].
    pub height: u16,
}

/// How much of a photo the office holds; with all of it the photo is there to be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PhotoHeld {
    /// Bytes from the start on; where the next piece begins.
    pub held: u32,
}

impl Photo {
    /// The photo that these bytes are.
    ///
    /// Returns `None` when they are none that a record may name: too many, too wide or high, or no
    /// JPEG (whose first bytes are those of ITU-T T.81 B.1.1.3).
    pub fn of(bytes: &[u8], width: u16, height: u16) -> Option<Self> {
        let photo = Self {
            hash: sha256(bytes),
            size: u32::try_from(bytes.len()).ok()?,
            width,
            height,
        };
        (photo.is_sound() && is_jpeg(bytes)).then_some(photo)
    }

    /// Whether its measures are within what a record may name.
    pub fn is_sound(&self) -> bool {
        let edge = 1..=EDGE_MAX;
        (1..=PHOTO_BYTES as u64).contains(&u64::from(self.size))
            && edge.contains(&self.width)
            && edge.contains(&self.height)
    }

    /// Whether these are its bytes.
    pub fn is(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == u64::from(self.size) && sha256(bytes) == self.hash
    }
}

/// Whether the bytes begin as a JPEG does.
pub fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xd8, 0xff])
}

/// Whether a record may carry these, topic by topic: as many as allowed, each sound and there once.
pub(crate) fn are_sound<'a>(topics: impl Iterator<Item = &'a [Photo]>) -> bool {
    let mut all: Vec<Hash> = Vec::new();
    for photos in topics {
        if photos.len() > TOPIC_PHOTOS_MAX || !photos.iter().all(Photo::is_sound) {
            return false;
        }
        all.extend(photos.iter().map(|photo| photo.hash));
    }
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    all.len() == count && count <= VISIT_PHOTOS_MAX
}

/// The photos that an event's content names, topic by topic; none where it has no content that can
/// be read.
pub fn named_in(event: &Event) -> Vec<Photo> {
    let content = event.part(PartName::Content);
    let content = content.filter(|part| part.body.contains("\"photos\""));
    let content = content.and_then(|part| serde_json::from_str::<VisitContent>(&part.body).ok());
    content.map_or_else(Vec::new, |content| content.photos().copied().collect())
}

impl VisitContent {
    /// All photos it names, topic by topic.
    pub fn photos(&self) -> impl Iterator<Item = &Photo> {
        self.opinions.iter().flat_map(|opinion| &opinion.photos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: [u8; 4] = [0xff, 0xd8, 0xff, 0xe0];

    fn photo(n: u8) -> Photo {
        Photo::of(&[START.as_slice(), &[n]].concat(), 4, 3).unwrap()
    }

    #[test]
    fn what_a_record_cannot_name_is_no_photo() {
        let longest = [START.as_slice(), &vec![0; PHOTO_BYTES - 4]].concat();
        assert!(Photo::of(&longest, EDGE_MAX, 1).is_some());
        assert_eq!(Photo::of(&[&longest[..], &[0]].concat(), 1, 1), None);
        assert_eq!(Photo::of(&START, EDGE_MAX + 1, 1), None);
        assert_eq!(Photo::of(&START, 1, 0), None);
        assert_eq!(Photo::of(b"\x89PNG", 1, 1), None);
        assert_eq!(Photo::of(b"", 1, 1), None);
    }

    #[test]
    fn a_photo_is_known_by_its_bytes() {
        let bytes = [START.as_slice(), &[1]].concat();
        assert!(photo(1).is(&bytes));
        assert!(!photo(2).is(&bytes));
        assert!(!photo(1).is(&START));
    }

    #[test]
    fn a_record_carries_so_many_and_each_once() {
        let photos: Vec<Photo> = (0..16).map(photo).collect();
        let sound = |topics: &[&[Photo]]| are_sound(topics.iter().copied());
        assert!(sound(&[&photos[..4], &photos[4..8], &photos[8..12]]));
        assert!(!sound(&[
            &photos[..4],
            &photos[4..8],
            &photos[8..12],
            &photos[12..13]
        ]));
        assert!(!sound(&[&photos[..5]]));
        assert!(!sound(&[&photos[..2], &photos[1..3]]));
        let mut unsound = photos[0];
        unsound.size = 0;
        assert!(!sound(&[&[unsound]]));
    }
}
