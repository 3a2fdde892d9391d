//! Asks other sites whether what guides link to is there: `check --external`.
//!
//! Politely: each address once, a few at a time for each host, what was fine yesterday not again, and as late as the other
//! side asks for.

mod request;

use super::Failure;
use super::cache::Cache;
use crate::base::digest::Digest;
use crate::site::checks::external::{Answer, Target};
use request::{Client, Patience};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many requests there are at once, in all.
const AT_ONCE: usize = 32;

/// For how long an answer holds, in seconds. Only good ones are kept: a bad one may have been mended since.
const KEPT: i64 = 24 * 60 * 60;

/// The name of the cache.
const NAME: &str = "links";

/// Asks for every target. `now` is in seconds.
///
/// # Errors
/// When the system gives no threads or no means of encryption.
pub fn ask(targets: &[Target], cache: &Cache, now: i64) -> Result<BTreeMap<Target, Answer>, Failure> {
    let mut answers = BTreeMap::new();
    let mut kept: BTreeMap<String, i64> = cache.read(NAME);
    kept.retain(|_, since| (now - KEPT..=now).contains(since));
    let mut open: BTreeMap<&str, Vec<&Target>> = BTreeMap::new();
    for target in targets {
        if kept.contains_key(&key(target)) {
            answers.insert(target.clone(), Answer::Fine);
        } else {
            open.entry(&target.url).or_default().push(target);
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("cannot ask other sites: {error}")))?;
    let client =
        Client::new(Patience::default()).map_err(|why| Failure::new(format!("cannot ask other sites: {why}")))?;
    let fresh = runtime.block_on(all(Arc::new(client), open));
    for (target, answer) in fresh {
        if answer == Answer::Fine {
            kept.insert(key(&target), now);
        }
        answers.insert(target, answer);
    }
    cache.write(NAME, &kept);
    Ok(answers)
}

fn key(target: &Target) -> String {
    let whole = format!("{}#{}", target.url, target.fragment.as_deref().unwrap_or_default());
    Digest::of(whole.as_bytes()).hex()
}

/// One request for each address, whatever places on it are linked to.
async fn all(client: Arc<Client>, open: BTreeMap<&str, Vec<&Target>>) -> Vec<(Target, Answer)> {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for (url, targets) in open {
        let (client, room, url) = (Arc::clone(&client), Arc::clone(&room), url.to_owned());
        let targets: Vec<Target> = targets.into_iter().cloned().collect();
        tasks.spawn(async move {
            let fragments: Vec<Option<String>> = targets.iter().map(|target| target.fragment.clone()).collect();
            let answers = client.ask(&url, &fragments, &room).await;
            targets.into_iter().zip(answers).collect::<Vec<_>>()
        });
    }
    let mut answers = Vec::new();
    while let Some(done) = tasks.join_next().await {
        answers.extend(done.unwrap_or_default());
    }
    answers
}
