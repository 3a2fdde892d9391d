//! `guidegen check --fix`: which findings are mended, and whether the site is the better for it.
//!
//! Nothing outside of the spans of fixes changes. The mended site is built in memory first: a file in which something
//! new would be found stays as it is.

use super::options::Check;
use super::site::counted;
use crate::base::diagnostic::Fix;
use crate::base::{Code, Diagnostic};
use crate::edge::{Failure, git, mend, terminal};
use crate::input::files::{Content, SiteFiles};
use crate::input::spelling;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is mended when no code is named. `variable-literal` is not among it: an example may mean `example.com` itself.
const BY_DEFAULT: &[Code] = &[Code::VariableFallback, Code::LinkBroken, Code::LinkRedirected, Code::LinkAbsolute];

/// The codes that were typed.
pub(super) fn codes(typed: &[String]) -> Result<Vec<Code>, Failure> {
    let known = || BY_DEFAULT.iter().chain(&[Code::VariableLiteral]);
    if typed.is_empty() {
        return Ok(BY_DEFAULT.to_vec());
    }
    let code = |name: &String| match Code::parse(name) {
        Some(code) if known().any(|known| *known == code) => Ok(code),
        Some(code) => {
            let help = format!("an author has to decide: `guidegen explain {code}` says how");
            Err(Failure::new(format!("`{code}` is not mended by itself")).help(help))
        }
        None => {
            let near = spelling::nearest(name, known().map(|code| code.as_str()));
            let help = near.map_or_else(
                || "`guidegen explain` lists every code".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            Err(Failure::new(format!("there is no finding `{name}`")).help(help))
        }
    };
    typed.iter().map(code).collect()
}

/// A file as it was, and as it would be.
struct Mended {
    before: String,
    after: String,
    fixes: Vec<Fix>,
}

/// Mends what `found` says of `files`. Returns the files as they are then and what is found in them; none when nothing
/// was written. `check` gives the findings of a site.
pub(super) fn mend(
    options: &Check,
    codes: &[Code],
    files: &SiteFiles,
    found: &[Diagnostic],
    check: &dyn Fn(&SiteFiles) -> Result<Vec<Diagnostic>, Failure>,
) -> Result<Option<(SiteFiles, Vec<Diagnostic>)>, Failure> {
    let mut mended = edits(codes, files, found);
    let mut report = String::new();
    if !options.force && !options.dry_run && !mended.is_empty() {
        let tracked = git::tracked(options.site.root.path()).unwrap_or_default();
        mended.retain(|file, _| {
            let is_kept = tracked.contains(file);
            if !is_kept {
                let _ = writeln!(report, "{file}: left alone, since git does not keep it (--force mends it)");
            }
            is_kept
        });
    }
    // A fix may make a new finding in another file only by way of its own, so dropping those files is enough.
    let mut now = with(files, &mended);
    let mut after = if mended.is_empty() { Vec::new() } else { check(&now)? };
    let worse: Vec<String> = mended.keys().filter(|file| is_worse(file, found, &after)).cloned().collect();
    if !worse.is_empty() {
        for file in &worse {
            mended.remove(file);
            let _ = writeln!(report, "{file}: left alone, since something new would be found in it");
        }
        now = with(files, &mended);
        after = check(&now)?;
    }
    if options.dry_run {
        let shown: String = mended.iter().map(|(file, mended)| difference(file, mended)).collect();
        if options.site.format.is_for_machines() {
            terminal::eprint(&shown)
        } else {
            terminal::print(&shown)
        }
        terminal::eprint(&report);
        return Ok(None);
    }
    let mut refused = Vec::new();
    for (file, text) in &mended {
        if let Err(why) = mend::replace(&options.site.root, file, &text.before, &text.after) {
            let _ = writeln!(report, "{file}: left alone: {why}");
            refused.push(file.clone());
        }
    }
    if !refused.is_empty() {
        mended.retain(|file, _| !refused.contains(file));
        now = with(files, &mended);
        after = check(&now)?;
    }
    let fixes = mended.values().map(|mended| mended.fixes.len()).sum();
    if !options.site.voice.quiet {
        let _ = writeln!(report, "Mended {} in {}", counted(fixes, "finding"), counted(mended.len(), "file"));
    }
    terminal::eprint(&report);
    Ok((!mended.is_empty()).then_some((now, after)))
}

/// What each file would be with the fixes of these codes.
fn edits(codes: &[Code], files: &SiteFiles, found: &[Diagnostic]) -> BTreeMap<String, Mended> {
    let mut by_file: BTreeMap<&str, Vec<&Fix>> = BTreeMap::new();
    for finding in found.iter().filter(|finding| codes.contains(&finding.code)) {
        if let (Some(fix), Some(place)) = (&finding.fix, &finding.place) {
            by_file.entry(&place.file).or_default().push(fix);
        }
    }
    let mended = by_file.into_iter().filter_map(|(file, mut fixes)| {
        let before = text_of(files, file)?;
        fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
        fixes.dedup();
        let (after, fixes) = applied(&before, &fixes);
        Some((file.to_owned(), Mended { before, after, fixes }))
    });
    mended.collect()
}

/// The text with the fixes, which are in its order, and those that were taken: of two that overlap the first.
fn applied(text: &str, fixes: &[&Fix]) -> (String, Vec<Fix>) {
    let mut out = String::with_capacity(text.len());
    let mut taken = Vec::new();
    let mut from = 0;
    for fix in fixes {
        let (Some(between), true) = (text.get(from..fix.span.start), text.is_char_boundary(fix.span.end)) else {
            continue;
        };
        out.push_str(between);
        out.push_str(&fix.text);
        from = fix.span.end;
        taken.push((*fix).clone());
    }
    out.push_str(text.get(from..).unwrap_or_default());
    (out, taken)
}

fn text_of(files: &SiteFiles, name: &str) -> Option<String> {
    let path = name.strip_prefix("content/")?;
    let file = files.content.iter().find(|file| file.path == path)?;
    file.content.text().map(str::to_owned)
}

/// The files with the mended ones in place.
fn with(files: &SiteFiles, mended: &BTreeMap<String, Mended>) -> SiteFiles {
    let mut files = files.clone();
    for file in &mut files.content {
        if let Some(mended) = mended.get(&format!("content/{}", file.path)) {
            file.content = Content::of(&file.path, mended.after.clone().into_bytes());
        }
    }
    files
}

/// Whether more is found in a file of any code than before.
fn is_worse(file: &str, before: &[Diagnostic], after: &[Diagnostic]) -> bool {
    let counts = |found: &[Diagnostic]| {
        let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
        for finding in found.iter().filter(|finding| finding.place.as_ref().is_some_and(|place| &*place.file == file)) {
            *counts.entry(finding.code).or_default() += 1;
        }
        counts
    };
    let before = counts(before);
    counts(after).iter().any(|(code, count)| *count > before.get(code).copied().unwrap_or(0))
}

/// The lines that differ, as `patch` and `git apply --unidiff-zero` read them. A fix is on one line and stays there.
fn difference(file: &str, mended: &Mended) -> String {
    let mut out = format!("--- a/{file}\n+++ b/{file}\n");
    let lines = mended.before.split_inclusive('\n').zip(mended.after.split_inclusive('\n'));
    for (number, (before, after)) in lines.enumerate().filter(|(_, (before, after))| before != after) {
        let ended = |line: &str| {
            if line.ends_with('\n') { line.to_owned() } else { format!("{line}\n\\ No newline at end of file\n") }
        };
        let _ = write!(out, "@@ -{0} +{0} @@\n-{1}+{2}", number + 1, ended(before), ended(after));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;

    #[test]
    fn fixes_touch_their_spans_alone() {
        let fix = |start, end, text: &str| Fix { span: Span::new(start, end), text: text.into() };
        let fixes = [fix(4, 5, "B"), fix(4, 7, "overlaps"), fix(9, 10, "C")];
        let all: Vec<&Fix> = fixes.iter().collect();
        let (text, taken) = applied("\u{feff}a b\r\nc d\r\n", &all);
        assert_eq!((text.as_str(), taken.len()), ("\u{feff}aBb\r\ncCd\r\n", 2));
    }

    #[test]
    fn only_what_can_be_mended_is_taken() {
        assert_eq!(codes(&[]).unwrap(), BY_DEFAULT);
        assert_eq!(codes(&["variable-literal".into()]).unwrap(), [Code::VariableLiteral]);
        assert!(codes(&["link-anchor".into()]).unwrap_err().message.contains("not mended"));
        assert_eq!(codes(&["link-brokn".into()]).unwrap_err().help.as_deref(), Some("did you mean `link-broken`?"));
    }
}
