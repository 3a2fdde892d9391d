//! Holds the code blocks of guides against the syntax of their language and against the schemas of the configuration.

use super::block::{self, Language, Part};
use super::mask::{Masked, mask};
use super::schema::{Schema, Schemas};
use super::values;
use crate::base::{Code, Diagnostic, Place, Span};
use crate::input::config::{Config, VerifyMode};
use crate::input::files::SiteFiles;
use crate::input::guide::Guide;
use crate::input::spelling;
use crate::input::variable::Variables;
use crate::input::yaml::Document;
use crate::page::fence::Verify;
use crate::page::rendered::Rendered;
use crate::page::scope::Block;
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use serde_json::Value;
use std::collections::BTreeMap;

/// More findings about one block help nobody.
const MOST: usize = 20;

/// The schemas of the blocks of a site, by title.
#[derive(Debug, Default)]
pub struct Verifier {
    schemas: Vec<(Schema, VerifyMode)>,
    by_title: BTreeMap<String, Vec<usize>>,
    front_matter: Option<Schema>,
}

impl Verifier {
    /// The verifier that the configuration asks for, and what is wrong with its schemas.
    #[must_use]
    pub fn new(config: &Config, files: &SiteFiles) -> (Self, Vec<Diagnostic>) {
        let mut verifier = Self::default();
        let mut problems = Vec::new();
        if config.verify.is_empty() && config.front_matter_schema.is_none() {
            return (verifier, problems);
        }
        let schemas = Schemas::new(&files.schemas);
        let refused = |name: &str, why: &str, path: &[&str]| {
            let problem = Diagnostic::new(Code::Config, format!("the schema `{name}` {why}"))
                .help("schemas are files in schemas/, named from the site's root");
            match &config.document {
                Some(document) => problem.at(document.place(path)),
                None => problem,
            }
        };
        if let Some(name) = &config.front_matter_schema {
            match schemas.compile(name, VerifyMode::Full) {
                Ok(schema) => verifier.front_matter = Some(schema),
                Err(why) => problems.push(refused(name, &why, &["front_matter"])),
            }
        }
        for (number, entry) in config.verify.iter().enumerate() {
            match schemas.compile(&entry.schema, entry.mode) {
                Ok(schema) => {
                    let at = verifier.schemas.len();
                    verifier.schemas.push((schema, entry.mode));
                    for title in &entry.titles {
                        verifier.by_title.entry(title.clone()).or_default().push(at);
                    }
                }
                Err(why) => {
                    problems.push(refused(&entry.schema, &why, &["verify", &number.to_string(), "schema"]));
                }
            }
        }
        (verifier, problems)
    }

    /// The findings about the blocks of one guide.
    #[must_use]
    pub fn check(&self, guide: &Guide, rendered: &Rendered, variables: &Variables) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for block in &rendered.blocks {
            if block.verify == Verify::Off || block.diff {
                continue;
            }
            let Some(language) = Language::named(&block.language) else { continue };
            let place = |span: Span| guide.source.place(block.origins.locate(span));
            let masked = mask(&block.text);
            let schemas = block.title.as_ref().filter(|_| block.verify == Verify::On);
            let read = match schemas.and_then(|title| self.by_title.get(title)) {
                Some(schemas) => block::read(language, &masked).map(|parts| Some((schemas, parts))),
                None => block::fault(language, &masked).map_or(Ok(None), Err),
            };
            let read = match read {
                Ok(read) => read,
                Err(fault) => {
                    let message = format!("this block is not {}: {}", language.as_str(), fault.message);
                    let mut finding = Diagnostic::new(Code::BlockSyntax, message).at(place(fault.span));
                    finding.help = fault.help.map(Into::into);
                    findings.push(finding);
                    continue;
                }
            };
            findings.extend(values::check(block, language, variables, &place));
            if let Some((schemas, parts)) = read {
                findings.extend(self.against_schemas(schemas, block, &masked, &parts, &place));
            }
        }
        findings
    }

    /// The findings about the front matter of one guide.
    #[must_use]
    pub fn front_matter(&self, guide: &Guide) -> Vec<Diagnostic> {
        let Some(schema) = &self.front_matter else { return Vec::new() };
        let empty = Value::Object(serde_json::Map::new());
        let document = guide.front.document.as_ref();
        let value = document.map(Document::value).filter(|value| !value.is_null()).unwrap_or(&empty);
        let misfits = schema
            .errors(value)
            .take(MOST)
            .flat_map(|error| explain(best(&error), schema, VerifyMode::Full, "the front matter"));
        let finding = |misfit: Misfit| {
            let path: Vec<&str> = misfit.path.iter().map(String::as_str).collect();
            let place = match document {
                Some(document) if misfit.is_key => document.key_place(&path),
                Some(document) if !path.is_empty() => document.place(&path),
                _ => guide.source.place(Span::new(0, 0)),
            };
            let mut finding = Diagnostic::new(Code::FrontMatter, misfit.message).at(place);
            finding.help = misfit.help.map(Into::into);
            finding
        };
        misfits.map(finding).collect()
    }

    fn against_schemas(
        &self,
        schemas: &[usize],
        block: &Block,
        masked: &Masked,
        parts: &[Part],
        place: &dyn Fn(Span) -> Place,
    ) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for (schema, mode) in schemas.iter().filter_map(|at| self.schemas.get(*at)) {
            for part in parts {
                for error in schema.errors(&part.value).take(MOST) {
                    let faults = explain(best(&error), schema, *mode, "the block");
                    findings.extend(faults.into_iter().filter_map(|fault| {
                        let span = fault.span(part, block.text.len());
                        let is_hole = masked.has_hole_in(&span.range());
                        let mut finding = Diagnostic::new(Code::BlockSchema, fault.message).at(place(span));
                        finding.help = fault.help.map(Into::into);
                        (!is_hole).then_some(finding)
                    }));
                }
            }
        }
        findings.truncate(MOST);
        findings
    }
}

/// What does not fit, for people.
struct Misfit {
    /// Where in the value.
    path: Vec<String>,
    /// Whether the key is meant and not its value.
    is_key: bool,
    message: String,
    help: Option<String>,
}

impl Misfit {
    fn span(&self, part: &Part, length: usize) -> Span {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let Some(span) = part.span(&path, self.is_key) else { return Span::new(0, length) };
        if self.path.is_empty() { Span::new(span.start, span.start) } else { span }
    }
}

/// Of an error that none of several schemas fits, what is wrong with the one that fits best: the one that is only wrong
/// deeper inside.
fn best<'e>(mut error: &'e ValidationError<'e>) -> &'e ValidationError<'e> {
    loop {
        let own = depth(error);
        let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) = error.kind()
        else {
            return error;
        };
        // A branch without an error of its own depth was meant; of two such nobody knows which.
        let shallowest = |branch: &Vec<ValidationError<'static>>| branch.iter().map(depth).min().unwrap_or(0);
        let deepest = context.iter().map(shallowest).max().unwrap_or(0);
        let mut meant = context.iter().filter(|branch| shallowest(branch) == deepest);
        let branch = meant.next().filter(|_| meant.next().is_none() && (deepest > own || context.len() == 1));
        match branch.and_then(|branch| branch.first()) {
            Some(inner) => error = inner,
            None => return error,
        }
    }
}

fn depth(error: &ValidationError<'_>) -> usize {
    error.instance_path().iter().count()
}

fn explain(error: &ValidationError<'_>, schema: &Schema, mode: VerifyMode, whole: &str) -> Vec<Misfit> {
    let path: Vec<String> = error
        .instance_path()
        .iter()
        .map(|segment| match segment {
            LocationSegment::Property(name) => name.into_owned(),
            LocationSegment::Index(index) => index.to_string(),
        })
        .collect();
    let name = if path.is_empty() { whole.to_owned() } else { format!("`{}`", path.join(".")) };
    let one = |message: String| vec![Misfit { path: path.clone(), is_key: false, message, help: None }];
    match error.kind() {
        // An excerpt says nothing of what it leaves empty.
        ValidationErrorKind::Type { .. } if mode == VerifyMode::Partial && error.instance().is_null() => Vec::new(),
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let known = properties(&schema.text, error.schema_path().as_str());
            let misfit = |key: &String| {
                let inside = if path.is_empty() { String::new() } else { format!(" in {name}") };
                let near = spelling::nearest(key, known.iter().map(String::as_str));
                let mut path = path.clone();
                path.push(key.clone());
                Misfit {
                    path,
                    is_key: true,
                    message: format!("the schema knows no key `{key}`{inside}"),
                    help: near.map(|near| format!("did you mean `{near}`?")),
                }
            };
            unexpected.iter().map(misfit).collect()
        }
        ValidationErrorKind::Enum { options } => {
            let shown: Vec<String> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
            let mut misfits = one(format!("{name} has a value that the schema does not know"));
            if let Some(misfit) = misfits.first_mut() {
                let word = error.instance().as_str().unwrap_or_default();
                let words = options.as_array().into_iter().flatten().filter_map(Value::as_str);
                misfit.help = Some(match spelling::nearest(word, words) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known are {}", shown.join(", ")),
                });
            }
            misfits
        }
        ValidationErrorKind::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" or "),
            };
            one(format!("{name} must be {expected}, and is {}", kind_of(error.instance())))
        }
        ValidationErrorKind::Required { property } => {
            one(format!("{name} lacks the key `{}`", property.as_str().unwrap_or_default()))
        }
        ValidationErrorKind::Pattern { pattern } if pattern.len() <= 60 => {
            one(format!("{name} does not match `{pattern}`"))
        }
        ValidationErrorKind::Pattern { .. } => one(format!("{name} does not have the form that its schema asks for")),
        ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
            one(format!("{name} fits none of the forms that the schema has for it"))
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            one(format!("{name} fits several forms of the schema, and may fit only one"))
        }
        _ => one(format!("{name} does not fit its schema: {}", error.masked_with("the value"))),
    }
}

/// The keys that are known where the schema's `additionalProperties` stands.
fn properties(schema: &Value, path: &str) -> Vec<String> {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let map = schema.pointer(parent).and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    map.into_iter().flat_map(|map| map.keys().cloned()).collect()
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
