//! What an open page is told, as server-sent events: whether it changed, which files it may show changed, and what is
//! wrong with the site.

use super::snapshot::{Found, Snapshot, href};
use crate::site::artifact::Kind;
use serde_json::json;

/// More changed files than these are not named one by one.
const NAMED: usize = 200;

/// From when a page is: a session of the server, and a generation in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    session: u64,
    generation: u64,
}

impl Mark {
    pub(super) const fn of(snapshot: &Snapshot) -> Self {
        Self { session: snapshot.session(), generation: snapshot.generation() }
    }

    /// `SESSION.GENERATION`
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (session, generation) = text.split_once('.')?;
        Some(Self { session: session.parse().ok()?, generation: generation.parse().ok()? })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.session, self.generation)
    }
}

/// The event for the page at `path` (decoded, without the base path; none when it is no address of the site) that is
/// from `since`; none when nothing concerns it. On a new connection (`is_new`) it is told in any case.
pub(super) fn event(snapshot: &Snapshot, path: Option<&str>, since: Option<Mark>, is_new: bool) -> Option<String> {
    let now = Mark::of(snapshot);
    let since = since.filter(|since| since.session == now.session).map(|since| since.generation);
    let page = page(snapshot, path, since);
    let files = files(snapshot, since.unwrap_or(now.generation));
    let has_news = page != "same" || files.as_ref().is_none_or(|files| !files.is_empty());
    if !is_new && !has_news && !snapshot.has_other_problem(since.unwrap_or(0)) {
        return None;
    }
    let problem = snapshot.problem().map(|problem| json!({"title": problem.title, "text": problem.text}));
    let data = json!({"at": now.to_string(), "page": page, "files": files, "problem": problem});
    Some(format!("id: {now}\nretry: 500\ndata: {data}\n\n"))
}

/// What became of a page.
fn page(snapshot: &Snapshot, path: Option<&str>, since: Option<u64>) -> &'static str {
    let Some(since) = since else { return "changed" };
    let number = match path.map(|path| (path, snapshot.find(path))) {
        Some((_, Found::File(number))) => Some(number),
        Some((path, _)) if snapshot.went_after(path, since) => return "gone",
        _ => snapshot.number("404.html"),
    };
    if number.is_some_and(|number| snapshot.changed_after(number, since)) { "changed" } else { "same" }
}

/// Files that pages may show and that changed, by address; none when they are too many to name.
fn files(snapshot: &Snapshot, since: u64) -> Option<Vec<String>> {
    let changed = snapshot.artifacts().iter().enumerate().filter(|(number, artifact)| {
        artifact.kind == Kind::File && !artifact.path.ends_with(".md") && snapshot.changed_after(*number, since)
    });
    let files: Vec<String> = changed
        .take(NAMED + 1)
        .map(|(_, artifact)| format!("{}{}", snapshot.base_path(), href(&artifact.path)))
        .collect();
    (files.len() <= NAMED).then_some(files)
}

#[cfg(test)]
mod tests {
    use super::super::snapshot::Problem;
    use super::*;
    use crate::site::artifact::Artifact;
    use std::collections::BTreeSet;

    fn next(snapshot: &Snapshot, files: &[(&str, &str)], problem: Option<Problem>) -> Snapshot {
        let kind = |path: &str| if path.ends_with(".html") { Kind::Page } else { Kind::File };
        let artifacts = files.iter().map(|(path, text)| Artifact::new(*path, kind(path), text.as_bytes())).collect();
        snapshot.next(artifacts, "/docs", problem, &BTreeSet::new()).0
    }

    fn told(event: &Option<String>) -> serde_json::Value {
        let data = event.as_ref().unwrap().lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
        serde_json::from_str(data).unwrap()
    }

    #[test]
    fn only_pages_that_changed_are_told() {
        let first = next(
            &Snapshot::empty(std::path::Path::new("/")),
            &[("404.html", "1"), ("a/index.html", "1"), ("b/index.html", "1"), ("x y.png", "1")],
            None,
        );
        let since = Some(Mark::of(&first));
        let second =
            next(&first, &[("404.html", "1"), ("a/index.html", "2"), ("b/index.html", "1"), ("x y.png", "1")], None);
        assert_eq!(told(&event(&second, Some("/a/"), since, false))["page"], "changed");
        assert_eq!(event(&second, Some("/b/"), since, false), None);
        assert_eq!(event(&second, Some("/none/"), since, false), None);
        assert_eq!(told(&event(&second, Some("/b/"), since, true))["page"], "same");
        let third = next(
            &second,
            &[("404.html", "1"), ("b/index.html", "1"), ("none/index.html", "1"), ("x y.png", "2")],
            None,
        );
        assert_eq!(told(&event(&third, Some("/a/"), since, false))["page"], "gone");
        assert_eq!(told(&event(&third, Some("/none/"), since, false))["page"], "changed");
        assert_eq!(told(&event(&third, Some("/b/"), since, false))["files"], json!(["/docs/x%20y.png"]));
    }

    #[test]
    fn a_page_of_another_session_is_old() {
        let first = next(&Snapshot::empty(std::path::Path::new("/")), &[("a/index.html", "1")], None);
        let other = Mark::parse("1.7");
        assert_eq!(told(&event(&first, Some("/a/"), other, false))["page"], "changed");
        assert_eq!(Mark::parse(&Mark::of(&first).to_string()), Some(Mark::of(&first)));
        assert_eq!((Mark::parse(""), Mark::parse("1"), Mark::parse("-1.2")), (None, None, None));
    }

    #[test]
    fn a_problem_comes_and_goes_as_text_on_one_line() {
        let first = next(&Snapshot::empty(std::path::Path::new("/")), &[("a/index.html", "1")], None);
        let broken = first.broken(Problem { title: "t".to_owned(), text: "a\n\n<b>\r".to_owned() });
        let event_text = event(&broken, Some("/a/"), Some(Mark::of(&first)), false);
        assert_eq!(told(&event_text)["problem"]["text"], "a\n\n<b>\r");
        assert_eq!(event_text.unwrap().lines().count(), 4, "three fields and an empty line");
        let mended = next(&broken, &[("a/index.html", "1")], None);
        let said = told(&event(&mended, Some("/a/"), Some(Mark::of(&broken)), false));
        assert_eq!((&said["page"], &said["problem"]), (&json!("same"), &json!(null)));
    }
}
