//! The filters and functions that templates have beside Tera's own (DESIGN 2.11). They find their page by the number of
//! its scope, which every context carries.

use super::authored;
use super::expand::Expander;
use super::file_tree::{self, Entry};
use super::html;
use super::markdown::{self, Part};
use super::matrix::{self, Columns};
use super::scope::{SCOPE_KEY, SIZE_LIMIT, Scope, Scopes};
use super::slot::{BASED, RENDERED_END, RENDERED_START};
use super::world::Stage;
use crate::base::address;
use crate::input::date::Date;
use crate::input::tested::Tested;
use serde_json::json;
use std::sync::Arc;
use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

/// Gives Tera all of them.
pub fn register(tera: &mut Tera, scopes: &Arc<Scopes>) {
    let found = Arc::clone(scopes);
    tera.register_filter("markdown", move |text: &str, options: Kwargs, state: &State| {
        render_markdown(&found, text, options.get::<bool>("inline")?.unwrap_or_default(), state)
    });
    tera.register_filter("date", |date: &str, options: Kwargs, _: &State| {
        let format = options.get::<String>("format")?.unwrap_or_else(|| "%Y-%m-%d".to_owned());
        let date = Date::parse(date).ok_or_else(|| Error::message(format!("`{date}` is no date")))?;
        date.strftime(&format).map_err(|why| Error::message(format!("the format `{format}` is wrong: {why}")))
    });
    tera.register_filter("json", |value: Value, _: Kwargs, _: &State| -> TeraResult<String> {
        // `<` would end a script element that holds the JSON.
        let json = serde_json::to_string(&value);
        json.map(|json| json.replace('<', "\\u003c"))
            .map_err(|why| Error::message(format!("not to be written as JSON: {why}")))
    });
    tera.register_filter("slugify", |text: &str, _: Kwargs, _: &State| address::slug(text));
    tera.register_filter("striptags", |text: &str, _: Kwargs, _: &State| html::text_of(text));
    let found = Arc::clone(scopes);
    tera.register_filter("url", move |target: &str, _: Kwargs, state: &State| -> TeraResult<String> {
        let scope = scope_of(&found, state)?;
        Ok(based(&scope, target))
    });
    let found = Arc::clone(scopes);
    tera.register_filter("absolute", move |target: &str, _: Kwargs, state: &State| -> TeraResult<String> {
        let scope = scope_of(&found, state)?;
        let target = based(&scope, target);
        let target = target.strip_prefix(BASED).unwrap_or(&target);
        let origin = scope.world.origin().filter(|_| is_root_relative(target)).unwrap_or_default();
        Ok(format!("{origin}{target}"))
    });
    register_functions(tera, scopes);
    let found = Arc::clone(scopes);
    tera.register_function("file_tree", move |options: Kwargs, state: &State| -> TeraResult<Value> {
        let text = options.must_get::<String>("text")?;
        // A component sees no page, so what is said about files is rendered here.
        entries(&file_tree::read(&authored::unmarked(&text)), &|comment| {
            if comment.is_empty() {
                return Ok(Value::from(""));
            }
            render_markdown(&found, comment, true, state)
        })
    });
    tera.register_function("version_matrix", |options: Kwargs, _: &State| version_matrix(&options));
}

fn register_functions(tera: &mut Tera, scopes: &Arc<Scopes>) {
    let found = Arc::clone(scopes);
    tera.register_function("asset", move |options: Kwargs, state: &State| -> TeraResult<String> {
        let path = options.must_get::<String>("path")?;
        let scope = scope_of(&found, state)?;
        let asset = scope
            .world
            .asset(scope.page, &path)
            .ok_or_else(|| Error::message(format!("there is no static file `{path}`")))?;
        if options.get::<bool>("absolute")?.unwrap_or_default() {
            // It has its base path already, which the filter would put before it.
            return Ok(format!("{}{asset}", scope.world.origin().unwrap_or_default()));
        }
        Ok(marked(&scope, asset))
    });
    let found = Arc::clone(scopes);
    tera.register_function("image_size", move |options: Kwargs, state: &State| -> TeraResult<Value> {
        let src = options.must_get::<String>("src")?;
        let scope = scope_of(&found, state)?;
        let size = scope.world.image_size(scope.page, src.strip_prefix(BASED).unwrap_or(&src));
        Ok(Value::from_serializable(&size.map(|size| json!({ "width": size.width, "height": size.height }))))
    });
    let found = Arc::clone(scopes);
    tera.register_function("page", move |options: Kwargs, state: &State| -> TeraResult<Value> {
        let path = options.must_get::<String>("path")?;
        let scope = scope_of(&found, state)?;
        scope
            .world
            .card(scope.page, &path, scope.stage)
            .ok_or_else(|| Error::message(format!("there is no page at `{path}`")))
    });
    let found = Arc::clone(scopes);
    tera.register_function("pages", move |options: Kwargs, state: &State| -> TeraResult<Value> {
        let section = options.must_get::<String>("section")?;
        let scope = scope_of(&found, state)?;
        scope
            .world
            .cards(scope.page, section.strip_prefix(BASED).unwrap_or(&section), scope.stage)
            .ok_or_else(|| Error::message(format!("there is no section at `{section}`")))
    });
    let found = Arc::clone(scopes);
    tera.register_function("navigation", move |_: Kwargs, state: &State| -> TeraResult<Value> {
        let scope = scope_of(&found, state)?;
        Ok(Value::safe_string(&scope.world.navigation(scope.page)))
    });
}

/// Files and folders as templates see them: `[{name, comment, kind, marked, children}]`.
fn entries(tree: &[Entry], render: &dyn Fn(&str) -> TeraResult<Value>) -> TeraResult<Value> {
    let one = |entry: &Entry| -> TeraResult<Value> {
        let mut map = Map::new();
        map.insert("name".into(), Value::from(entry.name.as_str()));
        map.insert("comment".into(), render(&entry.comment)?);
        map.insert("kind".into(), Value::from(entry.kind.as_str()));
        map.insert("marked".into(), Value::from(entry.is_marked));
        map.insert("children".into(), entries(&entry.children, render)?);
        Ok(Value::from(map))
    };
    Ok(Value::from(tree.iter().map(one).collect::<TeraResult<Vec<Value>>>()?))
}

/// `version_matrix(cards=…, product="…", by="minor")`: the columns, and for each card a row of cells.
fn version_matrix(options: &Kwargs) -> TeraResult<Value> {
    let cards = options.must_get::<Value>("cards")?;
    let product = options.get::<String>("product")?.filter(|product| !product.is_empty());
    let by = options.get::<String>("by")?.filter(|by| !by.is_empty());
    let by = match by.as_deref().map(|word| (word, Columns::parse(word))) {
        None => Columns::Minor,
        Some((_, Some(by))) => by,
        Some((word, None)) => {
            return Err(Error::message(format!("`by` is `{word}`, and may be major, minor or version")));
        }
    };
    let guides: Vec<Vec<Tested>> = cards.as_array().unwrap_or_default().iter().map(tested_of).collect();
    let matrix = matrix::of(&guides, product.as_deref(), by);
    Ok(Value::from_serializable(&json!({ "product": matrix.product, "columns": matrix.columns, "rows": matrix.rows })))
}

/// What the guide of a card was tested with.
fn tested_of(card: &Value) -> Vec<Tested> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let one = |tested: &Value| Tested {
        product: tested.get_from_path("product").and_then(text).unwrap_or_default(),
        versions: tested
            .get_from_path("versions")
            .and_then(Value::as_array)
            .map(|versions| versions.iter().filter_map(text).collect())
            .unwrap_or_default(),
    };
    let tested = card.get_from_path("support.tested").and_then(Value::as_array);
    tested.map(|tested| tested.iter().map(one).collect()).unwrap_or_default()
}

/// The page that a template is rendered for.
fn scope_of(scopes: &Scopes, state: &State) -> TeraResult<Arc<Scope>> {
    let number = state.get::<u64>(SCOPE_KEY)?;
    number.and_then(|number| scopes.get(number)).ok_or_else(|| Error::message("no page is being rendered"))
}

fn is_root_relative(target: &str) -> bool {
    target.starts_with('/') && !target.starts_with("//")
}

/// `target` with the base path, unless it has it already.
fn based(scope: &Scope, target: &str) -> String {
    if !is_root_relative(target) {
        return target.to_owned();
    }
    marked(scope, format!("{}{target}", scope.world.base_path()))
}

/// `target`, which has the base path, so that it gets it no second time.
fn marked(scope: &Scope, target: String) -> String {
    if scope.stage == Stage::Content && !scope.world.base_path().is_empty() {
        format!("{BASED}{target}")
    } else {
        target
    }
}

/// The filter `markdown`: block or inline, and as Hugo's RenderString the shortcodes in it.
fn render_markdown(scopes: &Arc<Scopes>, text: &str, inline: bool, state: &State) -> TeraResult<Value> {
    let Some(number) = state.get::<u64>(SCOPE_KEY)? else { return Err(Error::message("no page is being rendered")) };
    let scope = scope_of(scopes, state)?;
    let input = scope.traced(&authored::unmarked(text));
    let expanded = Expander { scope: &scope, number }.expand(input);
    let html = markdown::render(&scope, &expanded, if inline { Part::Inline } else { Part::Fragment });
    if scope.stage == Stage::Content {
        return Ok(Value::safe_string(&format!("{RENDERED_START}{html}{RENDERED_END}")));
    }
    let slots = std::mem::take(&mut scope.state().slots);
    let filled = slots.fill(html, scope.world.base_path(), SIZE_LIMIT);
    scope.state().slots = slots;
    filled.map(|html| Value::safe_string(&html)).ok_or_else(|| Error::message("the text is too large"))
}
