//! What `serve` shows is what `build` writes: over random edits, a session builds, byte for byte, what a build without a
//! memory makes of the same files.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use guidegen::engine::{self, Command, Inputs, Session};
use guidegen::input::config::BaseUrl;
use guidegen::input::date::Date;
use guidegen::input::files::{Content, File, SiteFiles};
use guidegen::input::image::ImageSize;
use guidegen::page::highlight::Highlighter;
use guidegen::site::artifact::Bundle;
use guidegen::site::whole::{Changes, Reader};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % count
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// A site as its paths and texts.
type Tree = Arc<Mutex<BTreeMap<String, String>>>;

const HEADS: [&str; 10] = [
    "---\ntitle: One\n---\n",
    "---\ntitle: Two\nweight: 3\naliases: [/old/]\n---\n",
    "---\ntitle: Three\ntags: [a, b]\ndraft: true\n---\n",
    "---\ntitle: Four\ntags: [b]\nvariables: {local: {type: string, default: x}}\n---\n",
    "---\ntitle: [wrong\n---\n",
    "---\ntitle: Five\nslug: five\nseo: {noindex: true}\n---\n",
    "",
    "---\ntitle: Six\ncascade: {weight: 9}\n---\n",
    "---\ntitle: Seven\nnumber: 1\n---\n",
    "---\ntitle: Seven\nnumber: 1.0\n---\n",
];

const BODIES: [&str; 20] = [
    "# Heading\n\nText.\n",
    "## Setup\n\nSee [the other](/b/#setup) and [none](/none/).\n",
    "## Other\n\n[a](../a/#setup), [b](b.md#other), ![image](x.png)\n",
    "```yaml {title=\"x.yml\"}\na: '{{< sitevar name=\"domain\" >}}'\n```\n",
    "{{% include file=\"data/words.txt\" %}}\n",
    "{{% include file=\"content/a.md\" %}}\n",
    "{{< note >}}Inside **it**.{{< /note >}}\n",
    "{{< unknown >}}\n",
    "{{< list >}}\n",
    "{{< picture >}}\n",
    "{{< card >}} {{< around >}}\n",
    "{{% md %}}\n",
    "{{< md >}}\n\n[b](/b/)\n",
    "{{< note >}}{{< picture >}} {{< card >}}{{< /note >}} {{< guides >}}\n",
    "",
    "NUL \0 in it\n",
    "{{< sitevar name=\"local\" >}} {{< sitevar name=\"nothing\" nojs=\"x\" >}}\n",
    "![p](/p.svg) <img src=\"/l.png\" alt=\"\"> {{< figure src=\"/s/x.png\" alt=\"x\" >}}\n",
    "![x](x.png) ![l](/docs/l.png) {{< picture >}}\n",
    "<div id=\"setup\">raw</div>\n\n[self](#setup) [lost](#lost)\n",
];

const GUIDES: [&str; 8] = [
    "content/_index.md",
    "content/a.md",
    "content/b.md",
    "content/s/_index.md",
    "content/s/c.md",
    "content/s/d/index.md",
    "content/t/e.md",
    "content/t/f.md",
];

const OTHERS: [(&str, &[&str]); 17] = [
    (
        "guidegen.yaml",
        &[
            "title: T\nbase_url: https://x.test/\nvariables: {domain: {type: domain, default: example.com}}\n",
            "title: U\nbase_url: https://x.test/docs/\ntaxonomies: [tags]\nvariables: {domain: {type: domain, default: example.org}}\n",
            "title: V\nlinks: relative\n",
            "titel: wrong\n",
        ],
    ),
    ("data/words.txt", &["some words\n", "other *words*\n"]),
    ("data/d.yaml", &["x: 1\n", "x: 1.0\n", "x: 2\n", "x: [\n"]),
    ("templates/shortcodes/note.html", &["<p>{{ inner }}</p>", "<b>{{ inner }} {{ data.d.x }}</b>", "{{ broken"]),
    ("templates/shortcodes/list.html", &["{% for p in pages(section=\"/s/\") %}{{ p.title }} {% endfor %}", "no"]),
    ("templates/shortcodes/picture.html", &["<img src=\"{{ asset(path=\"p.svg\") }}\" alt=\"\">", "none"]),
    (
        "templates/page.html",
        &[
            "{% extends \"base.html\" %}",
            "<html><body>{{ page.content | safe }} {{ site.title }}</body></html>",
            "{{ page.nothing }}",
            "{% set size = image_size(src=asset(path=\"l.png\")) %}{% if size %}{{ size.width }}{% endif %} {{ page.content }}",
        ],
    ),
    (
        "templates/shortcodes/card.html",
        &["{% set p = page(path=\"/b/\") %}{{ p.title }}", "{% set p = page(path=\"/s/c/\") %}{{ p.extra.number }}"],
    ),
    (
        "templates/shortcodes/around.html",
        &[
            "{% for p in section.children %}{{ p.title }} {{ p.extra.number | default(value=0) }} {% endfor %}",
            "{{ page.title }} {{ page.previous.title | default(value='first') }} {{ site.title }}",
        ],
    ),
    ("templates/shortcodes/md.md", &["**{{ page.title }}** [b](/b/) ![p]({{ asset(path=\"p.svg\") }})", "[a](/a/)"]),
    ("templates/404.html", &["<p>{{ asset(path=\"p.svg\") }} {{ site.title }}</p>", "none"]),
    ("static/p.svg", &["<svg/>", "<svg></svg>", "<svg width='3' height='4'/>", "<svg width='3' height='4'></svg>"]),
    ("static/l.png", &["large 3 4", "large 5 6", "large 0 0", "small"]),
    ("static/custom.css", &["a {}", "b {}"]),
    ("static/_headers", &["/a/*\n  X-A: 1\n", "/b/*\n  X-B: 1\n"]),
    ("static/variables.js", &["// own\n", "// other\n"]),
    ("content/s/x.png", &["png", "other", "large 7 8", "large 8 7", "GIF89a\x03\0\x04\0\0\0\0"]),
];

fn change(tree: &mut BTreeMap<String, String>, dice: &mut Dice) {
    match dice.below(14) {
        // Bodies, as an author changes them: most of all changes.
        0..=5 => {
            let guide = dice.pick(&GUIDES);
            let body = dice.pick(&BODIES);
            if let Some(text) = tree.get_mut(guide) {
                let head = text.rfind("---\n").map_or(0, |at| at + 4);
                text.truncate(head);
                text.push_str(body);
            }
        }
        6 | 7 => {
            let text = format!("{}{}", dice.pick(&HEADS), dice.pick(&BODIES));
            tree.insert(dice.pick(&GUIDES).to_owned(), text);
        }
        8 => {
            tree.remove(dice.pick(&GUIDES));
        }
        9 => {
            let (from, to) = (dice.pick(&GUIDES), dice.pick(&GUIDES));
            if let Some(text) = tree.remove(from) {
                tree.insert(to.to_owned(), text);
            }
        }
        10..=12 => {
            let (path, texts) = OTHERS[dice.below(OTHERS.len())];
            tree.insert(path.to_owned(), dice.pick(texts).to_owned());
        }
        _ => {
            tree.remove(OTHERS[dice.below(OTHERS.len())].0);
        }
    }
}

/// What is in a file: `large 3 4` is an image that is left on disk.
fn content(path: &str, text: &str) -> Content {
    let Some(size) = text.strip_prefix("large ") else { return Content::of(path, text.as_bytes().to_vec()) };
    let sides: Vec<usize> = size.split(' ').map(|side| side.parse().unwrap()).collect();
    Content::OnDisk { path: path.into(), len: 100_000, image: ImageSize::new(sides[0], sides[1]) }
}

fn files(tree: &BTreeMap<String, String>) -> SiteFiles {
    let file = |path: &str, text: &str| File { path: path.to_owned(), content: content(path, text) };
    let folder = |name: &str| {
        let below =
            tree.iter().filter_map(|(path, text)| Some(file(path.strip_prefix(name)?.strip_prefix('/')?, text)));
        let mut files: Vec<File> = below.collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    };
    SiteFiles {
        config: tree.get("guidegen.yaml").map(|text| file("guidegen.yaml", text)),
        content: folder("content"),
        data: folder("data"),
        templates: folder("templates"),
        statics: folder("static"),
        schemas: folder("schemas"),
    }
}

struct Site {
    tree: Tree,
    highlighter: Arc<Highlighter>,
    reader: Reader,
    changes: Changes,
}

impl Site {
    fn new() -> Self {
        let tree = Tree::default();
        let read = Arc::clone(&tree);
        let reader: Reader =
            Arc::new(move |path| read.lock().unwrap().get(path).cloned().ok_or("is not there".to_owned()));
        Self { tree, highlighter: Arc::new(Highlighter::new()), reader, changes: Arc::new(Arc::default) }
    }

    /// The bundle in comparable form, or why there is none.
    fn build(&self, session: Option<&mut Session>) -> Result<Vec<String>, String> {
        let files = files(&self.tree.lock().unwrap());
        let inputs = Inputs {
            files: &files,
            found: Vec::new(),
            now: Date::from_unix(1_700_000_000),
            base_url: BaseUrl::parse("http://127.0.0.1:1111/").ok().filter(|_| files.config.is_none()),
            drafts: false,
            future: false,
            baked: Vec::new(),
            search: true,
            command: Command::Build,
            highlighter: Arc::clone(&self.highlighter),
            reader: Arc::clone(&self.reader),
            changes: Arc::clone(&self.changes),
            watch: None,
            lap: &|_| {},
        };
        let built = match session {
            Some(session) => session.build(inputs),
            None => engine::build(inputs),
        };
        built.map(|bundle| comparable(&bundle)).map_err(|refusal| format!("{:?}", refusal.diagnostics))
    }
}

fn comparable(bundle: &Bundle) -> Vec<String> {
    let artifacts = bundle.artifacts.iter().map(|artifact| {
        let content = match &artifact.content {
            Content::OnDisk { .. } => format!("{:?}", artifact.content),
            content => String::from_utf8_lossy(&content.bytes().unwrap()).into_owned(),
        };
        format!("{} {:?}\n{content}", artifact.path, artifact.kind)
    });
    let records = bundle.search.iter().flat_map(|records| &records.pages).map(|record| format!("{record:?}"));
    let findings = bundle.diagnostics.iter().map(|found| format!("{found:?}"));
    artifacts.chain(records).chain(findings).chain([format!("{:?}", bundle.facts)]).collect()
}

fn walk(seed: u64, steps: usize) {
    let site = Site::new();
    let mut dice = Dice(seed);
    {
        let mut tree = site.tree.lock().unwrap();
        for (path, texts) in OTHERS {
            tree.insert(path.to_owned(), texts[0].to_owned());
        }
        for path in GUIDES {
            tree.insert(path.to_owned(), format!("{}{}", dice.pick(&HEADS), dice.pick(&BODIES)));
        }
    }
    let mut session = Session::new();
    for step in 0..steps {
        let (shown, clean) = (site.build(Some(&mut session)), site.build(None));
        match (&shown, &clean) {
            (Ok(shown), Ok(clean)) => {
                let different = shown.iter().zip(clean).find(|(shown, clean)| shown != clean);
                if let Some((shown, clean)) = different {
                    panic!("seed {seed}, step {step}:\n--- shown\n{shown}\n--- clean\n{clean}");
                }
                assert_eq!(shown.len(), clean.len(), "seed {seed}, step {step}");
            }
            _ => assert_eq!(shown, clean, "seed {seed}, step {step}"),
        }
        change(&mut site.tree.lock().unwrap(), &mut dice);
    }
}

#[test]
fn a_session_builds_what_a_clean_build_does() {
    for seed in 1..=8_u32 {
        walk(0x9E37_79B9_7F4A_7C15_u64.rotate_left(seed), 40);
    }
}

/// Links find the name of a field, too, but a link that misses it slightly is not led to it.
#[test]
fn a_session_proposes_what_a_clean_build_does() {
    let site = Site::new();
    let put = |path: &str, text: &str| site.tree.lock().unwrap().insert(path.to_owned(), text.to_owned());
    let bodies = ["## Setup\n", "{{< field >}}\n", "<div><input name=\"setup\"></div>\n", ""];
    put("templates/shortcodes/field.html", "<input name=\"setup\">");
    put("content/b.md", "---\ntitle: B\n---\n[a](a.md#setpu)\n");
    let mut session = Session::new();
    let mut proposed = Vec::new();
    for body in bodies.iter().chain(bodies.iter().rev()) {
        // With other headings, so that the list of headings does not come and go with its own ids.
        put("content/a.md", &format!("---\ntitle: A\n---\n## One\n\n## Two\n\n{body}"));
        let shown = site.build(Some(&mut session)).unwrap();
        assert_eq!(shown, site.build(None).unwrap(), "{body}");
        proposed.push(shown.join("").contains("did you mean `#setup`?"));
    }
    assert!(proposed.contains(&true) && proposed.contains(&false), "{proposed:?}");
}

#[test]
fn a_session_follows_a_body_and_what_shows_it() {
    let site = Site::new();
    let put = |path: &str, text: &str| site.tree.lock().unwrap().insert(path.to_owned(), text.to_owned());
    put("content/a.md", "---\ntitle: A\n---\n## Setup\n");
    put("content/b.md", "---\ntitle: B\n---\n[a](a.md#setup)\n");
    let mut session = Session::new();
    assert!(!site.build(Some(&mut session)).unwrap().join("").contains("LinkAnchor"));
    put("content/a.md", "---\ntitle: A\n---\n## Renamed\n");
    assert!(site.build(Some(&mut session)).unwrap().join("").contains("LinkAnchor"), "the link of the other page");
    put("content/b.md", "---\ntitle: B\n---\n{{% include file=\"content/a.md\" %}}\n");
    site.build(Some(&mut session)).unwrap();
    put("content/a.md", "---\ntitle: A\n---\n## Third\n");
    let shown = site.build(Some(&mut session)).unwrap();
    assert!(shown.iter().any(|file| file.starts_with("b/index.html") && file.contains("Third")));
}
