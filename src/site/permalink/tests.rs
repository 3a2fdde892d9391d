//! Addresses of guides, as Hugo gives them.

use super::*;
use crate::base::{Source, Span};
use crate::input::front_matter::FrontMatter;
use proptest::prelude::*;

fn guide(path: &str, front: FrontMatter) -> Arc<Guide> {
    let kind = match lookup::key(path).as_str() {
        _ if path == "_index.md" => Kind::Home,
        _ if lookup::is_named(path, "_index") => Kind::Section,
        _ => Kind::Page,
    };
    Arc::new(Guide {
        source: Source::new(format!("content/{path}"), ""),
        path: path.to_owned(),
        kind,
        front,
        body: Span::new(0, 0),
    })
}

fn config(section: &str, pattern: &str) -> Config {
    let mut config = Config::default();
    config.permalinks = vec![(section.to_owned(), pattern.to_owned())];
    config
}

fn address(config: &Config, path: &str, front: FrontMatter) -> String {
    let (permalinks, findings) = Permalinks::new(config, &[]);
    assert!(findings.is_empty(), "{findings:?}");
    let (address, finding) = permalinks.of(&guide(path, front));
    finding.map_or_else(|| address.unwrap().to_string(), |finding| format!("! {}", finding.message))
}

fn front(change: impl FnOnce(&mut FrontMatter)) -> FrontMatter {
    let mut front = FrontMatter::default();
    change(&mut front);
    front
}

fn titled(title: &str) -> FrontMatter {
    front(|front| front.title = Some(title.to_owned()))
}

fn slugged(slug: &str) -> FrontMatter {
    front(|front| front.slug = Some(slug.to_owned()))
}

fn url(url: &str) -> FrontMatter {
    front(|front| front.url = Some(url.to_owned()))
}

#[test]
fn paths_become_the_addresses_that_hugo_gives() {
    let config = Config::default();
    for (path, want) in [
        ("My Page & Co (v1.2)_ü.md", "/my-page--co-v1.2_ü/"),
        ("sec/Dots.a.b.md", "/sec/dots.a.b/"),
        ("sec/plus+plus.md", "/sec/plus+plus/"),
        ("sec/hash#hash.md", "/sec/hash#hash/"),
        ("sec/Tilde~x'q\"z.md", "/sec/tilde~xqz/"),
        ("sec/per%cent,comma;semi=eq@at!ex$d*.md", "/sec/per%centcommasemieq@atexd/"),
        ("sec/a  b -- c.md", "/sec/a--b----c/"),
        ("sec/ЖЩ Ünïcode 日本.md", "/sec/жщ-ünïcode-日本/"),
        ("sec/emoji😀x.md", "/sec/emojix/"),
        ("sec/br[a]c{k}e<t>|.md", "/sec/bracket/"),
        ("sec/-lead-.md", "/sec/-lead-/"),
        ("sec/_under.md", "/sec/_under/"),
        ("sec/No Sec/z.md", "/sec/no-sec/z/"),
        ("a/b/index.md", "/a/b/"),
        ("a/_index.md", "/a/"),
        ("_index.md", "/"),
        ("index.md", "/"),
        ("!../a/x.md", "/a/x/"),
    ] {
        assert_eq!(address(&config, path, FrontMatter::default()), want, "{path}");
    }
    assert!(address(&config, "sec/😀.md", FrontMatter::default()).starts_with("! "));
}

#[test]
fn slugs_become_the_addresses_that_hugo_gives() {
    let config = Config::default();
    for (slug, want) in [
        ("Other Name", "/n/other-name/"),
        ("a+b", "/n/a+b/"),
        ("C++", "/n/c++/"),
        ("50% off", "/n/50-off/"),
        ("trail -", "/n/trail/"),
        ("-x-", "/n/x/"),
        ("It's", "/n/its/"),
        ("A/B", "/n/a/b/"),
        ("a—b", "/n/ab/"),
        ("x  y", "/n/x-y/"),
        ("İ", "/n/i/"),
    ] {
        assert_eq!(address(&config, "n/p.md", slugged(slug)), want, "{slug}");
    }
    assert_eq!(address(&config, "n/b/index.md", slugged("Other")), "/n/other/");
    for slug in ["..", "../../x", "a/../b", "!"] {
        assert!(address(&config, "n/p.md", slugged(slug)).starts_with("! "), "{slug}");
    }
}

#[test]
fn permalinks_are_those_of_hugo() {
    let slug = config("blog", "/blog/:slug/");
    for (title, want) in [
        ("My Post: A & B (v1.2) — Ünï + C# .NET", "/blog/my-post-a-b-v1.2-ünï--c#-.net/"),
        ("Authelia + Traefik Setup Guide", "/blog/authelia--traefik-setup-guide/"),
        ("a+b", "/blog/a-b/"),
        ("C++", "/blog/c/"),
        ("A/B", "/blog/a-b/"),
        ("a % b", "/blog/a-b/"),
        ("a%20b", "/blog/a-b/"),
        ("x.html", "/blog/x.html/"),
    ] {
        assert_eq!(address(&slug, "blog/one.md", titled(title)), want, "{title}");
    }
    assert_eq!(address(&slug, "blog/sub/one.md", titled("x")), "/blog/x/");
    assert_eq!(address(&slug, "other/one.md", titled("x")), "/other/one/");
    assert_eq!(address(&slug, "blog/one.md", FrontMatter::default()), "/blog/one/");
    assert_eq!(address(&slug, "blog/_index.md", titled("x")), "/blog/");
    let deep = config("deep", "/d/:sections/:filename/");
    assert_eq!(address(&deep, "deep/A B/My File.md", titled("x")), "/d/deep/my-file/");
    let (permalinks, _) = Permalinks::new(&deep, &[guide("deep/A B/_index.md", titled("x"))]);
    let (found, _) = permalinks.of(&guide("deep/A B/c/My File.md", titled("x")));
    assert_eq!(found.unwrap().as_str(), "/d/deep/a-b/my-file/");
    let dated = config("news", "/:section/:year/:month/:day/:title/");
    let mut front = titled("Some News");
    front.date = crate::input::date::Date::parse("2020-03-04");
    assert_eq!(address(&dated, "news/n.md", front), "/news/2020/03/04/some-news/");
    assert!(address(&dated, "news/n.md", titled("x")).contains("`:year`"));
}

#[test]
fn a_url_is_taken_as_it_is_written() {
    let config = Config::default();
    assert_eq!(address(&config, "u/a.md", url("/some/Url/x.html")), "/some/Url/x.html");
    assert_eq!(address(&config, "u/a.md", url("rel/Url")), "/rel/Url/");
    assert_eq!(address(&config, "u/a.md", url("/a/index.html")), "/a/");
    assert_eq!(address(&config, "u/a.md", url("/With Space/Ünï")), "/With Space/Ünï/");
    for bad in ["/dots/../up/", "https://x.test/", "//x.test/", "/a?b", "/a#b", "/a/%2e%2e/b", "a\\b", "/\u{1}"] {
        assert!(address(&config, "u/a.md", url(bad)).starts_with("! "), "{bad}");
    }
    for hidden in ["/.git/hooks/", "/a/.b/", "/%2egit/", "/.guidegen.json"] {
        assert!(address(&config, "u/a.md", url(hidden)).contains("starts with a dot"), "{hidden}");
    }
    assert_eq!(address(&config, "u/a.md", url("/.well-known/security/")), "/.well-known/security/");
}

#[test]
fn a_url_may_have_the_parts_of_a_permalink() {
    let config = Config::default();
    assert_eq!(address(&config, "u/some-name.md", url("/x/:slug/")), "/x/some-name/");
    assert_eq!(address(&config, "u/some-name.md", url("/:section/:filename.html")), "/u/some-name.html");
    assert_eq!(address(&config, "u/a.md", url("/a/b:c/")), "/a/b:c/");
    assert!(address(&config, "u/a.md", url("/:year/x/")).contains("needs `:year`"));
    assert!(address(&config, "u/a.md", url("/../:slug/")).contains("`..`"));
    assert!(address(&config, "u/a.md", url("/.git/:slug/")).contains("starts with a dot"));
}

proptest! {
    #[test]
    fn no_name_leads_out_of_the_site(name in "\\PC{0,12}", slug in "[./a%2e\\\\ +:]{0,8}", title in "\\PC{0,8}") {
        let config = config("blog", "/:slug/:title/:sections/");
        let (permalinks, _) = Permalinks::new(&config, &[]);
        for path in [format!("{name}.md"), format!("blog/{name}/index.md"), format!("a/{name}.md")] {
            let mut front = slugged(&slug);
            front.title = Some(title.clone());
            for front in [front, url(&slug), url(&name)] {
                if let (Some(address), _) = permalinks.of(&guide(&path, front)) {
                    prop_assert!(address.as_str().starts_with('/'));
                    prop_assert!(!has_dots(&address.output()), "{address}");
                    prop_assert!(!address.output().contains(['\\', '\0']), "{address}");
                    prop_assert!(!address.output().starts_with('/'));
                }
            }
        }
    }
}

#[test]
fn a_section_s_slug_names_its_folder() {
    let config = Config::default();
    let (permalinks, _) = Permalinks::new(&config, &[guide("a/b/_index.md", slugged("Ren Amed"))]);
    assert_eq!(permalinks.folder("a/b/c").as_str(), "/a/ren-amed/c/");
    assert_eq!(permalinks.folder("a/bb").as_str(), "/a/bb/");
}

#[test]
fn a_pattern_with_an_unknown_token_is_a_configuration_error() {
    let config = config("blog", "/:slugg/");
    let (_, findings) = Permalinks::new(&config, &[]);
    assert_eq!(findings[0].code, Code::Config);
    assert!(findings[0].message.contains("`:slugg`"));
}
