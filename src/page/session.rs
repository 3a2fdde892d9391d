//! Terminal sessions: prompts, the commands behind them, and what these printed.
//!
//! A prompt is `$ `, `# ` or `% `, alone or behind `user@host:dir`, `[user@host dir]`, `(environment)`; or `PS C:\dir> ` and
//! `C:\dir>`. `> ` is one where a command goes on, that is on the line behind one, or when the block begins with it.
//! `# ` before a capital letter is a comment, where no output is under way.
//! A block without any prompt is commands from end to end: nobody is left with nothing to copy.

use super::highlight::{Highlighter, Lines};
use super::token::{Token, TokenClass};

const SHELL: &str = "Bourne Again Shell (bash)";

/// Adds the tokens of the session `text`.
pub(super) fn tokens(highlighter: &Highlighter, text: &str, tokens: &mut Vec<Token>) {
    let chevron = text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.starts_with("> "));
    if !text.lines().any(|line| prompt(line, chevron).is_some()) {
        let mut lines = highlighter.lines(SHELL);
        each_line(text, |line, at| lines.next(line, at, tokens));
        return;
    }
    let mut command: Option<Lines<'_>> = None;
    let mut goes_on = false;
    let mut prints = false;
    each_line(text, |line, at| {
        let continued = command.is_some();
        let fresh = prompt(line, chevron);
        let length = fresh.or_else(|| (continued && line.starts_with("> ")).then_some(2));
        if length.is_none() && !goes_on {
            command = None;
            if !prints && line.starts_with("# ") {
                tokens.push(Token { class: TokenClass::Comment, range: at..at + line.trim_end().len() });
            } else {
                output(line, at, tokens);
                prints = !line.trim().is_empty();
            }
            return;
        }
        prints = true;
        let length = length.unwrap_or(0);
        if length > 0 {
            tokens.push(Token { class: TokenClass::Prompt, range: at..at + length });
        }
        if fresh.is_some() && !goes_on {
            command = None;
        }
        let rest = line.get(length..).unwrap_or_default();
        command.get_or_insert_with(|| highlighter.lines(SHELL)).next(rest, at + length, tokens);
        goes_on = rest.trim_end_matches(['\n', '\r']).ends_with('\\');
    });
}

/// Adds a line of output, its end included, to the output before it if there is one.
fn output(line: &str, at: usize, tokens: &mut Vec<Token>) {
    let end = at + line.len();
    match tokens.last_mut() {
        Some(last) if last.class == TokenClass::Output && last.range.end == at => last.range.end = end,
        _ => tokens.push(Token { class: TokenClass::Output, range: at..end }),
    }
}

fn each_line<'t>(text: &'t str, mut each: impl FnMut(&'t str, usize)) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        each(line, at);
        at += line.len();
    }
}

/// The length of the prompt that `line` begins with, its space included.
fn prompt(line: &str, chevron: bool) -> Option<usize> {
    let line = line.trim_end_matches(['\n', '\r']);
    let skipped = environment(line);
    let rest = line.get(skipped..)?;
    let before = who(rest).unwrap_or(0);
    let sign = rest.get(before..)?;
    let bare_line = ["$", "#", "%"].contains(&sign) && (before > 0 || sign == "$");
    if bare_line {
        return Some(line.len());
    }
    let is_sign = ["$ ", "% "].iter().any(|prompt| sign.starts_with(prompt))
        || sign.starts_with("# ") && (before > 0 || !is_sentence(sign))
        || chevron && sign.starts_with("> ");
    if is_sign {
        return Some(skipped + before + 2);
    }
    windows(rest).map(|length| skipped + length)
}

/// Whether a line that begins with `# ` is a comment and not a command of root's: it begins with a capital.
fn is_sentence(line: &str) -> bool {
    line.strip_prefix("# ").and_then(|rest| rest.chars().next()).is_none_or(|c| c.is_uppercase() || !c.is_ascii())
}

/// The length of a leading `(environment) `.
fn environment(line: &str) -> usize {
    let Some(inside) = line.strip_prefix('(') else { return 0 };
    let Some(end) = inside.find(") ") else { return 0 };
    let is_name = inside.get(..end).is_some_and(|name| !name.is_empty() && name.bytes().all(is_of_name));
    if is_name { end + 3 } else { 0 }
}

/// The length of `user@host:dir` or `[user@host dir]`.
fn who(line: &str) -> Option<usize> {
    if let Some(inside) = line.strip_prefix('[') {
        let end = inside.find(']')?;
        return inside.get(..end).is_some_and(|inside| inside.contains('@')).then_some(end + 2);
    }
    let end = line.find(['$', '#', '%'])?;
    let name = line.get(..end)?;
    let (user, host) = name.split_once('@')?;
    let user_is = !user.is_empty() && user.bytes().all(is_of_name);
    let host = host.split(':').next()?.trim_end();
    (user_is && !host.is_empty() && host.bytes().all(is_of_name)).then_some(end)
}

/// The length of `PS C:\dir> ` or `C:\dir>`.
fn windows(line: &str) -> Option<usize> {
    let path = line.strip_prefix("PS ").unwrap_or(line);
    let is_drive = path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && path.get(1..3) == Some(":\\");
    if !is_drive && path != "PS> " && !path.starts_with("PS> ") {
        return None;
    }
    let end = line.find('>')? + 1;
    Some(if line.as_bytes().get(end) == Some(&b' ') { end + 1 } else { end })
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> Vec<(&'static str, &str)> {
        let mut found = Vec::new();
        tokens(&Highlighter::new(), text, &mut found);
        found.into_iter().map(|token| (token.class.css(), &text[token.range])).collect()
    }

    #[test]
    fn prompts_commands_and_output_are_told_apart() {
        let text = "$ echo 'hi' \\\n  there\nhi there\nsecond\n# id\n";
        assert_eq!(
            marked(text),
            [
                ("prompt", "$ "),
                ("tok-function", "echo"),
                ("tok-string", "'hi'"),
                ("output", "hi there\nsecond\n"),
                ("prompt", "# "),
                ("tok-function", "id"),
            ]
        );
    }

    #[test]
    fn comments_between_commands_are_neither_prompts_nor_output() {
        assert_eq!(
            marked("# First this.\n$ id\n# Printed\n\n# Then\n$ id\n")
                .iter()
                .map(|(class, _)| *class)
                .collect::<Vec<_>>(),
            ["tok-comment", "prompt", "tok-function", "output", "tok-comment", "prompt", "tok-function"]
        );
    }

    #[test]
    fn a_block_without_a_prompt_is_commands() {
        assert_eq!(marked("echo hi\n"), [("tok-function", "echo")]);
    }

    #[test]
    fn a_chevron_is_a_prompt_behind_a_command_only() {
        let found = marked("$ cat <<EOF\n> text\n> EOF\ntext\n> not one\n");
        assert_eq!(found.iter().filter(|(class, _)| *class == "prompt").count(), 3, "{found:?}");
        assert_eq!(found.last(), Some(&("output", "text\n> not one\n")));
        assert_eq!(marked("> SELECT\n")[0], ("prompt", "> "));
    }

    #[test]
    fn prompts_of_many_shells_are_known() {
        for (line, length) in [
            ("$ ls", 2),
            ("root@host:~# ls", 13),
            ("user@host:/etc$ ls", 16),
            ("[root@host etc]# ls", 17),
            ("(venv) $ ls", 9),
            ("PS C:\\Users> dir", 13),
            ("C:\\>dir", 4),
            ("$", 1),
        ] {
            assert_eq!(prompt(line, false), Some(length), "{line}");
        }
        for line in ["# ", "#comment", "5 % 3", "total 4", "a@b costs $ 5", "(see below) x", "https://x/ > y", ""] {
            assert_eq!(prompt(line, false).filter(|_| line != "# "), None, "{line}");
        }
    }
}
