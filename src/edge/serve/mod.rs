//! The server of `guidegen serve`: shows a bundle as a static host would, and tells open pages what has changed.
//!
//! A build is published as a [`Snapshot`], whole and at once; every request is answered from one snapshot. Nothing is
//! looked up on disk by what a request says: an address is looked up in the bundle, and a file that was left on disk is
//! opened at the path that the build knows it by.

mod answer;
mod body;
mod change;
mod connection;
mod hosts;
mod index;
pub(crate) mod media;
mod port;
mod range;
mod snapshot;
mod update;
mod watch;

pub use change::{Files, Seen};
pub use hosts::Hosts;
pub use index::Index;
pub use port::{DEFAULT_PORT, Listener};
pub use snapshot::{Changed, Problem, Snapshot};
pub use watch::{Change, Watch};

use super::Failure;
use connection::Service;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{oneshot, watch as channel};

/// Where builds are published for the server to show.
#[derive(Debug, Clone)]
pub struct Stage {
    shown: channel::Sender<Arc<Snapshot>>,
}

impl Stage {
    /// An empty one for the site in the folder `root`.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { shown: channel::Sender::new(Arc::new(Snapshot::empty(root))) }
    }

    /// What is shown now.
    #[must_use]
    pub fn now(&self) -> Arc<Snapshot> {
        Arc::clone(&self.shown.borrow())
    }

    /// Shows what `next` makes of what is shown now; nobody shows anything else in between.
    pub fn change(&self, next: impl FnOnce(&Snapshot) -> Snapshot) {
        self.shown.send_modify(|shown| *shown = Arc::new(next(shown)));
    }

    /// Shows `snapshot` from now on.
    pub fn show(&self, snapshot: Snapshot) {
        self.shown.send_replace(Arc::new(snapshot));
    }
}

/// The threads that answer, and the ear for whoever ends them.
pub struct Server {
    runtime: tokio::runtime::Runtime,
    end: End,
}

impl Server {
    /// A server that answers nobody yet. From now on Ctrl-C ends [`Server::serve`] instead of the process.
    ///
    /// # Errors
    /// When the system refuses threads.
    pub fn new() -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(16)
            .thread_name("server")
            .enable_all()
            .build()
            .map_err(|error| refused(&error))?;
        let inside = runtime.enter();
        let end = End::listen().map_err(|error| refused(&error))?;
        drop(inside);
        Ok(Self { runtime, end })
    }

    /// Does `work` on a thread of its own. None when the user or the system ends the program before it is done.
    ///
    /// # Errors
    /// When the system refuses a thread, or the work breaks off.
    pub fn unless_ended<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Option<T>, Failure> {
        let (tell, done) = oneshot::channel();
        let thread = std::thread::Builder::new().name("author".to_owned());
        // Who hears nothing any more has ended.
        thread.spawn(move || drop(tell.send(work()))).map_err(|error| refused(&error))?;
        self.runtime.block_on(async {
            tokio::select! {
                done = done => done.map(Some).map_err(|_| Failure::new("guidegen failed; please report it")),
                ended = self.end.told() => ended.map(|()| None).map_err(|error| refused(&error)),
            }
        })
    }

    /// Serves what is on `stage` until the user or the system ends it.
    ///
    /// # Errors
    /// When the system refuses sockets.
    pub fn serve(mut self, listener: Listener, stage: &Stage, hosts: Hosts) -> Result<(), Failure> {
        let service = Service::new(stage.shown.clone(), hosts);
        let ended = self.runtime.block_on(async {
            let listener = listener.listen()?;
            tokio::select! {
                ended = connection::accept(listener, service) => ended,
                ended = self.end.told() => ended,
            }
        });
        // Nobody waits for readers who are still reading.
        self.runtime.shutdown_background();
        ended.map_err(|error| refused(&error))
    }
}

fn refused(error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot serve: {}", super::disk::said(error)))
}

/// Answers the requests that come in on one `stream` with what is on `stage`, as [`serve`] does on each of its connections.
pub async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, stage: &Stage, hosts: Hosts) {
    connection::converse(stream, Service::new(stage.shown.clone(), hosts)).await;
}

/// Ctrl-C, or the system's word that it is time.
#[cfg(unix)]
struct End {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl End {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn told(&mut self) -> std::io::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => Ok(()),
            _ = self.terminate.recv() => Ok(()),
        }
    }
}

#[cfg(not(unix))]
struct End;

#[cfg(not(unix))]
impl End {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn told(&mut self) -> std::io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
