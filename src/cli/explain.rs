//! `guidegen explain CODE`: the manual's words about a finding. The manual is the one source of them.

use super::Status;
use crate::base::Code;
use crate::edge::{Failure, terminal};
use crate::input::spelling;

/// The page of the manual about a code.
const fn page(code: Code) -> &'static str {
    match code {
        Code::Config => include_str!("../../content/manual/findings/config.md"),
        Code::Encoding => include_str!("../../content/manual/findings/encoding.md"),
        Code::Unreadable => include_str!("../../content/manual/findings/unreadable.md"),
        Code::FrontMatter => include_str!("../../content/manual/findings/front-matter.md"),
        Code::Data => include_str!("../../content/manual/findings/data.md"),
        Code::Include => include_str!("../../content/manual/findings/include.md"),
        Code::Template => include_str!("../../content/manual/findings/template.md"),
        Code::ShortcodeUnknown => include_str!("../../content/manual/findings/shortcode-unknown.md"),
        Code::ShortcodeSyntax => include_str!("../../content/manual/findings/shortcode-syntax.md"),
        Code::ShortcodeParam => include_str!("../../content/manual/findings/shortcode-param.md"),
        Code::Nesting => include_str!("../../content/manual/findings/nesting.md"),
        Code::AddressConflict => include_str!("../../content/manual/findings/address-conflict.md"),
        Code::VariableUnknown => include_str!("../../content/manual/findings/variable-unknown.md"),
        Code::LinkBroken => include_str!("../../content/manual/findings/link-broken.md"),
        Code::LinkAnchor => include_str!("../../content/manual/findings/link-anchor.md"),
        Code::ImageMissing => include_str!("../../content/manual/findings/image-missing.md"),
        Code::AliasConflict => include_str!("../../content/manual/findings/alias-conflict.md"),
        Code::BlockSyntax => include_str!("../../content/manual/findings/block-syntax.md"),
        Code::SectionMissing => include_str!("../../content/manual/findings/section-missing.md"),
        Code::SupportLevel => include_str!("../../content/manual/findings/support-level.md"),
        Code::BlockDigest => include_str!("../../content/manual/findings/block-digest.md"),
        Code::LinkExternal => include_str!("../../content/manual/findings/link-external.md"),
        Code::ContentEmpty => include_str!("../../content/manual/findings/content-empty.md"),
        Code::FrontMatterKey => include_str!("../../content/manual/findings/front-matter-key.md"),
        Code::VariableFallback => include_str!("../../content/manual/findings/variable-fallback.md"),
        Code::VariableLiteral => include_str!("../../content/manual/findings/variable-literal.md"),
        Code::VariableUnused => include_str!("../../content/manual/findings/variable-unused.md"),
        Code::VariableButton => include_str!("../../content/manual/findings/variable-button.md"),
        Code::IdDuplicate => include_str!("../../content/manual/findings/id-duplicate.md"),
        Code::BlockSchema => include_str!("../../content/manual/findings/block-schema.md"),
        Code::CodeLanguage => include_str!("../../content/manual/findings/code-language.md"),
        Code::LinkAbsolute => include_str!("../../content/manual/findings/link-absolute.md"),
        Code::LinkRedirected => include_str!("../../content/manual/findings/link-redirected.md"),
        Code::SecretLike => include_str!("../../content/manual/findings/secret-like.md"),
        Code::CspBlocked => include_str!("../../content/manual/findings/csp-blocked.md"),
        Code::SlotCharacter => include_str!("../../content/manual/findings/slot-character.md"),
        Code::ExceptionUnused => include_str!("../../content/manual/findings/exception-unused.md"),
        Code::ExampleDomain => include_str!("../../content/manual/findings/example-domain.md"),
    }
}

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
    terminal::print(&format!("{code}: {}\n\n{}\n", code.meaning(), explanation(code)));
    Ok(Status::Done)
}

/// What stands on the page of `code` below its front matter, as it reads there.
fn explanation(code: Code) -> String {
    let text =
        page(code).strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or("", |(_, body)| body);
    // The manual shows shortcodes by escaping them, and names pages by their paths.
    let shown =
        text.trim().replace("{{</*", "{{<").replace("*/>}}", ">}}").replace("{{%/*", "{{%").replace("*/%}}", "%}}");
    shown.replace(" {verify=off}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained() {
        for code in Code::ALL {
            let text = explanation(*code);
            for heading in ["## Example", "## How to mend it", "## How to switch it"] {
                assert!(text.contains(heading), "`{code}` lacks `{heading}`");
            }
            assert!(
                page(*code).starts_with(&format!("---\ntitle: {code}\ndescription: \"{}\"\n", code.meaning())),
                "{code}"
            );
        }
    }
}
