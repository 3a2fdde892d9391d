//! One address of another site: asked for, again where that may help, and judged.

use crate::site::checks::external::{self, Answer};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until};

/// How many requests one host gets at once.
const PER_HOST: usize = 2;

/// The most of a page that is read for the ids on it.
const LARGEST: usize = 8 << 20;

/// How long and how often is waited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// How often is asked, at most.
    tries: u32,
    /// How long is waited before the second time; twice as long before the third.
    pause: Duration,
    /// The longest that a `Retry-After` is waited for.
    longest: Duration,
    /// How long one answer may take.
    answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { tries: 3, pause: Duration::from_millis(500), longest: seconds(60), answer: seconds(20) }
    }
}

/// Who asks, and what is known of hosts.
pub(super) struct Client {
    http: reqwest::Client,
    patience: Patience,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

/// One host: how many requests it has, and until when it wants to be left alone.
struct Host {
    room: Semaphore,
    until: Mutex<Option<Instant>>,
}

/// What one request came to.
enum Attempt {
    Done(Response),
    /// It may be otherwise the next time; whether the host says when.
    Again(String, Option<Duration>),
    Failed(String),
}

impl Client {
    pub(super) fn new(patience: Patience) -> Result<Self, String> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("guidegen/", env!("CARGO_PKG_VERSION"), " (link check)"))
            .timeout(patience.answer)
            .connect_timeout(patience.answer / 2)
            .redirect(reqwest::redirect::Policy::limited(10))
            .build()
            .map_err(|error| said(&error))?;
        Ok(Self { http, patience, hosts: Mutex::default() })
    }

    /// Asks for `url` and, where there are fragments, for what is on its page: an answer for each of them.
    pub(super) async fn ask(&self, url: &str, fragments: &[Option<String>], room: &Semaphore) -> Vec<Answer> {
        let host = self.host(url);
        // Neither semaphore is ever closed. The host's comes first, so that one slow host does not take all the room.
        let (_own, _all) = (host.room.acquire().await.ok(), room.acquire().await.ok());
        let needs_page = fragments.iter().any(Option::is_some);
        // A server that knows no HEAD, or that answers it wrongly, is asked as a browser would.
        let first = if needs_page { None } else { self.patiently(&host, Method::HEAD, url).await.ok() };
        let answered = match first {
            Some(response) if response.status().is_success() => Ok(response),
            _ => self.patiently(&host, Method::GET, url).await,
        };
        let response = match answered {
            Ok(response) => response,
            Err(why) => return vec![Answer::Bad(why); fragments.len()],
        };
        let whole = judged(response.status());
        if whole != Answer::Fine || !needs_page {
            return vec![whole; fragments.len()];
        }
        let page = page(response).await;
        let each = fragments.iter().map(|fragment| match (fragment, &page) {
            (Some(fragment), Some(page)) if !external::has_fragment(page, fragment) => {
                Answer::Bad(format!("the page has no `#{fragment}`"))
            }
            _ => Answer::Fine,
        });
        each.collect()
    }

    fn host(&self, url: &str) -> Arc<Host> {
        let name = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let host = || Arc::new(Host { room: Semaphore::new(PER_HOST), until: Mutex::new(None) });
        Arc::clone(hosts.entry(name).or_insert_with(host))
    }

    /// Asks until there is an answer, or patience ends.
    async fn patiently(&self, host: &Host, method: Method, url: &str) -> Result<Response, String> {
        let mut pause = self.patience.pause;
        let mut tries = 1;
        loop {
            let until = *host.until.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(until) = until {
                sleep_until(until).await;
            }
            let attempt = self.once(method.clone(), url, tries == self.patience.tries).await;
            match attempt {
                Attempt::Done(response) => return Ok(response),
                Attempt::Failed(why) => return Err(why),
                Attempt::Again(why, _) if tries >= self.patience.tries => return Err(why),
                Attempt::Again(_, Some(wait)) => {
                    // The host speaks for all its addresses.
                    let until = Instant::now() + wait.min(self.patience.longest);
                    *host.until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
                }
                Attempt::Again(_, None) => {
                    sleep(pause).await;
                    pause *= 2;
                }
            }
            tries += 1;
        }
    }

    async fn once(&self, method: Method, url: &str, is_last: bool) -> Attempt {
        let request = self.http.request(method, url).header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        match request.send().await {
            Ok(response) if is_passing(response.status()) && !is_last => {
                let wait = retry_after(response.headers());
                Attempt::Again(answered(response.status()), wait)
            }
            Ok(response) => Attempt::Done(response),
            Err(error) if error.is_timeout() => Attempt::Again("no answer came in time".to_owned(), None),
            Err(error) if error.is_redirect() => Attempt::Failed("it redirects in a circle, or too often".to_owned()),
            Err(error) if error.is_builder() => Attempt::Failed(said(&error)),
            Err(error) => Attempt::Again(said(&error), None),
        }
    }
}

/// Whether an answer is one of the moment.
fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT || status.is_server_error()
}

/// How long a host asks to be left alone: seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let wait = at.as_second() - jiff::Timestamp::now().as_second();
    u64::try_from(wait).ok().map(Duration::from_secs)
}

/// What a status says about a link. Who wants a password, or no machines, does not say that nothing is there.
fn judged(status: StatusCode) -> Answer {
    match status.as_u16() {
        200..=399 => Answer::Fine,
        401 | 402 | 403 | 405 | 406 | 407 | 408 | 429 | 451 | 503 | 999 => Answer::Unsure,
        _ => Answer::Bad(answered(status)),
    }
}

fn answered(status: StatusCode) -> String {
    let reason = status.canonical_reason().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!("the server answers {}{reason}", status.as_u16())
}

/// The text of an HTML page; none of anything else, and of one that is too large.
async fn page(mut response: Response) -> Option<String> {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.contains("html") {
        return None;
    }
    let mut bytes = Vec::new();
    while let Ok(Some(piece)) = response.chunk().await {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LARGEST {
            return None;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The innermost reason of an error: the others only say that there is one.
fn said(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("patience", &self.patience).finish_non_exhaustive()
    }
}
