//! From files to a site that can be rendered: configuration, variables, data, templates, guides, index.

use super::{Inputs, Refusal, source};
use crate::base::{Code, Diagnostic, Place, Severity, Source};
use crate::input::config::Config;
use crate::input::files::{Content, File, SiteFiles};
use crate::input::front_matter::FrontMatter;
use crate::input::guide::{Guide, Kind, is_guide, without_ending};
use crate::input::strings::{self, Strings};
use crate::input::templates::Templates;
use crate::input::variable::Variables;
use crate::page::scope::Scopes;
use crate::page::{functions, read};
use crate::site::headers::Policy;
use crate::site::images::Images;
use crate::site::index::{Selection, SiteIndex};
use crate::site::static_files::Assets;
use crate::site::whole::{Parts, Site};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// In so many files there is certainly code to highlight, which takes some preparation.
const MANY: usize = 50;

/// The finding about a site that publishes none of its `count` guides.
fn no_guides(index: &SiteIndex, count: usize) -> Option<Diagnostic> {
    if index.pages.iter().any(|page| page.guide.is_some()) {
        return None;
    }
    let (message, help) = match count {
        0 => ("there is no guide in `content/`", "write one: `guidegen new NAME.md`"),
        _ => (
            "no guide in `content/` is published: each is a draft, of the future, expired or without an address",
            "take `draft: true` out of one, or see them with `--drafts` and `--future`",
        ),
    };
    Some(Diagnostic::new(Code::ContentEmpty, message).at(Place::file("content")).help(help))
}

/// The site, and what was found on the way.
pub fn load(inputs: Inputs<'_>) -> Result<(Site, Vec<Diagnostic>), Refusal> {
    let files = inputs.files;
    let mut found = inputs.found;
    let (config, problems) = configuration(files);
    let mut config = match inputs.base_url {
        Some(base_url) => config.with_base_url(base_url),
        None => config,
    };
    config.search &= inputs.search;
    let mut problems = problems;
    problems.extend(missing_files(&config, files));
    let (mut variables, wrong) = variables(&config);
    refuse_errors(problems, wrong, &mut found)?;
    bake(&mut variables, &inputs.baked)?;

    let selection = Selection { now: inputs.now, drafts: inputs.drafts, future: inputs.future };
    let scopes = Arc::new(Scopes::default());
    let mut beside = Vec::new();
    let guides = read_guides(files);
    // One thread knows all guides at a time: what stands beside them is made by the other ones.
    let (guides, (data, strings, assets, (templates, shows, problems))) = rayon::join(
        || index(&config, files, selection, guides),
        || {
            let (data, strings) = data(files, &config.language, &mut beside);
            let templates = templates(files, &scopes);
            let assets = Assets::new(&files.statics, &variables, &strings, &config.theme);
            if files.content.len() >= MANY {
                inputs.highlighter.prepare();
            }
            (data, strings, assets, templates)
        },
    );
    let (index, of_guides) = guides;
    found.extend(of_guides);
    let local = local_variables(&variables, &index, &mut found);
    found.extend(beside);
    found.extend(problems);
    let policy = Policy::of(&config).meta();
    let images = Images::new(&index, &files.statics);
    let site = Site::new(Parts {
        config,
        index,
        variables,
        local,
        templates,
        scopes,
        policy,
        data,
        strings,
        assets,
        images,
        highlighter: inputs.highlighter,
        reader: inputs.reader,
        watch: inputs.watch,
        changes: inputs.changes,
        waits_for_changes: shows.updated,
        marks_active: shows.active,
        has_head: shows.head,
    });
    Ok((site, found))
}

/// All guides, and what was found in each.
fn read_guides(files: &SiteFiles) -> Vec<(Guide, Vec<Diagnostic>)> {
    files.content.par_iter().with_max_len(super::FEW).filter_map(guide).collect()
}

/// The index of the guides, and what was found in them.
fn index(
    config: &Config,
    files: &SiteFiles,
    selection: Selection,
    guides: Vec<(Guide, Vec<Diagnostic>)>,
) -> (SiteIndex, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut all = Vec::with_capacity(guides.len());
    for (guide, problems) in guides {
        found.extend(problems);
        all.push(Arc::new(guide));
    }
    let guide_count = all.len();
    let others = files.content.iter().filter(|file| !is_guide(&file.path)).map(|file| {
        let (path, problem) = read::path("content", &file.path);
        found.extend(problem);
        File { path, content: file.content.clone() }
    });
    let others = others.collect();
    let (mut index, problems) = SiteIndex::new(config, all, others, &files.statics, selection);
    found.extend(problems);
    found.extend(no_guides(&index, guide_count));
    index.admit(crate::site::extras::names(config, &index));
    (index, found)
}

/// The configuration of a site.
pub fn configuration(files: &SiteFiles) -> (Config, Vec<Diagnostic>) {
    let Some(file) = &files.config else { return Config::load(None) };
    let (source, mut problems) = read::text(&file.path, bytes(file));
    let (config, more) = Config::load(Some(&source));
    problems.extend(more);
    for problem in problems.iter_mut().filter(|problem| problem.code == Code::Encoding) {
        problem.code = Code::Config;
    }
    (config, problems)
}

/// The files that `theme` names have to be there: every page shows them.
fn missing_files(config: &Config, files: &SiteFiles) -> Vec<Diagnostic> {
    let theme = &config.theme;
    let named = [("logo", &theme.logo), ("logo_dark", &theme.logo_dark), ("image", &theme.image)];
    let missing = named.into_iter().filter_map(|(key, path)| {
        let path = path.as_ref()?;
        let is_there = files.statics.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok();
        (!is_there).then(|| {
            let diagnostic = Diagnostic::new(Code::Config, format!("there is no static file `{path}`"))
                .help(format!("put it at `static/{path}`, or take `theme.{key}` out"));
            match &config.document {
                Some(document) => diagnostic.at(document.place(&["theme", key])),
                None => diagnostic,
            }
        })
    });
    missing.collect()
}

fn bytes(file: &File) -> &[u8] {
    file.content.whole().unwrap_or_default()
}

/// A wrong configuration ends the build: half of it would publish something that nobody meant.
fn refuse_errors(
    config: Vec<Diagnostic>,
    variables: Vec<Diagnostic>,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Refusal> {
    let all: Vec<Diagnostic> = config.into_iter().chain(variables).collect();
    if all.iter().any(|problem| problem.code == Code::Config && problem.severity == Severity::Error) {
        return Err(Refusal { diagnostics: all });
    }
    found.extend(all);
    Ok(())
}

fn variables(config: &Config) -> (Variables, Vec<Diagnostic>) {
    let spans = |path: &[&str]| config.document.as_ref().map(|document| document.place(path));
    Variables::load(&config.variables, &config.computed, &spans, Code::Config)
}

fn bake(variables: &mut Variables, values: &[(String, Value)]) -> Result<(), Refusal> {
    let mut diagnostics = Vec::new();
    for (name, value) in values {
        if let Err(why) = variables.bake_value(name, value) {
            diagnostics.push(Diagnostic::new(Code::Config, format!("`{name}` cannot be set: {why}")));
        }
    }
    if diagnostics.is_empty() { Ok(()) } else { Err(Refusal { diagnostics }) }
}

/// A guide of `content/` and what was found in it; none for other files.
pub(super) fn guide(file: &File) -> Option<(Guide, Vec<Diagnostic>)> {
    if !is_guide(&file.path) {
        return None;
    }
    let path = format!("content/{}", file.path);
    let bytes = bytes(file);
    if bytes.len() > read::GUIDE_LIMIT {
        let problem =
            Diagnostic::new(Code::Nesting, format!("the guide is larger than {} MB", read::GUIDE_LIMIT >> 20))
                .at(crate::base::Place::file(path.as_str()))
                .help("split it; its page is left empty");
        return Some((read_guide(file, Source::new(path, "")).0, vec![problem]));
    }
    let (source, mut problems) = match &file.content {
        Content::Text(text) => read::shared(&path, text),
        _ => read::text(&path, bytes),
    };
    let (mut guide, more) = read_guide(file, source);
    problems.extend(more);
    let (path, problem) = read::path("content", &guide.path);
    guide.path = path;
    problems.extend(problem);
    Some((guide, problems))
}

fn read_guide(file: &File, source: Source) -> (Guide, Vec<Diagnostic>) {
    let (front, body, problems) = FrontMatter::read(&source);
    let kind = match without_ending(&file.path) {
        "_index" => Kind::Home,
        path if path.ends_with("/_index") => Kind::Section,
        _ => Kind::Page,
    };
    (Guide { source, path: file.path.clone(), kind, front, body }, problems)
}

/// The variables of guides that declare their own.
fn local_variables(
    variables: &Variables,
    index: &SiteIndex,
    found: &mut Vec<Diagnostic>,
) -> BTreeMap<usize, Variables> {
    let mut local = BTreeMap::new();
    for page in &index.pages {
        let front = index.front(page);
        if front.variables.is_null() {
            continue;
        }
        let spans = |path: &[&str]| front.document.as_ref().map(|document| document.place(path));
        let (own, problems) = variables.with_local(&front.variables, &spans, page.address.as_str());
        found.extend(problems);
        local.insert(page.id, own);
    }
    local
}

/// `data/`, and the texts of the interface, which a site changes there.
fn data(files: &SiteFiles, language: &str, found: &mut Vec<Diagnostic>) -> (Value, Strings) {
    let mut sources = Vec::with_capacity(files.data.len());
    for file in &files.data {
        let (source, problems) = read::text(&format!("data/{}", file.path), bytes(file));
        found.extend(problems);
        let (path, problem) = read::path("data", &file.path);
        found.extend(problem);
        sources.push((path, source));
    }
    let (value, problems) = crate::input::data::load(&sources);
    found.extend(problems);
    let own: Vec<(String, Source)> = sources
        .into_iter()
        .filter_map(|(path, source)| {
            let name = path.strip_prefix(strings::FOLDER)?;
            let name = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"))?;
            Some((name.to_owned(), source))
        })
        .collect();
    let (strings, problems) = Strings::load(language, &own);
    found.extend(problems);
    (value, strings)
}

/// What the site's own templates show, which costs time only then.
#[derive(Default)]
struct Shows {
    updated: bool,
    active: bool,
    head: bool,
}

fn templates(files: &SiteFiles, scopes: &Arc<Scopes>) -> (Templates, Shows, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut sources = Vec::new();
    let mut shows = Shows::default();
    for file in &files.templates {
        if !file.path.ends_with(".html") && !file.path.ends_with(".md") && !file.path.ends_with(".xml") {
            continue;
        }
        let (checked, more) = read::text(&format!("templates/{}", file.path), bytes(file));
        problems.extend(more);
        let text = checked.text();
        shows.updated |= file.path.starts_with("shortcodes/") && text.contains("updated");
        shows.active |= text.contains("active");
        shows.head |= file.path == "head.html";
        sources.push(source("templates", &file.path, text));
    }
    let (templates, more) = Templates::load(&sources, |tera| functions::register(tera, scopes));
    problems.extend(more);
    (templates, shows, problems)
}
