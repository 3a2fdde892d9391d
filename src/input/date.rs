//! Dates of front matter: an instant with the offset that it was written with.

use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use std::cmp::Ordering;
use std::fmt;

/// A point in time, with the offset from UTC that its author wrote. Order and equality are those of the instant.
#[derive(Clone, Copy)]
pub struct Date {
    instant: Timestamp,
    offset: Offset,
}

impl Date {
    /// The instant `seconds` after 1970 began in UTC; a second that no calendar holds is the nearest that one does.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        let nearest = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Self { instant: Timestamp::from_second(seconds).unwrap_or(nearest), offset: Offset::UTC }
    }

    /// The date that `text` writes, in UTC when it names no offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let instant: Timestamp = text.parse().ok()?;
        Some(Self { instant, offset: Offset::UTC })
    }

    /// Seconds since 1970 began in UTC.
    #[must_use]
    pub fn unix(&self) -> i64 {
        self.instant.as_second()
    }

    /// As RFC 3339 writes it, `2024-08-13T18:39:00+10:00`; `Z` for UTC. Parts of a second are left out.
    #[must_use]
    pub fn rfc3339(&self) -> String {
        let format = if self.offset == Offset::UTC { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%:z" };
        self.strftime(format).unwrap_or_default()
    }

    /// The date in a format of strftime; an error says what is wrong with the format.
    pub fn strftime(&self, format: &str) -> Result<String, String> {
        strtime::format(format, &self.zoned()).map_err(|error| error.to_string())
    }

    /// The year, where it was written.
    #[must_use]
    pub fn year(&self) -> i32 {
        self.zoned().year().into()
    }

    /// The month from 1.
    #[must_use]
    pub fn month(&self) -> u8 {
        u8::try_from(self.zoned().month()).unwrap_or(1)
    }

    /// The day of the month from 1.
    #[must_use]
    pub fn day(&self) -> u8 {
        u8::try_from(self.zoned().day()).unwrap_or(1)
    }

    fn zoned(&self) -> jiff::ZonedDateTime {
        self.instant.to_zoned_datetime(TimeZone::fixed(self.offset))
    }
}

impl PartialEq for Date {
    fn eq(&self, other: &Self) -> bool {
        self.instant == other.instant
    }
}

impl Eq for Date {}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Date {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant.cmp(&other.instant)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}
