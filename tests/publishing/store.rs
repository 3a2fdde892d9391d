//! A store that speaks S3: a real server in the process of the test, which can be made to fail.

use super::Site;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::host::SingleDomain;
use s3s::service::{S3Service, S3ServiceBuilder};
use std::collections::BTreeSet;
use std::fs;
use std::ops::Deref;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Barrier;

/// The secret key that it takes.
pub const SECRET: &str = "a-secret-that-is-never-shown";

/// The name of the store where it has one for each bucket. No resolver knows it: the store is its own proxy.
pub const DOMAIN: &str = "s3.test";

/// The name of the lock.
const LOCK: &str = ".guidegen-publish.lock";

/// The store takes no notice of conditions.
pub const IGNORES_CONDITIONS: usize = 1;

/// The store says that it does not know conditions.
pub const REFUSES_CONDITIONS: usize = 2;

/// How the store behaves: a request of this number fails, by its own rule.
#[derive(Default)]
pub struct Behaviour {
    /// Every request whose number is a multiple of this is refused as busy.
    pub busy: AtomicUsize,
    /// From this request on every one is refused as busy.
    pub dead: AtomicUsize,
    /// Every request is forbidden.
    pub forbidden: AtomicUsize,
    /// Of every request whose number is a multiple of this the connection is cut without an answer.
    pub cut: AtomicUsize,
    /// Every answer repeats the headers of its request, with commands for a terminal.
    pub echo: AtomicUsize,
    /// Every request is sent on to this port.
    pub redirect: AtomicUsize,
    /// Keys of others that every list has as well, as they are written there: no file of the server below could have them.
    pub odd_keys: Mutex<Vec<&'static str>>,
    /// Every `DELETE` is forbidden.
    pub keeps_all: AtomicUsize,
    /// How many requests were answered at once, at most.
    pub at_once: AtomicUsize,
    running: AtomicUsize,
    /// Who asked last, for which region.
    pub authorization: Mutex<String>,
    /// Which hosts were asked for.
    pub hosts: Mutex<BTreeSet<String>>,
    /// What becomes of conditions.
    pub conditions: AtomicUsize,
    /// So many runs are held where they have just seen the lock, until all of them have.
    pub meeting: AtomicUsize,
    meet: Mutex<Option<Arc<Barrier>>>,
    lock_file: OnceLock<PathBuf>,
    /// Who else wants to write the lock waits until the first who did has begun to publish.
    pub late: AtomicUsize,
    /// The connection that the lock was first written over.
    first: AtomicUsize,
    /// The server's conditions are not proof against two requests at once.
    turn: tokio::sync::Mutex<()>,
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
    connection: usize,
    mut request: Request<Incoming>,
) -> Result<Response<s3s::Body>, s3s::HttpError> {
    let number = behaviour.requests.fetch_add(1, Ordering::SeqCst) + 1;
    if request.headers().keys().any(|name| name.as_str().starts_with("x-amz-checksum")) {
        behaviour.checksums.fetch_add(1, Ordering::SeqCst);
    }
    let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    *behaviour.authorization.lock().unwrap() = authorization.unwrap_or_default().to_owned();
    let host = request.headers().get("host").and_then(|host| host.to_str().ok());
    behaviour.hosts.lock().unwrap().extend(host.map(str::to_owned));
    if request.uri().authority().is_some() {
        // As a proxy it is told whole addresses.
        let path = request.uri().path_and_query().unwrap().to_string();
        *request.uri_mut() = path.parse::<Uri>().unwrap();
    }
    if let Some(slow) = behaviour.is(&behaviour.slow) {
        let running = behaviour.running.fetch_add(1, Ordering::SeqCst) + 1;
        behaviour.at_once.fetch_max(running, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(slow as u64)).await;
        behaviour.running.fetch_sub(1, Ordering::SeqCst);
    }
    if behaviour.is(&behaviour.cut).is_some_and(|cut| number.is_multiple_of(cut)) {
        return Err(s3s::HttpError::new("the connection is cut".into()));
    }
    if let Some(refusal) = behaviour.refusal(number, &request) {
        return Ok(refusal);
    }
    let is_conditional = ["if-match", "if-none-match"].iter().any(|name| request.headers().contains_key(*name));
    if is_conditional && behaviour.is(&behaviour.conditions) == Some(REFUSES_CONDITIONS) {
        return Ok(plain(StatusCode::NOT_IMPLEMENTED));
    }
    if is_conditional && behaviour.is(&behaviour.conditions) == Some(IGNORES_CONDITIONS) {
        // The headers are signed: the server below could not leave them away.
        let bytes = s3s::Body::from(request.into_body()).store_all_limited(1 << 20).await.unwrap();
        fs::write(behaviour.lock_file.get().unwrap(), bytes).unwrap();
        return Ok(Response::builder().header("etag", "\"written\"").body(s3s::Body::empty()).unwrap());
    }
    let (method, key) = (request.method().clone(), request.uri().path().trim_start_matches("/docs/site/").to_owned());
    let length = request.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    if key == LOCK && method == "PUT" && behaviour.is(&behaviour.late).is_some() {
        behaviour.wait_for_the_first(connection).await;
    }
    let is_list = method == "GET" && request.uri().query().is_some_and(|query| query.contains("list-type=2"));
    let turn = if key == LOCK { Some(behaviour.turn.lock().await) } else { None };
    let answered = hyper::service::Service::call(&service, request).await?;
    drop(turn);
    if method == "GET" && key == LOCK && behaviour.meeting.load(Ordering::SeqCst) > 0 {
        behaviour.meeting.fetch_sub(1, Ordering::SeqCst);
        let meet = behaviour.meet.lock().unwrap().clone();
        meet.unwrap().wait().await;
    }
    if is_list && answered.status().is_success() && !behaviour.odd_keys.lock().unwrap().is_empty() {
        return Ok(behaviour.with_odd_keys(answered).await);
    }
    if answered.status().is_success() && (method == "PUT" || method == "DELETE") {
        behaviour.log.lock().unwrap().push(format!("{method} {key}"));
    }
    if answered.status().is_success() && method == "PUT" {
        behaviour.puts.fetch_add(1, Ordering::SeqCst);
        behaviour.bytes.fetch_add(length.unwrap_or(0), Ordering::SeqCst);
    }
    Ok(answered)
}

fn plain(status: StatusCode) -> Response<s3s::Body> {
    Response::builder().status(status).body(s3s::Body::empty()).unwrap()
}

impl Behaviour {
    fn is(&self, limit: &AtomicUsize) -> Option<usize> {
        Some(limit.load(Ordering::SeqCst)).filter(|limit| *limit > 0)
    }

    /// What the store answers instead of doing what it is asked.
    fn refusal(&self, number: usize, request: &Request<Incoming>) -> Option<Response<s3s::Body>> {
        let is_kept = self.is(&self.keeps_all).is_some() && request.method() == "DELETE";
        if self.is(&self.forbidden).is_some() || is_kept {
            return Some(plain(StatusCode::FORBIDDEN));
        }
        if let Some(port) = self.is(&self.redirect) {
            let location = format!("http://127.0.0.1:{port}{}", request.uri());
            let answer = Response::builder().status(StatusCode::TEMPORARY_REDIRECT).header("location", location);
            return Some(answer.body(s3s::Body::empty()).unwrap());
        }
        if self.is(&self.echo).is_some() {
            let headers: String =
                request.headers().iter().map(|(name, value)| format!("{name}: {value:?}\u{1b}[31m ")).collect();
            let answer = Response::builder().status(StatusCode::BAD_REQUEST);
            return Some(answer.body(s3s::Body::from(headers)).unwrap());
        }
        let is_busy = self.is(&self.busy).is_some_and(|busy| number.is_multiple_of(busy));
        let is_dead = self.is(&self.dead).is_some_and(|at| number >= at);
        (is_busy || is_dead).then(|| plain(StatusCode::SERVICE_UNAVAILABLE))
    }

    /// A list with what others have there, too.
    async fn with_odd_keys(&self, list: Response<s3s::Body>) -> Response<s3s::Body> {
        let (mut parts, mut body) = list.into_parts();
        let document = String::from_utf8(body.store_all_limited(1 << 20).await.unwrap().to_vec()).unwrap();
        let of = |key: &&str| {
            format!(
                "<Contents><Key>{key}</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>"
            )
        };
        let odd: String = self.odd_keys.lock().unwrap().iter().map(of).collect();
        let document = document.replace("</ListBucketResult>", &format!("{odd}</ListBucketResult>"));
        parts.headers.remove("content-length");
        Response::from_parts(parts, s3s::Body::from(document))
    }

    async fn wait_for_the_first(&self, connection: usize) {
        let first = self.first.compare_exchange(0, connection, Ordering::SeqCst, Ordering::SeqCst);
        let is_first = first.is_ok() || first == Err(connection);
        // The lock and the manifest of the first are there then; one that gives up is not waited for without end.
        for _ in 0..2000 {
            if is_first || self.puts.load(Ordering::SeqCst) >= 2 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The next `runs` runs see the lock at the same moment.
    pub fn meet_at_the_lock(&self, runs: usize) {
        *self.meet.lock().unwrap() = Some(Arc::new(Barrier::new(runs)));
        self.meeting.store(runs, Ordering::SeqCst);
    }
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
        builder.set_host(SingleDomain::new(DOMAIN).unwrap());
        let service = builder.build();
        let behaviour = Arc::new(Behaviour::default());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::clone(&behaviour);
        runtime.spawn(async move {
            let mut connections = 0;
            while let Ok((socket, _)) = listener.accept().await {
                connections += 1;
                let connection = connections;
                let (service, behaviour) = (service.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    let answered =
                        service_fn(move |request| answer(service.clone(), Arc::clone(&behaviour), connection, request));
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(socket), answered)
                        .await;
                });
            }
        });
        let store = Self { site, address, behaviour, _runtime: runtime };
        store.behaviour.lock_file.set(store.object(LOCK)).unwrap();
        store.configure("");
        store
    }

    /// The target, with `more` keys.
    pub fn target(&self, more: &str) -> String {
        format!("{{ to: s3, bucket: docs, prefix: site, endpoint: '{}', retries: 5{more} }}", self.address)
    }

    pub fn configure_as(&self, target: &str) {
        self.site.configure(target);
    }

    pub fn configure(&self, more: &str) {
        self.site.configure(&self.target(more));
    }

    /// The program, with the store as its proxy.
    pub fn run_by_proxy(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = self.command(arguments);
        for name in ["no_proxy", "NO_PROXY", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "REQUEST_METHOD"] {
            command.env_remove(name);
        }
        said(&command.env("http_proxy", &self.address).output().unwrap())
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
