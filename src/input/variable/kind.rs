//! The types of variables.

use std::fmt;

/// The type of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "`validate` says what each one takes")]
pub enum Kind {
    String,
    Hostname,
    Domain,
    Label,
    Port,
    Number,
    Boolean,
    Choice,
    Url,
    Path,
    Email,
    Ip,
    Cidr,
    Secret,
}

impl Kind {
    /// Every type, in the order of the manual.
    pub const ALL: &'static [Self] = &[
        Self::String,
        Self::Hostname,
        Self::Domain,
        Self::Label,
        Self::Port,
        Self::Number,
        Self::Boolean,
        Self::Choice,
        Self::Url,
        Self::Path,
        Self::Email,
        Self::Ip,
        Self::Cidr,
        Self::Secret,
    ];

    /// The name that authors write.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Hostname => "hostname",
            Self::Domain => "domain",
            Self::Label => "label",
            Self::Port => "port",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Choice => "choice",
            Self::Url => "url",
            Self::Path => "path",
            Self::Email => "email",
            Self::Ip => "ip",
            Self::Cidr => "cidr",
            Self::Secret => "secret",
        }
    }

    /// The type of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
