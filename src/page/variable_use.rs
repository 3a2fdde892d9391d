//! A use of a variable in a guide, and the element that shows it.

use super::html;
use crate::base::Span;

/// What a use of a variable is to the page's script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// The reader's value takes the fallback's place.
    Live,
    /// Nobody declared it: the fallback stays.
    Unknown,
    /// The value was baked in: plain text.
    Baked,
}

/// A use of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableUse {
    /// The variable's name.
    pub name: String,
    /// The name of the format.
    pub format: Option<String>,
    /// What a page without script shows, formatted.
    pub fallback: String,
    /// What the script may do with it.
    pub liveness: Liveness,
    /// Where it stands in the guide.
    pub span: Span,
}

impl VariableUse {
    /// The element that shows the variable (DESIGN 2.6).
    #[must_use]
    pub fn element(&self) -> String {
        self.element_in(None, &self.fallback)
    }

    /// The same inside of a quoted scalar of a code block, whose rules the fallback was escaped by.
    #[must_use]
    pub fn element_in(&self, context: Option<&str>, fallback: &str) -> String {
        let mut out = String::new();
        if self.liveness != Liveness::Baked {
            out.push_str("<span data-sitevar=\"");
            html::escape_into(&mut out, &self.name);
            out.push('"');
            if let Some(format) = &self.format {
                out.push_str(" data-sitevar-format=\"");
                html::escape_into(&mut out, format);
                out.push('"');
            }
            if let Some(context) = context {
                out.push_str(" data-sitevar-context=\"");
                out.push_str(context);
                out.push('"');
            }
            if self.liveness == Liveness::Unknown {
                out.push_str(" data-sitevar-unknown");
            }
            out.push('>');
        }
        html::escape_text_into(&mut out, fallback);
        if self.liveness != Liveness::Baked {
            out.push_str("</span>");
        }
        out
    }
}
