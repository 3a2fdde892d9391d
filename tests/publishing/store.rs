//! A store that speaks S3: a real server in the process of the test, which can be made to fail.

use super::Site;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use std::fs;
use std::ops::Deref;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;

/// The secret key that it takes.
pub const SECRET: &str = "a-secret-that-is-never-shown";

/// How the store behaves: a request of this number fails, by its own rule.
#[derive(Default)]
pub struct Behaviour {
    /// Every request whose number is a multiple of this is refused as busy.
    pub busy: AtomicUsize,
    /// From this request on every one is refused as busy.
    pub dead: AtomicUsize,
    /// Every request is forbidden.
    pub forbidden: AtomicUsize,
    /// Milliseconds that every answer takes.
    pub slow: AtomicUsize,
    pub requests: AtomicUsize,
    /// How much was put.
    pub bytes: AtomicUsize,
    pub puts: AtomicUsize,
    pub checksums: AtomicUsize,
    /// What was changed, in its order: `PUT` and `DELETE` with the key below the prefix.
    pub log: Mutex<Vec<String>>,
}

/// A site, and the store that it is published to.
pub struct Store {
    site: Site,
    address: String,
    pub behaviour: Arc<Behaviour>,
    _runtime: Runtime,
}

async fn answer(
    service: S3Service,
    behaviour: Arc<Behaviour>,
    request: Request<Incoming>,
) -> Result<Response<s3s::Body>, s3s::HttpError> {
    let number = behaviour.requests.fetch_add(1, Ordering::SeqCst) + 1;
    let set = |limit: &AtomicUsize| Some(limit.load(Ordering::SeqCst)).filter(|limit| *limit > 0);
    if request.headers().keys().any(|name| name.as_str().starts_with("x-amz-checksum")) {
        behaviour.checksums.fetch_add(1, Ordering::SeqCst);
    }
    let refused = |status| Response::builder().status(status).body(s3s::Body::empty()).unwrap();
    if let Some(slow) = set(&behaviour.slow) {
        tokio::time::sleep(Duration::from_millis(slow as u64)).await;
    }
    if set(&behaviour.forbidden).is_some() {
        return Ok(refused(StatusCode::FORBIDDEN));
    }
    if set(&behaviour.busy).is_some_and(|busy| number.is_multiple_of(busy))
        || set(&behaviour.dead).is_some_and(|at| number >= at)
    {
        return Ok(refused(StatusCode::SERVICE_UNAVAILABLE));
    }
    if request.method() == "PUT" || request.method() == "DELETE" {
        let key = request.uri().path().trim_start_matches("/docs/site/");
        behaviour.log.lock().unwrap().push(format!("{} {key}", request.method()));
    }
    if request.method() == "PUT" {
        behaviour.puts.fetch_add(1, Ordering::SeqCst);
        let length = request.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
        behaviour.bytes.fetch_add(length.unwrap_or(0), Ordering::SeqCst);
    }
    hyper::service::Service::call(&service, request).await
}

impl Deref for Store {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl Store {
    pub fn start() -> Self {
        let site = Site::new("{ to: git }");
        fs::create_dir_all(site.path("store/docs")).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(site.path("store")).unwrap());
        builder.set_auth(SimpleAuth::from_single("key", SECRET));
        let service = builder.build();
        let behaviour = Arc::new(Behaviour::default());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::clone(&behaviour);
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (service, behaviour) = (service.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    let answered = service_fn(move |request| answer(service.clone(), Arc::clone(&behaviour), request));
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(socket), answered)
                        .await;
                });
            }
        });
        let store = Self { site, address, behaviour, _runtime: runtime };
        store.configure("");
        store
    }

    /// The target, with `more` keys.
    pub fn target(&self, more: &str) -> String {
        format!("{{ to: s3, bucket: docs, prefix: site, endpoint: '{}', retries: 5{more} }}", self.address)
    }

    pub fn configure(&self, more: &str) {
        self.site.configure(&self.target(more));
    }

    /// Where an object is kept.
    pub fn object(&self, key: &str) -> PathBuf {
        self.path("store/docs/site").join(key)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.site.command(arguments);
        command.env("AWS_ACCESS_KEY_ID", "key").env("AWS_SECRET_ACCESS_KEY", SECRET);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> (i32, String) {
        said(&self.command(arguments).output().unwrap())
    }

    pub fn publish(&self) -> String {
        let (status, said) = self.run(&["publish", "--yes"]);
        assert_eq!(status, 0, "{said}");
        said
    }

    pub fn count(&self, counter: &AtomicUsize) -> usize {
        counter.swap(0, Ordering::SeqCst)
    }

    /// What was changed since it was asked last.
    pub fn log(&self) -> Vec<String> {
        std::mem::take(&mut *self.behaviour.log.lock().unwrap())
    }

    pub fn set(&self, counter: &AtomicUsize, value: usize) {
        self.behaviour.requests.store(0, Ordering::SeqCst);
        counter.store(value, Ordering::SeqCst);
    }
}

/// What a run said on both streams, in which no secret ever is.
pub fn said(output: &Output) -> (i32, String) {
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let said = String::from_utf8(said).unwrap();
    assert!(!said.contains(SECRET), "{said}");
    (output.status.code().unwrap(), said)
}
