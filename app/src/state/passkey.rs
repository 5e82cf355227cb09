//! A passkey beside the code: finger, face or the phone's own lock opens what the code opens. It never
//! takes the code's place: a phone whose passkeys are deleted still opens.

use doorstep_domain::escrow::DATA_KEY_BYTES;
use doorstep_domain::hash::tagged;

use super::code::{CodeError, UnlockError};
use super::phone::Phone;
use crate::browser::cipher::{Cipher, DataKey};
use crate::browser::passkey::{self, NoPasskey};
use crate::browser::store::vault::KeptPasskey;
use crate::browser::store::{Handed, StoreError};

/// What the sealed data key is sealed for ([`Cipher::seal`]).
const PLACE: &str = "session/passkey";

/// Why no passkey was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasskeyError {
    /// Nobody is logged in any more.
    NobodyHere,
    /// It was not made, or not confirmed.
    Passkey(NoPasskey),
    /// It could not be kept.
    Store(StoreError),
}

impl From<NoPasskey> for PasskeyError {
    fn from(why: NoPasskey) -> Self {
        Self::Passkey(why)
    }
}

impl From<StoreError> for PasskeyError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Phone {
    /// Whether a passkey of this phone opens what it keeps.
    pub async fn has_passkey(self) -> bool {
        let Some(opened) = self.opened() else {
            return false;
        };
        let kept = self.trouble.note(opened.store.passkey().await);
        kept.is_ok_and(|kept| kept.is_some())
    }

    /// Makes a passkey that opens what the phone keeps from now on.
    pub async fn add_passkey(self) -> Result<(), PasskeyError> {
        let opened = self.opened().ok_or(PasskeyError::NobodyHere)?;
        let session = self.session.get_untracked();
        let session = session.ok_or(PasskeyError::NobodyHere)?;
        let user = session.person.to_string();
        let (passkey, secret) = passkey::create(user.as_bytes(), &session.login).await?;
        let key = opened.store.cipher()?.key().clone();
        let sealed = sealing(&secret).seal(PLACE, &key.0);
        let kept = KeptPasskey { passkey, sealed };
        let kept = opened.store.save_passkey(Some(&kept)).await;
        Ok(self.trouble.note(kept)?)
    }

    /// The code alone opens it from now on.
    pub async fn remove_passkey(self) -> Result<(), PasskeyError> {
        let opened = self.opened().ok_or(PasskeyError::NobodyHere)?;
        Ok(self.trouble.note(opened.store.save_passkey(None).await)?)
    }

    /// Unlocks with the passkey, and goes on where the phone was.
    pub async fn unlock_by_passkey(self) -> Result<(), UnlockError> {
        let waiting = self.waiting().ok_or(CodeError::NobodyHere)?;
        let kept = self.trouble.note(waiting.store.passkey().await)?;
        let kept = kept.ok_or(UnlockError::Passkey(NoPasskey::Unsupported))?;
        let secret = passkey::open(&kept.passkey).await;
        let secret = secret.map_err(UnlockError::Passkey)?;
        let key = sealing(&secret).open(PLACE, &kept.sealed);
        let key = key.and_then(|key| <[u8; DATA_KEY_BYTES]>::try_from(key).ok());
        let key = key.ok_or(UnlockError::Passkey(NoPasskey::Refused))?;
        waiting.store.unlock(Cipher::new(DataKey(key)));
        let handed = self.trouble.note(waiting.store.handed().await)?;
        let handed = Handed {
            subject: handed.subject,
            ..Handed::default()
        };
        self.keep_tries(&waiting.store, handed).await?;
        Ok(self.enter(waiting).await?)
    }
}

/// What seals the data key with the bytes that a passkey gives.
fn sealing(secret: &[u8]) -> Cipher {
    Cipher::new(DataKey(tagged("doorstep/passkey/1", &[secret]).0))
}
