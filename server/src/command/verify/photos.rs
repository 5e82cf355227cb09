//! Photos held against what they are named by, and their names against the records. That a photo
//! is not here is no fault: its phone may have lost it before it was sent.

use std::collections::BTreeSet;

use doorstep_domain::event::Event;
use doorstep_domain::hash::{Hash, sha256};
use doorstep_domain::id::SiteId;
use doorstep_domain::photo::named_in;

use crate::store::{CheckedPhoto, Reader, StoreError};

/// The table of the photos.
const PHOTO: &str = "photo";
/// The table of what names them.
const NAME: &str = "photo_name";

/// The photos that the events of one site name.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// The photo, and the event's id.
    said: BTreeSet<(Hash, String)>,
}

impl Named {
    /// Takes in the next event of the log, or one that is kept aside.
    pub(super) fn take(&mut self, event: &Event) {
        if let Ok(envelope) = event.read_envelope() {
            let id = envelope.id.to_string();
            let photos = named_in(event).into_iter();
            self.said
                .extend(photos.map(|photo| (photo.hash, id.clone())));
        }
    }

    /// Where the table says something else: the table, and what is wrong in words.
    pub(super) fn differences(
        mut self,
        reader: Reader<'_>,
        site: SiteId,
    ) -> Result<Vec<(&'static str, String)>, StoreError> {
        // What is kept aside and cannot be read is named with its table.
        for held in reader.kept_aside(site).unwrap_or_default() {
            self.take(&held.event);
        }
        let listed: BTreeSet<_> = reader.photo_names(site)?.into_iter().collect();
        let strange = listed.difference(&self.said).map(|(photo, event)| {
            format!("the photo {photo} is noted as named by {event}, which does not name it")
        });
        let gone = self.said.difference(&listed).map(|(photo, event)| {
            format!("the photo {photo} is named by {event} and not noted as such")
        });
        Ok(strange.chain(gone).map(|fault| (NAME, fault)).collect())
    }
}

/// What is wrong with the photos themselves, and with names on no site there is.
pub(super) fn faults(reader: Reader<'_>) -> Result<Vec<(String, String)>, StoreError> {
    let mut found = Vec::new();
    reader.each_photo(|photo| {
        match photo {
            Ok(photo) => {
                found.extend(wrong(&photo).map(|fault| (PHOTO.to_owned(), fault)));
            }
            Err(error) => found.push((PHOTO.to_owned(), error.to_string())),
        }
        Ok::<_, StoreError>(())
    })?;
    // Sites that cannot be read are named with their table.
    let sites = reader.sites().unwrap_or_default();
    let known = |id: &String| sites.iter().any(|site| site.id.to_string() == *id);
    let strange = reader.photo_sites()?.into_iter().filter(|id| !known(id));
    found.extend(strange.map(|id| {
        let fault = format!("photos are named on the site {id}, but there is no such site");
        (NAME.to_owned(), fault)
    }));
    Ok(found)
}

fn wrong(photo: &CheckedPhoto) -> Option<String> {
    let CheckedPhoto { hash, size, .. } = photo;
    let held = i64::try_from(photo.bytes.len()).unwrap_or(i64::MAX);
    let is_it = sha256(&photo.bytes) == *hash;
    // What has come in part can only be told once it is whole.
    if held > *size || is_it != (held == *size) {
        return Some(format!("the photo {hash} is not what its name says"));
    }
    (photo.named != i64::from(photo.has_name))
        .then(|| format!("whether a record names the photo {hash} is noted wrongly"))
}
