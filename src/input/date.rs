//! Dates of front matter: an instant with the offset that it was written with.

use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, civil};
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

    /// The date that `text` writes, in UTC when it names no offset. Every form is taken that Hugo takes in front matter:
    /// `2024-08-13`, with a time behind a `T` or a space, with `Z` or an offset, and those of mails and of `date`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_ascii() || text.len() > LONGEST {
            return None;
        }
        let parts = numeric(text).or_else(|| named(text))?;
        let datetime = parts.date.to_datetime(parts.time);
        let instant = parts.offset.to_timestamp(datetime).ok()?;
        Some(Self { instant, offset: parts.offset })
    }

    /// Whether it is the first instant of year 1, which Hugo's tools write for "no date".
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.zoned().datetime() == civil::date(1, 1, 1).at(0, 0, 0, 0)
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

/// No form of a date is longer.
const LONGEST: usize = 64;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const MONTHS_IN_FULL: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What a date is made of.
struct Parts {
    date: civil::Date,
    time: civil::Time,
    offset: Offset,
}

/// `2024-08-13`, `2024-08-13T18:39:00+10:00`, `2024-08-13 18:39:00.5 +1000 AEST`.
fn numeric(text: &str) -> Option<Parts> {
    let (date, rest) = text.split_at_checked(10)?;
    let mut numbers = date.split('-');
    let year = digits(numbers.next()?, 4)?;
    let month = digits(numbers.next()?, 2)?;
    let day = digits(numbers.next()?, 2)?;
    let date = civil_date(year, month, day)?;
    if rest.is_empty() {
        return Some(Parts { date, time: civil::Time::midnight(), offset: Offset::UTC });
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let mut zone = zone.split_ascii_whitespace();
    let offset = zone.next().map_or(Some(Offset::UTC), offset)?;
    // Behind an offset the name of the zone says nothing more.
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !zone.next().is_none_or(is_name) || zone.next().is_some() {
        return None;
    }
    Some(Parts { date, time: time(clock)?, offset })
}

/// `13 Aug 2024`, `Tue, 13 Aug 2024 18:39:00 +1000`, `Tuesday, 13-Aug-24 18:39:00 UTC`, `Tue Aug 13 18:39:00 2024`.
fn named(text: &str) -> Option<Parts> {
    let (mut year, mut month, mut day, mut clock, mut zone) = (None, None, None, None, None);
    let has_offset = |word: &str| word.starts_with(['+', '-']);
    let words = text.split([' ', ',']).flat_map(|word| {
        let hyphens = if has_offset(word) { None } else { Some('-') };
        word.split(move |c| Some(c) == hyphens)
    });
    for word in words.filter(|word| !word.is_empty()) {
        let lower = word.to_ascii_lowercase();
        let name = MONTHS.iter().position(|month| *month == lower);
        let name = name.or_else(|| MONTHS_IN_FULL.iter().position(|month| *month == lower));
        if WEEKDAYS.iter().any(|weekday| *weekday == lower || weekday.get(..3) == Some(&lower)) {
        } else if let Some(index) = name {
            set(&mut month, i32::try_from(index).ok()? + 1)?;
        } else if word.contains(':') {
            set(&mut clock, time(word)?)?;
        } else if !word.bytes().all(|byte| byte.is_ascii_digit()) {
            set(&mut zone, offset(word)?)?;
        } else if day.is_none() {
            set(&mut day, word.parse().ok()?)?;
        } else {
            set(&mut year, full_year(word)?)?;
        }
    }
    Some(Parts {
        date: civil_date(year?, month?, day?)?,
        time: clock.unwrap_or(civil::Time::midnight()),
        offset: zone.unwrap_or(Offset::UTC),
    })
}

/// Fills what is still empty; nothing is said twice in a date.
fn set<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// A year of four digits, or of two as mails once wrote it.
fn full_year(word: &str) -> Option<i32> {
    match (word.len(), word.parse::<i32>().ok()?) {
        (4, year) => Some(year),
        (2, year) if year < 69 => Some(2000 + year),
        (2, year) => Some(1900 + year),
        _ => None,
    }
}

/// `18:39`, `18:39:00`, `18:39:00.123`.
fn time(clock: &str) -> Option<civil::Time> {
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut numbers = clock.split(':');
    let hour = digits(numbers.next()?, 2)?;
    let minute = digits(numbers.next()?, 2)?;
    let second = numbers.next().map_or(Some(0), |second| digits(second, 2))?;
    if numbers.next().is_some() || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanosecond = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    // A leap second is the one before it.
    let second = i8::try_from(second).ok()?.min(if second == 60 { 59 } else { i8::MAX });
    civil::Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, second, nanosecond).ok()
}

/// `Z`, `UTC`, `+10:00`, `+1000`, `+10`, and the zones that mails may name.
fn offset(zone: &str) -> Option<Offset> {
    let hours = match zone {
        "Z" | "z" | "UTC" | "GMT" | "UT" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => return signed_offset(zone),
    };
    Offset::from_seconds(hours * 3600).ok()
}

fn signed_offset(zone: &str) -> Option<Offset> {
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let written = zone.get(1..)?;
    let (hours, minutes) = match written.len() {
        2 => (written, "00"),
        4 => written.split_at_checked(2)?,
        5 => written.split_once(':')?,
        _ => return None,
    };
    let minutes = digits(minutes, 2).filter(|minutes| *minutes < 60)?;
    Offset::from_seconds(sign * (digits(hours, 2)? * 3600 + minutes * 60)).ok()
}

/// A number of exactly `count` digits.
fn digits(text: &str, count: usize) -> Option<i32> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

fn civil_date(year: i32, month: i32, day: i32) -> Option<civil::Date> {
    civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_hugo_is_taken() {
        for (text, expected) in [
            ("2024-08-13T18:39:00+10:00", "2024-08-13T18:39:00+10:00"),
            ("2024-08-13T18:39:00Z", "2024-08-13T18:39:00Z"),
            ("2024-08-13T18:39:00.123456789Z", "2024-08-13T18:39:00Z"),
            ("2024-08-13T18:39:00", "2024-08-13T18:39:00Z"),
            ("2024-08-13T18:39:00-0700", "2024-08-13T18:39:00-07:00"),
            ("2024-08-13 18:39:00", "2024-08-13T18:39:00Z"),
            ("2024-08-13 18:39", "2024-08-13T18:39:00Z"),
            ("2024-08-13 18:39:00Z", "2024-08-13T18:39:00Z"),
            ("2024-08-13 18:39:00+02:00", "2024-08-13T18:39:00+02:00"),
            ("2024-08-13 18:39:00 +0200", "2024-08-13T18:39:00+02:00"),
            ("2024-08-13 18:39:00.5 +0200 CEST", "2024-08-13T18:39:00+02:00"),
            ("2024-08-13 18:39:00 UTC", "2024-08-13T18:39:00Z"),
            (" 2024-08-13 ", "2024-08-13T00:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("13 Aug 2024", "2024-08-13T00:00:00Z"),
            ("3 August 2024", "2024-08-03T00:00:00Z"),
            ("Tue, 13 Aug 2024 18:39:00 +1000", "2024-08-13T18:39:00+10:00"),
            ("Tue, 13 Aug 2024 18:39:00 GMT", "2024-08-13T18:39:00Z"),
            ("13 Aug 24 18:39 UTC", "2024-08-13T18:39:00Z"),
            ("Tuesday, 13-Aug-24 18:39:00 MST", "2024-08-13T18:39:00-07:00"),
            ("Tue Aug 13 18:39:00 2024", "2024-08-13T18:39:00Z"),
            ("Tue Aug 13 18:39:00 EST 2024", "2024-08-13T18:39:00-05:00"),
            ("Tue Aug 13 18:39:00 -0700 2024", "2024-08-13T18:39:00-07:00"),
        ] {
            let date = Date::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(date.rfc3339(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "tomorrow",
            "2024",
            "2024-8-13",
            "2024-13-01",
            "2024-02-30",
            "2024-08-13T",
            "2024-08-13T25:00:00",
            "2024-08-13T18:39:00+25:99",
            "2024-08-13 18:39 Berlin time",
            "13 Aug",
            "13 Aug 2024 2025",
            "2024-08-13x",
            "١٣",
            "13 Aug 2024 14 Sep",
            "Tue",
            "2024-08-13T18:39:00.Z",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn order_is_that_of_the_instants() {
        let (early, late) = (Date::parse("2024-08-13T18:39:00+10:00"), Date::parse("2024-08-13T09:00:00Z"));
        assert!(early < late, "an offset is no time");
        assert_eq!(Date::parse("2024-08-13T10:00:00+10:00"), Date::parse("2024-08-13"));
    }

    #[test]
    fn parts_are_those_of_the_place_where_it_was_written() {
        let date = Date::parse("2024-01-01T05:00:00+10:00").expect("a date");
        assert_eq!((date.year(), date.month(), date.day()), (2024, 1, 1));
        assert_eq!(date.strftime("%-d %B %Y").as_deref(), Ok("1 January 2024"));
        assert!(date.strftime("%!").is_err());
        assert_eq!(date.unix(), 1_704_049_200);
        assert_eq!(Date::from_unix(1_704_049_200), date);
        assert_eq!(Date::from_unix(i64::MAX).year(), 9999);
        assert!(Date::parse("0001-01-01T00:00:00Z").expect("a date").is_zero());
    }
}
