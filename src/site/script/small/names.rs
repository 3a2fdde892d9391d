//! Short names for what a script declares.
//!
//! A name is the same wherever it is declared, so what is told apart is only a name and a property of the same spelling. Names get
//! the same short name when no statement of the outermost level has both: neither can then be meant where the other is.

use super::Token;
use std::collections::{BTreeMap, BTreeSet};

/// The keywords that are as short as a name.
const KEYWORDS: [&str; 5] = ["as", "do", "if", "in", "of"];

/// What an open bracket holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Block,
    /// The members of an object, or of a pattern that takes one apart.
    Object,
    List,
    Parentheses,
}

/// What a word stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A name that is declared somewhere, or one of the browser's, or a keyword.
    Name,
    /// A member of an object.
    Member,
    /// Both: `{ name }` for `{ name: name }`.
    Both,
}

/// What to write instead of words, by their places in `tokens`.
pub fn short<'a>(tokens: &[Token<'a>]) -> BTreeMap<usize, String> {
    let solid: Vec<(usize, Token<'a>)> = tokens
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, token)| !matches!(token, Token::Space(_) | Token::Comment))
        .collect();
    let (places, known): (Vec<usize>, Vec<Token<'a>>) = solid.into_iter().unzip();
    let words = roles(&known);
    let declared = declared(&known, &words);
    let names = chosen(&words, &declared);
    let written = words.iter().filter_map(|word| {
        let short = names.get(word.text)?;
        let text = match word.role {
            Role::Name => short.clone(),
            Role::Member => return None,
            Role::Both => format!("{}:{short}", word.text),
        };
        Some((*places.get(word.at)?, text))
    });
    written.collect()
}

/// A word where it stands.
struct Word<'a> {
    at: usize,
    text: &'a str,
    role: Role,
    /// The number of the outermost statement.
    statement: usize,
    /// Whether what is declared here is declared in the outermost block.
    is_outermost: bool,
}

/// Every word, with what it stands for.
fn roles<'a>(tokens: &[Token<'a>]) -> Vec<Word<'a>> {
    let text = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", Token::text);
    let mut open: Vec<Within> = Vec::new();
    let mut words = Vec::new();
    let (mut statement, mut is_function, mut begins) = (0, false, true);
    for (at, token) in tokens.iter().enumerate() {
        let (before, behind) = (text(at.checked_sub(1)), text(Some(at + 1)));
        if begins {
            is_function = *token == Token::Word("function") || (token.text() == "async" && behind == "function");
        }
        begins = false;
        match token {
            Token::Sign("{") => {
                let outer = open.last().copied().unwrap_or(Within::Block);
                let is_block = match before {
                    ")" | "else" | "try" | "finally" | "do" | "" | ";" | "}" => true,
                    "{" => outer == Within::Block,
                    // `=>`
                    ">" => text(at.checked_sub(2)) == "=",
                    _ => false,
                };
                open.push(if is_block { Within::Block } else { Within::Object });
            }
            Token::Sign("(") => open.push(Within::Parentheses),
            Token::Sign("[") => open.push(Within::List),
            Token::Sign(sign @ (")" | "]" | "}")) => {
                open.pop();
                begins = open.is_empty() && is_function && *sign == "}";
            }
            Token::Sign(";") => begins = open.is_empty(),
            Token::Word(word) => {
                let is_spread = before == "." && text(at.checked_sub(2)) == ".";
                let is_first = matches!(before, "{" | ",") && open.last() == Some(&Within::Object);
                let role = match behind {
                    _ if before == "." && !is_spread => Role::Member,
                    ":" | "(" if is_first => Role::Member,
                    "," | "}" | "=" if is_first => Role::Both,
                    _ => Role::Name,
                };
                let is_outermost = open.iter().all(|within| matches!(within, Within::Object | Within::List));
                words.push(Word { at, text: word, role, statement, is_outermost });
            }
            _ => {}
        }
        statement += usize::from(begins);
    }
    words
}

/// The names that are declared somewhere, and whether in the outermost block.
fn declared<'a>(tokens: &[Token<'a>], words: &[Word<'a>]) -> BTreeMap<&'a str, bool> {
    let mut places: BTreeSet<usize> = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign("=") if tokens.get(at + 1) == Some(&Token::Sign(">")) => parameters(tokens, at, &mut places),
            Token::Word(word @ ("function" | "catch")) => {
                places.extend((*word == "function").then_some(at + 1));
                let end = tokens.iter().skip(at).position(|token| *token == Token::Sign(")"));
                parameters(tokens, end.map_or(at, |end| at + end + 1), &mut places);
            }
            Token::Word("const" | "let") => declarations(tokens, at + 1, &mut places),
            _ => {}
        }
    }
    let mut declared = BTreeMap::new();
    for word in words.iter().filter(|word| word.role != Role::Member && places.contains(&word.at)) {
        *declared.entry(word.text).or_insert(false) |= word.is_outermost;
    }
    declared
}

/// The places of the names that the `const` or `let` before `at` declares.
fn declarations(tokens: &[Token<'_>], at: usize, places: &mut BTreeSet<usize>) {
    // Brackets of patterns, which hold names, and of values, which hold none.
    let (mut patterns, mut values, mut is_name) = (0_usize, 0_usize, true);
    for (at, token) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Sign("[" | "{") if is_name && values == 0 => {
                patterns += 1;
                continue;
            }
            Token::Sign("(" | "[" | "{") => values += 1,
            Token::Sign(")" | "]" | "}") if values > 0 => values -= 1,
            Token::Sign("]" | "}") if patterns > 0 => {
                patterns -= 1;
                is_name = false;
                continue;
            }
            Token::Sign(";" | ")" | "}") | Token::Word("of") if values == 0 => return,
            Token::Word(_) if is_name && values == 0 => drop(places.insert(at)),
            _ => {}
        }
        // Behind `a: ` in a pattern stands a name as well.
        is_name =
            values == 0 && (*token == Token::Sign(",") || (patterns > 0 && matches!(token, Token::Sign("." | ":"))));
    }
}

/// The places of the names of the parameters that end before `end`: one name, or a list in parentheses.
fn parameters(tokens: &[Token<'_>], end: usize, places: &mut BTreeSet<usize>) {
    let Some(last) = end.checked_sub(1) else { return };
    match tokens.get(last) {
        Some(Token::Word(_)) => drop(places.insert(last)),
        Some(Token::Sign(")")) => {
            let mut depth = 0_usize;
            for at in (0..=last).rev() {
                match tokens.get(at) {
                    Some(Token::Sign(")")) => depth += 1,
                    Some(Token::Sign("(")) if depth == 1 => return,
                    Some(Token::Sign("(")) => depth -= 1,
                    Some(Token::Word(_)) if depth == 1 => {
                        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map_or("", Token::text);
                        if matches!(before, "(" | "," | "[" | "{" | "." | ":") {
                            places.insert(at);
                        }
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// The short names, the shortest for what is used most.
fn chosen<'a>(words: &[Word<'a>], declared: &BTreeMap<&'a str, bool>) -> BTreeMap<&'a str, String> {
    let mut uses: BTreeMap<&str, (usize, BTreeSet<usize>)> = BTreeMap::new();
    for word in words.iter().filter(|word| word.role != Role::Member && declared.contains_key(word.text)) {
        let (count, statements) = uses.entry(word.text).or_default();
        *count += 1;
        statements.insert(word.statement);
    }
    // All names of the outermost block are in one place, which is none of the statements'.
    for (name, (_, statements)) in &mut uses {
        statements.extend((declared.get(name) == Some(&true)).then_some(usize::MAX));
    }
    let mut by_use: Vec<_> = uses.into_iter().collect();
    by_use.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    // What is the browser's.
    let mut others: BTreeSet<&str> =
        words.iter().filter(|word| word.role != Role::Member).map(|word| word.text).collect();
    others.retain(|name| !declared.contains_key(name));
    let first = || ('a'..='z').chain('A'..='Z');
    let letters = first().map(String::from).chain(first().flat_map(|a| first().map(move |b| format!("{a}{b}"))));
    let free: Vec<String> =
        letters.filter(|name| !others.contains(name.as_str()) && !KEYWORDS.contains(&name.as_str())).collect();
    let mut taken: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for (name, (_, statements)) in by_use {
        let short = free
            .iter()
            .find(|short| taken.get(short.as_str()).is_none_or(|where_taken| where_taken.is_disjoint(&statements)));
        if let Some(short) = short {
            taken.entry(short).or_default().extend(statements);
            names.insert(name, short.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use crate::site::script::small::body;

    #[test]
    fn a_property_keeps_its_name_and_a_name_is_short() {
        assert_eq!(
            body("const first = { second: 1, first: 2, third };\nlet third = first.second + first.first;"),
            "const a={second:1,first:2,third:b};let b=a.second+a.first;"
        );
        assert_eq!(
            body(
                "const { one, two = 1, three: four } = data; f(one, two, four, data.one, { one, two: four, f(one) { return one; } });"
            ),
            "const{one:a,two:c=1,three:b}=data;f(a,c,b,data.one,{one:a,two:b,f(a){return a}});"
        );
    }

    #[test]
    fn what_is_declared_is_found_and_the_browser_s_own_is_left() {
        assert_eq!(
            body("const make = (tag, [one, two], ...rest) => tag ? one : rest(two, (inner = outer(tag)) => inner);"),
            "const f=(a,[c,e],...d)=>a?c:d(e,(b=outer(a))=>b);"
        );
        assert_eq!(
            body("for (const [key, entry] of all) try { go(key); } catch (why) { go(entry, why); }"),
            "for(const[b,a]of all)try{go(b)}catch(c){go(a,c)}"
        );
        assert_eq!(
            body("let first = [x, third], second = f(first, x), [fourth] = second;"),
            "let a=[x,third],b=f(a,x),[c]=b;"
        );
    }

    #[test]
    fn what_is_never_in_one_statement_shares_a_name() {
        assert_eq!(
            body("const { outer, a: other } = f();\nfunction first() { return 1; }\nconst [third] = g();"),
            "const{outer:c,a:b}=f();function a(){return 1}\nconst[d]=g();"
        );
        let source = "const outer = 1;\nfunction first(inner) { return inner; }\nfunction second(other) { return other + outer; }\nconst third = (item) => { return item; };";
        assert_eq!(
            body(source),
            "const b=1;function c(a){return a}\nfunction d(a){return a+b}\nconst e=a=>{return a};"
                .replace("a=>", "(a)=>")
        );
    }
}
