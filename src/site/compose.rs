//! Pages composed: a rendered guide in its template, as an artifact.

use super::artifact::{Artifact, Kind};
use super::entry::{Page, PageId, PageKind};
use super::failure::Failure;
use super::markdown_file;
use super::whole::Site;
use crate::base::address::{self, Address};
use crate::base::{Code, Diagnostic, Place, Source};
use crate::input::config::LinkStyle;
use crate::input::variable::Variables;
use crate::page::html::{self, Piece};
use crate::page::rendered::Rendered;
use crate::page::scope::{SCOPE_KEY, Scope};
use crate::page::slot::{Liveness, is_address_attribute};
use crate::page::srcset;
use crate::page::world::{Stage, World};
use std::collections::BTreeMap;
use std::sync::Arc;
use tera::{Context, Value};

/// A page, composed.
#[derive(Debug, Default)]
pub struct Composed {
    /// The page as a file; none when its template fails.
    pub artifact: Option<Artifact>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// Why there is no page.
    pub failure: Option<Failure>,
    /// The template, when it shows values that the reader can set and has no button for them, and where the page shows
    /// the first. It is told once a template, whatever the number of pages.
    pub without_button: Option<WithoutButton>,
}

/// A page with values that the reader can set, and no way to set them.
#[derive(Debug, PartialEq, Eq)]
pub struct WithoutButton {
    /// The page's template.
    pub template: String,
    /// The variable that the page shows first.
    pub variable: String,
    /// Where it shows it.
    pub place: Option<Place>,
}

/// One finding for each template without a button for the reader's values.
#[must_use]
pub fn missing_buttons<'a>(found: impl Iterator<Item = &'a WithoutButton>) -> Vec<Diagnostic> {
    let mut templates: BTreeMap<&str, (&WithoutButton, usize)> = BTreeMap::new();
    for found in found {
        templates.entry(&found.template).or_insert((found, 0)).1 += 1;
    }
    let findings = templates.into_iter().map(|(template, (first, pages))| {
        let pages = if pages == 1 { "on one page".to_owned() } else { format!("on {pages} pages") };
        let message = format!(
            "the template `{template}` shows values of the reader, such as `{}`, without a button to set them, {pages}",
            first.variable
        );
        let help = "extend `base.html` in that template, or give it what that has: `partials/variables.html` and a \
                    `<button type=\"button\" data-sitevar-open hidden>`";
        let diagnostic = Diagnostic::new(Code::VariableButton, message).help(help);
        match &first.place {
            Some(place) => diagnostic.at(place.clone()),
            None => diagnostic,
        }
    });
    findings.collect()
}

/// Composes the page `id`.
#[must_use]
pub fn page(site: &Arc<Site>, id: PageId, rendered: Option<&Rendered>) -> Composed {
    let Some(page) = site.index.page(id).filter(|page| page.is_written()) else { return Composed::default() };
    let mut diagnostics = Vec::new();
    let template = template(site, page, &mut diagnostics);
    let mut context = site.common_context(Stage::Composition);
    let value = site.with_views(Stage::Composition, |views| views.page(id, rendered));
    let section = site.section_value(id, &value, Stage::Composition);
    context.insert_value("page", value);
    context.insert_value("section", section);
    context.insert_value("nav", site.nav_value(id));
    let local = site.local.get(&id).and_then(Variables::local_json);
    context.insert_value("local_variables", Value::from_serializable(&local));
    let markdown = rendered.map(|rendered| markdown_file::for_templates(site, page, rendered));
    context.insert_value("markdown", Value::from_serializable(&markdown));
    let source = page.guide.as_ref().map(|guide| guide.source.clone());
    // The content, and around it what a page of the theme has.
    let room = rendered.map_or(0, |rendered| rendered.html.len()) + (8 << 10);
    let (html, failure) = compose(site, id, source, (&template, room), context, &mut diagnostics);
    let without_button = html.as_ref().and_then(|html| missing_button(page, rendered, &template, html));
    let artifact = html.map(|html| {
        let html = with_links(site, html, &page.address);
        Artifact::new(page.output.clone(), Kind::Page, html)
    });
    Composed { artifact, diagnostics, failure, without_button }
}

/// A page with values that the reader can set has a button that opens the dialog, or nobody finds it.
fn missing_button(page: &Page, rendered: Option<&Rendered>, template: &str, html: &str) -> Option<WithoutButton> {
    let live = rendered?.variables.iter().find(|used| used.liveness == Liveness::Live)?;
    (!html.contains("data-sitevar-open")).then(|| WithoutButton {
        template: template.to_owned(),
        variable: live.name.clone(),
        place: page.guide.as_ref().map(|guide| guide.source.place(live.span)),
    })
}

/// Composes `404.html`.
#[must_use]
pub fn not_found(site: &Arc<Site>) -> Composed {
    let mut diagnostics = Vec::new();
    let mut context = site.common_context(Stage::Composition);
    let value = site.with_views(Stage::Composition, |views| views.not_found());
    context.insert_value("page", value.clone());
    context.insert_value("section", value);
    context.insert_value("nav", site.nav_value(usize::MAX));
    context.insert_value("local_variables", Value::none());
    context.insert_value("markdown", Value::none());
    let (html, failure) = compose(site, usize::MAX, None, ("404.html", 0), context, &mut diagnostics);
    // Hosts show this page at every address: its links are root-relative even where those of others are not.
    let html = html.map(|html| match site.config.links {
        LinkStyle::Root => html,
        LinkStyle::Relative => rewritten(&html, |href| address::with_base(site.config.base_path(), href).into_owned()),
    });
    let artifact = html.map(|html| Artifact::new("404.html", Kind::Summary, html));
    Composed { artifact, diagnostics, failure, without_button: None }
}

/// Renders a template (its name, and how long its output is likely to be) for a page, with the page's scope open for its filters
/// and functions.
fn compose(
    site: &Arc<Site>,
    id: PageId,
    source: Option<Source>,
    (template, room): (&str, usize),
    mut context: Context,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Option<String>, Option<Failure>) {
    let source = source.unwrap_or_else(|| Source::new("content", ""));
    let world: Arc<dyn World> = Arc::<Site>::clone(site);
    let scope = Arc::new(Scope::new(world, id, source, Stage::Composition));
    let open = site.scopes.open(&scope);
    context.insert_value(SCOPE_KEY, Value::from(open.number));
    let result = site.templates.render_into(room, template, &context);
    drop(open);
    diagnostics.extend(scope.take_state().diagnostics);
    match result {
        Ok(html) => (Some(html), None),
        Err(why) => {
            let page = site.index.page(id).map_or("404.html", |page| page.path.as_str()).to_owned();
            (None, Some(Failure { page, why: *why }))
        }
    }
}

/// The template of a page: what its front matter names, else that of its kind.
fn template(site: &Site, page: &Page, diagnostics: &mut Vec<Diagnostic>) -> String {
    let front = site.index.front(page);
    let kind = match page.kind {
        PageKind::Home => "index.html",
        PageKind::Section => "section.html",
        PageKind::Page => "page.html",
        PageKind::Taxonomy => "taxonomy.html",
        PageKind::Term => "term.html",
    };
    let folder = front.kind.as_deref().map(|kind| format!("{kind}/"));
    let in_folder = |name: &str| folder.as_ref().map(|folder| format!("{folder}{name}"));
    if let Some(layout) = &front.layout {
        let name = format!("{}.html", layout.strip_suffix(".html").unwrap_or(layout));
        let mut names = in_folder(&name).into_iter().chain([name.clone()]);
        match names.clone().find(|name| site.templates.contains(name)) {
            Some(name) => return name,
            None if names.any(|name| site.templates.is_broken(&name)) => {}
            None => diagnostics.push(
                Diagnostic::new(Code::Template, format!("there is no template `{name}`"))
                    .at(layout_place(site, page))
                    .help(format!("write templates/{name}, or take `layout` out; `{kind}` is used")),
            ),
        }
    }
    in_folder(kind).filter(|name| site.templates.contains(name)).unwrap_or_else(|| kind.to_owned())
}

fn layout_place(site: &Site, page: &Page) -> Place {
    match &site.index.front(page).document {
        Some(document) => document.place(&["layout"]),
        None => Place::file(format!("content/{}", page.path)),
    }
}

/// The page with links relative to it, when the site wants that: then it works from a disk.
fn with_links(site: &Site, page: String, from: &Address) -> String {
    match site.config.links {
        LinkStyle::Root => page,
        LinkStyle::Relative => rewritten(&page, |href| address::relative(from, href)),
    }
}

fn is_from_root(target: &str) -> bool {
    target.starts_with('/') && !target.starts_with("//")
}

/// The page with `change` made to its root-relative addresses.
fn rewritten(page: &str, change: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(page.len());
    for piece in html::pieces(page) {
        match piece {
            Piece::Text(source) | Piece::Raw(source) => out.push_str(source),
            Piece::Tag(tag) => {
                let mut copied = 0;
                for attribute in tag.attributes() {
                    let name = attribute.name.strip_prefix("data-sitevar-").unwrap_or(attribute.name);
                    let changed = if srcset::is_srcset(name) {
                        Some(srcset::changed(attribute.value, |one| match is_from_root(one) {
                            true => change(one).into(),
                            false => one.into(),
                        }))
                    } else {
                        (is_address_attribute(name) && is_from_root(attribute.value)).then(|| change(attribute.value))
                    };
                    if let Some(changed) = changed {
                        out.push_str(&tag.source[copied..attribute.value_start]);
                        out.push_str(&changed);
                        copied = attribute.value_start + attribute.value.len();
                    }
                }
                out.push_str(&tag.source[copied..]);
            }
        }
    }
    out
}
