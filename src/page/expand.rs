//! Shortcodes expanded: a guide's text becomes Markdown in which shortcode output and variables are slots.

use super::authored;
use super::markdown::{self, Part};
use super::native;
use super::origin::{OriginMap, Traced};
use super::scope::{Running, SCOPE_KEY, SIZE_LIMIT, Scope};
use super::slot::{RENDERED_END, RENDERED_START, Slot};
use crate::base::{Code, Diagnostic, Place, Span};
use crate::input::shortcode::{self, Call, Delimiter, Node};
use crate::input::spelling;
use crate::input::templates::Parameter;
use std::borrow::Cow;
use tera::{Context, Value};

/// A text with its shortcodes expanded.
pub struct Expander<'a> {
    /// The page it belongs to.
    pub scope: &'a Scope,
    /// The number under which templates find the page's scope.
    pub number: u64,
}

/// What stands inside of a shortcode, expanded.
#[derive(Default)]
pub struct Body {
    /// Its text.
    pub inner: Traced,
    /// The shortcodes directly in it, as templates see them, and their bodies.
    pub children: Vec<(Value, Traced)>,
}

impl Expander<'_> {
    /// `input` with every shortcode in it expanded.
    #[must_use]
    pub fn expand(&self, input: Traced) -> Traced {
        if !input.text.contains("{{<") && !input.text.contains("{{%") {
            return input;
        }
        let (nodes, problems) = shortcode::scan(&input.text);
        for problem in problems {
            let place = self.scope.place(input.origins.locate(problem.span));
            self.scope.tell(Diagnostic::new(problem.code, problem.message).at(place).help(problem.help));
        }
        self.body(&input, &nodes, &Parent { value: Value::none(), delimiter: None }).inner
    }

    /// The nodes of one level.
    fn body(&self, input: &Traced, nodes: &[Node], parent: &Parent) -> Body {
        let mut body = Body::default();
        let mut is_full = false;
        for node in nodes {
            let out = &mut body.inner;
            match node {
                Node::Text(span) => {
                    out.origins.append(out.text.len(), &input.origins, *span);
                    out.text.push_str(&input.text[span.range()]);
                }
                Node::Literal(literal) => {
                    out.origins.generated(out.text.len(), input.origins.locate(literal.span));
                    out.text.push_str(&literal.value);
                }
                Node::Call(call) => self.call(input, call, parent, &mut body),
            }
            if body.inner.text.len() > SIZE_LIMIT && !is_full {
                is_full = true;
                body.inner = Traced::default();
                self.too_large(input.origins.locate(node_span(node)));
            }
        }
        body
    }

    fn too_large(&self, span: Span) {
        self.scope.tell(
            Diagnostic::new(Code::Nesting, format!("shortcodes produce more than {} MB", SIZE_LIMIT >> 20))
                .at(self.scope.place(span))
                .help("let them produce less; their output is left out"),
        );
    }

    /// One shortcode: its output goes to `to`, and what templates see of it to the children.
    fn call(&self, input: &Traced, call: &Call, parent: &Parent, to: &mut Body) {
        let span = input.origins.locate(call.whole());
        if !self.scope.enter(span) {
            return;
        }
        let watch = self.scope.world.watch().map(|watch| (watch, watch.now()));
        // Only templates around it, and those of what is in it, see anything of it.
        let is_seen = call.body.is_some() || parent.delimiter.is_some();
        let own = if is_seen { Seen::new(call).value(&parent.value) } else { Value::none() };
        let own = Parent { value: own, delimiter: Some(call.delimiter) };
        let mut body = match &call.body {
            Some(nodes) => self.body(input, nodes, &own),
            None => Body::default(),
        };
        if (parent.delimiter, call.delimiter) == (Some(Delimiter::Html), Delimiter::Markdown) && call.body.is_some() {
            body.inner = self.rendered(body.inner, span);
        }
        let inner = parent.delimiter.map(|_| body.inner.clone());
        let output = self.output(input, call, &parent.value, body);
        self.scope.leave();
        if let Some((watch, began)) = watch {
            watch.shortcode(&call.name.value, watch.now().saturating_sub(began));
        }
        if let Some(inner) = inner {
            let value = child_value(&own.value, &authored::marked(&inner.text, self.scope.world.raw_html()));
            to.children.push((value, inner));
        }
        self.insert(call, output, span, &mut to.inner);
    }

    /// The body of a `{{% %}}` inside of a `{{< >}}`, whose own body is no Markdown: as in Hugo it is rendered first. One
    /// that is written in a line is no paragraph.
    fn rendered(&self, inner: Traced, span: Span) -> Traced {
        if inner.text.trim().is_empty() {
            return inner;
        }
        let part = if inner.text.trim_end().contains('\n') { Part::Fragment } else { Part::Inline };
        let html = markdown::render(self.scope, &inner, part);
        let mut origins = OriginMap::default();
        origins.generated(0, span);
        Traced { text: self.scope.slot(Slot::Html(html), span), origins }
    }

    /// What a shortcode produces, by whom it is implemented: the site's template, guidegen, the theme's template.
    fn output(&self, input: &Traced, call: &Call, parent: &Value, body: Body) -> Output {
        let templates = self.scope.world.templates();
        let name = call.name.value.as_str();
        // The case of a name says nothing.
        let lower = name.to_lowercase();
        let template = templates.shortcode(name).or_else(|| templates.shortcode(&lower));
        if template.is_none_or(|template| !template.is_own)
            && let Some(output) = native::call(self, input, call)
        {
            return output;
        }
        let Some(template) = template else {
            self.unknown(input, call);
            return Output::Text(body.inner);
        };
        if let Some(declared) = &template.parameters {
            self.check_parameters(input, call, declared);
        }
        if template.uses_body && call.body.is_none() {
            let (open, close) = call.delimiter.brackets();
            self.scope.tell(
                Diagnostic::new(Code::ShortcodeSyntax, format!("the shortcode `{name}` is not closed"))
                    .at(self.scope.place(input.origins.locate(call.open)))
                    .help(format!("close it with `{open} /{name} {close}`, or write `{open} {name} … /{close}`")),
            );
        }
        let raw_html = self.scope.world.raw_html();
        let mut context = self.scope.context(template.uses_page);
        context.insert_value(SCOPE_KEY, Value::from(self.number));
        let seen = Seen::new(call);
        context.insert_value("params", seen.params);
        context.insert_value("args", seen.args);
        context.insert_value("inner", Value::safe_string(&authored::marked(&body.inner.text, raw_html)));
        let (children, bodies): (Vec<Value>, Vec<Traced>) = body.children.into_iter().unzip();
        context.insert_value("children", Value::from(children));
        context.insert_value("parent", parent.clone());
        let name = template.template.clone();
        self.begin(body.inner, bodies, input.origins.locate(call.whole()));
        let rendered = self.render(&name, &context, input, call);
        let inner = self.end();
        match rendered {
            Some(text) if call.delimiter == Delimiter::Markdown => {
                Output::Rendered { text: authored::unmarked(&text).into_owned(), inner }
            }
            Some(text) => Output::Rendered { text: authored::judged(text, raw_html, &name), inner },
            None => Output::Text(inner),
        }
    }

    /// Notes what is rendered, for the places of what its template renders in turn.
    fn begin(&self, body: Traced, children: Vec<Traced>, call: Span) {
        let children = children.into_iter().map(|child| (child, 0)).collect();
        self.scope.state().running.push(Running { body, children, call });
    }

    /// The body of what was rendered.
    fn end(&self) -> Traced {
        self.scope.state().running.pop().unwrap_or_default().body
    }

    /// Output that becomes Markdown, with slots for what the `markdown` filter rendered: that is not read again.
    fn with_rendered_as_slots(&self, text: String, span: Span) -> String {
        if !text.contains(RENDERED_START) {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        let mut depth = 0usize;
        let mut from = 0;
        for (at, c) in text.char_indices() {
            match c {
                RENDERED_START => {
                    if depth == 0 {
                        out.push_str(&text[from..at]);
                        from = at + c.len_utf8();
                    }
                    depth += 1;
                }
                RENDERED_END if depth > 0 => {
                    depth -= 1;
                    if depth == 0 {
                        out.push_str(&self.scope.slot(Slot::Html(text[from..at].to_owned()), span));
                        from = at + c.len_utf8();
                    }
                }
                _ => {}
            }
        }
        out.push_str(&text[from..]);
        out
    }

    /// Holds the parameters of a call against those that its template declares.
    fn check_parameters(&self, input: &Traced, call: &Call, declared: &[Parameter]) {
        let name = &call.name.value;
        let tell = |span: Span, message: String, help: String| {
            let place = self.scope.place(input.origins.locate(span));
            self.scope.tell(Diagnostic::new(Code::ShortcodeParam, message).at(place).help(help));
        };
        for (key, value) in &call.parameters.named {
            let Some(parameter) = declared.iter().find(|parameter| parameter.name == key.value) else {
                let known = || declared.iter().map(|parameter| parameter.name.as_str());
                let help = match spelling::nearest(&key.value, known()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it has {}", known().collect::<Vec<_>>().join(", ")),
                };
                tell(key.span, format!("`{name}` has no parameter `{}`", key.value), help);
                continue;
            };
            if !parameter.values.is_empty() && !parameter.values.contains(&value.value) {
                let help = match spelling::nearest(&value.value, parameter.values.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write one of {}", parameter.values.join(", ")),
                };
                tell(value.span, format!("`{}` of `{name}` cannot be `{}`", key.value, value.value), help);
            }
        }
        for parameter in declared.iter().filter(|parameter| parameter.is_required) {
            if call.parameters.get(&parameter.name).is_none() {
                let help = format!("write `{}=\"…\"`", parameter.name);
                tell(call.open, format!("`{name}` needs the parameter `{}`", parameter.name), help);
            }
        }
    }

    fn unknown(&self, input: &Traced, call: &Call) {
        if !self.scope.would_tell(Code::ShortcodeUnknown) {
            return;
        }
        let name = &call.name.value;
        let templates = self.scope.world.templates();
        let place = self.scope.place(input.origins.locate(call.name.span));
        if let Some(file) = templates.broken_shortcode(name) {
            self.scope.tell(
                Diagnostic::new(Code::Template, format!("the template of the shortcode `{name}` cannot be used"))
                    .at(place)
                    .help("mend the template; what is wrong with it is told there")
                    .related(Place::file(file), "the template"),
            );
            return;
        }
        let known = templates.shortcode_names().chain(native::NAMES.iter().copied());
        let help = match spelling::nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write its template as templates/shortcodes/{name}.html"),
        };
        self.scope.tell(
            Diagnostic::new(Code::ShortcodeUnknown, format!("there is no shortcode `{name}`")).at(place).help(help),
        );
    }

    /// A template's output; none when it fails, which is told at the call and in the template.
    fn render(&self, template: &str, context: &Context, input: &Traced, call: &Call) -> Option<String> {
        match self.scope.rendered(template, context) {
            Ok(text) => {
                self.scope.spend(text.len());
                Some(text)
            }
            Err(failure) => {
                self.scope.spend(if failure.is_too_large { SIZE_LIMIT } else { 0 });
                let place = self.scope.place(input.origins.locate(call.open));
                let name = &call.name.value;
                let mut diagnostic =
                    Diagnostic::new(Code::Template, format!("the shortcode `{name}` fails: {}", failure.message))
                        .at(place)
                        .help("mend the call or the template; the shortcode's output is left out");
                if let Some(place) = failure.place {
                    diagnostic = diagnostic.related(place, "it fails here in the template");
                }
                self.scope.tell(diagnostic);
                None
            }
        }
    }

    /// Puts a shortcode's output where it belongs.
    fn insert(&self, call: &Call, output: Output, span: Span, to: &mut Traced) {
        match (call.delimiter, output) {
            (_, Output::Slot(slot)) => {
                to.origins.generated(to.text.len(), span);
                to.text.push_str(&slot);
            }
            // The output of a shortcode that is none stays where it is, as the author's own text.
            (_, Output::Text(inner)) => {
                to.origins.append(to.text.len(), &inner.origins, Span::new(0, inner.text.len()));
                to.text.push_str(&inner.text);
            }
            (Delimiter::Html, Output::Rendered { text, .. }) => {
                markdown::note_raw_html(self.scope, &text, |_| span);
                let slot = self.scope.slot(Slot::Html(text), span);
                to.origins.generated(to.text.len(), span);
                to.text.push_str(&slot);
            }
            (Delimiter::Markdown, Output::Rendered { text, inner }) => {
                let text = self.with_rendered_as_slots(text, span);
                // A body has the author's own indentation.
                let text = if call.body.is_some() { Cow::Borrowed(&*text) } else { indented(&text, &to.text) };
                let at = to.text.len();
                to.origins.generated(at, span);
                if let Some(found) = (!inner.text.trim().is_empty()).then(|| text.find(&inner.text)).flatten() {
                    let end = found + inner.text.len();
                    to.origins.append(at + found, &inner.origins, Span::new(0, inner.text.len()));
                    to.origins.generated(at + end, span);
                }
                to.text.push_str(&text);
            }
        }
    }
}

/// What is around a shortcode: what templates see of it, and how it is written. Nothing at the top.
struct Parent {
    value: Value,
    delimiter: Option<Delimiter>,
}

/// What a shortcode makes.
pub enum Output {
    /// The text of its template, and the body that went in.
    Rendered {
        /// The text.
        text: String,
        /// The body.
        inner: Traced,
    },
    /// A slot that was made already.
    Slot(String),
    /// The author's text, to stand where the shortcode stood.
    Text(Traced),
}

/// What a template sees of a call.
struct Seen {
    name: String,
    params: Value,
    args: Value,
}

impl Seen {
    fn new(call: &Call) -> Self {
        let mut params = serde_json::Map::new();
        for (key, value) in &call.parameters.named {
            params.insert(key.value.clone(), value.value.clone().into());
        }
        let args: Vec<Value> = call.parameters.positional.iter().map(|arg| Value::from(arg.value.as_str())).collect();
        Self { name: call.name.value.clone(), params: Value::from_serializable(&params), args: Value::from(args) }
    }

    /// As `parent` of what is inside: the name, what it is given, and its own parent.
    fn value(&self, parent: &Value) -> Value {
        let mut map = tera::Map::new();
        map.insert("name".into(), Value::from(self.name.as_str()));
        map.insert("params".into(), self.params.clone());
        map.insert("args".into(), self.args.clone());
        map.insert("parent".into(), parent.clone());
        Value::from(map)
    }
}

/// As one of the children of what is around: the body in place of the parent.
fn child_value(own: &Value, inner: &str) -> Value {
    let mut map = own.clone().into_map().unwrap_or_default();
    map.shift_remove(&tera::value::Key::from("parent"));
    map.insert("inner".into(), Value::safe_string(inner));
    Value::from(map)
}

fn node_span(node: &Node) -> Span {
    match node {
        Node::Text(span) => *span,
        Node::Literal(literal) => literal.span,
        Node::Call(call) => call.whole(),
    }
}

/// `text` with the indentation of the line that it goes to, when nothing else is before it on that line.
fn indented<'a>(text: &'a str, before: &str) -> Cow<'a, str> {
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.is_empty() || !text.contains('\n') || !line.chars().all(|c| matches!(c, ' ' | '\t')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() * 2);
    for (index, part) in text.split_inclusive('\n').enumerate() {
        if index > 0 && !part.trim_end_matches(['\n', '\r']).is_empty() {
            out.push_str(line);
        }
        out.push_str(part);
    }
    Cow::Owned(out)
}
