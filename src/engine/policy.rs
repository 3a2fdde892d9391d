//! What a command makes of findings: the severity of each, by its class and the configuration.

use crate::base::diagnostic::Class;
use crate::base::{Code, Diagnostic, Severity};
use crate::input::config::{Config, Exception};
use std::collections::BTreeMap;

/// Which kind of command looks at findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `build` and `serve`: what is rendered but not true is a warning.
    Build,
    /// `check` and `publish`: it is an error.
    Check(Beside),
}

/// What `check` looks at beside the site itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beside {
    /// Whether digests are computed again.
    pub digests: bool,
    /// Whether other sites are asked.
    pub external: bool,
}

/// The severities of a site under a command.
#[derive(Debug, Clone)]
pub struct Policy<'a> {
    command: Command,
    configured: &'a BTreeMap<Code, Option<Severity>>,
    exceptions: &'a [Exception],
}

impl<'a> Policy<'a> {
    /// The policy of `config` under `command`.
    #[must_use]
    pub fn new(command: Command, config: &'a Config) -> Self {
        Self { command, configured: &config.checks, exceptions: config.exceptions.as_slice() }
    }

    /// The severity of a finding; none when it is switched off.
    fn severity(&self, found: &Diagnostic) -> Option<Severity> {
        if let Some(severity) = self.configured.get(&found.code) {
            return *severity;
        }
        let in_check = matches!(self.command, Command::Check(_));
        match found.code.class() {
            Class::Broken if found.has_fallback && !in_check => Some(Severity::Warning),
            Class::Broken => Some(Severity::Error),
            Class::Untrue => Some(if in_check { Severity::Error } else { Severity::Warning }),
            Class::Doubtful => Some(Severity::Warning),
            Class::CheckOnly => in_check.then_some(Severity::Error),
            Class::Optional => None,
        }
    }

    /// Whether a finding is an error under this command.
    #[must_use]
    pub fn is_error(&self, found: &Diagnostic) -> bool {
        self.severity(found) == Some(Severity::Error)
    }

    /// Takes out what the configuration makes exceptions of, and tells of exceptions without a finding.
    fn without_exceptions(&self, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        if self.exceptions.is_empty() {
            return found;
        }
        let mut used = vec![false; self.exceptions.len()];
        found.retain(|found| {
            let file = found.place.as_ref().map(|place| &*place.file);
            let covers =
                |exception: &Exception| exception.code == found.code && file.is_some_and(|file| exception.covers(file));
            let Some(at) = self.exceptions.iter().position(covers) else { return true };
            if let Some(used) = used.get_mut(at) {
                *used = true;
            }
            false
        });
        let unused =
            self.exceptions.iter().zip(used).filter(|(exception, used)| !used && self.looks_for(exception.code));
        found.extend(unused.map(|(exception, _)| {
            let message = format!("`{}` has no finding `{}` any more", exception.file, exception.code);
            Diagnostic::new(Code::ExceptionUnused, message).at(exception.place.clone()).help("take the exception out")
        }));
        found
    }

    /// Whether this command, on this site, tells findings of `code`.
    fn looks_for(&self, code: Code) -> bool {
        let configured = self.configured.get(&code);
        let is_on = configured.is_none_or(Option::is_some);
        is_on
            && match (code.class(), self.command) {
                (Class::CheckOnly, Command::Build) => false,
                (Class::CheckOnly, Command::Check(beside)) if code == Code::LinkExternal => beside.external,
                (Class::CheckOnly, Command::Check(beside)) => beside.digests,
                (Class::Optional, _) => configured.is_some(),
                (Class::Broken | Class::Untrue | Class::Doubtful, _) => true,
            }
    }

    /// The findings with their severities, sorted by place, each once; without those that are switched off or excepted.
    #[must_use]
    pub fn apply(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let found = self.without_exceptions(found);
        let mut kept: Vec<Diagnostic> = found
            .into_iter()
            .filter_map(|mut found| {
                found.severity = self.severity(&found)?;
                Some(found)
            })
            .collect();
        kept.sort_by(|a, b| {
            (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)).then_with(|| a.help.cmp(&b.help))
        });
        kept.dedup();
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Place;

    #[test]
    fn exceptions_take_findings_out_and_are_told_when_they_do_not() {
        let exception = |file: &str, code| Exception {
            file: file.into(),
            code,
            reason: "known".into(),
            place: Place::file("guidegen.yaml"),
        };
        let mut config = Config::default();
        config.exceptions = vec![
            exception("content/a.md", Code::LinkBroken),
            exception("content/old/", Code::LinkBroken),
            exception("content/a.md", Code::LinkAnchor),
            exception("content/a.md", Code::BlockDigest),
        ];
        let at = |file: &str, code| Diagnostic::new(code, file).at(Place::file(file));
        let found = vec![
            at("content/a.md", Code::LinkBroken),
            at("content/old/b.md", Code::LinkBroken),
            at("content/b.md", Code::LinkBroken),
        ];
        let kept = Policy::new(Command::Build, &config).apply(found);
        let seen: Vec<_> = kept.iter().map(|found| (found.code, found.message.as_str())).collect();
        assert_eq!(
            seen,
            [
                (Code::LinkBroken, "content/b.md"),
                (Code::ExceptionUnused, "`content/a.md` has no finding `link-anchor` any more")
            ]
        );
    }

    #[test]
    fn an_exception_is_unused_where_its_findings_were_looked_for() {
        let exception = |code| Exception {
            file: "content/a.md".into(),
            code,
            reason: "known".into(),
            place: Place::file("guidegen.yaml"),
        };
        let mut config = Config::default();
        config.exceptions = vec![exception(Code::BlockDigest), exception(Code::LinkExternal)];
        config.checks.insert(Code::LinkExternal, Some(Severity::Warning));
        let told = |command| Policy::new(command, &config).apply(Vec::new()).len();
        assert_eq!(told(Command::Build), 0);
        assert_eq!(told(Command::Check(Beside::default())), 0);
        assert_eq!(told(Command::Check(Beside { digests: true, external: false })), 1);
        assert_eq!(told(Command::Check(Beside { digests: true, external: true })), 2);
    }

    #[test]
    fn a_finding_is_as_bad_as_the_command_and_the_configuration_say() {
        let mut config = Config::default();
        config.checks.insert(Code::IdDuplicate, None);
        config.checks.insert(Code::CodeLanguage, Some(Severity::Error));
        let mut unknown = Diagnostic::new(Code::VariableUnknown, "x");
        unknown.has_fallback = true;
        let found = vec![
            Diagnostic::new(Code::LinkBroken, "x"),
            Diagnostic::new(Code::IdDuplicate, "x"),
            Diagnostic::new(Code::CodeLanguage, "x"),
            Diagnostic::new(Code::ExampleDomain, "x"),
            unknown,
        ];
        let seen = |command| {
            let kept = Policy::new(command, &config).apply(found.clone());
            kept.iter().map(|found| (found.code, found.severity)).collect::<Vec<_>>()
        };
        use Severity::{Error, Warning};
        assert_eq!(
            seen(Command::Build),
            [(Code::VariableUnknown, Warning), (Code::LinkBroken, Warning), (Code::CodeLanguage, Error)]
        );
        assert_eq!(
            seen(Command::Check(Beside::default())),
            [(Code::VariableUnknown, Error), (Code::LinkBroken, Error), (Code::CodeLanguage, Error)]
        );
    }
}
