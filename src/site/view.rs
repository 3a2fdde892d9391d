//! What templates see of pages and the site (DESIGN 2.11), as values of Tera. Every key is always there.

use super::entry::{Page, PageId, PageKind};
use super::index::SiteIndex;
use crate::base::address::Address;
use crate::input::config::Config;
use crate::input::date::Date;
use crate::input::front_matter::Seo;
use crate::input::tested::{self, Tested};
use crate::page::rendered::{Rendered, TocEntry};
use crate::page::slot::BASED;
use crate::page::world::Stage;
use serde_json::json;
use std::sync::OnceLock;
use tera::{Map, Value};

/// The cards of all pages, each made when it is first asked for.
#[derive(Debug)]
pub struct Cards {
    content: Vec<OnceLock<Value>>,
    composition: Vec<OnceLock<Value>>,
    nothing: Nothing,
}

/// What most cards have in common: a value is made once, and shared.
#[derive(Debug)]
struct Nothing {
    list: Value,
    map: Value,
    seo: Value,
}

impl Cards {
    /// Room for the cards of `count` pages.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let room = || std::iter::repeat_with(OnceLock::new).take(count).collect();
        let nothing = Nothing { list: list(Vec::new()), map: Value::from(Map::new()), seo: seo(&Seo::default()) };
        Self { content: room(), composition: room(), nothing }
    }
}

/// What the values are made of.
#[derive(Clone, Copy)]
pub struct Views<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Every page.
    pub index: &'a SiteIndex,
    /// The cards so far.
    pub cards: &'a Cards,
    /// What stands before addresses: empty when links are relative.
    pub base_path: &'a str,
    /// When a page's guide was last changed.
    pub updated: &'a (dyn Fn(&Page) -> Option<Date> + Sync),
    /// For which templates.
    pub stage: Stage,
}

impl Views<'_> {
    /// An address for templates.
    #[must_use]
    pub fn url(&self, address: &Address) -> String {
        self.based(&address.href())
    }

    /// A root-relative address with the base path.
    fn based(&self, href: &str) -> String {
        let mark = self.stage == Stage::Content && !self.base_path.is_empty();
        let mut url = String::new();
        if mark {
            url.push(BASED);
        }
        url.push_str(self.base_path);
        url.push_str(href);
        url
    }

    /// The whole address with scheme and host; none without a base URL.
    fn permalink(&self, address: &Address) -> Value {
        match &self.config.base_url {
            Some(base) => Value::from(format!("{}{}{}", base.origin, base.path, address.href())),
            None => Value::none(),
        }
    }

    /// The card of a page.
    #[must_use]
    pub fn card(&self, id: PageId) -> Value {
        let cards = if self.stage == Stage::Content { &self.cards.content } else { &self.cards.composition };
        match (cards.get(id), self.index.page(id)) {
            (Some(card), Some(page)) => card.get_or_init(|| Value::from(self.card_map(page))).clone(),
            _ => Value::none(),
        }
    }

    fn list(&self, ids: impl IntoIterator<Item = PageId>) -> Value {
        Value::from(ids.into_iter().map(|id| self.card(id)).collect::<Vec<Value>>())
    }

    fn card_map(&self, page: &Page) -> Map {
        let (front, nothing) = (self.index.front(page), &self.cards.nothing);
        let mut map = Map::new();
        let mut put = |key: &'static str, value: Value| map.insert(key.into(), value);
        put("title", Value::from(page.title.as_str()));
        put("link_title", Value::from(page.link_title.as_str()));
        put("description", Value::from(page.description.clone()));
        put("summary", Value::from(front.summary.clone()));
        put("lead", Value::from(front.lead.clone()));
        put("url", Value::from(self.url(&page.address)));
        put("permalink", self.permalink(&page.address));
        put("source", Value::from(page.guide.as_ref().map(|guide| guide.path.clone())));
        put("kind", Value::from(page.kind.as_str()));
        put("date", Value::from(page.date.as_ref().map(Date::rfc3339)));
        put("updated", Value::from((self.updated)(page).as_ref().map(Date::rfc3339)));
        put("draft", Value::from(front.draft));
        put("weight", Value::from(page.weight));
        put("support", support(front, tested(page)));
        put("seo", if front.seo == Seo::default() { nothing.seo.clone() } else { seo(&front.seo) });
        // Of terms alone: a number on every section's card would change with each guide, and so would all who show it.
        put("count", Value::from((page.kind == PageKind::Term).then_some(page.children.len())));
        let list =
            |texts: &Vec<String>| if texts.is_empty() { nothing.list.clone() } else { Value::from(texts.clone()) };
        put("tags", list(&front.tags));
        put("categories", list(&front.categories));
        put("keywords", list(&front.keywords));
        put("contributors", list(&front.contributors));
        put("images", list(&front.images));
        let extra = &front.extra;
        put("extra", if extra.is_empty() { nothing.map.clone() } else { Value::from_serializable(extra) });
        map
    }

    /// The page as `page` and `section`: its card and all that belongs to it alone. Without its rendered content for
    /// shortcodes, which are part of it.
    #[must_use]
    pub fn page(&self, id: PageId, rendered: Option<&Rendered>) -> Value {
        let Some(page) = self.index.page(id) else { return Value::none() };
        let mut map = self.card(id).into_map().unwrap_or_default();
        let mut put = |key: &'static str, value: Value| map.insert(key.into(), value);
        let front = self.index.front(page);
        let shows_toc = front.toc != Some(false);
        put("toc", rendered.filter(|_| shows_toc).map_or_else(|| list(Vec::new()), |page| toc(&page.toc)));
        put("content", Value::safe_string(rendered.map_or("", |page| page.html.as_str())));
        put("words", Value::from(rendered.map_or(0, |page| page.words)));
        put("ancestors", self.list(self.index.ancestors(id)));
        put("previous", page.previous.map_or_else(Value::none, |id| self.card(id)));
        put("next", page.next.map_or_else(Value::none, |id| self.card(id)));
        let aliases = page.aliases.iter().filter_map(|number| self.index.aliases.get(*number));
        put("aliases", list(aliases.map(|alias| Value::from(self.url(&alias.address))).collect()));
        put("variables", variables_of(rendered));
        put("terms", self.terms(page));
        let has_feed = self.config.base_url.is_some() && super::feed::wants_feed(self.index, page);
        let feed = has_feed.then(|| self.based(&super::feed::path(page)));
        put("feed_url", Value::from(feed));
        put("edit_url", Value::from(page.edit_url.clone()));
        put("children", self.list(page.children.iter().copied()));
        let of = |kind: fn(PageKind) -> bool| {
            let ids = page.children.iter().copied();
            self.list(ids.filter(|id| self.index.page(*id).is_some_and(|page| kind(page.kind))))
        };
        put("pages", of(|kind| kind == PageKind::Page));
        put("sections", of(|kind| kind == PageKind::Section));
        Value::from(map)
    }

    /// The pages of the terms that a page carries: `[{taxonomy, title, url}]`.
    fn terms(&self, page: &Page) -> Value {
        let terms = page.terms.iter().flat_map(|(taxonomy, ids)| ids.iter().map(move |id| (taxonomy, *id)));
        let terms =
            terms.filter_map(|(taxonomy, id)| Some((taxonomy, self.index.page(id)?))).map(|(taxonomy, term)| {
                let mut map = Map::new();
                map.insert("taxonomy".into(), Value::from(taxonomy.as_str()));
                map.insert("title".into(), Value::from(term.title.as_str()));
                map.insert("url".into(), Value::from(self.url(&term.address)));
                Value::from(map)
            });
        list(terms.collect())
    }

    /// The page of `404.html`, which has no guide: all keys of any page.
    #[must_use]
    pub fn not_found(&self) -> Value {
        let mut map = self.page(0, None).into_map().unwrap_or_default();
        for (_, value) in &mut map {
            *value = if value.is_array() {
                list(Vec::new())
            } else if value.is_map() {
                value.clone()
            } else {
                Value::none()
            };
        }
        let mut put = |key: &'static str, value: Value| map.insert(key.into(), value);
        put("title", Value::from("Page not found"));
        put("link_title", Value::from("Page not found"));
        put("kind", Value::from("404"));
        put("url", Value::from(format!("{}/404.html", self.base_path)));
        put("content", Value::safe_string(""));
        put("draft", Value::from(false));
        put("weight", Value::from(0));
        put("words", Value::from(0));
        put(
            "seo",
            Value::from_serializable(&json!({"title": null, "description": null, "canonical": null, "noindex": true})),
        );
        put("support", support(&crate::input::front_matter::FrontMatter::default(), Vec::new()));
        Value::from(map)
    }
}

fn list(values: Vec<Value>) -> Value {
    Value::from(values)
}

/// The versions that the body of a page's guide names.
fn tested(page: &Page) -> Vec<Tested> {
    let body = page.guide.as_ref().and_then(|guide| guide.source.text().get(guide.body.range()));
    body.map(tested::of_body).unwrap_or_default()
}

/// `support`, with `tested`: what the front matter names, else what `body` does.
fn support(front: &crate::input::front_matter::FrontMatter, body: Vec<Tested>) -> Value {
    let support = &front.support;
    let tested = if support.tested.is_empty() { &body } else { &support.tested };
    let tested = tested.iter().map(|tested| json!({"product": tested.product, "versions": tested.versions}));
    let tested: Vec<serde_json::Value> = tested.collect();
    let mut map = support.extra.clone();
    map.insert("level".into(), json!(support.level));
    map.insert("tested".into(), json!(tested));
    map.entry("versions").or_insert(json!(support.versions));
    map.insert("integration".into(), json!(support.integration));
    map.insert("term".into(), json!(support.term));
    Value::from_serializable(&map)
}

fn seo(seo: &Seo) -> Value {
    let mut map = seo.extra.clone();
    map.insert("title".into(), json!(seo.title));
    map.insert("description".into(), json!(seo.description));
    map.insert("canonical".into(), json!(seo.canonical));
    map.insert("noindex".into(), json!(seo.noindex));
    Value::from_serializable(&map)
}

fn toc(entries: &[TocEntry]) -> Value {
    let entries = entries.iter().map(|entry| {
        let mut map = Map::new();
        map.insert("id".into(), Value::from(entry.id.as_str()));
        map.insert("title".into(), Value::safe_string(&entry.title));
        map.insert("level".into(), Value::from(entry.level));
        map.insert("children".into(), toc(&entry.children));
        Value::from(map)
    });
    list(entries.collect())
}

/// The names of the live variables of a page, each once, in order of first use.
fn variables_of(rendered: Option<&Rendered>) -> Value {
    let mut names: Vec<&str> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for used in rendered.map_or(&[][..], |page| &page.variables) {
        if used.liveness == crate::page::slot::Liveness::Live && seen.insert(used.name.as_str()) {
            names.push(&used.name);
        }
    }
    list(names.into_iter().map(Value::from).collect())
}
