//! The code that opens what is kept on this phone and takes it back from an owner: choosing it, and
//! trying one. Wrong ones are counted before anything is said of them.

use doorstep_domain::escrow::DATA_KEY_BYTES;
use doorstep_domain::passphrase::Lock;
use doorstep_domain::unlock_code::{self, BadCode};

use super::account::AskError;
use super::entrance::login::LoginError;
use super::phone::Phone;
use crate::browser::broadcast::News;
use crate::browser::cipher::{Cipher, DataKey};
use crate::browser::crypto::{self, NoCrypto};
use crate::browser::passkey::NoPasskey;
use crate::browser::store::vault::KeptCode;
use crate::browser::store::{Handed, PersonStore, StoreError};
use crate::browser::{clock, random};

/// Why a code was not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeError {
    /// It cannot be one.
    Bad(BadCode),
    /// Nobody is logged in any more.
    NobodyHere,
    /// The browser has no WebCrypto here.
    NoCrypto,
    /// It could not be kept.
    Store(StoreError),
}

/// Why the phone was not unlocked, or not taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnlockError {
    /// The code is another one.
    Wrong,
    /// After so many wrong ones no code is taken for so many seconds.
    Wait(i64),
    /// The code could not be checked.
    Code(CodeError),
    /// The password was not taken.
    Login(LoginError),
    /// The office did not open the data key.
    Office(AskError),
    /// The passkey gave nothing.
    Passkey(NoPasskey),
    /// The data key was never sealed to the office: only the code opens.
    NotSealed,
}

impl From<NoCrypto> for CodeError {
    fn from(_: NoCrypto) -> Self {
        Self::NoCrypto
    }
}

impl From<StoreError> for CodeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E: Into<CodeError>> From<E> for UnlockError {
    fn from(error: E) -> Self {
        Self::Code(error.into())
    }
}

impl Phone {
    /// Chooses another code; the first one of a person on this phone makes their data key, and opens
    /// their records.
    pub async fn choose_code(self, code: &str) -> Result<(), CodeError> {
        unlock_code::check(code).map_err(CodeError::Bad)?;
        if let Some(opened) = self.opened() {
            let kept = sealed_by(code, opened.store.cipher()?.key()).await?;
            self.trouble.note(opened.store.save_code(&kept).await)?;
            return Ok(());
        }
        let waiting = self.waiting().ok_or(CodeError::NobodyHere)?;
        let key = match waiting.store.cipher() {
            // The office has opened it, or an attempt before this one made it.
            Ok(cipher) => cipher.key().clone(),
            Err(_) => DataKey::draw(),
        };
        let kept = sealed_by(code, &key).await?;
        waiting.store.unlock(Cipher::new(key));
        let before = waiting.code.as_ref();
        waiting.store.seal_all(before, &kept).await?;
        self.enter(waiting).await?;
        self.tell(News::Person);
        Ok(())
    }

    /// What the code opens: the data key, or nothing where an earlier version kept it.
    pub(super) async fn try_code(
        self,
        store: &PersonStore,
        code: &str,
    ) -> Result<Option<DataKey>, UnlockError> {
        // What cannot be a code is a slip of the thumb, and is not counted.
        unlock_code::check(code).map_err(CodeError::Bad)?;
        // Read anew: another tab may have counted too.
        let handed = self.trouble.note(store.handed().await)?;
        let wait_ms = handed.tries.wait_ms(clock::now_ms());
        if wait_ms > 0 {
            return Err(UnlockError::Wait((wait_ms + 999) / 1_000));
        }
        let opened = match self.trouble.note(store.code().await)? {
            Some(kept) => crypto::unseal(code, &kept.lock, &kept.sealed).await?,
            None => None,
        };
        let Some(opened) = opened else {
            let tries = handed.tries.after_wrong(clock::now_ms());
            self.keep_tries(store, Handed { tries, ..handed }).await?;
            return Err(UnlockError::Wrong);
        };
        let key = <[u8; DATA_KEY_BYTES]>::try_from(opened);
        Ok(key.ok().map(DataKey))
    }

    pub(super) async fn keep_tries(
        self,
        store: &PersonStore,
        handed: Handed,
    ) -> Result<(), StoreError> {
        self.trouble.note(store.save_handed(&handed).await)?;
        self.hands.set(handed);
        self.tell(News::Hands);
        Ok(())
    }
}

/// The data key, sealed by the code.
pub(super) async fn sealed_by(code: &str, key: &DataKey) -> Result<KeptCode, NoCrypto> {
    let lock = Lock::new(random::bytes(), random::bytes());
    let sealed = crypto::seal(code, &lock, &key.0).await?;
    Ok(KeptCode { lock, sealed })
}
