//! A world with as little in it as pages need, for the tests of this part.

use super::functions;
use super::highlight::Highlighter;
use super::rendered::{self, Rendered};
use super::scope::Scopes;
use super::world::{PageId, Stage, World};
use crate::base::{Code, Source, Span};
use crate::input::config::RawHtml;
use crate::input::image::ImageSize;
use crate::input::strings::Strings;
use crate::input::templates::Templates;
use crate::input::variable::Variables;
use serde_json::json;
use std::sync::{Arc, LazyLock};
use tera::{Context, Value};

/// The templates, parsed once: short shortcodes of every sort.
static TEMPLATES: LazyLock<(Templates, Arc<Scopes>)> = LazyLock::new(|| {
    let sources = [
        ("y.html", "Y"),
        ("b.html", "<b id=\"b\">B</b>"),
        ("z.html", "<div>Z</div>\n"),
        ("raw.html", "[{{ inner }}]"),
        ("note.html", "<div class=\"note\">\n{{ inner | markdown }}\n</div>"),
        ("line.html", "<q>{{ inner | markdown(inline=true) }}</q>"),
        ("list.md", "- one\n- two\n\n  three\n"),
        ("link.html", "<a href=\"/a/\" title=\"{{ args[0] }}\">{{ inner }}</a>"),
        ("all.html", "{% for child in children %}<p>{{ child.name }}: {{ child.inner | markdown }}</p>{% endfor %}"),
        ("broken.html", "{{ params.none.none }}"),
    ];
    let sources = sources.map(|(name, text)| Source::new(format!("templates/shortcodes/{name}"), text));
    let scopes = Arc::new(Scopes::default());
    let (templates, problems) = Templates::load(&sources, |tera| functions::register(tera, &scopes));
    assert!(problems.is_empty(), "{problems:?}");
    (templates, scopes)
});

static STRINGS: LazyLock<Strings> = LazyLock::new(|| Strings::of_theme("en"));

static HIGHLIGHTER: LazyLock<Highlighter> = LazyLock::new(Highlighter::new);

static VARIABLES: LazyLock<Variables> = LazyLock::new(|| {
    let declared = json!({
        "domain": { "type": "domain", "default": "example.com" },
        "host": { "type": "label", "default": "auth" },
    });
    let (variables, problems) = Variables::load(&declared, &json!({}), &|_| None, Code::Config);
    assert!(problems.is_empty(), "{problems:?}");
    variables
});

/// The world around one page, `content/folder/page.md`.
#[derive(Default)]
pub struct TestWorld {
    /// What becomes of raw HTML.
    pub raw_html: RawHtml,
    /// What stands before addresses.
    pub base_path: String,
}

impl World for TestWorld {
    fn templates(&self) -> &Templates {
        &TEMPLATES.0
    }

    fn highlighter(&self) -> &Highlighter {
        &HIGHLIGHTER
    }

    fn strings(&self) -> &Strings {
        &STRINGS
    }

    fn raw_html(&self) -> RawHtml {
        self.raw_html
    }

    fn base_path(&self) -> &str {
        &self.base_path
    }

    fn variables(&self, _: PageId) -> &Variables {
        &VARIABLES
    }

    fn resolve(&self, _: PageId, target: &str) -> String {
        if target == "other.md" { "/folder/other/".to_owned() } else { target.to_owned() }
    }

    fn named(&self, _: &str) -> Option<String> {
        None
    }

    fn context(&self, _: PageId, _: Stage, _: bool) -> Context {
        let mut context = Context::new();
        for name in ["page", "site", "data"] {
            context.insert_value(name, Value::from(tera::Map::new()));
        }
        context.insert_value("strings", Value::from_serializable(STRINGS.all()));
        context
    }

    fn card(&self, _: PageId, _: &str, _: Stage) -> Option<Value> {
        None
    }

    fn cards(&self, _: PageId, _: &str, _: Stage) -> Option<Value> {
        None
    }

    fn asset(&self, _: PageId, _: &str) -> Option<String> {
        None
    }

    fn image_size(&self, _: PageId, src: &str) -> Option<ImageSize> {
        (src == "/a.png").then_some(ImageSize { width: 60, height: 40 })
    }

    fn navigation(&self, _: PageId) -> String {
        String::new()
    }

    fn origin(&self) -> Option<&str> {
        None
    }

    fn read(&self, path: &str) -> Result<String, String> {
        match path {
            "content/folder/a.yml" => Ok("a: 1\nb: {{< y >}}\n".to_owned()),
            "content/folder/self.md" => Ok("again: {{% include file=\"./self.md\" %}}\n".to_owned()),
            _ => Err("there is none".to_owned()),
        }
    }
}

impl TestWorld {
    /// A guide of this body, rendered.
    pub fn render(self, body: &str) -> Rendered {
        let source = Source::new("content/folder/page.md", body);
        rendered::render(Arc::new(self), &TEMPLATES.1, 0, source, Span::new(0, body.len()))
    }
}

/// The HTML of a guide of this body.
pub fn html(body: &str) -> String {
    TestWorld::default().render(body).html
}
