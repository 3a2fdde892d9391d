//! One publisher at a time: an object that says who, and until when. It runs out, since a publisher that was killed
//! cannot take it away.
//!
//! Where the store writes on a condition (`If-None-Match`, `If-Match`), of two runs that find the same state of the lock one
//! alone can write it. Stores that refuse conditions, or take no notice of them, are found out; there the last to write has
//! the lock, and everybody looks again a moment later.

use super::Clients;
use super::refusal::{self, Confidences};
use crate::edge::Failure;
use crate::input::date::Date;
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{Error, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion};
use serde_json::{Value, json};
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// The lock's name at the target.
pub(super) const NAME: &str = ".guidegen-publish.lock";

/// So long it holds without being renewed, in seconds.
const HOLDS: u64 = 15 * 60;

/// So often it is looked after while objects are on their way. A store that is slow to answer has time for it, too.
pub(super) const LOOKED_AFTER: Duration = Duration::from_secs(60);

/// Where the store has no conditions: so long after its writing a lock is looked at again. Another run that saw the state
/// from before has written by then.
const SETTLES: Duration = Duration::from_secs(2);

/// The right to change the target.
pub(super) struct Held {
    key: Path,
    token: String,
    renewed: u64,
    /// Whether the store writes on a condition.
    has_conditions: bool,
}

/// Why it cannot be had.
pub(super) enum Refused {
    /// Somebody has it until then.
    Taken(u64),
    /// Somebody took it away.
    Lost,
    /// The store says so.
    Store(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl Refused {
    pub(super) fn failure(self, shown: &str, confidences: &Confidences) -> Failure {
        match self {
            Self::Taken(until) => {
                let until = Date::from_unix(i64::try_from(until).unwrap_or(i64::MAX)).rfc3339();
                Failure::new(format!("another run is publishing to `{shown}`; its lock holds until {until}"))
                    .help("wait until it is done; if it was killed, take its lock away with --break-lock")
            }
            Self::Lost => Failure::new(format!("another run took away the lock on `{shown}`"))
                .help("run it again when the other one is done"),
            Self::Store(error) => refusal::failure(&format!("lock `{shown}`"), &error, confidences),
        }
    }
}

/// A lock that stands there.
struct Standing {
    token: String,
    until: u64,
    e_tag: Option<String>,
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn written(token: &str, until: u64) -> Vec<u8> {
    json!({ "token": token, "until": until }).to_string().into_bytes()
}

/// A name that no other run has: the seed of the standard library's hash maps comes from the system's randomness.
fn new_token() -> String {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let random = RandomState::new().hash_one(std::process::id());
    crate::base::digest::Digest::of(format!("{random} {nanos}").as_bytes()).hex()
}

async fn read(store: &AmazonS3, key: &Path) -> Result<Option<Standing>, Error> {
    let found = match store.get(key).await {
        Ok(found) => found,
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let e_tag = found.meta.e_tag.clone();
    let value: Value = serde_json::from_slice(&found.bytes().await?).unwrap_or_default();
    let token = value["token"].as_str().unwrap_or_default().to_owned();
    Ok(Some(Standing { token, until: value["until"].as_u64().unwrap_or(0), e_tag }))
}

/// What a store makes of a condition.
enum Outcome {
    /// It was met, and the lock is written.
    Written,
    /// It was not met.
    Refused,
    /// The store does not know it.
    Unknown,
}

/// Writes the lock if it still is as it was found.
async fn write_if(clients: &Clients, key: &Path, bytes: &[u8], mode: &PutMode) -> Result<Outcome, Error> {
    let put = async |store: &AmazonS3| {
        let options = PutOptions { mode: mode.clone(), ..PutOptions::default() };
        store.put_opts(key, bytes.to_vec().into(), options).await
    };
    let first = put(&clients.once).await;
    // One that does not know it says so as it says that it is busy, for good: it is not asked again and again.
    let done = match first {
        Err(error) if !is_final(&error) => put(&clients.store).await,
        done => done,
    };
    match done {
        Ok(_) => Ok(Outcome::Written),
        Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(Outcome::Refused),
        Err(error) if refusal::is_unknown(&error) => Ok(Outcome::Unknown),
        Err(error) => Err(error),
    }
}

fn is_final(error: &Error) -> bool {
    let is_told = matches!(
        error,
        Error::AlreadyExists { .. }
            | Error::Precondition { .. }
            | Error::PermissionDenied { .. }
            | Error::Unauthenticated { .. }
    );
    is_told || refusal::is_unknown(error)
}

/// Takes the lock.
pub(super) async fn take(clients: &Clients, key: Path, breaks: bool) -> Result<Held, Refused> {
    let found = read(&clients.store, &key).await?;
    if let Some(found) = &found
        && found.until > now()
        && !breaks
    {
        return Err(Refused::Taken(found.until));
    }
    let mode = match found {
        None => Some(PutMode::Create),
        Some(Standing { e_tag: None, .. }) => None,
        Some(found) => Some(PutMode::Update(UpdateVersion { e_tag: found.e_tag, version: None })),
    };
    let (token, renewed) = (new_token(), now());
    let bytes = written(&token, renewed + HOLDS);
    let outcome = match &mode {
        Some(mode) => write_if(clients, &key, &bytes, mode).await?,
        None => Outcome::Unknown,
    };
    let has_conditions = match (&outcome, &mode) {
        // It was met once, and cannot be met again: a store that writes all the same took no notice of it.
        (Outcome::Written, Some(mode)) => {
            matches!(write_if(clients, &key, &bytes, mode).await?, Outcome::Refused)
        }
        // A request that was tried again may have met itself: what stands there tells.
        (Outcome::Refused, _) => true,
        (Outcome::Written | Outcome::Unknown, _) => false,
    };
    if matches!(outcome, Outcome::Unknown) {
        clients.store.put(&key, bytes.into()).await?;
    }
    if !has_conditions {
        tokio::time::sleep(SETTLES).await;
    }
    match read(&clients.store, &key).await? {
        Some(standing) if standing.token == token => Ok(Held { key, token, renewed, has_conditions }),
        Some(standing) => Err(Refused::Taken(standing.until)),
        None => Err(Refused::Lost),
    }
}

/// Waits for all of `tasks`, which go on by themselves, and calls `renew` each time that `period` is over: the lock may run out
/// while one object is sent. The first of either that fails ends it.
pub(super) async fn held_through<F>(
    period: Duration,
    mut tasks: JoinSet<Result<(), Error>>,
    mut renew: impl AsyncFnMut() -> Result<(), F>,
    failed: impl Fn(Error) -> F,
) -> Result<(), F> {
    let mut next = Instant::now() + period;
    loop {
        // The time alone does not tell, where one task after the other is done.
        if Instant::now() >= next {
            renew().await?;
            next = Instant::now() + period;
        }
        match tokio::time::timeout_at(next, tasks.join_next()).await {
            Err(_) => {}
            Ok(None) => return Ok(()),
            Ok(Some(done)) => done.map_err(Error::from).and_then(|done| done).map_err(&failed)?,
        }
    }
}

impl Held {
    /// Fails when somebody else has it by now, as after --break-lock; holds it for longer when half of its time is over.
    pub(super) async fn renew(&mut self, clients: &Clients) -> Result<(), Refused> {
        let standing = read(&clients.store, &self.key).await?;
        let Some(standing) = standing.filter(|standing| standing.token == self.token) else {
            return Err(Refused::Lost);
        };
        let now = now();
        if now < self.renewed + HOLDS / 2 {
            return Ok(());
        }
        let bytes = written(&self.token, now + HOLDS);
        if self.has_conditions && standing.e_tag.is_some() {
            let mode = PutMode::Update(UpdateVersion { e_tag: standing.e_tag, version: None });
            // One that was refused may have met itself, too: the next look tells.
            write_if(clients, &self.key, &bytes, &mode).await?;
        } else {
            clients.store.put(&self.key, bytes.into()).await?;
        }
        self.renewed = now;
        Ok(())
    }

    /// Gives it back.
    pub(super) async fn release(self, clients: &Clients) -> Result<(), Error> {
        match read(&clients.store, &self.key).await? {
            Some(standing) if standing.token == self.token => clients.store.delete(&self.key).await,
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tokio::sync::Semaphore;

    fn wait<T>(what: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(what)
    }

    /// The one object is sent only when the lock was renewed three times while it was under way.
    #[test]
    fn a_lock_is_renewed_while_one_object_is_sent() {
        let renewals = Arc::new(Semaphore::new(0));
        let seen = Arc::clone(&renewals);
        wait(async {
            let mut tasks = JoinSet::new();
            tasks.spawn(async move {
                seen.acquire_many(3)
                    .await
                    .map(drop)
                    .map_err(|_| Error::NotImplemented { operation: String::new(), implementer: String::new() })
            });
            let renew = async || {
                renewals.add_permits(1);
                Ok::<(), String>(())
            };
            let held = held_through(Duration::from_millis(1), tasks, renew, |error| error.to_string());
            let done = tokio::time::timeout(Duration::from_secs(60), held).await;
            assert_eq!(done, Ok(Ok(())), "nobody renewed it");
        });
    }

    #[test]
    fn a_lock_that_was_taken_away_ends_what_is_sent() {
        wait(async {
            let mut tasks = JoinSet::new();
            tasks.spawn(std::future::pending());
            let held = held_through(Duration::from_millis(1), tasks, async || Err("taken"), |_| "failed");
            assert_eq!(held.await, Err("taken"));
        });
    }
}
