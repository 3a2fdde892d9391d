//! Inputs that are nearly right: kept ones with words put in, stretches taken out, doubled, moved, and bytes changed.

use super::chance::Chance;

/// Longer inputs are cut.
const LONGEST: usize = 16 * 1024;
/// How many mutated inputs are mutated further.
const POOL: usize = 200;

/// Makes inputs.
pub struct Mutator {
    kept: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
    pool: Vec<Vec<u8>>,
}

impl Mutator {
    /// Mutates the `kept` inputs with `words` that mean something in them.
    pub fn new(kept: Vec<Vec<u8>>, words: Vec<Vec<u8>>) -> Self {
        assert!(!kept.is_empty() && !words.is_empty());
        Self { kept, words, pool: Vec::new() }
    }

    /// The next input.
    pub fn next(&mut self, chance: &mut Chance) -> Vec<u8> {
        let further = !self.pool.is_empty() && chance.below(3) == 0;
        let mut input = if further { any(&self.pool, chance) } else { any(&self.kept, chance) };
        // A seventh is made of words alone.
        if chance.below(7) == 0 {
            input.clear();
            for _ in 0..chance.below(30) {
                input.extend(any(&self.words, chance));
            }
        }
        for _ in 0..=chance.below(6) {
            self.mutate(&mut input, chance);
        }
        input.truncate(LONGEST);
        if self.pool.len() < POOL {
            self.pool.push(input.clone());
        } else if chance.below(8) == 0 {
            let at = chance.below(POOL);
            self.pool[at].clone_from(&input);
        }
        input
    }

    fn mutate(&self, input: &mut Vec<u8>, chance: &mut Chance) {
        let at = chance.below(input.len() + 1);
        match chance.below(12) {
            0..=2 => put(input, at, &any(&self.words, chance)),
            3 => {
                let end = end(input, at, chance, 12);
                input.splice(at..end, any(&self.words, chance));
            }
            4 => {
                let end = end(input, at, chance, 60);
                input.drain(at..end);
            }
            5 => {
                let again = input[at..end(input, at, chance, 60)].to_vec();
                put(input, at, &again);
            }
            6 => {
                let moved: Vec<u8> = input.drain(at..end(input, at, chance, 60)).collect();
                let to = chance.below(input.len() + 1);
                put(input, to, &moved);
            }
            7 => {
                let times = if chance.below(10) == 0 { chance.below(1_500) } else { chance.below(40) };
                put(input, at, &any(&self.words, chance).repeat(times));
            }
            8 => {
                let other = any(&self.kept, chance);
                input.truncate(at);
                input.extend_from_slice(&other[chance.below(other.len() + 1)..]);
            }
            9 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = if chance.below(2) == 0 { *byte ^ (1 << chance.below(8)) } else { chance.next() as u8 };
                }
            }
            10 => lines(input, chance),
            _ => number(input, at, chance),
        }
    }
}

/// The words of a dictionary in the format of libFuzzer: one in quotes a line, `\\`, `\"` and `\xHH` in it.
pub fn words(dictionary: &str) -> Vec<Vec<u8>> {
    let quoted = |line: &str| line.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    let word = |text: String| {
        let mut word = Vec::new();
        let mut rest = text.as_str();
        while let Some(c) = rest.chars().next() {
            let (byte, length) = match (rest.strip_prefix("\\x"), rest.strip_prefix('\\')) {
                (Some(hex), _) => (u8::from_str_radix(&hex[..2], 16).unwrap(), 4),
                (None, Some(escaped)) => (escaped.as_bytes()[0], 2),
                (None, None) => (u8::try_from(c).expect("ASCII"), 1),
            };
            word.push(byte);
            rest = &rest[length..];
        }
        word
    };
    dictionary.lines().filter_map(quoted).map(word).collect()
}

fn any(of: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    of[chance.below(of.len())].clone()
}

fn put(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    input.splice(at..at, bytes.iter().copied());
}

/// The end of a stretch from `at` on.
fn end(input: &[u8], at: usize, chance: &mut Chance, longest: usize) -> usize {
    (at + 1 + chance.below(longest)).min(input.len())
}

/// Doubles, removes or moves a line, or ends all lines as Windows does.
fn lines(input: &mut Vec<u8>, chance: &mut Chance) {
    let mut lines: Vec<Vec<u8>> = input.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        return;
    }
    let (at, to) = (chance.below(lines.len()), chance.below(lines.len()));
    match chance.below(4) {
        0 => lines.insert(to, lines[at].clone()),
        1 => drop(lines.remove(at)),
        2 => lines.swap(at, to),
        _ => lines.iter_mut().filter(|line| line.ends_with(b"\n") && !line.ends_with(b"\r\n")).for_each(|line| {
            line.pop();
            line.extend_from_slice(b"\r\n");
        }),
    }
    *input = lines.concat();
}

/// Puts a number at the edge of what is allowed in place of the next one.
fn number(input: &mut Vec<u8>, at: usize, chance: &mut Chance) {
    const EDGES: [&str; 12] = [
        "0",
        "1",
        "-1",
        "007",
        "255",
        "65536",
        "4294967296",
        "9223372036854775808",
        "99999999999999999999",
        "1e308",
        "0x10",
        "1.5",
    ];
    let Some(start) = input[at..].iter().position(u8::is_ascii_digit).map(|found| at + found) else { return };
    let end =
        input[start..].iter().position(|byte| !byte.is_ascii_digit()).map_or(input.len(), |length| start + length);
    input.splice(start..end, chance.one(&EDGES).bytes());
}
