//! Whether a block still parses with other values than the defaults: those that a reader may set.

use super::block::{self, Language};
use super::mask::mask;
use crate::base::{Code, Diagnostic, Place, Span};
use crate::input::format::Format;
use crate::input::variable::{Kind, Variable, Variables};
use crate::page::context::Context;
use crate::page::html::{self, Piece};
use crate::page::scope::Block;
use std::ops::Range;

/// A live variable in a block.
struct Use<'a> {
    range: Range<usize>,
    variable: &'a Variable,
    format: Option<Format>,
    context: Option<Context>,
}

impl Use<'_> {
    /// How `value` is written here.
    fn written(&self, value: &str) -> String {
        let text = self.variable.text(value);
        let text = self.format.map_or_else(|| text.to_owned(), |format| format.apply(text));
        match self.context {
            Some(context) => context.escape(&text),
            None => text,
        }
    }
}

/// The variables of a block that parses, each told when a legal value of it keeps the block from being read.
pub fn check(
    block: &Block,
    language: Language,
    variables: &Variables,
    place: &dyn Fn(Span) -> Place,
) -> Vec<Diagnostic> {
    let uses: Vec<Use<'_>> =
        block.atoms.iter().filter_map(|atom| used(&atom.html, atom.range.clone(), variables)).collect();
    let mut findings = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for one in &uses {
        if told.contains(&one.variable.name.as_str()) {
            continue;
        }
        for value in others(one.variable) {
            let fault_with = |uses: &[&Use<'_>]| block::fault(language, &mask(&with_value(&block.text, uses, &value)));
            let same: Vec<&Use<'_>> = uses.iter().filter(|used| used.variable.name == one.variable.name).collect();
            let Some(fault) = fault_with(&same) else { continue };
            told.push(&one.variable.name);
            // Of several uses the one that needs mending is told: that which is a fault by itself.
            let (used, fault) =
                same.iter().find_map(|used| Some((*used, fault_with(&[*used])?))).unwrap_or((one, fault));
            let message = format!(
                "with the value `{value}` of `{}`, which is legal, this block is not {}: {}",
                one.variable.name,
                language.as_str(),
                fault.message
            );
            let help = "put quotation marks around it, or give the variable a type or `pattern` that such a value does not fit";
            let span = Span::new(used.range.start, used.range.end);
            findings.push(Diagnostic::new(Code::BlockSyntax, message).at(place(span)).help(help));
            break;
        }
    }
    findings
}

/// What the element of an atom says.
fn used<'a>(element: &str, range: Range<usize>, variables: &'a Variables) -> Option<Use<'a>> {
    let tag = html::pieces(element).find_map(|piece| if let Piece::Tag(tag) = piece { Some(tag) } else { None })?;
    let value = |name: &str| tag.attributes().find(|attribute| attribute.name == name).map(|found| found.value);
    let variable = variables.get(value("data-sitevar")?)?;
    Some(Use {
        range,
        variable,
        format: value("data-sitevar-format").and_then(Format::parse),
        context: value("data-sitevar-context").and_then(Context::parse),
    })
}

/// Legal values that are as unlike the default as its type allows.
fn others(variable: &Variable) -> Vec<String> {
    let values: Vec<String> = match variable.kind {
        Kind::Boolean => vec!["true".into(), "false".into()],
        Kind::Choice => variable.options.iter().take(20).map(|option| option.value.clone()).collect(),
        // What a value of these types looks like is known, and none of it means anything to a format.
        Kind::Port | Kind::Number | Kind::Domain | Kind::Label | Kind::Cidr => Vec::new(),
        Kind::Hostname => vec!["[::1]".into()],
        Kind::Ip => vec!["::1".into()],
        Kind::Url => vec!["https://[::1]:8443/a?b=c&d=%20#e".into()],
        Kind::Path => vec!["/a b/c: d/#e".into()],
        Kind::Email => vec!["`#'{@b".into(), "#a@example.com".into()],
        Kind::String | Kind::Secret => vec!["a: 'b' \"c\" #d".into(), "@a".into()],
    };
    values.into_iter().filter(|value| *value != variable.default && variable.validate(value).is_ok()).collect()
}

/// The block's text with a value in place of the default at these uses.
fn with_value(text: &str, uses: &[&Use<'_>], value: &str) -> String {
    let mut out = String::with_capacity(text.len() + value.len());
    let mut from = 0;
    for one in uses {
        out.push_str(text.get(from..one.range.start).unwrap_or_default());
        out.push_str(&one.written(value));
        from = one.range.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}
