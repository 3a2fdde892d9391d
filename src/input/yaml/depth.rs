//! Brackets that are nested too deeply, found before the parser of values meets them: it takes a time that grows with
//! the square of their depth.

use super::value::Failure;
use saphyr_parser::Parser;

/// A text with fewer brackets open at once cannot be slow. More than any document has, far less than hurts.
const HARMLESS: usize = 200;

/// Passes texts on whose brackets are harmless. In others they may be mere text; the parser of places, which limits
/// their depth, decides that.
pub(super) fn check(text: &str) -> Result<(), Failure> {
    if brackets_open_at_once(text) <= HARMLESS {
        return Ok(());
    }
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        if let Err(error) = event {
            let at = text.char_indices().nth(error.marker().index()).map_or(text.len(), |(at, _)| at);
            let is_deep = error.info() == "recursion limit exceeded";
            return Err(if is_deep { Failure::TooDeep(at) } else { Failure::Other(at, error.info().to_owned()) });
        }
    }
    Ok(())
}

fn brackets_open_at_once(text: &str) -> usize {
    // So few as most documents have are counted at once.
    let all = memchr::memchr2_iter(b'[', b'{', text.as_bytes()).count();
    if all <= HARMLESS {
        return all;
    }
    let (mut open, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}
