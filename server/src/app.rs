//! What all requests share: the database, how the server is reached, who failed to log in.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::error::ApiError;
use crate::origin::Reach;
use crate::pace::Pace;
use crate::store::Database;
use crate::throttle::Throttle;

/// Passwords hashed at once: each takes 19 MiB and tens of milliseconds of a processor.
const HASHING_MAX: usize = 2;

/// The running server.
#[derive(Debug)]
pub struct App {
    /// The database.
    pub database: Database,
    /// How it is reached.
    pub reach: Reach,
    /// How often everybody may ask.
    pub pace: Pace,
    /// Failed log-ins.
    pub throttle: Throttle,
    /// The right to hash a password.
    pub hashing: Semaphore,
}

/// The app as handlers hold it.
pub type Shared = Arc<App>;

impl App {
    /// A server over this database.
    pub fn new(database: Database, reach: Reach) -> Shared {
        Arc::new(Self {
            database,
            reach,
            pace: Pace::default(),
            throttle: Throttle::default(),
            hashing: Semaphore::new(HASHING_MAX),
        })
    }

    /// Runs what blocks (the database, hashing) where it holds up no other request.
    pub async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let app = self.clone();
        tokio::task::spawn_blocking(move || work(&app)).await?
    }
}
