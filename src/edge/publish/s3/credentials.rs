//! Who publishes: credentials of the environment, or of a profile in the shared credentials file. Never those of a
//! configuration, and never shown. How the store is talked to with them.

use super::listing::Wrapping;
use super::refusal::Confidences;
use crate::edge::{Failure, disk};
use crate::input::config::Bucket;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long the store may take for what is small.
const SHORT: Duration = Duration::from_secs(60);

/// How long an object may take on its way there: a film over a slow line.
const LONG: Duration = Duration::from_secs(15 * 60);

/// The store, asked in several ways.
pub(super) struct Clients {
    /// Patiently.
    pub(super) store: Arc<AmazonS3>,
    /// Patiently, with much to send.
    pub(super) bulk: Arc<AmazonS3>,
    /// Once and not again.
    pub(super) once: AmazonS3,
    /// What it is told in confidence.
    pub(super) confidences: Confidences,
}

/// Requests go where they are sent, and nowhere else: a store that redirects would have a session's token, which is a
/// header like any other, taken to a place of its choice.
#[derive(Debug)]
struct Direct {
    time: Duration,
    is_plain: bool,
}

impl HttpConnector for Direct {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("guidegen/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .https_only(!self.is_plain)
            .http1_only()
            .timeout(self.time)
            .connect_timeout(Duration::from_secs(10))
            .build()
            .map_err(|error| object_store::Error::Generic { store: "S3", source: Box::new(error) })?;
        Ok(HttpClient::new(Wrapping(HttpClient::new(client))))
    }
}

/// The store of `bucket`, for whoever publishes.
pub(super) fn clients(bucket: &Bucket) -> Result<Clients, Failure> {
    let (builder, confidences) = authorized(bucket)?;
    let region = bucket.region.clone().or_else(|| variable("AWS_REGION")).or_else(|| variable("AWS_DEFAULT_REGION"));
    let is_plain = bucket.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://"));
    let mut builder = builder
        .with_bucket_name(&bucket.bucket)
        .with_region(region.unwrap_or_else(|| "us-east-1".to_owned()))
        .with_virtual_hosted_style_request(!bucket.path_style)
        .with_client_options(ClientOptions::new().with_allow_http(is_plain))
        .with_disable_bulk_delete(true);
    // In both styles: object_store puts the bucket into the path alone.
    if let Some(address) = bucket.address() {
        builder = builder.with_endpoint(address);
    }
    let made = |retries: usize, time: Duration| {
        let backoff =
            BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(8), base: 2.0 };
        let retry = RetryConfig { backoff, max_retries: retries, retry_timeout: time.max(Duration::from_secs(120)) };
        let store = builder.clone().with_retry(retry).with_http_connector(Direct { time, is_plain }).build();
        store.map_err(|error| {
            Failure::new(format!("the store cannot be used as it is configured: {error}"))
                .help("look at `bucket`, `endpoint` and `region`")
        })
    };
    let (store, bulk) = (Arc::new(made(bucket.retries, SHORT)?), Arc::new(made(bucket.retries, LONG)?));
    Ok(Clients { store, bulk, once: made(0, SHORT)?, confidences })
}

/// With these keys.
fn with_keys(id: &str, secret: &str, token: Option<&str>) -> (AmazonS3Builder, Confidences) {
    let builder = AmazonS3Builder::new().with_access_key_id(id).with_secret_access_key(secret);
    let builder = match token {
        Some(token) => builder.with_token(token),
        None => builder,
    };
    (builder, Confidences::of([id, secret].into_iter().chain(token)))
}

fn authorized(bucket: &Bucket) -> Result<(AmazonS3Builder, Confidences), Failure> {
    if let Some(profile) = &bucket.profile {
        return from_profile(profile);
    }
    if let (Some(id), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
        return Ok(with_keys(&id, &secret, variable("AWS_SESSION_TOKEN").as_deref()));
    }
    if let Some(profile) = variable("AWS_PROFILE") {
        return from_profile(&profile);
    }
    let of_a_job =
        ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    if of_a_job.iter().any(|name| variable(name).is_some()) {
        return Ok((AmazonS3Builder::from_env(), Confidences::default()));
    }
    Err(Failure::new("there are no credentials for the store")
        .help("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a `profile` of the shared credentials file"))
}

fn from_profile(profile: &str) -> Result<(AmazonS3Builder, Confidences), Failure> {
    let path = variable("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
    let path = path.or_else(|| Some(std::env::home_dir()?.join(".aws/credentials")));
    let path = path.ok_or_else(|| Failure::new("there is no home folder with a shared credentials file"))?;
    let shown = path.display();
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::new(format!("cannot read the shared credentials file `{shown}`: {}", disk::said(&error)))
    })?;
    // What is wrong is not told by the line: it may be the secret.
    let ini = ini::Ini::load_from_str_noescape(&text).map_err(|error| {
        Failure::new(format!("the shared credentials file `{shown}` is damaged in line {}", error.line))
    })?;
    let section = ini.section(Some(profile)).ok_or_else(|| {
        Failure::new(format!("there is no profile `{profile}` in `{shown}`")).help("look at `profile` in guidegen.yaml")
    })?;
    let (Some(id), Some(secret)) = (section.get("aws_access_key_id"), section.get("aws_secret_access_key")) else {
        return Err(Failure::new(format!("the profile `{profile}` in `{shown}` has no access key"))
            .help("it needs `aws_access_key_id` and `aws_secret_access_key`"));
    };
    Ok(with_keys(id.trim(), secret.trim(), section.get("aws_session_token").map(str::trim)))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
