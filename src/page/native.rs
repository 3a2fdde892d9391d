//! The shortcodes that guidegen itself implements, because they need more than a template sees: `sitevar`, `include`, and
//! those of [`super::reference`].

use super::expand::{Expander, Output};
use super::markdown;
use super::origin::{OriginMap, Traced};
use super::reference::{self, Shown};
use super::scope::{SIZE_LIMIT, Scope};
use super::slot::{Liveness, Slot, VariableUse, may_hold_reserved};
use crate::base::diagnostic::Fix;
use crate::base::{Code, Diagnostic, Span};
use crate::input::format::Format;
use crate::input::shortcode::{Call, Delimiter};
use crate::input::spelling;
use crate::input::variable::Variables;

/// Their names.
pub const NAMES: &[&str] = &["sitevar", "include", "ref", "relref"];

/// The output of `call`, when it is one of ours.
pub fn call(expander: &Expander<'_>, input: &Traced, call: &Call) -> Option<Output> {
    match call.name.value.to_ascii_lowercase().as_str() {
        "sitevar" => Some(sitevar(expander.scope, input, call)),
        "include" => Some(include(expander, input, call)),
        "ref" => Some(reference::call(expander.scope, input, call, Shown::Whole)),
        "relref" => Some(reference::call(expander.scope, input, call, Shown::FromRoot)),
        _ => None,
    }
}

/// The parameter `name`, or the positional one at `position`, and where it stands in the source.
pub(super) fn parameter(
    scope: &Scope,
    input: &Traced,
    call: &Call,
    name: &str,
    position: Option<usize>,
) -> Option<(String, Span)> {
    let found = call.parameters.get(name).or_else(|| call.parameters.positional.get(position?))?;
    let value = &found.value;
    // A shortcode in a parameter is no element there.
    let value = if may_hold_reserved(value) { scope.state().slots.plain(value) } else { value.clone() };
    Some((value, input.origins.locate(found.span)))
}

/// Tells that a parameter is missing.
pub(super) fn missing(scope: &Scope, input: &Traced, call: &Call, parameter: &str) {
    let name = &call.name.value;
    scope.tell(
        Diagnostic::new(Code::ShortcodeParam, format!("`{name}` needs the parameter `{parameter}`"))
            .at(scope.place(input.origins.locate(call.open)))
            .help(format!("write `{{{{< {name} {parameter}=\"…\" >}}}}`")),
    );
}

/// `{{< sitevar name="domain" nojs="example.com" format="regex" >}}` (DESIGN 2.6).
fn sitevar(scope: &Scope, input: &Traced, call: &Call) -> Output {
    let span = input.origins.locate(call.whole());
    let Some((name, name_span)) = parameter(scope, input, call, "name", Some(0)) else {
        missing(scope, input, call, "name");
        return Output::Slot(String::new());
    };
    let nojs = parameter(scope, input, call, "nojs", Some(1));
    let format =
        parameter(scope, input, call, "format", Some(2)).and_then(|(word, span)| known_format(scope, word, span));
    let variables = scope.world.variables(scope.page);
    let formatted = |text: String| match format {
        Some(format) => format.apply(&text),
        None => text,
    };
    let text = variables.fallback(&name).map(formatted);
    let liveness = match &text {
        None => Liveness::Unknown,
        Some(_) if variables.is_baked(&name) => Liveness::Baked,
        Some(_) => Liveness::Live,
    };
    if text.is_none() {
        unknown(scope, variables, &name, name_span, nojs.is_some());
    }
    let fallback = match (text, nojs) {
        (Some(text), Some((nojs, span))) if liveness == Liveness::Live => {
            // Of a computed variable a part may be baked: the guide knows nothing of that, and its `nojs` is out of date.
            let declared = variables.declared_fallback(&name).map_or_else(String::new, formatted);
            if nojs != declared {
                disagreement(scope, &name, &nojs, &declared, span);
            }
            if text == declared { nojs } else { text }
        }
        (Some(text), _) => text,
        (None, Some((nojs, _))) => nojs,
        (None, None) => String::new(),
    };
    let format = format.map(|format| format.as_str().to_owned());
    Output::Slot(scope.slot(Slot::Variable(VariableUse { name, format, fallback, liveness, span }), span))
}

fn known_format(scope: &Scope, word: String, span: Span) -> Option<Format> {
    let format = Format::parse(&word);
    if format.is_none() && !word.is_empty() {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
        let help = spelling::nearest(&word, known.iter().copied())
            .map_or_else(|| format!("use one of {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
        scope.tell(
            Diagnostic::new(Code::ShortcodeParam, format!("there is no format `{word}`"))
                .at(scope.place(span))
                .help(help),
        );
    }
    format
}

fn unknown(scope: &Scope, variables: &Variables, name: &str, span: Span, has_fallback: bool) {
    if !scope.would_tell(Code::VariableUnknown) {
        return;
    }
    let help = variables
        .nearest(name)
        .map_or_else(|| "declare it under `variables:`".to_owned(), |near| format!("did you mean `{near}`?"));
    let mut diagnostic = Diagnostic::new(Code::VariableUnknown, format!("the variable `{name}` is not declared"))
        .at(scope.place(span))
        .help(help);
    diagnostic.has_fallback = has_fallback;
    if has_fallback {
        diagnostic.severity = crate::base::Severity::Warning;
    }
    scope.tell(diagnostic);
}

fn disagreement(scope: &Scope, name: &str, nojs: &str, text: &str, span: Span) {
    scope.tell(
        Diagnostic::new(
            Code::VariableFallback,
            format!("the fallback `{nojs}` of `{name}` is not the variable's default `{text}`"),
        )
        .at(scope.place(span))
        .fix(fallback_fix(scope, nojs, text, span))
        .help("leave `nojs` out, or write the default"),
    );
}

/// Writes the default in place of a fallback that stands in the source as it is.
fn fallback_fix(scope: &Scope, nojs: &str, text: &str, span: Span) -> Option<Fix> {
    let written = scope.source.text().get(span.range())?;
    let is_plain = !text.contains(['"', '`', '\\', '\n']) && !nojs.is_empty();
    let at = written.find(nojs).filter(|_| is_plain && written.matches(nojs).count() == 1)?;
    let is_quoted = written.len() > nojs.len() || !text.contains(' ');
    let start = span.start + at;
    is_quoted.then(|| Fix { span: Span::new(start, start + nojs.len()), text: text.to_owned() })
}

/// `{{% include file="compose.yml" lines="2-8" lang="yaml" %}}`: a file of the site as a code block, or as Markdown.
fn include(expander: &Expander<'_>, input: &Traced, call: &Call) -> Output {
    let scope = expander.scope;
    let span = input.origins.locate(call.whole());
    let Some((file, file_span)) = parameter(scope, input, call, "file", Some(0)) else {
        missing(scope, input, call, "file");
        return Output::Slot(String::new());
    };
    let Some(text) = read(scope, &file, file_span) else { return Output::Slot(String::new()) };
    scope.spend(text.len());
    let text = match parameter(scope, input, call, "lines", None) {
        Some((lines, span)) => select(scope, &text, &lines, span),
        None => text,
    };
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let language = parameter(scope, input, call, "lang", None).map(|(language, _)| language);
    let is_markdown = language.is_none() && matches!(extension.as_str(), "md" | "markdown");
    let title = parameter(scope, input, call, "title", None).map(|(title, _)| title);
    match call.delimiter {
        Delimiter::Markdown if language.is_none() => {
            let mut origins = OriginMap::default();
            origins.generated(0, span);
            let text = expander.expand(Traced { text, origins }).text;
            Output::Rendered { text, inner: Traced::default() }
        }
        Delimiter::Markdown => {
            let text = fenced(&text, language.as_deref().unwrap_or_default(), title.as_deref());
            Output::Rendered { text, inner: Traced::default() }
        }
        Delimiter::Html if is_markdown => {
            let mut origins = OriginMap::default();
            origins.generated(0, span);
            let expanded = expander.expand(Traced { text, origins });
            let html = markdown::render(scope, &expanded, markdown::Part::Fragment);
            Output::Rendered { text: html, inner: Traced::default() }
        }
        Delimiter::Html if language.is_none() && matches!(extension.as_str(), "html" | "svg") => {
            Output::Rendered { text, inner: Traced::default() }
        }
        Delimiter::Html => {
            let language = language.unwrap_or(extension);
            let mut origins = OriginMap::default();
            origins.generated(0, span);
            let text = fenced(&text, &language, title.as_deref());
            let html = markdown::render(scope, &Traced { text, origins }, markdown::Part::Fragment);
            Output::Rendered { text: html, inner: Traced::default() }
        }
    }
}

/// The file's text: of the guide's folder when its path starts with a dot, else of the site's root.
fn read(scope: &Scope, file: &str, span: Span) -> Option<String> {
    let path = if file.starts_with("./") || file.starts_with("../") {
        format!("{}/{file}", scope.folder)
    } else {
        file.trim_start_matches('/').to_owned()
    };
    let problem = match within(&path) {
        None => Err("it is outside of the site".to_owned()),
        Some(path) => scope.world.read(&path),
    };
    match problem {
        Ok(text) if text.len() <= SIZE_LIMIT => {
            // An included file can forge a slot no more than a guide can.
            Some(crate::base::reserved::without_reserved(&text).unwrap_or(text))
        }
        Ok(_) => {
            scope.tell(Diagnostic::new(Code::Include, format!("`{file}` is too large")).at(scope.place(span)));
            None
        }
        Err(why) => {
            scope.tell(
                Diagnostic::new(Code::Include, format!("`{file}` cannot be included: {why}"))
                    .at(scope.place(span))
                    .help("write its path from the site's root, or from the guide's folder with `./` before it"),
            );
            None
        }
    }
}

/// `path` without `.` and `..`; none when it leaves the root.
fn within(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The lines that `2-8`, `3-`, `-4` or `5` name.
fn select(scope: &Scope, text: &str, lines: &str, span: Span) -> String {
    let number = |text: &str, other: usize| {
        if text.trim().is_empty() { Some(other) } else { text.trim().parse::<usize>().ok().filter(|n| *n > 0) }
    };
    let range = match lines.split_once('-') {
        Some((from, to)) => number(from, 1).zip(number(to, usize::MAX)),
        None => number(lines, 0).filter(|n| *n > 0).map(|n| (n, n)),
    };
    let Some((from, to)) = range.filter(|(from, to)| from <= to) else {
        scope.tell(
            Diagnostic::new(Code::ShortcodeParam, format!("`lines=\"{lines}\"` names no lines"))
                .at(scope.place(span))
                .help("write a line `5` or lines `2-8`, from 1"),
        );
        return text.to_owned();
    };
    let selected: String = text.split_inclusive('\n').skip(from - 1).take(to - from + 1).collect();
    if selected.is_empty() {
        scope.tell(Diagnostic::new(Code::Include, format!("the file has no line {from}")).at(scope.place(span)));
    }
    selected
}

/// `text` as a fence that nothing in it closes.
fn fenced(text: &str, language: &str, title: Option<&str>) -> String {
    let longest = text
        .lines()
        .map(|line| line.trim_start())
        .map(|line| line.len() - line.trim_start_matches('`').len())
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let language: String = language.chars().filter(|c| !c.is_whitespace() && !matches!(c, '`' | '{')).collect();
    let title =
        title.map(|title| format!(" {{title=\"{}\"}}", title.replace(['"', '\n', '`'], "'"))).unwrap_or_default();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{language}{title}\n{text}{end}{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_of_the_root() {
        assert_eq!(within("content/a/../b/./c.yml").as_deref(), Some("content/b/c.yml"));
        assert_eq!(within("content/../../x"), None);
    }

    #[test]
    fn a_fence_is_longer_than_any_in_it() {
        assert_eq!(fenced("a\n````\nb", "yaml", Some("c")), "`````yaml {title=\"c\"}\na\n````\nb\n`````\n");
    }
}
