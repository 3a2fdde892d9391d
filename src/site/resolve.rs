//! Where a link target leads (DESIGN 2.7), and what is written for it.
//!
//! A target that names a guide or a file, by its path below `content/`, is written as its address. It is tried from
//! the guide's folder, from the page's address, from the folder that holds a bundle, and at last, as Hugo does, from
//! `content/` itself unless it starts with a dot. Any other target stays as it is, and is judged by where a browser
//! goes with it.

use super::entry::{Page, PageId, PageKind};
use super::index::SiteIndex;
use super::lookup;
use crate::base::address::{self, Address, Parts};
use crate::input::spelling;
use std::collections::HashMap;

/// What becomes of a link target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// What is written: root-relative without the base path where a guide or file was found, else the target as it was.
    pub href: String,
    /// Where that leads.
    pub to: Destination,
    /// The target wrote out this site's own base URL.
    pub absolute: bool,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A page, and the decoded fragment in it when one is named (never empty).
    Page {
        /// The page.
        id: PageId,
        /// The fragment.
        fragment: Option<String>,
    },
    /// A file, by its path below the output folder.
    File(String),
    /// A redirect, by its number.
    Alias(usize),
    /// Another site, or something that is no page at all (`mailto:`).
    External,
    /// A place in the page itself: the decoded fragment; empty for the page's top.
    Fragment(String),
    /// Nowhere.
    Broken {
        /// The path below the output folder, decoded.
        path: String,
        /// Addresses that may have been meant, the likeliest first.
        meant: Vec<String>,
    },
}

/// What a target names by its content path.
enum Found {
    Page(PageId),
    File(Address),
}

impl SiteIndex {
    /// What becomes of the link or image target `target` on the page `from`.
    #[must_use]
    pub fn resolve(&self, from: PageId, target: &str) -> Resolution {
        let as_written = |to| Resolution { href: target.to_owned(), to, absolute: false };
        let trimmed = target.trim();
        let parts = Parts::of(trimmed);
        if let Some(own) = self.own_path(trimmed) {
            let to = self.leads_to(&Address::root(), &Parts::of(own));
            return Resolution { absolute: true, ..as_written(to) };
        }
        if address::is_external(trimmed) {
            return as_written(Destination::External);
        }
        if parts.path.is_empty() {
            return as_written(Destination::Fragment(address::decode(parts.fragment.unwrap_or("")).into_owned()));
        }
        let Some(page) = self.page(from) else { return as_written(self.leads_to(&Address::root(), &parts)) };
        match self.find(page, &address::decode(parts.path)) {
            Some(Found::Page(id)) => {
                let href = self.page(id).map_or_else(|| target.to_owned(), |page| page.address.href() + &parts.tail());
                Resolution { href, to: page_at(id, &parts), absolute: false }
            }
            Some(Found::File(file)) => {
                let href = file.href() + &parts.tail();
                Resolution { href, to: Destination::File(file.output()), absolute: false }
            }
            None => as_written(self.leads_to(&page.address, &parts)),
        }
    }

    /// The path below the output folder of what a browser fetches for `src`, which has the base path, on the page `from`;
    /// none when that is not of this site.
    #[must_use]
    pub fn shown(&self, from: PageId, base_path: &str, src: &str) -> Option<String> {
        let path = match self.own_path(src) {
            Some(own) => own,
            None if address::is_external(src) => return None,
            None if src.starts_with('/') => address::without_base(base_path, src)?,
            None => src,
        };
        let base = self.page(from).map_or("", |page| page.address.base());
        Some(address::join(base, &address::decode(Parts::of(path).path))).filter(|path| !path.is_empty())
    }

    /// What stands behind this site's base URL in `url`: `/a/` of `https://docs.example.com/docs/a/`.
    fn own_path<'a>(&self, url: &'a str) -> Option<&'a str> {
        let base = self.base_url.as_ref()?;
        let origin = url.get(..base.origin.len()).filter(|start| start.eq_ignore_ascii_case(&base.origin))?;
        let rest = url.get(origin.len()..)?;
        match rest.as_bytes().first() {
            None => base.path.is_empty().then_some("/"),
            Some(b'/') => address::without_base(&base.path, rest),
            Some(b'?' | b'#') if base.path.is_empty() => Some(rest),
            Some(_) => None,
        }
    }

    /// The guide or file of `content/` that the decoded path names on `page`.
    fn find(&self, page: &Page, path: &str) -> Option<Found> {
        if path.starts_with('/') {
            return self.named(&address::join("", path));
        }
        let folder = lookup::folder(&page.path);
        if let Some(found) = self.named(&address::join(folder, path)) {
            return Some(found);
        }
        let from_address = address::join(page.address.base(), path);
        if let Some(id) = self.by_address.get(&Address::folder(&from_address)) {
            return Some(Found::Page(*id));
        }
        if let Some(found) = self.named(&from_address) {
            return Some(found);
        }
        let holder = lookup::holder(&page.path);
        if page.kind == PageKind::Page
            && holder != folder
            && let Some(found) = self.named(&address::join(holder, path))
        {
            return Some(found);
        }
        if path.starts_with('.') { None } else { self.named(&address::join("", path)) }
    }

    /// The guide or file at a path below `content/`.
    fn named(&self, path: &str) -> Option<Found> {
        if let Some(id) = self.by_path(path) {
            return Some(Found::Page(id));
        }
        if let Some(resource) = self.resource(path) {
            return Some(Found::File(resource.address.clone()));
        }
        let guide = path.strip_suffix(".html").filter(|_| !self.has_file(path))?;
        self.by_path(guide).map(Found::Page)
    }

    /// Where a browser goes with a path as it is written on the page at `from`.
    #[must_use]
    pub fn leads_to(&self, from: &Address, parts: &Parts<'_>) -> Destination {
        let path = address::decode(parts.path);
        let joined = address::join(from.base(), &path);
        let folder = Address::folder(&joined);
        let file = Address::file(&joined);
        let names_file = !path.ends_with('/') && !path.ends_with("/.") && !path.ends_with("..");
        let found = self.by_address.get(&folder).or_else(|| self.by_address.get(&file).filter(|_| names_file));
        if let Some(id) = found {
            return page_at(*id, parts);
        }
        if names_file {
            if self.has_file(&joined) {
                return Destination::File(joined);
            }
            if let Some((above, name)) = index_of(&joined) {
                let above = Address::folder(above);
                match (self.by_address.get(&above), self.by_alias.get(&above)) {
                    (Some(id), _) if name == "index.html" => return page_at(*id, parts),
                    (Some(_), _) => return Destination::File(joined),
                    (None, Some(alias)) if name == "index.html" => return Destination::Alias(*alias),
                    (None, _) => {}
                }
            }
        }
        if let Some(alias) = self.by_alias.get(&folder).or_else(|| self.by_alias.get(&file).filter(|_| names_file)) {
            return Destination::Alias(*alias);
        }
        Destination::Broken { meant: self.meant(&joined), path: joined }
    }

    /// Addresses of pages that a link to nowhere may have meant: those of the same name elsewhere, or else the one
    /// with the most alike name beside it. Looks at no more than a hundred names, however large the site is.
    fn meant(&self, path: &str) -> Vec<String> {
        let path = lookup::key(path);
        let path = path.strip_suffix(".html").unwrap_or(&path);
        let name = address::last_segment(path);
        if name.is_empty() {
            return Vec::new();
        }
        let names = self.names.get_or_init(|| {
            let mut names: HashMap<String, Vec<PageId>> = HashMap::new();
            for page in &self.pages {
                let same = names.entry(page.address.name().to_owned()).or_default();
                if same.len() < SUGGESTIONS {
                    same.push(page.id);
                }
            }
            names
        });
        if let Some(same) = names.get(name) {
            let shown = same.iter().filter_map(|id| self.page(*id));
            return shown.map(|page| page.address.as_str().to_owned()).collect();
        }
        let beside = self.by_address.get(&Address::folder(lookup::folder(path))).and_then(|id| self.page(*id));
        let siblings = beside.map(|page| page.children.as_slice()).unwrap_or_default();
        let siblings = siblings.iter().take(SIBLINGS).filter_map(|id| self.page(*id));
        let near = spelling::nearest(name, siblings.clone().map(|page| page.address.name()));
        let near = near.and_then(|near| siblings.clone().find(|page| page.address.name() == near));
        near.map(|page| page.address.as_str().to_owned()).into_iter().collect()
    }
}

const SUGGESTIONS: usize = 3;
const SIBLINGS: usize = 100;

fn page_at(id: PageId, parts: &Parts<'_>) -> Destination {
    let fragment = parts.fragment.filter(|fragment| !fragment.is_empty());
    Destination::Page { id, fragment: fragment.map(|fragment| address::decode(fragment).into_owned()) }
}

/// The folder and name of a file that every page's folder has.
fn index_of(path: &str) -> Option<(&str, &str)> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    matches!(name, "index.html" | "index.md").then_some((folder, name))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Site;
    use super::*;

    fn site() -> SiteIndex {
        let mut site = Site::new();
        site.config.taxonomies = vec!["tags".into()];
        let mut index = site
            .guides(&["_index.md", "sec/_index.md", "sec/Other Page.md", "sec/bundle/index.md", "sec/bundle/res.md"])
            .guides(&["sec/sub/_index.md", "sec/sub/x.md", "top/y.md", "sec/nosec/z.md"])
            .guide("sec/plain.md", |f| {
                (f.tags, f.aliases) = (vec!["a".into()], vec!["/old/".into(), "/older.html".into()])
            })
            .guide("sec/slugged.md", |f| f.slug = Some("renamed".into()))
            .guide("sec/urld.md", |f| f.url = Some("/custom/u.html".into()))
            .files(&["sec/bundle/img.png", "sec/bundle/Im G.PNG", "sec/nosec/loose.png"])
            .statics(&["logo.svg"])
            .index();
        index.admit(["feed.xml".to_owned()]);
        index
    }

    /// What is written on three pages: the section, a page in it, a bundle in it. `=` is the target as it was, `!`
    /// before it that it leads nowhere.
    fn written(index: &SiteIndex, from: &str, target: &str) -> String {
        let found = index.resolve(index.id(from), target);
        let mark = if matches!(found.to, Destination::Broken { .. }) { "!" } else { "" };
        format!("{mark}{}", if found.href == target { "=" } else { &found.href })
    }

    #[test]
    fn content_paths_are_found_as_hugo_finds_them() {
        let index = site();
        for (target, section, page, bundle) in [
            ("plain.md", "/sec/plain/", "/sec/plain/", "/sec/plain/"),
            ("plain", "/sec/plain/", "/sec/plain/", "/sec/plain/"),
            ("./plain/", "/sec/plain/", "/sec/plain/", "/sec/plain/"),
            ("Other%20Page.md", "/sec/other-page/", "/sec/other-page/", "/sec/other-page/"),
            ("slugged.md", "/sec/renamed/", "/sec/renamed/", "/sec/renamed/"),
            ("bundle", "/sec/bundle/", "/sec/bundle/", "/sec/bundle/"),
            ("bundle/index.md", "/sec/bundle/", "/sec/bundle/", "/sec/bundle/"),
            ("_index.md", "/sec/", "/sec/", "/sec/bundle/"),
            ("../_index.md", "/", "/", "/sec/"),
            ("sub/_index.md", "/sec/sub/", "/sec/sub/", "/sec/sub/"),
            ("sub/x.md", "/sec/sub/x/", "/sec/sub/x/", "/sec/sub/x/"),
            ("../top/y.md", "/top/y/", "/top/y/", "/top/y/"),
            ("../../../../top/y.md", "/top/y/", "/top/y/", "/top/y/"),
            ("top/y", "/top/y/", "/top/y/", "/top/y/"),
            ("/top/y.md", "/top/y/", "/top/y/", "/top/y/"),
            ("/top", "/top/", "/top/", "/top/"),
            ("plain.md#frag", "/sec/plain/#frag", "/sec/plain/#frag", "/sec/plain/#frag"),
            ("plain.md?q=1#frag", "/sec/plain/?q=1#frag", "/sec/plain/?q=1#frag", "/sec/plain/?q=1#frag"),
            ("/SEC/Plain", "/sec/plain/", "/sec/plain/", "/sec/plain/"),
            ("/sec/sub/x.html", "/sec/sub/x/", "/sec/sub/x/", "/sec/sub/x/"),
            ("/tags/a", "/tags/a/", "/tags/a/", "/tags/a/"),
            ("urld.md", "/custom/u.html", "/custom/u.html", "/custom/u.html"),
            ("/sec/slugged/", "/sec/renamed/", "/sec/renamed/", "/sec/renamed/"),
            ("bundle/img.png", "/sec/bundle/img.png", "/sec/bundle/img.png", "/sec/bundle/img.png"),
            ("img.png", "!=", "!=", "/sec/bundle/img.png"),
            ("Im%20G.PNG", "!=", "!=", "/sec/bundle/Im%20G.PNG"),
            ("y.md", "!=", "!=", "!="),
            ("bundle/res.md", "!=", "!=", "!="),
            ("nosec", "!=", "!=", "!="),
            ("content/sec/plain.md", "!=", "!=", "!="),
        ] {
            let got = ["/sec/", "/sec/other-page/", "/sec/bundle/"].map(|from| written(&index, from, target));
            assert_eq!(got, [section, page, bundle], "{target}");
        }
        assert_eq!(written(&index, "/sec/plain/", "../bundle/"), "/sec/bundle/", "from its address");
        assert_eq!(written(&index, "/sec/renamed/", "../plain"), "/sec/plain/", "from its address");
    }

    #[test]
    fn what_is_written_is_judged_by_where_it_leads() {
        let index = site();
        let to = |target: &str| index.resolve(index.id("/sec/plain/"), target).to;
        let page = |address: &str, fragment: Option<&str>| Destination::Page {
            id: index.id(address),
            fragment: fragment.map(str::to_owned),
        };
        assert_eq!(to("/sec/renamed"), page("/sec/renamed/", None));
        assert_eq!(to("/sec/renamed/index.html#a%20b"), page("/sec/renamed/", Some("a b")));
        assert_eq!(to("../renamed/#"), page("/sec/renamed/", None));
        assert_eq!(to("/custom/u.html"), page("/custom/u.html", None));
        assert_eq!(to("/sec/plain/index.md"), page("/sec/plain/", None), "a content path comes first");
        assert_eq!(to("/sec/renamed/index.md"), Destination::File("sec/renamed/index.md".into()));
        assert_eq!(to("/logo.svg"), Destination::File("logo.svg".into()));
        assert_eq!(to("/feed.xml?x"), Destination::File("feed.xml".into()));
        assert_eq!(to("/logo.svg/"), Destination::Broken { path: "logo.svg".into(), meant: vec![] });
        assert!(matches!(to("/old/"), Destination::Alias(_)));
        assert!(matches!(to("/old"), Destination::Alias(_)));
        assert!(matches!(to("/older.html"), Destination::Alias(_)));
        assert!(matches!(to("/old/index.html"), Destination::Alias(_)));
        assert_eq!(to("mailto:a@b.test"), Destination::External);
        assert_eq!(to("//cdn.test/x.js"), Destination::External);
        assert_eq!(to("https://y.test/sec/"), Destination::External);
        assert_eq!(to("#top"), Destination::Fragment("top".into()));
        assert_eq!(to(""), Destination::Fragment(String::new()));
        assert_eq!(to("?x=1#y"), Destination::Fragment("y".into()));
    }

    #[test]
    fn the_site_s_own_base_url_is_seen() {
        let index = site();
        let found = index.resolve(0, "https://X.test/sec/plain/#f");
        assert!(found.absolute);
        assert_eq!(found.to, Destination::Page { id: index.id("/sec/plain/"), fragment: Some("f".into()) });
        assert!(!index.resolve(0, "https://x.test.evil/").absolute);
        assert!(matches!(index.resolve(0, "https://x.test/nope/").to, Destination::Broken { .. }));
    }

    #[test]
    fn a_broken_link_is_told_with_what_may_be_meant() {
        let index = site();
        let meant = |target: &str| match index.resolve(index.id("/top/"), target).to {
            Destination::Broken { meant, .. } => meant,
            other => panic!("{target}: {other:?}"),
        };
        assert_eq!(meant("bundle.md"), ["/sec/bundle/"], "moved");
        assert_eq!(meant("/sec/plan/"), ["/sec/plain/"], "mistyped");
        assert_eq!(meant("/zzz/qqq/"), [""; 0]);
    }
}
