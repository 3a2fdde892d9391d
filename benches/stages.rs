//! The stages of a build one by one, over generated guides in memory: `cargo bench --bench stages`.
//!
//! They tell where a build has become slower; how fast it is as a whole is told by the benchmark `build`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod generate;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use guidegen::base::Source;
use guidegen::engine::{self, Command, Inputs};
use guidegen::input::date::Date;
use guidegen::input::files::{Content, File, SiteFiles};
use guidegen::input::front_matter::FrontMatter;
use guidegen::input::shortcode;
use guidegen::page::highlight::Highlighter;
use guidegen::page::rendered::{self, Rendered};
use guidegen::page::world::World;
use guidegen::site::compose;
use guidegen::site::whole::Site;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Enough that no single guide weighs much, and few enough that a stage takes milliseconds.
const GUIDES: usize = 120;

fn main() {
    divan::main();
}

/// The files of the site of the benchmark.
fn files() -> SiteFiles {
    let file = |path: &str, text: &str| File { path: path.to_owned(), content: Content::Bytes(text.as_bytes().into()) };
    let mut content: Vec<File> = generate::Site::of(GUIDES).files().map(|made| file(&made.path, &made.text)).collect();
    content.sort_by(|a, b| a.path.cmp(&b.path));
    macro_rules! template {
        ($path:literal) => {
            file($path, include_str!(concat!("site/guidegen/templates/", $path)))
        };
    }
    SiteFiles {
        config: Some(file("guidegen.yaml", include_str!("site/guidegen/guidegen.yaml"))),
        content,
        templates: vec![
            template!("index.html"),
            template!("page.html"),
            template!("section.html"),
            template!("shortcodes/callout.html"),
            template!("shortcodes/common.md"),
            template!("shortcodes/option.html"),
        ],
        ..SiteFiles::default()
    }
}

fn inputs(files: &SiteFiles, highlighter: Arc<Highlighter>) -> Inputs<'_> {
    Inputs {
        files,
        found: Vec::new(),
        now: Date::from_unix(1_790_000_000),
        base_url: None,
        drafts: false,
        future: false,
        baked: Vec::new(),
        search: false,
        command: Command::Build,
        highlighter,
        reader: Arc::new(|path| Err(format!("{path} is not there"))),
        changes: Arc::new(|| Arc::new(BTreeMap::new())),
        watch: None,
        lap: &|_| {},
    }
}

/// The site, read; every line of code is remembered.
fn site(files: &SiteFiles) -> Arc<Site> {
    let highlighter = Arc::new(Highlighter::new());
    highlight(&highlighter, &blocks(&sources()));
    #[expect(clippy::expect_used, reason = "nothing can be measured without a site")]
    let (site, _) = engine::site(inputs(files, highlighter)).expect("the benchmark's own configuration is right");
    site
}

fn sources() -> Vec<Source> {
    generate::Site::of(GUIDES).files().map(|file| Source::new(format!("content/{}", file.path), file.text)).collect()
}

fn bytes<'a>(sources: impl IntoIterator<Item = &'a Source>) -> BytesCount {
    BytesCount::new(sources.into_iter().map(|source| source.text().len()).sum::<usize>())
}

/// The blocks of code, as the highlighter sees them: language and text.
fn blocks(sources: &[Source]) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in sources.iter().flat_map(|source| source.text().lines()) {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(info), None) => {
                open = Some((info.split(' ').next().unwrap_or_default().to_owned(), String::new()));
            }
            (None, Some((_, text))) => {
                text.push_str(&line.replace(generate::DOMAIN, "example.com").replace(generate::PORTAL, "auth"));
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

fn render(site: &Arc<Site>) -> Vec<Option<Rendered>> {
    let pages = &site.index.pages;
    let one = |page: &guidegen::site::entry::Page| {
        let guide = page.guide.as_ref()?;
        let world: Arc<dyn World> = Arc::<Site>::clone(site);
        Some(rendered::render(world, &site.scopes, page.id, guide.source.clone(), guide.body))
    };
    pages.iter().map(one).collect()
}

#[divan::bench]
fn front_matter(bencher: Bencher<'_, '_>) {
    let sources = sources();
    bencher.counter(bytes(&sources)).bench_local(|| {
        for source in &sources {
            black_box(FrontMatter::read(source));
        }
    });
}

#[divan::bench]
fn shortcode_scanner(bencher: Bencher<'_, '_>) {
    let sources = sources();
    bencher.counter(bytes(&sources)).bench_local(|| {
        for source in &sources {
            black_box(shortcode::scan(source.text()));
        }
    });
}

/// The languages of the generated guides.
const LANGUAGES: [&str; 7] = ["yaml", "bash", "nginx", "json", "env", "python", "ini"];

/// The first blocks of a process: grammars are read, and no line is known.
#[divan::bench(sample_count = 20)]
fn highlighter_cold(bencher: Bencher<'_, '_>) {
    let blocks = blocks(&sources());
    bencher.counter(code(&blocks)).bench_local(|| highlight(&Highlighter::new(), &blocks));
}

/// The same for one language: what its grammar costs.
#[divan::bench(sample_count = 20, args = LANGUAGES)]
fn highlighter_cold_of(bencher: Bencher<'_, '_>, language: &str) {
    let mut blocks = blocks(&sources());
    blocks.retain(|(name, _)| name == language);
    bencher.counter(code(&blocks)).bench_local(|| highlight(&Highlighter::new(), &blocks));
}

/// Every line is remembered.
#[divan::bench]
fn highlighter_memo(bencher: Bencher<'_, '_>) {
    let blocks = blocks(&sources());
    let highlighter = Highlighter::new();
    highlight(&highlighter, &blocks);
    bencher.counter(code(&blocks)).bench_local(|| highlight(&highlighter, &blocks));
}

fn highlight(highlighter: &Highlighter, blocks: &[(String, String)]) {
    for (language, text) in blocks {
        black_box(highlighter.tokens(language, text));
    }
}

fn code(blocks: &[(String, String)]) -> BytesCount {
    BytesCount::new(blocks.iter().map(|(_, text)| text.len()).sum::<usize>())
}

/// Shortcodes, Markdown, links, code that is remembered: a guide's content as HTML.
#[divan::bench]
fn markdown_and_page(bencher: Bencher<'_, '_>) {
    let files = files();
    let site = site(&files);
    bencher.counter(bytes(&sources())).bench_local(|| black_box(render(&site)));
}

/// Pages around rendered guides.
#[divan::bench]
fn composer(bencher: Bencher<'_, '_>) {
    let files = files();
    let site = site(&files);
    let rendered = render(&site);
    bencher.counter(bytes(&sources())).bench_local(|| {
        for (page, rendered) in site.index.pages.iter().zip(&rendered) {
            black_box(compose::page(&site, page.id, rendered.as_ref()));
        }
    });
}

/// All of it but the disk, with every thread there is.
#[divan::bench(sample_count = 20)]
fn whole_site_cold(bencher: Bencher<'_, '_>) {
    let files = files();
    bencher.counter(bytes(&sources())).bench_local(|| engine::build(inputs(&files, Arc::new(Highlighter::new()))));
}
