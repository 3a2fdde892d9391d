//! Connections: each is a task of its own, with limits on how long and how large a request may be.

use super::answer::{self, Answer};
use super::body::Reply;
use super::hosts::Hosts;
use super::snapshot::Snapshot;
use super::update::{self, Mark};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, watch};

/// More connections than this wait to be taken.
const CONNECTIONS: usize = 1_000;
/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// How large a request may be.
const REQUEST: usize = 64 * 1024;
/// How often a quiet connection is told that the server is there; a reader who is not is found out by it.
const PULSE: Duration = Duration::from_secs(15);

/// What answers the requests of a connection.
#[derive(Debug, Clone)]
pub(super) struct Service {
    shown: watch::Sender<Arc<Snapshot>>,
    hosts: Arc<Hosts>,
}

impl Service {
    pub(super) fn new(shown: watch::Sender<Arc<Snapshot>>, hosts: Hosts) -> Self {
        Self { shown, hosts: Arc::new(hosts) }
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Reply>, Infallible> {
        let mut shown = self.shown.subscribe();
        // Who comes before the first build waits for it.
        let snapshot = match shown.wait_for(|snapshot| !snapshot.is_empty()).await {
            Ok(snapshot) => Arc::clone(&snapshot),
            Err(_) => Arc::clone(&self.shown.borrow()),
        };
        Ok(match answer::answer(&request, &snapshot, &self.hosts) {
            Answer::Ready(response) => response,
            Answer::Events { path, since } => events(shown, path, since),
        })
    }
}

/// Takes connections, for ever.
pub(super) async fn accept(listener: TcpListener, service: Service) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(seat) = Arc::clone(&room).acquire_owned().await else { return Ok(()) };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of files, or a reader who was gone again.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let service = service.clone();
        tokio::spawn(async move {
            converse(stream, service).await;
            drop(seat);
        });
    }
}

/// Answers the requests of one connection, until it ends. What goes wrong on it is its reader's affair.
pub(super) async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, service: Service) {
    let answer = hyper::service::service_fn(move |request| service.clone().answer(request));
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(REQUEST)
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

/// Tells a page what changes, for as long as it listens.
fn events(shown: watch::Receiver<Arc<Snapshot>>, path: Option<String>, since: Option<Mark>) -> Response<Reply> {
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(tell(shown, path, since, sender));
    let mut response = Response::new(Reply::Pieces { pieces, len: None });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

/// One reader: what happened while it was slow is told at once when it takes more.
async fn tell(
    mut shown: watch::Receiver<Arc<Snapshot>>,
    path: Option<String>,
    mut since: Option<Mark>,
    sender: mpsc::Sender<io::Result<Bytes>>,
) {
    let mut is_new = true;
    loop {
        let snapshot = Arc::clone(&shown.borrow_and_update());
        if let Some(event) = update::event(&snapshot, path.as_deref(), since, is_new) {
            if sender.send(Ok(event.into())).await.is_err() {
                return;
            }
            since = Some(Mark::of(&snapshot));
            is_new = false;
        }
        drop(snapshot);
        tokio::select! {
            changed = shown.changed() => if changed.is_err() { return },
            () = sender.closed() => return,
            () = tokio::time::sleep(PULSE) => {
                if sender.send(Ok(Bytes::from_static(b": here\n\n"))).await.is_err() {
                    return;
                }
            }
        }
    }
}
