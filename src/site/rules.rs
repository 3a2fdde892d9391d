//! `_redirects` and `_headers`, read as static hosts read them: exact paths, `*` at the end of a path with `:splat`,
//! and `:name` for one part of it.

use std::collections::BTreeMap;

/// A site's rules. Exact ones are looked up, and only the others are gone through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    exact: BTreeMap<String, (usize, Redirect)>,
    patterns: Vec<(usize, Pattern, Redirect)>,
    rewrites: Vec<Pattern>,
    headers: Vec<(Pattern, Vec<(String, String)>)>,
}

/// Where a rule sends a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Where to.
    pub to: String,
    /// With which status.
    pub status: u16,
}

impl Rules {
    /// The rules of `_redirects` and of `_headers`.
    #[must_use]
    pub fn read(redirects: &str, headers: &str) -> Self {
        let mut rules = Self::default();
        for (number, line) in redirects.lines().enumerate() {
            rules.add_redirect(number, line);
        }
        for line in headers.lines() {
            let text = line.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            if !line.starts_with([' ', '\t']) {
                rules.headers.push((Pattern::read(text), Vec::new()));
            } else if let (Some((_, values)), Some((name, value))) = (rules.headers.last_mut(), text.split_once(':')) {
                values.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        rules
    }

    fn add_redirect(&mut self, number: usize, line: &str) {
        let mut words = line.split_ascii_whitespace().take_while(|word| !word.starts_with('#'));
        let (Some(from), Some(to)) = (words.next(), words.next()) else { return };
        let status = words.next().map_or("301", |status| status.trim_end_matches('!')).parse().unwrap_or(0);
        if !from.starts_with('/') {
            return;
        }
        let from = crate::base::address::decode(from).into_owned();
        if status == 200 {
            self.rewrites.push(Pattern::read(&from));
        }
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return;
        }
        let redirect = Redirect { to: to.to_owned(), status };
        if from.contains(['*', ':']) {
            self.patterns.push((number, Pattern::read(&from), redirect));
        } else {
            self.exact.entry(bare(&from).to_owned()).or_insert((number, redirect));
        }
    }

    /// Where the path of a request, decoded, is sent to; the first rule that fits wins.
    #[must_use]
    pub fn redirect(&self, path: &str) -> Option<Redirect> {
        let exact = self.exact.get(bare(path));
        let before = exact.map_or(usize::MAX, |(number, _)| *number);
        let pattern = self.patterns.iter().take_while(|(number, ..)| *number < before).find_map(|(_, pattern, to)| {
            let names = pattern.fits(path)?;
            let mut target = to.to.clone();
            for (name, value) in names {
                target = target.replace(&format!(":{name}"), &crate::base::address::encode(value));
            }
            Some(Redirect { to: target, status: to.status })
        });
        pattern.or_else(|| exact.map(|(_, redirect)| redirect.clone()))
    }

    /// Whether a path, decoded, is answered by something else than a file of the site (status 200).
    #[must_use]
    pub fn rewrites(&self, path: &str) -> bool {
        self.rewrites.iter().any(|pattern| pattern.fits(path).is_some())
    }

    /// The headers of a path, decoded.
    pub fn headers(&self, path: &str) -> impl Iterator<Item = (&str, &str)> {
        let fitting = self.headers.iter().filter(move |(pattern, _)| pattern.fits(path).is_some());
        fitting.flat_map(|(_, values)| values.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }
}

/// A path without the slash at its end, which rules do not tell apart.
fn bare(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    parts: Vec<String>,
    has_splat: bool,
}

impl Pattern {
    fn read(path: &str) -> Self {
        let (path, has_splat) = match path.strip_suffix('*') {
            Some(path) => (path, true),
            None => (path, false),
        };
        Self { parts: bare(path).split('/').map(str::to_owned).collect(), has_splat }
    }

    /// What its names stand for, when the path fits.
    fn fits<'a>(&'a self, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        let mut names = Vec::new();
        let mut rest = Some(if self.has_splat { path } else { bare(path) });
        for part in &self.parts {
            let here = rest?;
            let (segment, behind) = match here.split_once('/') {
                Some((segment, behind)) => (segment, Some(behind)),
                None => (here, None),
            };
            match part.strip_prefix(':') {
                Some(name) if !segment.is_empty() => names.push((name, segment)),
                _ if part == segment => {}
                _ => return None,
            }
            rest = behind;
        }
        if self.has_splat {
            names.push(("splat", rest.unwrap_or("")));
        } else if rest.is_some() {
            return None;
        }
        Some(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_redirect_that_fits_wins() {
        let rules = Rules::read(
            "# rules\n/a /b\n/old/* /new/:splat 302\n/old/x /never\n/u/:name/y /n/:name 308\n/p /proxied 200\nbad\n/x%20y /z # ok\n",
            "",
        );
        let to = |path: &str| rules.redirect(path).map(|redirect| (redirect.to, redirect.status));
        assert_eq!(to("/a"), Some(("/b".to_owned(), 301)));
        assert_eq!(to("/a/"), Some(("/b".to_owned(), 301)));
        assert_eq!(to("/old/x"), Some(("/new/x".to_owned(), 302)));
        assert_eq!(to("/old/"), Some(("/new/".to_owned(), 302)));
        assert_eq!(to("/u/é/y"), Some(("/n/%C3%A9".to_owned(), 308)));
        assert_eq!(to("/u//y"), None);
        assert_eq!(to("/x y"), Some(("/z".to_owned(), 301)));
        assert_eq!((to("/p"), to("/b"), to("/")), (None, None, None));
        assert!(rules.rewrites("/p") && !rules.rewrites("/a"));
    }

    #[test]
    fn headers_of_all_fitting_paths_gather() {
        let rules = Rules::read("", "/*\n  X-A: 1\n# no\n\n/b/*\n\tX-B: c: d\n  nonsense\n/b/c\n  X-C: 3\n");
        let of = |path: &str| rules.headers(path).map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        assert_eq!(of("/"), ["X-A=1"]);
        assert_eq!(of("/b/c"), ["X-A=1", "X-B=c: d", "X-C=3"]);
        assert_eq!(of("/c/b/c"), ["X-A=1"]);
    }
}
