//! What is asked of the office beside the sync: the account, its devices, what is kept aside. All
//! of it needs the network.
//! Not logging in; that is [`super::entrance::login`].

use doorstep_domain::account::{Device, Devices, PasswordChange, Session};
use doorstep_domain::hash::Hash;
use doorstep_domain::quarantine::Quarantine;
use doorstep_domain::sync::wire::{Problem, ProblemCode};

use super::phone::Phone;
use crate::browser::broadcast::News;
use crate::browser::http::{self, Answer, NoAnswer};
use crate::browser::store::StoreError;

/// Why the office did not do what it was asked. Nothing was changed, but for [`Self::Store`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskError {
    /// No network, or no server there.
    Offline,
    /// Something answered that is not the server.
    NotAnAnswer,
    /// The log-in has ended.
    LoggedOut,
    /// Too many attempts; wait so many seconds.
    TooMany(u64),
    /// The password as it is was mistyped.
    WrongPassword,
    /// The new password cannot be taken: the server's reason.
    Unfit(String),
    /// There is nothing of that kind, or it is not the asker's to touch.
    NotThere,
    /// It was changed since it was last seen.
    Changed,
    /// The visit is recorded already.
    AlreadyRecorded,
    /// The data key was not sealed to this office for this phone.
    NotTheEscrow,
    /// The office does not know this phone's key.
    NotThisDevice,
    /// The browser did not sign.
    NoCrypto,
    /// The server failed.
    Server,
    /// The office has done it, but this phone could not note that.
    Store(StoreError),
}

impl Phone {
    /// Replaces the password; every other log-in of the account ends.
    pub async fn change_password(self, old: String, new: String) -> Result<(), AskError> {
        let answer = http::post("/api/v1/password", &PasswordChange { old, new }).await;
        let session: Session = read(answer)?;
        let opened = self.opened().ok_or(AskError::LoggedOut)?;
        let kept = opened.store.save_session(&session, None).await;
        self.trouble.note(kept).map_err(AskError::Store)?;
        self.session.set(Some(session));
        self.session.set_ended(false);
        opened.driver.logged_in();
        opened.driver.watch_sites();
        self.tell(News::Person);
        Ok(())
    }

    /// The devices of the person, and those they may lock out.
    pub async fn devices(self) -> Result<Vec<Device>, AskError> {
        let devices: Devices = read(http::get("/api/v1/devices").await)?;
        Ok(devices.devices)
    }

    /// What is kept aside for the person to decide on, after the record of this number.
    pub async fn kept_aside(self, after: u64) -> Result<Quarantine, AskError> {
        let address = format!("/api/v1/quarantine?after={after}");
        read(http::get(&address).await)
    }

    /// Locks a device out for good.
    pub async fn revoke_device(self, device: Hash) -> Result<(), AskError> {
        let address = format!("/api/v1/devices/{device}/revoke");
        done_or_offline(http::post(&address, &serde_json::Map::new()).await)
    }
}

/// Whether what was asked for was done; if not, why.
pub(super) fn done_or_offline(answer: Result<Answer, NoAnswer>) -> Result<(), AskError> {
    done(&answer.map_err(|NoAnswer| AskError::Offline)?)
}

/// The answer's body; if there is none, why.
pub(super) fn read<T: serde::de::DeserializeOwned>(
    answer: Result<Answer, NoAnswer>,
) -> Result<T, AskError> {
    let answer = answer.map_err(|NoAnswer| AskError::Offline)?;
    done(&answer)?;
    answer.read().ok_or(AskError::NotAnAnswer)
}

/// Whether it was done; if not, why.
fn done(answer: &Answer) -> Result<(), AskError> {
    if answer.is_ok() {
        return Ok(());
    }
    let Some(problem) = answer.read::<Problem>() else {
        // 502 and the like from a proxy before our server.
        let unreached = answer.status >= 500;
        return Err(if unreached {
            AskError::Offline
        } else {
            AskError::NotAnAnswer
        });
    };
    let param = |name: &str| problem.params.get(name);
    Err(match problem.code {
        ProblemCode::NotLoggedIn => AskError::LoggedOut,
        ProblemCode::TooManyAttempts | ProblemCode::TooManyRequests => {
            let wait = param("retry_after_s").and_then(serde_json::Value::as_u64);
            AskError::TooMany(wait.unwrap_or(60))
        }
        ProblemCode::WrongPassword => AskError::WrongPassword,
        ProblemCode::UnfitPassword => {
            let reason = param("reason").and_then(|reason| reason.as_str());
            AskError::Unfit(reason.unwrap_or_default().to_owned())
        }
        ProblemCode::NotFound => AskError::NotThere,
        ProblemCode::BadDeviceProof => AskError::NotThisDevice,
        ProblemCode::StaleRevision => AskError::Changed,
        ProblemCode::AlreadyRecorded => AskError::AlreadyRecorded,
        ProblemCode::NotTheEscrow => AskError::NotTheEscrow,
        _ => AskError::Server,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(problem: &Problem) -> Result<(), AskError> {
        done(&Answer {
            status: problem.status,
            json: serde_json::to_string(problem).ok(),
        })
    }

    #[test]
    fn every_failure_has_its_reason() {
        let wait = Problem::new(ProblemCode::TooManyAttempts).with("retry_after_s", 90);
        let unfit = Problem::new(ProblemCode::UnfitPassword).with("reason", "too_common");
        for (problem, error) in [
            (Problem::new(ProblemCode::NotLoggedIn), AskError::LoggedOut),
            (
                Problem::new(ProblemCode::WrongPassword),
                AskError::WrongPassword,
            ),
            (wait, AskError::TooMany(90)),
            (unfit, AskError::Unfit("too_common".into())),
            (Problem::new(ProblemCode::NotFound), AskError::NotThere),
            (Problem::new(ProblemCode::StaleRevision), AskError::Changed),
            (
                Problem::new(ProblemCode::BadDeviceProof),
                AskError::NotThisDevice,
            ),
            (
                Problem::new(ProblemCode::AlreadyRecorded),
                AskError::AlreadyRecorded,
            ),
            (
                Problem::new(ProblemCode::NotTheEscrow),
                AskError::NotTheEscrow,
            ),
            (Problem::new(ProblemCode::Internal), AskError::Server),
        ] {
            assert_eq!(of(&problem), Err(error));
        }
    }

    #[test]
    fn what_is_not_the_servers_is_no_answer() {
        let bare = |status| done(&Answer { status, json: None });
        assert_eq!(bare(204), Ok(()));
        assert_eq!(bare(502), Err(AskError::Offline));
        assert_eq!(bare(404), Err(AskError::NotAnAnswer));
        let page: Result<Devices, _> = read(Ok(Answer {
            status: 200,
            json: None,
        }));
        assert_eq!(page, Err(AskError::NotAnAnswer));
        assert_eq!(read::<Devices>(Err(NoAnswer)), Err(AskError::Offline));
    }
}
