//! One publisher at a time: an object that says who, and until when. It runs out, since a publisher that was killed
//! cannot take it away.

use crate::edge::Failure;
use crate::input::date::Date;
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{Error, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// The lock's name at the target.
pub(super) const NAME: &str = ".guidegen-publish.lock";

/// So long it holds without being renewed, in seconds.
const HOLDS: u64 = 15 * 60;

/// The right to change the target.
pub(super) struct Held {
    key: Path,
    token: String,
    renewed: u64,
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
    pub(super) fn failure(self, shown: &str) -> Failure {
        match self {
            Self::Taken(until) => {
                let until = Date::from_unix(i64::try_from(until).unwrap_or(i64::MAX)).rfc3339();
                Failure::new(format!("another run is publishing to `{shown}`; its lock holds until {until}"))
                    .help("wait until it is done; if it was killed, take its lock away with --break-lock")
            }
            Self::Lost => Failure::new(format!("another run took away the lock on `{shown}`"))
                .help("run it again when the other one is done"),
            Self::Store(error) => super::failure(&format!("lock `{shown}`"), &error),
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn written(token: &str, until: u64) -> Vec<u8> {
    json!({ "token": token, "until": until }).to_string().into_bytes()
}

/// Whose lock stands there, and until when.
async fn read(store: &AmazonS3, key: &Path) -> Result<Option<(String, u64)>, Error> {
    let bytes = match store.get(key).await {
        Ok(found) => found.bytes().await?,
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(Some((value["token"].as_str().unwrap_or_default().to_owned(), value["until"].as_u64().unwrap_or(0))))
}

/// Takes the lock.
pub(super) async fn take(store: &AmazonS3, key: Path, breaks: bool) -> Result<Held, Refused> {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let token = crate::base::digest::Digest::of(format!("{} {nanos}", std::process::id()).as_bytes()).hex();
    if let Some((_, until)) = read(store, &key).await? {
        if until > now() && !breaks {
            return Err(Refused::Taken(until));
        }
        match store.delete(&key).await {
            Ok(()) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let renewed = now();
    let bytes = written(&token, renewed + HOLDS);
    let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
    match store.put_opts(&key, bytes.clone().into(), create).await {
        Ok(_) => {}
        // A request that was tried again may have met itself.
        Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {}
        // A store that has no conditions: the last to write has it, and the others see that.
        Err(Error::PermissionDenied { path, source }) => return Err(Error::PermissionDenied { path, source }.into()),
        Err(_) => drop(store.put(&key, bytes.into()).await?),
    }
    match read(store, &key).await? {
        Some((holder, _)) if holder == token => Ok(Held { key, token, renewed }),
        Some((_, until)) => Err(Refused::Taken(until)),
        None => Err(Refused::Lost),
    }
}

impl Held {
    /// Fails when somebody else has it by now, as after --break-lock; holds it for longer when half of its time is over.
    pub(super) async fn renew(&mut self, store: &AmazonS3) -> Result<(), Refused> {
        match read(store, &self.key).await? {
            Some((holder, _)) if holder == self.token => {
                let now = now();
                if now >= self.renewed + HOLDS / 2 {
                    store.put(&self.key, written(&self.token, now + HOLDS).into()).await?;
                    self.renewed = now;
                }
                Ok(())
            }
            _ => Err(Refused::Lost),
        }
    }

    /// Gives it back.
    pub(super) async fn release(self, store: &AmazonS3) -> Result<(), Error> {
        match read(store, &self.key).await? {
            Some((holder, _)) if holder == self.token => store.delete(&self.key).await,
            _ => Ok(()),
        }
    }
}
