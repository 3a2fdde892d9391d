//! What the index of a site is made of.

use super::*;
use crate::site::testing::{Site, date};

#[test]
fn an_empty_site_has_a_home_page() {
    let index = Site::new().index();
    assert_eq!(index.pages.len(), 1);
    assert_eq!(index.pages[0].output, "index.html");
    assert_eq!(index.pages[0].title, "Ref");
}

#[test]
fn drafts_future_and_expired_guides_are_left_out_as_hugo_does() {
    let surveyed = Site::new()
        .guide("fut/a.md", |f| f.date = date("2099-01-01"))
        .guide("fut/b.md", |f| (f.date, f.publish_date) = (date("2099-01-01"), date("2020-01-01")))
        .guide("fut/c.md", |f| f.publish_date = date("2099-01-01"))
        .guide("fut/d.md", |f| f.expiry_date = date("2020-01-01"))
        .guide("fut/e.md", |_| {})
        .guide("draft/_index.md", |f| f.draft = true)
        .guide("draft/e.md", |_| {})
        .guide("withheld/a/index.md", |f| f.draft = true)
        .files(&["withheld/a/x.png", "fut/y.png"])
        .survey();
    let all: Vec<_> = surveyed.index.pages.iter().map(|page| page.address.as_str()).collect();
    assert_eq!(all, ["/", "/draft/e/", "/fut/", "/fut/b/", "/fut/e/"]);
    assert_eq!(surveyed.index.pages[1].parent, Some(0));
    assert_eq!(surveyed.index.resources.len(), 1, "nothing of a draft is published");
}

#[test]
fn files_stand_with_their_page_or_folder() {
    let index = Site::new()
        .guide("sec/Bund Le/index.md", |f| f.slug = Some("sluggy".into()))
        .guide("urls/_index.md", |f| f.url = Some("/other/place.html".into()))
        .guides(&[
            "sec/_index.md",
            "sec/No Sec/z.md",
            "sec/bundle/index.md",
            "sec/bundle/res.md",
            "sec/bundle/deep/index.md",
        ])
        .files(&[
            "sec/Bund Le/A a.png",
            "urls/A.png",
            "sec/No Sec/loose X.png",
            "sec/Img Dir/In Ner/Y y.png",
            "sec/bundle/inner/I.txt",
            "sec/bundle/deep/J.txt",
            "Only/b.png",
            "root.txt",
            "sec/.hidden",
        ])
        .index();
    let stand: Vec<_> = index.resources.iter().map(|file| file.address.as_str()).collect();
    assert_eq!(
        stand,
        [
            "/Only/b.png",
            "/root.txt",
            "/sec/sluggy/A a.png",
            "/sec/Img Dir/In Ner/Y y.png",
            "/sec/no-sec/loose X.png",
            "/sec/bundle/deep/J.txt",
            "/sec/bundle/inner/I.txt",
            "/other/A.png",
        ]
    );
    assert!(!index.pages.iter().any(|page| page.path.contains("bundle/res") || page.path.contains("bundle/deep")));
    assert_eq!(index.resources[2].page, Some(index.id("/sec/sluggy/")));
}

#[test]
fn what_wants_one_address_is_told_at_both_places() {
    let surveyed = Site::new()
        .guides(&["dup/a.md", "dup/a/index.md", "case/B.md", "case/b.md", "both/_index.md", "both/index.md"])
        .guide("c/one.md", |f| f.url = Some("/Up/".into()))
        .guide("c/two.md", |f| f.url = Some("/up/".into()))
        .files(&["case/index.html", "case/x.png", "case/X.png"])
        .statics(&["dup/a/index.html", "fine.png", "case/x.png"])
        .survey();
    let told = surveyed.told();
    assert_eq!(told.len(), 8, "{told:#?}");
    assert!(told.iter().all(|told| told.starts_with("address-conflict: ")));
    let first = &surveyed.findings[0];
    let places = (first.place.as_ref().unwrap().file.as_ref(), first.related[0].place.file.as_ref());
    assert_eq!(places, ("content/both/index.md", "content/both/_index.md"));
    assert_eq!(surveyed.index.refused, ["case/x.png", "dup/a/index.html"]);
    assert!(surveyed.index.has_file("fine.png"));
    assert!(surveyed.index.by_path("dup/a.md").is_some_and(|id| surveyed.index.pages[id].path == "dup/a.md"));
}

#[test]
fn taxonomies_and_terms_have_pages() {
    let mut site = Site::new();
    site.config.taxonomies = vec!["tags".into(), "categories".into()];
    let index = site
        .guide("a/x.md", |f| f.tags = vec!["Go Lang".into(), "C#".into(), "Über".into(), "a/b".into()])
        .guide("a/y.md", |f| (f.tags, f.weight) = (vec!["go lang".into()], 1))
        .guide("tags/_index.md", |f| f.title = Some("All tags".into()))
        .guide("tags/go-lang/_index.md", |f| f.title = Some("The Go language".into()))
        .index();
    assert_eq!(index.children("/tags/"), ["/tags/a/b/", "/tags/c#/", "/tags/go-lang/", "/tags/über/"]);
    assert_eq!(index.children("/tags/go-lang/"), ["/a/y/", "/a/x/"]);
    assert_eq!(index.children("/categories/"), [""; 0]);
    assert_eq!(index.children("/"), ["/a/"]);
    let tags = &index.pages[index.id("/tags/")];
    assert_eq!((tags.kind, tags.title.as_str()), (PageKind::Taxonomy, "All tags"));
    let term = &index.pages[index.id("/tags/c#/")];
    assert_eq!((term.kind, term.title.as_str(), term.address.href().as_str()), (PageKind::Term, "C#", "/tags/c%23/"));
    assert_eq!(index.addresses(&index.ancestors(term.id)), ["/", "/tags/"]);
    let x = &index.pages[index.id("/a/x/")];
    assert_eq!(x.terms[0].0, "tags");
    assert_eq!(index.addresses(&x.terms[0].1), ["/tags/a/b/", "/tags/c#/", "/tags/go-lang/", "/tags/über/"]);
}

#[test]
fn aliases_stand_where_hugo_puts_them() {
    let index = Site::new()
        .guide("al/_index.md", |f| f.aliases = vec!["secrel".into(), "/secabs".into()])
        .guide("al/one.md", |f| {
            f.aliases = [
                "rel",
                "./dotrel",
                "../up",
                "/abs",
                "/abs2/",
                "/abs3.html",
                "rel4.html",
                "With Space",
                "/a.b/",
                "/UP/Case",
            ]
            .map(str::to_owned)
            .into();
        })
        .guide("al/b/index.md", |f| f.aliases = vec!["brel".into(), "../bup".into()])
        .guide("al/url.md", |f| (f.url, f.aliases) = (Some("/q/w/e.html".into()), vec!["rel2".into()]))
        .index();
    let stand: Vec<_> = index.aliases.iter().map(|alias| alias.address.as_str()).collect();
    assert_eq!(
        stand,
        [
            "/UP/Case/",
            "/a.b/",
            "/abs/",
            "/abs2/",
            "/abs3.html",
            "/al/With Space/",
            "/al/brel/",
            "/al/dotrel/",
            "/al/rel/",
            "/al/rel4.html",
            "/bup/",
            "/q/w/rel2/",
            "/secabs/",
            "/secrel/",
            "/up/",
        ]
    );
    let one = &index.pages[index.id("/al/one/")];
    assert_eq!(one.aliases.len(), 10);
    assert!(one.aliases.iter().all(|alias| index.aliases[*alias].page == one.id));
}

#[test]
fn bad_aliases_are_told() {
    let surveyed = Site::new()
        .guide("a.md", |f| {
            f.aliases = [
                "/b/",
                "../../x",
                "/a/../../x",
                "https://x.test/y",
                "/q?x=1",
                "/c#d",
                "",
                "/pic.png.html",
                "/same",
                "/SAME/",
            ]
            .map(str::to_owned)
            .into();
        })
        .guide("b.md", |f| f.aliases = vec!["/same/".into()])
        .statics(&["pic.png.html"])
        .survey();
    let codes: Vec<_> = surveyed.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes.iter().filter(|code| **code == "address-conflict").count(), 6, "{:#?}", surveyed.told());
    assert_eq!(codes.iter().filter(|code| **code == "alias-conflict").count(), 4, "{:#?}", surveyed.told());
    assert_eq!(surveyed.index.aliases.len(), 1);
    assert_eq!(surveyed.index.pages[surveyed.index.aliases[0].page].path, "b.md", "the last by path, as in Hugo");
    assert!(surveyed.index.has_file("pic.png.html"));
}

#[test]
fn edit_links_speak_the_language_of_the_host() {
    for (url, want) in [
        ("https://github.com/o/r", "https://github.com/o/r/edit/main/docs/content/a%20b.md"),
        ("https://gitlab.com/o/r/", "https://gitlab.com/o/r/-/edit/main/docs/content/a%20b.md"),
        ("https://codeberg.org/o/r", "https://codeberg.org/o/r/_edit/main/docs/content/a%20b.md"),
    ] {
        let mut site = Site::new();
        site.config.repository = Some(Repository { url: url.into(), branch: "main".into(), path: "/docs/".into() });
        let index = site.guides(&["a b.md"]).index();
        assert_eq!(index.pages[1].edit_url.as_deref(), Some(want));
    }
}

#[test]
fn large_sites_take_no_longer_a_page_than_small_ones() {
    let mut site = Site::new();
    for number in 0..5_000 {
        site = site.guide(&format!("s{}/p{number}/index.md", number % 3), |f| {
            f.aliases = vec![format!("/old/{number}/")];
            f.title = Some("one title".into());
        });
    }
    let index = site.index();
    assert_eq!(index.pages.len(), 5_004);
    assert_eq!(index.aliases.len(), 5_000);
}
