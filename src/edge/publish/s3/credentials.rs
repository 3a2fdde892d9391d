//! Who publishes: credentials of the environment, or of a profile in the shared credentials file. Never those of a
//! configuration, and never shown.

use crate::edge::{Failure, disk};
use crate::input::config::Bucket;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use std::path::PathBuf;
use std::time::Duration;

/// The store of `bucket`, for whoever publishes.
pub(super) fn store(bucket: &Bucket) -> Result<AmazonS3, Failure> {
    let builder = authorized(bucket)?;
    let backoff =
        BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(8), base: 2.0 };
    let retry = RetryConfig { backoff, max_retries: bucket.retries, retry_timeout: Duration::from_secs(120) };
    let is_plain = bucket.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://"));
    let client = ClientOptions::new()
        .with_allow_http(is_plain)
        .with_timeout(Duration::from_secs(120))
        .with_connect_timeout(Duration::from_secs(10));
    let region = bucket.region.clone().or_else(|| variable("AWS_REGION")).or_else(|| variable("AWS_DEFAULT_REGION"));
    let mut builder = builder
        .with_bucket_name(&bucket.bucket)
        .with_region(region.unwrap_or_else(|| "us-east-1".to_owned()))
        .with_virtual_hosted_style_request(!bucket.path_style)
        .with_retry(retry)
        .with_client_options(client)
        .with_disable_bulk_delete(true);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
    }
    builder.build().map_err(|error| {
        Failure::new(format!("the store cannot be used as it is configured: {error}"))
            .help("look at `bucket`, `endpoint` and `region`")
    })
}

fn authorized(bucket: &Bucket) -> Result<AmazonS3Builder, Failure> {
    if let Some(profile) = &bucket.profile {
        return from_profile(profile);
    }
    if let (Some(id), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
        let builder = AmazonS3Builder::new().with_access_key_id(id).with_secret_access_key(secret);
        return Ok(match variable("AWS_SESSION_TOKEN") {
            Some(token) => builder.with_token(token),
            None => builder,
        });
    }
    if let Some(profile) = variable("AWS_PROFILE") {
        return from_profile(&profile);
    }
    let of_a_job =
        ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    if of_a_job.iter().any(|name| variable(name).is_some()) {
        return Ok(AmazonS3Builder::from_env());
    }
    Err(Failure::new("there are no credentials for the store")
        .help("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a `profile` of the shared credentials file"))
}

fn from_profile(profile: &str) -> Result<AmazonS3Builder, Failure> {
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
    let builder = AmazonS3Builder::new().with_access_key_id(id.trim()).with_secret_access_key(secret.trim());
    Ok(match section.get("aws_session_token") {
        Some(token) => builder.with_token(token.trim()),
        None => builder,
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
