//! Handing in what is unsent without a log-in, on this phone's key alone: the way out for whoever
//! cannot log in any more. A director decides on each record. Which go, and what the answer makes
//! of them, is the engine's ([`to_deposit`], [`deposited`]).

use std::rc::Rc;

use doorstep_domain::event::Event;
use doorstep_domain::hash::{Hash, sha256, to_base64url};
use doorstep_domain::sync::engine::{deposited, to_deposit};
use doorstep_domain::sync::wire::{
    DepositReply, DepositRequest, Problem, ProblemCode, deposit_proof_input,
};
use doorstep_domain::time::UnixMs;

use super::account::{self, AskError};
use super::phone::{Opened, Phone};
use crate::browser::broadcast::News;
use crate::browser::{clock, crypto, http};

impl Phone {
    /// Hands in everything unsent that was signed on this phone. Returns how many records the
    /// office keeps now; those it refuses stay here.
    pub async fn deposit(self) -> Result<u64, AskError> {
        let opened = self.opened().ok_or(AskError::LoggedOut)?;
        let device = sha256(&opened.key.spki);
        let mut kept = 0;
        loop {
            let outbox = self.trouble.note(opened.store.outbox().await);
            let (outbox, _) = outbox.map_err(AskError::Store)?;
            let events = to_deposit(&outbox, &device);
            if events.is_empty() {
                return Ok(kept);
            }
            let reply = self.hand_in(&opened, device, &events).await?;
            let changes = deposited(&outbox, &reply);
            if changes.is_empty() {
                // All that is left is refused: asking again changes nothing.
                return Ok(kept);
            }
            let marked = self.trouble.note(opened.store.mark(&changes).await);
            marked.map_err(AskError::Store)?;
            kept += changes.len() as u64;
            Rc::clone(&opened.driver).deposited(changes);
            self.tell(News::Records);
        }
    }

    /// One request; once more with the server's time when this phone's is too far off.
    async fn hand_in(
        self,
        opened: &Opened,
        device: Hash,
        events: &[Event],
    ) -> Result<DepositReply, AskError> {
        let now = clock::now_ms();
        let now = self
            .contact()
            .map_or(now, |contact| contact.server_time(now));
        let request = signed(opened, device, now, events).await?;
        let answer = http::post("/api/v1/deposit", &request).await;
        let problem: Option<Problem> = answer.as_ref().ok().and_then(http::Answer::read);
        let Some(server_time) = problem.as_ref().and_then(stale) else {
            return account::read(answer);
        };
        let request = signed(opened, device, server_time, events).await?;
        account::read(http::post("/api/v1/deposit", &request).await)
    }
}

/// The server's time, where the phone's was refused.
fn stale(problem: &Problem) -> Option<UnixMs> {
    let is_stale = problem.code == ProblemCode::StaleProof;
    problem.params.get("now").filter(|_| is_stale)?.as_i64()
}

async fn signed(
    opened: &Opened,
    device: Hash,
    at: UnixMs,
    events: &[Event],
) -> Result<DepositRequest, AskError> {
    let input = deposit_proof_input(&device, at, events);
    let proof = crypto::sign(&opened.key, &input).await;
    let proof = proof.map_err(|_| AskError::NoCrypto)?;
    Ok(DepositRequest {
        device,
        at,
        events: events.to_vec(),
        proof: to_base64url(&proof),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stale_proof_is_made_anew() {
        let stale_at = Problem::new(ProblemCode::StaleProof).with("now", 70);
        assert_eq!(stale(&stale_at), Some(70));
        let other = Problem::new(ProblemCode::BadDeviceProof).with("now", 70);
        assert_eq!(stale(&other), None);
    }
}
