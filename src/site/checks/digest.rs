//! Digests that guides show beside the plain text they are said to be of: found here, and computed again.
//!
//! Computing one takes a good part of a second on purpose, so each pair is computed once, `check` alone asks for it, and
//! what came out is remembered between runs by whoever calls [`check`].

use super::digest_hash::{self, Outcome};
use crate::base::digest::Fingerprint;
use crate::base::{Code, Diagnostic, Place, Span};
use crate::page::fence::Verify;
use crate::page::rendered::Rendered;
use crate::page::scope::Block;
use crate::site::whole::Site;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The word of a wording in whose place the plain text stands.
pub const PLAINTEXT: &str = "{plaintext}";

/// A digest, and the plain text that a comment beside it names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    plain: String,
    digest: String,
}

impl Pair {
    /// The name under which an outcome is remembered: nothing of the plain text can be read from it.
    fn key(&self) -> String {
        Fingerprint::default().add(&self.plain).add(&self.digest).finish().hex()
    }
}

/// What is known from earlier runs: whether the digest of a pair, by its key, is right.
pub type Known = BTreeMap<String, bool>;

/// The findings about the digests of a site. What had to be computed is added to `known`.
pub fn check(site: &Site, rendered: &[Option<Rendered>], known: &mut Known) -> Vec<Diagnostic> {
    let wordings: Vec<&str> = site.config.digests.iter().map(String::as_str).collect();
    let mut pairs: BTreeMap<Pair, Vec<Place>> = BTreeMap::new();
    for (id, page) in rendered.iter().enumerate() {
        let guide = site.index.page(id).and_then(|page| page.guide.as_ref());
        let (Some(page), Some(guide)) = (page, guide) else { continue };
        for block in page.blocks.iter().filter(|block| block.verify != Verify::Off) {
            for (pair, span) in pairs_of(block, &wordings) {
                pairs.entry(pair).or_default().push(guide.source.place(block.origins.locate(span)));
            }
        }
    }
    let outcomes: Vec<(Outcome, &Pair, &Vec<Place>)> = pairs
        .par_iter()
        .map(|(pair, places)| {
            let outcome = match known.get(&pair.key()) {
                Some(true) => Outcome::Right,
                Some(false) => Outcome::Wrong,
                None => digest_hash::compute(&pair.plain, &pair.digest),
            };
            (outcome, pair, places)
        })
        .collect();
    let mut findings = Vec::new();
    for (outcome, pair, places) in outcomes {
        if let Outcome::Right | Outcome::Wrong = outcome {
            known.insert(pair.key(), outcome == Outcome::Right);
        }
        let Some((message, help)) = told(&outcome, &pair.plain) else { continue };
        let finding = |place: &Place| Diagnostic::new(Code::BlockDigest, message.clone()).at(place.clone()).help(help);
        findings.extend(places.iter().map(finding));
    }
    findings
}

/// What there is to say about an outcome, and what to do about it.
fn told(outcome: &Outcome, plain: &str) -> Option<(String, &'static str)> {
    match outcome {
        Outcome::Right | Outcome::Unknown => None,
        Outcome::Wrong => Some((
            format!("this is not the digest of `{plain}`"),
            "generate the digest again, or name the plain text that it is of",
        )),
        Outcome::Broken(why) => Some((
            format!("this is no digest of `{plain}`: {why}"),
            "copy the digest whole, or leave its middle out with `...` if it is meant to be an excerpt",
        )),
        Outcome::TooCostly(why) => Some((
            format!("this digest is not computed: {why}"),
            "use the cost that the product recommends; an example needs no more",
        )),
    }
}

/// The pairs of a block, each with where its digest stands. A comment speaks of the digest on its own line; alone on a
/// line, of the one below it.
fn pairs_of(block: &Block, wordings: &[&str]) -> Vec<(Pair, Span)> {
    let mut pairs = Vec::new();
    let mut above: Option<String> = None;
    let mut at = 0;
    for line in block.text.split_inclusive('\n') {
        let stated = wordings.iter().find_map(|wording| plain_text(line, wording));
        let digest = digest_hash::find(line);
        match (stated.or_else(|| above.take()), digest) {
            (Some(plain), Some(range)) => {
                let text = line.get(range.clone()).unwrap_or_default().to_owned();
                pairs.push((Pair { plain, digest: text }, Span::new(range.start, range.end).shifted(at)));
                above = None;
            }
            (Some(plain), None) if is_comment(line) => above = Some(plain),
            _ => above = None,
        }
        at += line.len();
    }
    pairs
}

/// Whether nothing but a comment stands on a line.
fn is_comment(line: &str) -> bool {
    ["#", "//", ";", "--", "/*", "<!--"].iter().any(|sign| line.trim_start().starts_with(sign))
}

/// The plain text that a line names by a wording.
fn plain_text(line: &str, wording: &str) -> Option<String> {
    let (before, behind) = wording.split_once(PLAINTEXT)?;
    let start = line.find(before).filter(|_| !before.is_empty())? + before.len();
    let rest = line.get(start..)?.trim_end();
    let end = if behind.is_empty() { rest.len() } else { rest.rfind(behind)? };
    rest.get(..end).filter(|plain| !plain.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wording_says_where_the_plain_text_is() {
        let found = |line| plain_text(line, "The digest of '{plaintext}'");
        assert_eq!(found("a: 'x'  # The digest of 'it's me'.\n").as_deref(), Some("it's me"));
        assert_eq!(found("# The digest of ''\n"), None);
        assert_eq!(found("# The digest of 'x\n"), None);
        assert_eq!(plain_text("# plain: abc \n", "plain: {plaintext}").as_deref(), Some("abc"));
        assert_eq!(plain_text("x", "{plaintext}"), None, "a wording that is nothing else names everything");
    }
}
