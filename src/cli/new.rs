//! `guidegen new`: a guide from an archetype.

use super::Status;
use super::args::{self, Common};
use super::options::{self, Voice};
use crate::base::Source;
use crate::edge::environment::Environment;
use crate::edge::{Failure, create, terminal};
use crate::input::archetype::{self, Values};

const BUILT_IN: &str = include_str!("starter/archetype.md");

/// Makes the guide.
pub(super) fn run(common: &Common, typed: &args::New, environment: &Environment) -> Result<Status, Failure> {
    let voice = Voice::of(common, environment);
    let root = options::root(common, environment)?;
    root.require_content()?;
    let path = below_content(&typed.path)?;
    let content = root.path().join("content");
    for taken in [path.clone(), sibling(&path)] {
        if create::exists(&content.join(&taken)) {
            return Err(Failure::new(format!("there is a guide of this name already: `content/{taken}`"))
                .help("choose another path; nothing was changed"));
        }
    }
    let kind = is_kind(&typed.kind)?;
    let own = root.read_archetype(kind)?;
    if own.is_none() && kind != "default" && !voice.quiet {
        let known = root.archetypes().join(", ");
        let known = if known.is_empty() { String::new() } else { format!(" (there is: {known})") };
        let known = terminal::tame(&known, false);
        terminal::eprint(&format!(
            "note: there is no archetypes/{kind}.md{known}; the guide has a built-in beginning\n"
        ));
    }
    let source = Source::new(format!("archetypes/{kind}.md"), own.unwrap_or_else(|| BUILT_IN.to_owned()));
    let values = Values { title: &title(stem(&path)), date: &environment.now()?.rfc3339(), path: &path, kind };
    let text = archetype::render(&source, &values).map_err(|found| Failure {
        message: format!("cannot fill in `archetypes/{kind}.md`: {}", found.message),
        help: found.help.map(Into::into),
    })?;
    create::file(&content, &path, &text)?;
    if !voice.quiet {
        terminal::eprint(&format!("Made content/{}\n", terminal::tame(&path, false)));
    }
    Ok(Status::Done)
}

/// The guide's file below `content/`, which may be named with it or without, and with its ending or without.
fn below_content(typed: &str) -> Result<String, Failure> {
    let refuse = |why: &str| {
        Err(Failure::new(format!("`{typed}` cannot be a guide: {why}"))
            .help("name it below content/, such as guides/grafana.md"))
    };
    let slashed = if cfg!(windows) { typed.replace('\\', "/") } else { typed.to_owned() };
    if slashed.starts_with('/') {
        return refuse("it is an absolute path");
    }
    let mut parts: Vec<&str> = slashed.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.first() == Some(&"content") && parts.len() > 1 {
        parts.remove(0);
    }
    if parts.is_empty() {
        return refuse("it has no name");
    }
    if parts.contains(&"..") {
        return refuse("it leads out of the content folder");
    }
    if parts.iter().any(|part| part.starts_with('.')) {
        return refuse("names that begin with a dot are no part of a site");
    }
    if parts.iter().any(|part| part.chars().any(char::is_control)) {
        return refuse("it has a control character");
    }
    let path = parts.join("/");
    Ok(if slashed.ends_with('/') {
        path + "/index.md"
    } else if path.ends_with(".md") {
        path
    } else {
        path + ".md"
    })
}

/// The other file that would have the same address.
fn sibling(path: &str) -> String {
    let bare = path.strip_suffix(".md").unwrap_or(path);
    match bare.strip_suffix("/index") {
        Some(folder) => format!("{folder}.md"),
        None => format!("{bare}/index.md"),
    }
}

/// What names a guide in its path: its file, or its folder when the file is an index.
fn stem(path: &str) -> &str {
    let bare = path.strip_suffix(".md").unwrap_or(path);
    let bare = bare.strip_suffix("/index").or_else(|| bare.strip_suffix("/_index")).unwrap_or(bare);
    bare.rsplit('/').next().unwrap_or(bare)
}

fn is_kind(kind: &str) -> Result<&str, Failure> {
    let is_name = !kind.is_empty() && !kind.starts_with('.') && !kind.contains(['/', '\\']);
    if is_name && !kind.chars().any(char::is_control) {
        return Ok(kind);
    }
    Err(Failure::new(format!("`{kind}` cannot be the name of an archetype"))
        .help("name a file of archetypes/ without its ending"))
}

/// A title from a name: `my-first_guide` is `My First Guide`.
pub(super) fn title(name: &str) -> String {
    let words = name.split(['-', '_', ' ']).filter(|word| !word.is_empty()).map(|word| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).filter(|c| !matches!(c, '"' | '\\')).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guide_is_named_in_many_ways() {
        for typed in ["a/b", "a/b.md", "content/a/b.md", "./content/a/b", "a//b.md"] {
            assert_eq!(below_content(typed).unwrap(), "a/b.md", "{typed}");
        }
        assert_eq!(below_content("content").unwrap(), "content.md");
        assert_eq!(below_content("a/b/").unwrap(), "a/b/index.md");
        for typed in ["", "/", "..", "../a.md", "a/../../b", "/etc/x.md", ".hidden", "a/.b/c", "a\nb"] {
            assert!(below_content(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn two_files_may_have_one_address() {
        assert_eq!(sibling("a/b.md"), "a/b/index.md");
        assert_eq!(sibling("a/b/index.md"), "a/b.md");
    }

    #[test]
    fn titles_come_from_names() {
        assert_eq!(title(stem("guides/my-first_guide.md")), "My First Guide");
        assert_eq!(title(stem("guides/über/index.md")), "Über");
        assert_eq!(title(stem("_index.md")), " Index".trim());
    }
}
