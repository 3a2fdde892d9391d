//! Who wants to know how long single guides and shortcodes take. A page has no clock: it asks, when there is somebody.

use std::fmt::Debug;
use std::time::Duration;

/// Measures guides and shortcodes.
pub trait Watch: Debug + Send + Sync {
    /// The time since some moment in the past.
    fn now(&self) -> Duration;

    /// A piece of work of this kind took so long on its thread.
    fn work(&self, kind: &'static str, took: Duration);

    /// The guide at this path below `content/` took so long; may be told of it in parts.
    fn guide(&self, path: &str, took: Duration);

    /// A use of the shortcode of this name took so long, with those inside of it.
    fn shortcode(&self, name: &str, took: Duration);
}
