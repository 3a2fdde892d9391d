//! What a command makes of findings: the severity of each, by its class and the configuration.

use crate::base::diagnostic::Class;
use crate::base::{Code, Diagnostic, Severity};
use crate::input::config::Config;
use std::collections::BTreeMap;

/// Which kind of command looks at findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `build` and `serve`: what is rendered but not true is a warning.
    Build,
    /// `check` and `publish`: it is an error.
    Check,
}

/// The severities of a site under a command.
#[derive(Debug, Clone)]
pub struct Policy<'a> {
    command: Command,
    configured: &'a BTreeMap<Code, Option<Severity>>,
}

impl<'a> Policy<'a> {
    /// The policy of `config` under `command`.
    #[must_use]
    pub const fn new(command: Command, config: &'a Config) -> Self {
        Self { command, configured: &config.checks }
    }

    /// The severity of a finding; none when it is switched off.
    fn severity(&self, found: &Diagnostic) -> Option<Severity> {
        if let Some(severity) = self.configured.get(&found.code) {
            return *severity;
        }
        let in_check = self.command == Command::Check;
        match found.code.class() {
            Class::Broken if found.has_fallback && !in_check => Some(Severity::Warning),
            Class::Broken => Some(Severity::Error),
            Class::Untrue => Some(if in_check { Severity::Error } else { Severity::Warning }),
            Class::Doubtful => Some(Severity::Warning),
            Class::CheckOnly => in_check.then_some(Severity::Error),
            Class::Optional => None,
        }
    }

    /// The findings with their severities, sorted by place, each once; without those that are switched off.
    #[must_use]
    pub fn apply(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
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
            seen(Command::Check),
            [(Code::VariableUnknown, Error), (Code::LinkBroken, Error), (Code::CodeLanguage, Error)]
        );
    }
}
