//! The site as a whole while it is built: what its pages may ask of it ([`World`]), and what its templates see.

use super::entry::{Page, PageId};
use super::images::Images;
use super::index::SiteIndex;
use super::navigation::{self, Navigation};
use super::static_files::Assets;
use super::view::{Cards, Views};
use crate::base::address::Address;
use crate::base::{Code, Diagnostic};
use crate::input::config::{Config, LinkStyle, RawHtml};
use crate::input::date::Date;
use crate::input::files::File;
use crate::input::guide::Guide;
use crate::input::image::ImageSize;
use crate::input::strings::Strings;
use crate::input::templates::{TemplateFailure, Templates};
use crate::input::variable::Variables;
use crate::page::highlight::Highlighter;
use crate::page::scope::Scopes;
use crate::page::slot::BASED;
use crate::page::watch::Watch;
use crate::page::world::{Stage, World};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use tera::{Context, Map, Value};

/// Reads a file below the root as text, for `include`.
pub type Reader = Arc<dyn Fn(&str) -> Result<String, String> + Send + Sync>;
/// When each guide last changed, by path below `content/`; waits until that is known.
pub type Changes = Arc<dyn Fn() -> Arc<BTreeMap<String, Date>> + Send + Sync>;

/// Everything that pages are rendered and composed from.
pub struct Site {
    /// The configuration.
    pub config: Config,
    /// Every page.
    pub index: SiteIndex,
    /// The variables of the site.
    pub variables: Variables,
    /// Those of guides that have their own.
    pub local: BTreeMap<PageId, Variables>,
    /// The templates.
    pub templates: Templates,
    /// The pages that are being rendered.
    pub scopes: Arc<Scopes>,
    /// The Content-Security-Policy of every page.
    pub policy: String,
    /// The texts of the interface.
    pub strings: Strings,
    highlighter: Arc<Highlighter>,
    data: Value,
    strings_value: Value,
    cards: Cards,
    assets: Assets,
    images: Images,
    reader: Reader,
    changes: Changes,
    watch: Option<Arc<dyn Watch>>,
    waits_for_changes: bool,
    marks_active: bool,
    has_head: bool,
    origin: Option<String>,
    site_value: [OnceLock<Value>; 2],
    /// The values of sections as the guides in them see them, by stage.
    sections: [Vec<OnceLock<Value>>; 2],
    nav_value: OnceLock<Value>,
    navigation: OnceLock<Result<Navigation, Box<TemplateFailure>>>,
}

/// What a site is made of.
pub struct Parts {
    /// The configuration.
    pub config: Config,
    /// Every page.
    pub index: SiteIndex,
    /// The variables of the site.
    pub variables: Variables,
    /// Those of guides that have their own.
    pub local: BTreeMap<PageId, Variables>,
    /// The templates.
    pub templates: Templates,
    /// The pages that are being rendered; the templates' functions know it too.
    pub scopes: Arc<Scopes>,
    /// The Content-Security-Policy of every page.
    pub policy: String,
    /// `data/`.
    pub data: serde_json::Value,
    /// The texts of the interface.
    pub strings: Strings,
    /// The theme's assets and the site's `static/`.
    pub assets: Assets,
    /// The sizes of its images.
    pub images: Images,
    /// The highlighter.
    pub highlighter: Arc<Highlighter>,
    /// For `include`.
    pub reader: Reader,
    /// For the date of the last change.
    pub changes: Changes,
    /// Who wants to know how long single guides and shortcodes take.
    pub watch: Option<Arc<dyn Watch>>,
    /// Whether a template of a shortcode shows the last change, which is waited for then.
    pub waits_for_changes: bool,
    /// Whether a template of the site's own looks at `active` in the navigation.
    pub marks_active: bool,
    /// Whether the site has its own `head.html`.
    pub has_head: bool,
}

impl Site {
    /// The site that `parts` make.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let room = || std::iter::repeat_with(OnceLock::new).take(parts.index.pages.len()).collect();
        let sections = [room(), room()];
        let origin = parts.config.base_url.as_ref().map(|base| match parts.config.links {
            LinkStyle::Root => base.origin.clone(),
            LinkStyle::Relative => format!("{}{}", base.origin, base.path),
        });
        Self {
            cards: Cards::new(parts.index.pages.len()),
            data: Value::from_serializable(&parts.data),
            strings_value: Value::from_serializable(parts.strings.all()),
            strings: parts.strings,
            config: parts.config,
            index: parts.index,
            variables: parts.variables,
            local: parts.local,
            templates: parts.templates,
            scopes: parts.scopes,
            policy: parts.policy,
            highlighter: parts.highlighter,
            assets: parts.assets,
            images: parts.images,
            reader: parts.reader,
            changes: parts.changes,
            watch: parts.watch,
            waits_for_changes: parts.waits_for_changes,
            marks_active: parts.marks_active,
            has_head: parts.has_head,
            origin,
            site_value: [OnceLock::new(), OnceLock::new()],
            sections,
            nav_value: OnceLock::new(),
            navigation: OnceLock::new(),
        }
    }

    /// What stands before addresses: nothing when links are relative, since they are made relative at the end.
    #[must_use]
    pub fn base_path(&self) -> &str {
        if self.config.links == LinkStyle::Relative { "" } else { self.config.base_path() }
    }

    /// Calls `work` with the views for a stage.
    pub fn with_views<T>(&self, stage: Stage, work: impl FnOnce(&Views<'_>) -> T) -> T {
        let updated = |page: &Page| self.updated(page, stage);
        work(&Views {
            config: &self.config,
            index: &self.index,
            cards: &self.cards,
            base_path: self.base_path(),
            updated: &updated,
            stage,
        })
    }

    /// `lastmod`, else the last change that git knows, else `date`.
    #[must_use]
    pub fn updated(&self, page: &Page, stage: Stage) -> Option<Date> {
        let known = || {
            let waits = stage == Stage::Composition || self.waits_for_changes;
            let path = &page.guide.as_ref().filter(|_| waits)?.path;
            (self.changes)().get(path).copied()
        };
        page.lastmod.or_else(known).or(page.date)
    }

    /// Gives pages other bodies, whose front matter is what it was: nothing else of the site is different then, and the
    /// pages can be rendered again.
    pub fn replace_bodies(&mut self, guides: Vec<(PageId, Guide)>) {
        self.assets.forget(&guides.iter().map(|(id, _)| *id).collect());
        for (id, guide) in guides {
            let Some(page) = self.index.pages.get_mut(id) else { continue };
            let front = page.guide.as_ref().map(|before| before.front.clone()).unwrap_or_default();
            page.guide = Some(Arc::new(Guide { front, ..guide }));
        }
    }

    /// Gives static files other bytes, where there are the same files and images have the same sizes; the pages that show one by its hashed name are
    /// to be rendered again. The page of the number `usize::MAX` is `404.html`.
    pub fn replace_statics(&mut self, statics: &[File]) -> BTreeSet<PageId> {
        let users = self.assets.replace(statics, &self.variables, &self.strings, &self.config.theme);
        self.assets.forget(&users);
        self.images = Images::new(&self.index, statics);
        users
    }

    /// Does `work` and tells whoever wants to know how long work of this kind takes.
    pub fn timed<T>(&self, kind: &'static str, work: impl FnOnce() -> T) -> T {
        let Some(watch) = &self.watch else { return work() };
        let began = watch.now();
        let done = work();
        watch.work(kind, watch.now().saturating_sub(began));
        done
    }

    /// The assets that pages asked for, by output path, sorted.
    #[must_use]
    pub fn used_assets(&self) -> Vec<(String, Arc<[u8]>)> {
        self.assets.used()
    }

    /// The address of an asset, with the base path; none when there is no such file.
    #[must_use]
    pub fn asset_address(&self, path: &str) -> Option<String> {
        let path = path.trim_start_matches('/');
        // A large static file keeps its name, and is copied anyway.
        let output = self.assets.output(path).or_else(|| self.index.has_file(path).then_some(path))?;
        Some(format!("{}/{output}", self.base_path()))
    }

    /// What is wrong with `navigation.html`, after pages were composed: said once, and pages stand without the tree.
    #[must_use]
    pub fn navigation_failure(&self) -> Option<Diagnostic> {
        let failure = self.navigation.get()?.as_ref().err()?;
        let message = format!("the tree of guides cannot be drawn: {}", failure.message);
        let diagnostic =
            Diagnostic::new(Code::Template, message).help("mend `navigation.html`; pages are written without it");
        Some(match failure.place.clone() {
            Some(place) => diagnostic.at(place),
            None => diagnostic,
        })
    }

    /// What templates see as `section`: of a guide the section that holds it, else the page itself.
    #[must_use]
    pub fn section_value(&self, page: PageId, own: &Value, stage: Stage) -> Value {
        let section = self.index.section(page).filter(|section| *section != page);
        let room = |section: PageId| self.sections[usize::from(stage == Stage::Composition)].get(section);
        match section.and_then(|section| Some((section, room(section)?))) {
            Some((section, room)) => {
                room.get_or_init(|| self.with_views(stage, |views| views.page(section, None))).clone()
            }
            None => own.clone(),
        }
    }

    /// What templates see as `site`.
    fn site_value(&self, stage: Stage) -> Value {
        let room = &self.site_value[usize::from(stage == Stage::Composition)];
        room.get_or_init(|| {
            let config = &self.config;
            let mut map = Map::new();
            let mut put = |key: &'static str, value: Value| map.insert(key.into(), value);
            let base_url = config.base_url.as_ref();
            put("id", Value::from(config.id.as_str()));
            put("title", Value::from(config.title.as_str()));
            put("base_url", Value::from(base_url.map(|base| base.href())));
            put("base_path", Value::from(self.base_path()));
            put("language", Value::from(config.language.as_str()));
            put("description", Value::from(config.description.as_str()));
            put("variables", Value::from_serializable(&self.variables.browser_json()));
            let menu = config.menu.iter().map(|entry| serde_json::json!({"name": entry.name, "url": entry.url}));
            put("menu", Value::from_serializable(&menu.collect::<Vec<_>>()));
            let repository = config.repository.as_ref().map(|repository| {
                serde_json::json!({"url": repository.url, "branch": repository.branch, "path": repository.path})
            });
            put("theme", Value::from_serializable(&config.theme.for_templates()));
            put("repository", Value::from_serializable(&repository));
            put("extra", Value::from_serializable(&config.extra));
            put("csp", Value::from(self.policy.as_str()));
            put("has_custom_css", Value::from(self.assets.contains("custom.css")));
            put("has_head", Value::from(self.has_head));
            put("search", Value::from(config.search));
            Value::from(map)
        })
        .clone()
    }

    /// What a template that composes a page sees of the navigation.
    pub fn nav_value(&self, page: PageId) -> Value {
        if !self.marks_active {
            return self
                .nav_value
                .get_or_init(|| {
                    let none = BTreeSet::new();
                    self.with_views(Stage::Composition, |views| navigation::tree(views, &self.index, Some(&none)))
                })
                .clone();
        }
        let mut active: BTreeSet<PageId> = self.index.ancestors(page).into_iter().collect();
        active.insert(page);
        self.with_views(Stage::Composition, |views| navigation::tree(views, &self.index, Some(&active)))
    }

    /// What every template sees that is not of one page.
    #[must_use]
    pub fn common_context(&self, stage: Stage) -> Context {
        let mut context = Context::new();
        context.insert_value("site", self.site_value(stage));
        context.insert_value("data", self.data.clone());
        context.insert_value("strings", self.strings_value.clone());
        context
    }

    fn find(&self, from: PageId, path: &str) -> Option<PageId> {
        let path = path.strip_prefix(BASED).unwrap_or(path);
        let path = path.strip_prefix(self.base_path()).filter(|_| path.starts_with('/')).unwrap_or(path);
        if path.starts_with('/') {
            let found = [Address::folder(path), Address::file(path)].iter().find_map(|address| self.index.at(address));
            if found.is_some() {
                return found;
            }
        }
        self.index.by_path(path).or_else(|| {
            let folder = self.index.page(from)?.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            self.index.by_path(&format!("{folder}/{path}"))
        })
    }
}

impl World for Site {
    fn templates(&self) -> &Templates {
        &self.templates
    }

    fn highlighter(&self) -> &Highlighter {
        &self.highlighter
    }

    fn strings(&self) -> &Strings {
        &self.strings
    }

    fn raw_html(&self) -> RawHtml {
        self.config.raw_html
    }

    fn base_path(&self) -> &str {
        Self::base_path(self)
    }

    fn variables(&self, page: PageId) -> &Variables {
        self.local.get(&page).unwrap_or(&self.variables)
    }

    fn resolve(&self, page: PageId, target: &str) -> String {
        self.index.resolve(page, target).href
    }

    fn named(&self, name: &str) -> Option<String> {
        self.index.only_named(name).map(|page| page.address.href())
    }

    fn watch(&self) -> Option<&dyn Watch> {
        self.watch.as_deref()
    }

    fn context(&self, page: PageId, stage: Stage, with_page: bool) -> Context {
        let mut context = self.common_context(stage);
        if !with_page {
            return context;
        }
        let value = self.with_views(stage, |views| views.page(page, None));
        let section = self.section_value(page, &value, stage);
        context.insert_value("page", value);
        context.insert_value("section", section);
        context
    }

    fn card(&self, from: PageId, path: &str, stage: Stage) -> Option<Value> {
        let id = self.find(from, path)?;
        Some(self.with_views(stage, |views| views.card(id)))
    }

    fn cards(&self, from: PageId, section: &str, stage: Stage) -> Option<Value> {
        let page = self.index.page(self.find(from, section)?)?;
        let cards = self.with_views(stage, |views| page.children.iter().map(|id| views.card(*id)).collect::<Vec<_>>());
        Some(Value::from(cards))
    }

    fn asset(&self, page: PageId, path: &str) -> Option<String> {
        self.assets.note(page, path.trim_start_matches('/'));
        self.asset_address(path)
    }

    fn image_size(&self, page: PageId, src: &str) -> Option<ImageSize> {
        self.images.size(&self.index.shown(page, self.base_path(), src)?)
    }

    fn navigation(&self, page: PageId) -> String {
        let navigation = self.navigation.get_or_init(|| {
            let nav = self.with_views(Stage::Composition, |views| navigation::tree(views, &self.index, None));
            let mut context = self.common_context(Stage::Composition);
            context.insert_value("nav", nav);
            let rendered = self.templates.render("navigation.html", &context);
            rendered.map(|html| Navigation::read(&html))
        });
        match navigation {
            Ok(navigation) => navigation.on(page, &self.index.ancestors(page)),
            Err(_) => String::new(),
        }
    }

    fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    fn read(&self, path: &str) -> Result<String, String> {
        (self.reader)(path)
    }
}
