//! `guidegen explain CODE`: the manual's words about a finding. The manual is the one source of them.

use super::Status;
use crate::base::Code;
use crate::edge::{Failure, terminal};
use crate::input::spelling;

/// The page of the manual that has a heading for every code.
const MANUAL: &str = include_str!("../../content/manual/findings.md");

/// Prints what the manual says about `code`; without one the list of codes.
pub(super) fn run(code: Option<&str>) -> Result<Status, Failure> {
    let Some(name) = code else {
        let list: String = Code::ALL.iter().map(|code| format!("{:<20} {}\n", code.as_str(), code.meaning())).collect();
        terminal::print(&list);
        return Ok(Status::Done);
    };
    let Some(code) = Code::parse(name.trim()) else {
        let near = spelling::nearest(name, Code::ALL.iter().map(|code| code.as_str()));
        let help = near
            .map_or_else(|| "`guidegen explain` lists every code".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(Failure::new(format!("there is no finding `{name}`")).help(help));
    };
    let more = explanation(code).map_or_else(String::new, |text| format!("\n{text}\n"));
    terminal::print(&format!("{code}: {}\n{more}", code.meaning()));
    Ok(Status::Done)
}

/// What stands below the heading of `code`, as it reads on the page.
fn explanation(code: Code) -> Option<String> {
    let heading = format!("\n### {code}\n");
    let start = MANUAL.find(&heading)? + heading.len();
    let rest = MANUAL.get(start..)?;
    let end = ["\n## ", "\n### "].iter().filter_map(|next| rest.find(next)).min().unwrap_or(rest.len());
    // The manual shows shortcodes by escaping them.
    Some(
        rest.get(..end)?
            .trim()
            .replace("{{</*", "{{<")
            .replace("*/>}}", ">}}")
            .replace("{{%/*", "{{%")
            .replace("*/%}}", "%}}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes that no check finds yet.
    const NOT_LOOKED_FOR: &[Code] = &[Code::BlockDigest, Code::LinkExternal, Code::ExampleDomain];

    #[test]
    fn every_code_is_explained() {
        let is_found = |code: &&Code| !NOT_LOOKED_FOR.contains(code);
        for code in Code::ALL.iter().filter(is_found) {
            let text = explanation(*code).unwrap_or_default();
            assert!(text.len() > 80, "the manual says too little about `{code}`: {text}");
            assert!(!text.contains("\n#"), "{code}: {text}");
        }
    }

    #[test]
    fn nothing_is_explained_that_does_not_exist() {
        let headings = MANUAL.lines().filter_map(|line| line.strip_prefix("### "));
        let unknown: Vec<&str> = headings.filter(|name| Code::parse(name).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
