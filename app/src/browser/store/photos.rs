//! Photos in the person's database, by the hash of their bytes. Which record names them is not
//! told here: a photo stays while a draft or an event in the outbox has its name, whatever else they
//! say.

use core::cmp::Reverse;

use doorstep_domain::hash::Hash;
use doorstep_domain::photo::Photo;
use doorstep_domain::time::UnixMs;
use wasm_bindgen::JsValue;

use super::connection::{Mode, Work};
use super::person::{DRAFTS, OUTBOX, PHOTOS, PersonStore};
use super::{StoreError, drafts, outbox, rows};
use crate::browser::{clock, object, property};

/// A photo is kept before its draft names it: one so young, in milliseconds, is never dropped.
const YOUNG_MS: i64 = 60_000;
/// How many photos that the office has stay here too, the latest: for looking at without a network.
const SENT_MAX: usize = 100;

impl PersonStore {
    /// Keeps a photo, durably; one that is here already is the same.
    pub async fn keep_photo(
        &self,
        photo: &Hash,
        taken_at: UnixMs,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        self.run(&[PHOTOS], Mode::Write, async |work| {
            let record = object(&[
                ("hash", &rows::key(photo)),
                ("taken_at", &rows::number(taken_at)),
                ("body", &work.seal(&place(photo), bytes)?),
            ]);
            work.put(PHOTOS, &record)
        })
        .await
    }

    /// A photo's bytes, as they were kept; `None` when it is not here or was damaged.
    pub async fn photo(&self, photo: &Photo) -> Result<Option<Vec<u8>>, StoreError> {
        let bytes = self
            .run(&[PHOTOS], Mode::Read, async |work| {
                match work.get(PHOTOS, &rows::key(&photo.hash)).await? {
                    Some(record) => work.open(&place(&photo.hash), &record),
                    None => Ok(None),
                }
            })
            .await?;
        Ok(bytes.filter(|bytes| photo.is(bytes)))
    }

    /// Drops photos that no draft and no event in the outbox names, but for the latest.
    pub async fn tidy_photos(&self) -> Result<(), StoreError> {
        self.drop_photos(SENT_MAX).await
    }

    /// Drops all photos that no draft and no event in the outbox names: something was erased.
    pub async fn drop_sent_photos(&self) -> Result<(), StoreError> {
        self.drop_photos(0).await
    }

    /// The photos that a draft or an event in the outbox names.
    pub async fn named_photos(&self) -> Result<Vec<(Hash, Vec<u8>)>, StoreError> {
        self.run(&[PHOTOS, DRAFTS, OUTBOX], Mode::Read, async |work| {
            let (named, _) = told_apart(work).await?;
            let mut photos = Vec::new();
            for record in named {
                let Ok(hash) = rows::text(&record, "hash").parse() else {
                    continue;
                };
                photos.extend(
                    work.open(&place(&hash), &record)?
                        .map(|bytes| (hash, bytes)),
                );
            }
            Ok(photos)
        })
        .await
    }

    async fn drop_photos(&self, spared: usize) -> Result<(), StoreError> {
        let before = clock::now_ms() - YOUNG_MS;
        self.run(&[PHOTOS, DRAFTS, OUTBOX], Mode::Write, async |work| {
            let (_, mut sent) = told_apart(work).await?;
            sent.retain(|record| rows::integer(record, "taken_at") < before);
            sent.sort_by_key(|record| Reverse(rows::integer(record, "taken_at")));
            for record in sent.iter().skip(spared) {
                work.delete(PHOTOS, property(record, "hash"))?;
            }
            Ok(())
        })
        .await
    }
}

/// The photos that a draft or an event in the outbox names, and the others. An event in the outbox
/// that the office had once waits there until it is known whether it still does.
async fn told_apart(work: &Work) -> Result<(Vec<JsValue>, Vec<JsValue>), StoreError> {
    let photos = work.get_all(PHOTOS, None).await?;
    if photos.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let drafts = drafts::read_all(work).await?.into_iter();
    let drafts = drafts.map(|draft| String::from_utf8_lossy(&draft.body).into_owned());
    let Some(events) = outbox::bodies(work).await? else {
        // Whatever it names stays.
        return Ok((photos, Vec::new()));
    };
    let texts: Vec<String> = drafts.chain(events).collect();
    Ok(photos.into_iter().partition(|record| {
        let name = rows::text(record, "hash");
        texts.iter().any(|text| text.contains(&name))
    }))
}

fn place(photo: &Hash) -> String {
    rows::place(PHOTOS, photo)
}
