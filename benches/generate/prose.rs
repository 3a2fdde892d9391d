//! Sentences that read like documentation and mean nothing.

use super::chance::Chance;

const SYLLABLES: &[&str] = &[
    "ve", "lo", "ra", "mi", "ka", "ten", "dor", "su", "pli", "no", "gra", "be", "fi", "zan", "ol", "que", "ris", "ta",
    "hem", "wy", "cor", "du", "pa", "xi", "jun", "el", "os", "my", "tri", "bo",
];

const NOUNS: &[&str] = &[
    "administrator",
    "application",
    "certificate",
    "client",
    "connection",
    "container",
    "cookie",
    "database",
    "directory",
    "domain",
    "endpoint",
    "file",
    "gateway",
    "group",
    "header",
    "host",
    "identifier",
    "interface",
    "key",
    "login",
    "network",
    "option",
    "parameter",
    "password",
    "path",
    "permission",
    "policy",
    "port",
    "portal",
    "proxy",
    "redirect",
    "request",
    "response",
    "role",
    "route",
    "rule",
    "scope",
    "secret",
    "server",
    "service",
    "session",
    "setting",
    "token",
    "user",
    "value",
    "variable",
    "version",
    "volume",
];

const VERBS: &[&str] = &[
    "accepts",
    "checks",
    "configures",
    "contains",
    "creates",
    "denies",
    "describes",
    "expects",
    "forwards",
    "generates",
    "ignores",
    "keeps",
    "logs",
    "needs",
    "overrides",
    "protects",
    "provides",
    "reads",
    "refuses",
    "replaces",
    "returns",
    "sends",
    "stores",
    "supports",
    "uses",
    "verifies",
    "writes",
];

const QUALITIES: &[&str] = &[
    "additional",
    "allowed",
    "common",
    "configured",
    "default",
    "different",
    "existing",
    "external",
    "first",
    "given",
    "internal",
    "local",
    "new",
    "old",
    "optional",
    "own",
    "public",
    "relevant",
    "remote",
    "same",
    "secure",
    "separate",
    "single",
    "trusted",
    "usual",
    "valid",
];

const LINKS: &[&str] = &[
    "after",
    "and then",
    "as long as",
    "because",
    "before",
    "if",
    "once",
    "since",
    "unless",
    "when",
    "where",
    "while",
];

/// A sentence.
pub fn sentence(chance: &mut Chance) -> String {
    let mut sentence = clause(chance);
    while sentence.len() < 60 || chance.below(3) == 0 {
        sentence.push_str([", ", " "][chance.below(2)]);
        sentence.push_str(chance.one(LINKS));
        sentence.push(' ');
        sentence.push_str(&clause(chance));
    }
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

fn clause(chance: &mut Chance) -> String {
    let subject = noun(chance);
    let object = noun(chance);
    format!("the {subject} {} the {object}", chance.one(VERBS))
}

/// A noun with what it is like; one of eight is a word that nobody has seen before.
fn noun(chance: &mut Chance) -> String {
    let noun = if chance.below(8) == 0 { invented(chance) } else { chance.one(NOUNS).to_owned() };
    if chance.below(2) == 0 { format!("{} {noun}", chance.one(QUALITIES)) } else { noun }
}

/// A title of two words.
pub fn title(chance: &mut Chance) -> String {
    let (first, second) = (chance.one(NOUNS), invented(chance));
    format!("{}{} of {second}", first[..1].to_ascii_uppercase(), &first[1..])
}

/// The name of a setting.
pub fn key(chance: &mut Chance) -> String {
    let head = if chance.below(3) == 0 { invented(chance) } else { chance.one(QUALITIES).to_owned() };
    format!("{head}_{}", chance.one(NOUNS))
}

/// A word that nobody has seen before.
pub fn invented(chance: &mut Chance) -> String {
    (0..2 + chance.below(3)).map(|_| chance.one(SYLLABLES)).collect()
}

/// Letters and digits as in a digest.
pub fn digest(chance: &mut Chance, length: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./";
    (0..length).map(|_| char::from(DIGITS[chance.below(64)])).collect()
}
