//! Unlocking what is kept of a person on this phone: with the code, or with the office's help and the
//! log-in password; and sealing the data key to the office, so that it can help.

use doorstep_domain::escrow::{DATA_KEY_BYTES, EscrowKey, ReleaseRequest, Released};
use doorstep_domain::hash::{from_base64url, sha256};

use super::{Way, login};
use crate::browser::cipher::{Cipher, DataKey};
use crate::browser::store::Handed;
use crate::browser::store::vault::KeptEscrow;
use crate::browser::{crypto, http};
use crate::state::account::{self, AskError};
use crate::state::code::{CodeError, UnlockError, sealed_by};
use crate::state::phone::Phone;

impl Phone {
    /// Unlocks with the code, and goes on where the phone was: in an owner's hands still, if it was.
    pub async fn unlock(self, code: &str) -> Result<(), UnlockError> {
        let waiting = self.waiting().ok_or(CodeError::NobodyHere)?;
        let store = &waiting.store;
        if let Some(key) = self.try_code(store, code).await? {
            store.unlock(Cipher::new(key));
        } else {
            // Kept by an earlier version, in plain.
            let key = DataKey::draw();
            let kept = sealed_by(code, &key).await?;
            store.unlock(Cipher::new(key));
            store.seal_all(waiting.code.as_ref(), &kept).await?;
        }
        let before = self.trouble.note(store.handed().await)?;
        let handed = Handed {
            subject: before.subject,
            ..Handed::default()
        };
        self.keep_tries(store, handed).await?;
        Ok(self.enter(waiting).await?)
    }

    /// Unlocks with the log-in password, for who has forgotten the code: needs the network. Another
    /// code is to be chosen then.
    pub async fn unlock_by_password(self, password: String) -> Result<(), UnlockError> {
        let mut waiting = self.waiting().ok_or(CodeError::NobodyHere)?;
        let escrow = self.trouble.note(waiting.store.escrow().await)?;
        let escrow = escrow.ok_or(UnlockError::NotSealed)?;
        let released = match release(password.clone(), escrow.clone()).await {
            Err(AskError::LoggedOut) => {
                let login = &waiting.session.login;
                let session = login::request(login, &password, &waiting.key).await;
                waiting.session = session.map_err(UnlockError::Login)?;
                let kept = waiting.store.save_session(&waiting.session, None).await;
                self.trouble.note(kept)?;
                release(password, escrow).await
            }
            released => released,
        };
        let key = released.map_err(UnlockError::Office)?;
        waiting.store.unlock(Cipher::new(key));
        self.show_locked(waiting, Way::Choose);
        Ok(())
    }

    /// Seals the data key to the office, unless that is done; without a network, another time.
    pub(super) async fn seal_to_office(self) {
        let Some(opened) = self.opened() else { return };
        let answer = http::get("/api/v1/escrow").await;
        let Ok(EscrowKey { key: office }) = account::read(answer) else {
            return;
        };
        let kept = self.trouble.note(opened.store.escrow().await);
        if kept.is_ok_and(|kept| kept.is_some_and(|kept| kept.office == office)) {
            return;
        }
        let (Ok(point), Ok(cipher)) = (from_base64url(&office), opened.store.cipher()) else {
            return;
        };
        let (person, device) = (opened.store.person(), sha256(&opened.key.spki));
        let sealed = crypto::seal_to_office(&point, person, &device, &cipher.key().0);
        if let Ok(escrow) = sealed.await {
            let kept = KeptEscrow { office, escrow };
            // A failure shows the storage banner.
            self.trouble
                .note(opened.store.save_escrow(&kept).await)
                .ok();
        }
    }
}

/// Asks the office to open a data key that was sealed to it.
pub(super) async fn release(password: String, kept: KeptEscrow) -> Result<DataKey, AskError> {
    let escrow = kept.escrow;
    let request = ReleaseRequest { password, escrow };
    let released: Released = account::read(http::post("/api/v1/escrow", &request).await)?;
    let key = from_base64url(&released.data_key).ok();
    let key = key.and_then(|key| <[u8; DATA_KEY_BYTES]>::try_from(key).ok());
    key.map(DataKey).ok_or(AskError::NotAnAnswer)
}
