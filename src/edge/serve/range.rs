//! Parts of files (RFC 9110, section 14): one range of bytes. Of several, all is sent, as the standard allows.

use std::ops::Range;

/// What a `Range` header asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// Bytes that are not there.
    Beyond,
}

/// What `header` asks for of `len` bytes.
pub(super) fn part(header: Option<&str>, len: u64) -> Part {
    let asked = header.and_then(|header| header.trim().strip_prefix("bytes="));
    let Some((from, to)) = asked.and_then(|asked| asked.trim().split_once('-')) else { return Part::Whole };
    let range = match (number(from), number(to)) {
        (Some(from), Some(to)) if from <= to => from..to.saturating_add(1).min(len),
        (Some(from), None) if to.trim().is_empty() => from..len,
        (None, Some(last)) if from.trim().is_empty() => {
            if last == 0 {
                return Part::Beyond;
            }
            len.saturating_sub(last)..len
        }
        _ => return Part::Whole,
    };
    if range.start >= len { Part::Beyond } else { Part::Bytes(range) }
}

fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood() {
        for (header, expected) in [
            ("bytes=0-3", Part::Bytes(0..4)),
            ("bytes=4-", Part::Bytes(4..10)),
            ("bytes=-3", Part::Bytes(7..10)),
            ("bytes=-99", Part::Bytes(0..10)),
            ("bytes=8-99", Part::Bytes(8..10)),
            ("bytes=8-99999999999999999999999", Part::Bytes(8..10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
        ] {
            assert_eq!(part(Some(header), 10), expected, "{header}");
        }
    }

    #[test]
    fn anything_else_is_the_whole() {
        for header in ["", "bytes=", "bytes=-", "bytes=3-1", "bytes=0-1,3-4", "lines=0-1", "bytes=+1-2", "bytes=a-"] {
            assert_eq!(part(Some(header), 10), Part::Whole, "{header}");
        }
        assert_eq!(part(None, 10), Part::Whole);
        assert_eq!(part(Some("bytes=0-"), 0), Part::Beyond);
    }
}
