//! One guide from its bytes to its page, in a site with shortcodes of every sort, variables and others to link to.
//!
//! The site stands and only the guide differs, so that many can be tried; [`super::site`] builds everything anew.

use super::{html, places};
use guidegen::base::{Source, Span};
use guidegen::engine::{self, Command, Inputs};
use guidegen::input::date::Date;
use guidegen::input::files::{Content, File, SiteFiles};
use guidegen::input::front_matter::FrontMatter;
use guidegen::page::highlight::Highlighter;
use guidegen::page::read;
use guidegen::page::rendered::{self, Rendered, TocEntry};
use guidegen::page::world::World;
use guidegen::site::compose;
use guidegen::site::whole::Site;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The guide that is tried.
const GUIDE: &str = "folder/guide.md";
/// What was highlighted is remembered: after so many guides everything is made anew, so that memory does not grow.
const GUIDES: usize = 5_000;

const CONFIG: &str = "\
title: Fuzz & <Co>
base_url: https://docs.example.com/base/
variables:
  domain: { type: domain, default: example.com }
  host: { type: label, default: auth }
  port: { type: port, default: 9091 }
  tls: { type: boolean, default: true, text: { true: https, false: http } }
  key: { type: secret, default: insecure_secret, length: 32 }
computed:
  url: '{tls}://{host}.{domain}:{port}/'
";

const CONTENT: [(&str, &str); 5] = [
    ("a.md", "---\ntitle: A\n---\n\n# A\n\n## Part\n\nText of *A*, {{< sitevar name=\"domain\" >}}.\n"),
    ("folder/_index.md", "---\ntitle: Folder\n---\n\nText.\n"),
    ("folder/guide.md", "---\ntitle: Guide\n---\n\n"),
    ("folder/list.yml", "a: 1\nb: {{< y >}}\n"),
    ("folder/other.md", "---\ntitle: Other\naliases: [/old/]\n---\n\nSee {{% include file=\"./other.md\" %}}.\n"),
];

const SHORTCODES: [(&str, &str); 10] = [
    ("all.html", "{% for child in children %}<p>{{ child.name }}: {{ child.inner | markdown }}</p>{% endfor %}"),
    ("b.html", "<b id=\"b\">B</b>"),
    ("broken.html", "{{ params.none.none }}"),
    ("line.html", "<q>{{ inner | markdown(inline=true) }}</q>"),
    ("link.html", "<a href=\"/a/\" title=\"{{ args[0] }}\">{{ inner }}</a>"),
    ("list.md", "- one\n- two\n\n  three\n"),
    ("note.html", "<div class=\"note\">\n{{ inner | markdown }}\n</div>"),
    ("raw.html", "[{{ inner }}]"),
    ("y.html", "Y"),
    ("z.html", "<div>Z</div>\n"),
];

/// Sites that differ in what becomes of raw HTML, and after how many guides they go.
static SITES: Mutex<(usize, Vec<Arc<Site>>)> = Mutex::new((0, Vec::new()));

/// Renders `data` as a guide and puts it into its template.
pub fn check(data: &[u8]) {
    let (source, found) = read::text(&format!("content/{GUIDE}"), data);
    places::assert_findings(&found, |_| std::str::from_utf8(data).ok().or(Some(source.text())));
    let (_, body, _) = FrontMatter::read(&source);
    for (site, mode) in sites().iter().zip(["allow", "escape", "sanitize"]) {
        let page = site.index.pages.iter().find(|page| page.guide.as_ref().is_some_and(|guide| guide.path == GUIDE));
        let id = page.expect("the guide is a page of its site").id;
        let world: Arc<dyn World> = Arc::<Site>::clone(site);
        let rendered = rendered::render(world, &site.scopes, id, source.clone(), body);
        check_rendered(&source, body, &rendered);
        let composed = compose::page(site, id, Some(&rendered));
        assert!(composed.failure.is_none(), "the template of the theme never fails");
        let artifact = composed.artifact.expect("a page that is written");
        let Content::Bytes(bytes) = &artifact.content else { panic!("a page is made in memory") };
        let written = std::str::from_utf8(bytes).expect("a page is UTF-8");
        html::assert_filled(written);
        if mode != "allow" {
            html::assert_inert(&rendered.html);
        }
        if mode == "escape" {
            html::assert_balanced(&rendered.html);
            html::assert_balanced(written);
        }
    }
}

fn check_rendered(source: &Source, body: Span, rendered: &Rendered) {
    html::assert_filled(&rendered.html);
    html::assert_filled(&rendered.markdown);
    check_toc(&rendered.toc, 2);
    let text = source.text();
    places::assert_findings(&rendered.diagnostics, |file| match file {
        file if file == &**source.path() => Some(text),
        file => {
            let known = [("content/", &CONTENT[..]), ("templates/shortcodes/", &SHORTCODES[..])];
            known.iter().find_map(|(folder, files)| {
                let path = file.strip_prefix(folder)?;
                files.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
            })
        }
    });
    let spans = rendered.links.iter().map(|link| link.span).chain(rendered.ids.iter().map(|id| id.span));
    for span in spans.chain(rendered.variables.iter().map(|variable| variable.span)) {
        places::assert_part(text, span);
        assert!(body.start <= span.start && span.end <= body.end, "{span:?} is outside of the body");
    }
    for used in &rendered.markdown_uses {
        assert!(rendered.markdown.get(used.range.clone()).is_some(), "{used:?} is no part of the Markdown");
    }
}

fn check_toc(entries: &[TocEntry], least: u8) {
    for entry in entries {
        assert!(entry.level >= least && entry.level <= 4 && !entry.id.is_empty(), "{entry:?}");
        html::assert_filled(&entry.title);
        html::assert_balanced(&entry.title);
        check_toc(&entry.children, entry.level + 1);
    }
}

fn sites() -> Vec<Arc<Site>> {
    // One that failed while it held the sites leaves them as they were.
    let mut sites = SITES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if sites.0 == 0 {
        *sites = (GUIDES, ["allow", "escape", "sanitize"].map(site).to_vec());
    }
    sites.0 -= 1;
    sites.1.clone()
}

fn site(raw_html: &str) -> Arc<Site> {
    let file =
        |path: &str, text: &str| File { path: path.to_owned(), content: Content::of(path, text.as_bytes().to_vec()) };
    let files = SiteFiles {
        config: Some(file("guidegen.yaml", &format!("{CONFIG}markdown: {{ html: {raw_html} }}\n"))),
        content: CONTENT.iter().map(|(path, text)| file(path, text)).collect(),
        templates: SHORTCODES.iter().map(|(name, text)| file(&format!("shortcodes/{name}"), text)).collect(),
        ..SiteFiles::default()
    };
    let (site, _) = engine::site(inputs(&files)).expect("the configuration is right");
    site
}

/// What a build gets beside the files: nothing that differs from one time to the next.
pub fn inputs(files: &SiteFiles) -> Inputs<'_> {
    let texts: BTreeMap<String, Vec<u8>> = files
        .content
        .iter()
        .filter_map(|file| Some((format!("content/{}", file.path), file.content.bytes()?.into_owned())))
        .collect();
    let reader = move |path: &str| {
        let bytes = texts.get(path).ok_or_else(|| format!("{path} is not there"))?;
        String::from_utf8(bytes.clone()).map_err(|_| format!("{path} is no text"))
    };
    Inputs {
        files,
        found: Vec::new(),
        now: Date::from_unix(1_790_000_000),
        base_url: None,
        drafts: false,
        future: false,
        baked: Vec::new(),
        search: true,
        command: Command::Build,
        highlighter: Arc::new(Highlighter::new()),
        reader: Arc::new(reader),
        changes: Arc::new(|| Arc::new(BTreeMap::new())),
        watch: None,
        lap: &|_| {},
    }
}
