//! A bucket of a store that speaks S3. Nothing but plain requests is asked of it: no checksums of newer kinds, no tags,
//! no lists of objects to delete, since other stores than Amazon's refuse them.

mod credentials;
mod listing;
mod lock;
mod refusal;

use super::{Target, Upload, is_ours};
use crate::edge::Failure;
use crate::input::config::Bucket;
use crate::site::publication::ledger::{self, Ledger};
use crate::site::publication::plan::Found;
use credentials::Clients;
use lock::Held;
use object_store::aws::AmazonS3;
use object_store::list::{PaginatedListOptions, PaginatedListStore as _};
use object_store::path::Path;
use object_store::{Attribute, Attributes, Error, ObjectStoreExt as _, PutOptions};
use object_store::{ObjectStore as _, PutMode};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// A bucket, or what stands below a prefix in it.
pub(super) struct Store {
    runtime: Runtime,
    clients: Clients,
    shown: String,
    /// With `/` behind it, or nothing.
    prefix: String,
    concurrency: usize,
    breaks_lock: bool,
    held: Option<Held>,
}

impl Store {
    pub(super) fn open(bucket: &Bucket, breaks_lock: bool) -> Result<Self, Failure> {
        let clients = credentials::clients(bucket)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| Failure::new(format!("cannot begin to talk to the store: {error}")))?;
        let prefix = if bucket.prefix.is_empty() { String::new() } else { format!("{}/", bucket.prefix) };
        Ok(Self {
            runtime,
            clients,
            shown: format!("s3://{}/{prefix}", bucket.bucket),
            prefix,
            concurrency: bucket.concurrency,
            breaks_lock,
            held: None,
        })
    }

    fn key(&self, path: &str) -> Result<Path, Failure> {
        let key = format!("{}{path}", self.prefix);
        Path::parse(&key).map_err(|_| Failure::new(format!("`{path}` cannot be the name of an object")))
    }

    fn failed(&self, doing: &str, error: &Error) -> Failure {
        refusal::failure(&format!("{doing} `{}`", self.shown), error, &self.clients.confidences)
    }

    /// The ledger; one that is larger than any of ours is nothing, and not fetched.
    fn read_ledger(&self) -> Result<Option<Vec<u8>>, Failure> {
        let key = self.key(ledger::NAME)?;
        let read = self.runtime.block_on(async {
            let found = self.clients.bulk.get(&key).await?;
            if found.meta.size > ledger::LARGEST { Ok(Vec::new()) } else { found.bytes().await.map(Vec::from) }
        });
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed("read", &error)),
        }
    }

    /// Every key below the prefix, without it. The prefix may have an object of its own, which makes it a folder for people: it
    /// stands for nothing.
    fn list(&self) -> Result<BTreeSet<String>, Failure> {
        let mut present = BTreeSet::new();
        let mut page_token = None;
        loop {
            let asked = page_token.clone();
            let options = PaginatedListOptions { page_token, ..PaginatedListOptions::default() };
            let prefix = Some(self.prefix.as_str()).filter(|prefix| !prefix.is_empty());
            let page = self.runtime.block_on(self.clients.store.list_paginated(prefix, options));
            let page = page.map_err(|error| self.failed("list", &error))?;
            let keys = page.result.objects.iter().map(|object| listing::unwrapped(object.location.as_ref()));
            let below = keys.filter_map(|key| key.strip_prefix(self.prefix.as_str()).map(str::to_owned));
            present.extend(below.filter(|key| !key.is_empty()));
            match page.page_token {
                Some(token) if Some(&token) == asked.as_ref() => {
                    return Err(Failure::new(format!("cannot list `{}`: the store's list never ends", self.shown)));
                }
                Some(token) => page_token = Some(token),
                None => return Ok(present),
            }
        }
    }

    /// Does `work` for each of `all`, some at once; the first that fails ends it. However long it takes, the lock is held.
    fn each<T, F>(
        &mut self,
        all: Vec<T>,
        doing: &'static str,
        work: impl Fn(Arc<AmazonS3>, T) -> F,
    ) -> Result<(), Failure>
    where
        T: Send + 'static,
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let gate = Arc::new(Semaphore::new(self.concurrency));
        let Self { runtime, clients, shown, held, .. } = self;
        let failed = |error: &Error| refusal::failure(&format!("{doing} `{shown}`"), error, &clients.confidences);
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for one in all {
                let (gate, task) = (Arc::clone(&gate), work(Arc::clone(&clients.bulk), one));
                tasks.spawn(async move {
                    let _turn = gate.acquire().await;
                    task.await
                });
            }
            let renew = async || match held {
                Some(held) => held.renew(clients).await.map_err(|why| why.failure(shown, &clients.confidences)),
                None => Ok(()),
            };
            lock::held_through(lock::LOOKED_AFTER, tasks, renew, |error| failed(&error)).await
        })
    }

    fn renew(&mut self) -> Result<(), Failure> {
        let Some(held) = &mut self.held else { return Ok(()) };
        let renewed = self.runtime.block_on(held.renew(&self.clients));
        renewed.map_err(|why| why.failure(&self.shown, &self.clients.confidences))
    }
}

fn options(media: &str, cache: &str) -> PutOptions {
    let mut attributes = Attributes::new();
    attributes.insert(Attribute::ContentType, media.to_owned().into());
    attributes.insert(Attribute::CacheControl, cache.to_owned().into());
    PutOptions { attributes, mode: PutMode::Overwrite, ..PutOptions::default() }
}

impl Target for Store {
    fn look(&mut self) -> Result<Found, Failure> {
        let bytes = self.read_ledger()?;
        let mut present = self.list()?;
        present.retain(|path| path != ledger::NAME && path != lock::NAME);
        let ledger = bytes.as_ref().and_then(|bytes| Ledger::parse(bytes, is_ours));
        let is_damaged = bytes.is_some() && ledger.is_none();
        Ok(Found { ledger, is_damaged, present, empty_folders: BTreeSet::new(), has_folders: false })
    }

    fn begin(&mut self) -> Result<(), Failure> {
        let key = self.key(lock::NAME)?;
        let taken = self.runtime.block_on(lock::take(&self.clients, key, self.breaks_lock));
        self.held = Some(taken.map_err(|why| why.failure(&self.shown, &self.clients.confidences))?);
        Ok(())
    }

    fn put(&mut self, uploads: &[Upload<'_>]) -> Result<u64, Failure> {
        let mut sent = 0;
        // Some at a time: the bytes of a whole site need not be in memory, and the lock is renewed between.
        for some in uploads.chunks(256) {
            self.renew()?;
            let mut all = Vec::with_capacity(some.len());
            for upload in some {
                let bytes =
                    upload.bytes().map_err(|error| super::place::failed("read", upload.path.as_ref(), &error))?;
                sent += bytes.len() as u64;
                all.push((self.key(upload.path)?, bytes, options(&upload.object.media, &upload.object.cache)));
            }
            self.each(all, "write to", |store, (key, bytes, options)| async move {
                store.put_opts(&key, bytes.into(), options).await.map(drop)
            })?;
        }
        Ok(sent)
    }

    fn record(&mut self, ledger: &Ledger) -> Result<(), Failure> {
        self.renew()?;
        let all = vec![(self.key(ledger::NAME)?, ledger.to_bytes())];
        self.each(all, "write to", |store, (key, bytes)| async move {
            store.put_opts(&key, bytes.into(), options("application/json; charset=utf-8", "no-store")).await.map(drop)
        })
    }

    fn remove(&mut self, paths: &[String]) -> Result<(), Failure> {
        self.renew()?;
        let all = paths.iter().map(|path| self.key(path)).collect::<Result<Vec<_>, Failure>>()?;
        self.each(all, "remove from", |store, key| async move {
            match store.delete(&key).await {
                Err(Error::NotFound { .. }) => Ok(()),
                done => done,
            }
        })
    }

    fn finish(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn end(&mut self) {
        if let Some(held) = self.held.take() {
            // One that stays runs out.
            let _ = self.runtime.block_on(held.release(&self.clients));
        }
    }
}
