//! Logging in: the phone's key, the proof, the request, and keeping what came of it.
//! Not the page; it shows [`LoginError`] in words.

use std::rc::Rc;

use doorstep_domain::account::{DeviceProof, LoginRequest, Session, login_proof_input};
use doorstep_domain::hash::to_base64url;
use doorstep_domain::id::PersonId;
use doorstep_domain::sync::wire::{Problem, ProblemCode};
use leptos::task::spawn_local;

use crate::browser::broadcast::News;
use crate::browser::crypto::{self, NoCrypto};
use crate::browser::http::{self, Answer};
use crate::browser::store::device::{DeviceStore, KnownPerson};
use crate::browser::store::{DeviceKey, PersonStore, StoreError};
use crate::browser::{document, preferences, storage};
use crate::state::phone::Phone;

/// Why a log-in did not succeed. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginError {
    /// Name or password is wrong.
    Wrong,
    /// No network, or no server there: the first log-in needs it once.
    Offline,
    /// Something answered that is not the server.
    NotAnAnswer,
    /// Too many attempts; wait so many seconds.
    TooMany(u64),
    /// The office has revoked this phone.
    Revoked,
    /// This phone's key belongs to another person.
    DeviceOfAnother,
    /// The browser has no WebCrypto here: an insecure address.
    NoCrypto,
    /// The records could not be kept.
    Store(StoreError),
    /// The server failed.
    Server,
}

impl From<NoCrypto> for LoginError {
    fn from(_: NoCrypto) -> Self {
        Self::NoCrypto
    }
}

impl From<StoreError> for LoginError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Phone {
    /// Logs in; with a name known here, on the key that person enrolled on this phone before.
    /// The same person goes on where they were; another one gets records of their own.
    pub async fn log_in(self, login: String, password: String) -> Result<(), LoginError> {
        let device = DeviceStore::new().read().await?;
        let known = device.people.iter().find(|known| known.login == login);
        let mut key = match known {
            Some(known) => key_or_new(known.person).await?,
            None => crypto::generate().await?,
        };
        let mut session = request(&login, &password, &key).await?;
        if known.map(|known| known.person) != Some(session.person) {
            // The name was new here, the person may not be: events signed on this phone before
            // are accepted from that key alone.
            let store = PersonStore::new(session.person);
            if let Some(earlier) = store.key().await? {
                key = earlier;
                session = request(&login, &password, &key).await?;
            }
        }
        self.keep_login(&login, password, session, &key).await
    }

    async fn keep_login(
        self,
        login: &str,
        password: String,
        session: Session,
        key: &DeviceKey,
    ) -> Result<(), LoginError> {
        let person = session.person;
        let known = KnownPerson {
            person,
            login: login.to_owned(),
            name: session.name.clone(),
        };
        let opened = self
            .opened()
            .filter(|opened| opened.store.person() == person);
        let store = match &opened {
            Some(opened) => Rc::clone(&opened.store),
            None => Rc::new(PersonStore::new(person)),
        };
        store.save_session(&session, Some(key)).await?;
        DeviceStore::new()
            .change(move |device| device.enter(known.clone()))
            .await?;
        preferences::set_last_login(login);
        spawn_local(storage::ask_to_persist());
        if let Some(opened) = opened {
            self.session.set(Some(session));
            self.session.set_ended(false);
            opened.driver.logged_in();
            opened.driver.watch_sites();
        } else {
            self.stop();
            self.note_log_in();
            self.open_person(person, Some(password)).await?;
        }
        self.tell(News::Person);
        Ok(())
    }
}

async fn key_or_new(person: PersonId) -> Result<DeviceKey, LoginError> {
    let store = PersonStore::new(person);
    let kept = store.key().await?;
    store.close();
    match kept {
        Some(key) => Ok(key),
        None => Ok(crypto::generate().await?),
    }
}

pub(super) async fn request(
    login: &str,
    password: &str,
    key: &DeviceKey,
) -> Result<Session, LoginError> {
    let proof = crypto::sign(key, &login_proof_input(login, &key.spki)).await?;
    let request = LoginRequest {
        login: login.to_owned(),
        password: password.to_owned(),
        device: DeviceProof {
            key: to_base64url(&key.spki),
            label: document::device_label(),
            proof: to_base64url(&proof),
        },
    };
    let answer = http::post("/api/v1/login", &request).await;
    read(&answer.map_err(|_| LoginError::Offline)?)
}

fn read(answer: &Answer) -> Result<Session, LoginError> {
    if answer.is_ok() {
        return answer.read().ok_or(LoginError::NotAnAnswer);
    }
    let problem: Option<Problem> = answer.read();
    Err(match problem.as_ref().map(|problem| problem.code) {
        Some(ProblemCode::WrongLogin | ProblemCode::NotLoggedIn) => LoginError::Wrong,
        Some(ProblemCode::TooManyAttempts) => {
            let wait = problem.and_then(|problem| problem.params.get("retry_after_s")?.as_u64());
            LoginError::TooMany(wait.unwrap_or(60))
        }
        Some(ProblemCode::DeviceRevoked) => LoginError::Revoked,
        Some(ProblemCode::DeviceOfAnother) => LoginError::DeviceOfAnother,
        Some(_) => LoginError::Server,
        // 502 and the like from a proxy before our server.
        None if answer.status >= 500 => LoginError::Offline,
        None => LoginError::NotAnAnswer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(problem: &Problem) -> Answer {
        Answer {
            status: problem.status,
            json: serde_json::to_string(problem).ok(),
        }
    }

    #[test]
    fn every_failure_has_its_reason() {
        let wait = Problem::new(ProblemCode::TooManyAttempts).with("retry_after_s", 90);
        for (answer, error) in [
            (
                problem(&Problem::new(ProblemCode::WrongLogin)),
                LoginError::Wrong,
            ),
            (problem(&wait), LoginError::TooMany(90)),
            (
                problem(&Problem::new(ProblemCode::DeviceRevoked)),
                LoginError::Revoked,
            ),
            (
                problem(&Problem::new(ProblemCode::Internal)),
                LoginError::Server,
            ),
            (
                Answer {
                    status: 200,
                    json: None,
                },
                LoginError::NotAnAnswer,
            ),
            (
                Answer {
                    status: 200,
                    json: Some("{}".into()),
                },
                LoginError::NotAnAnswer,
            ),
            (
                Answer {
                    status: 502,
                    json: None,
                },
                LoginError::Offline,
            ),
        ] {
            assert_eq!(read(&answer), Err(error));
        }
    }
}
