//! Languages of code blocks: the names that people use, and the grammar that each means.

/// What reads the code of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// Nothing: known to be plain text, or drawn by somebody else.
    Plain,
    /// The grammar of this name in two-face's set.
    Syntect(&'static str),
    /// A terminal session: prompts, commands, output.
    Session,
    /// A Caddyfile; nobody has a grammar for it.
    Caddyfile,
    /// LDAP's interchange format; nobody has a grammar for it.
    Ldif,
}

/// The grammar of the language that people call `name`, if it is known: letter case is ignored.
#[must_use]
pub fn find(name: &str) -> Option<Grammar> {
    let order = |entry: &(&str, Grammar)| entry.0.bytes().cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()));
    LANGUAGES.binary_search_by(order).ok().and_then(|at| LANGUAGES.get(at)).map(|(_, grammar)| *grammar)
}

/// Every name that is known, sorted: for a "did you mean".
pub fn names() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(name, _)| *name)
}

const BASH: Grammar = Grammar::Syntect("Bourne Again Shell (bash)");
const INI: Grammar = Grammar::Syntect("INI");
const JS: Grammar = Grammar::Syntect("JavaScript (Babel)");
const YAML: Grammar = Grammar::Syntect("YAML");

/// Names in lower case, sorted, which a test holds true.
#[rustfmt::skip]
const LANGUAGES: &[(&str, Grammar)] = {
    use Grammar::{Caddyfile, Ldif, Plain, Session, Syntect};
    &[
    (".env", Syntect("DotENV")), (".gitignore", Syntect("Git Ignore")), (".htaccess", Syntect("Apache Conf")),
    ("actionscript", Syntect("ActionScript")), ("ada", Syntect("Ada")), ("adoc", Syntect("AsciiDoc (Asciidoctor)")),
    ("ansible", YAML), ("apache", Syntect("Apache Conf")), ("apache2", Syntect("Apache Conf")),
    ("apacheconf", Syntect("Apache Conf")), ("applescript", Syntect("AppleScript")),
    ("arm", Syntect("ARM Assembly")), ("armasm", Syntect("ARM Assembly")), ("ascii", Plain),
    ("asciidoc", Syntect("AsciiDoc (Asciidoctor)")), ("ash", BASH), ("asm", Syntect("x86_64 Assembly")),
    ("asp", Syntect("ASP")), ("assembly", Syntect("x86_64 Assembly")), ("atom", Syntect("XML")),
    ("authorized_keys", Syntect("Authorized Keys")), ("awk", Syntect("AWK")), ("bash", BASH),
    ("bash-session", Session), ("bashrc", BASH), ("bat", Syntect("Batch File")), ("batch", Syntect("Batch File")),
    ("bazel", Syntect("Python")), ("bib", Syntect("BibTeX")), ("bibtex", Syntect("BibTeX")), ("c", Syntect("C")),
    ("c#", Syntect("C#")), ("c++", Syntect("C++")), ("cabal", Syntect("Cabal")), ("caddy", Caddyfile),
    ("caddyfile", Caddyfile), ("cc", Syntect("C++")), ("cfg", INI), ("cfml", Syntect("CFML")), ("cjs", JS),
    ("clj", Syntect("Clojure")), ("cljs", Syntect("Clojure")), ("clojure", Syntect("Clojure")),
    ("cmake", Syntect("CMake")), ("cmd", Syntect("Batch File")), ("cmd-help", Syntect("Command Help")), ("cnf", INI),
    ("coffee", Syntect("CoffeeScript")), ("coffeescript", Syntect("CoffeeScript")), ("coldfusion", Syntect("CFML")),
    ("common-lisp", Syntect("Lisp")), ("compose", YAML), ("conf", INI), ("config", INI), ("console", Session),
    ("containerfile", Syntect("Dockerfile")), ("cpp", Syntect("C++")), ("cr", Syntect("Crystal")),
    ("cron", Syntect("Crontab")), ("crontab", Syntect("Crontab")), ("crypttab", Syntect("fstab")),
    ("crystal", Syntect("Crystal")), ("cs", Syntect("C#")), ("csharp", Syntect("C#")), ("css", Syntect("CSS")),
    ("csv", Syntect("Comma Separated Values")), ("cts", Syntect("TypeScript")), ("cxx", Syntect("C++")),
    ("d", Syntect("D")), ("dart", Syntect("Dart")), ("dash", BASH), ("delphi", Syntect("Pascal")), ("desktop", INI),
    ("diff", Syntect("Diff")), ("django", Syntect("HTML (Jinja2)")), ("dlang", Syntect("D")),
    ("docker", Syntect("Dockerfile")), ("docker-compose", YAML), ("dockerfile", Syntect("Dockerfile")),
    ("dockerignore", Syntect("Git Ignore")), ("dos", Syntect("Batch File")), ("dosini", INI),
    ("dot", Syntect("Graphviz (DOT)")), ("dotenv", Syntect("DotENV")), ("editorconfig", INI),
    ("edn", Syntect("Clojure")), ("eex", Syntect("HTML (EEx)")), ("elisp", Syntect("Lisp")),
    ("elixir", Syntect("Elixir")), ("elm", Syntect("Elm")), ("emacs-lisp", Syntect("Lisp")),
    ("email", Syntect("Email")), ("eml", Syntect("Email")), ("env", Syntect("DotENV")), ("envrc", Syntect("DotENV")),
    ("erb", Syntect("HTML (Rails)")), ("erl", Syntect("Erlang")), ("erlang", Syntect("Erlang")), ("es6", JS),
    ("ex", Syntect("Elixir")), ("exs", Syntect("Elixir")), ("f#", Syntect("F#")),
    ("f77", Syntect("Fortran (Fixed Form)")), ("f90", Syntect("Fortran (Modern)")), ("fish", Syntect("Fish")),
    ("fortran", Syntect("Fortran (Modern)")), ("fs", Syntect("F#")), ("fsharp", Syntect("F#")),
    ("fstab", Syntect("fstab")), ("gawk", Syntect("AWK")), ("gdscript", Syntect("GDScript (Godot Engine)")),
    ("gemfile", Syntect("Ruby")), ("geojson", Syntect("JSON")), ("gfm", Syntect("Markdown")),
    ("git-commit", Syntect("Git Commit")), ("git-config", Syntect("Git Config")), ("git-log", Syntect("Git Log")),
    ("git-rebase", Syntect("Git Rebase Todo")), ("gitattributes", Syntect("Git Attributes")),
    ("gitcommit", Syntect("Git Commit")), ("gitconfig", Syntect("Git Config")), ("gitignore", Syntect("Git Ignore")),
    ("gitlog", Syntect("Git Log")), ("glsl", Syntect("GLSL")), ("gnumakefile", Syntect("Makefile")),
    ("gnuplot", Syntect("gnuplot")), ("go", Syntect("Go")), ("go-html-template", Syntect("HTML")),
    ("go.mod", Syntect("Gomod")), ("go.sum", Syntect("Gosum")), ("gohtml", Syntect("HTML")),
    ("gohtmltmpl", Syntect("HTML")), ("golang", Syntect("Go")), ("gomod", Syntect("Gomod")),
    ("gosum", Syntect("Gosum")), ("gql", Syntect("GraphQL")), ("gradle", Syntect("Groovy")),
    ("graphql", Syntect("GraphQL")), ("graphviz", Syntect("Graphviz (DOT)")), ("groff", Syntect("Groff/troff")),
    ("groovy", Syntect("Groovy")), ("group", Syntect("group")), ("h", Syntect("C")), ("haml", Syntect("Ruby Haml")),
    ("haskell", Syntect("Haskell")), ("hcl", Syntect("Terraform")), ("heex", Syntect("HTML (EEx)")), ("helm", YAML),
    ("help", Syntect("Command Help")), ("hosts", Syntect("Hosts File")), ("hpp", Syntect("C++")),
    ("hs", Syntect("Haskell")), ("htaccess", Syntect("Apache Conf")), ("htm", Syntect("HTML")),
    ("html", Syntect("HTML")), ("html+erb", Syntect("HTML (Rails)")), ("html+jinja", Syntect("HTML (Jinja2)")),
    ("html+jinja2", Syntect("HTML (Jinja2)")), ("html+php", Syntect("PHP")),
    ("http", Syntect("HTTP Request and Response")), ("httpd", Syntect("Apache Conf")),
    ("https", Syntect("HTTP Request and Response")), ("idris", Syntect("Idris")), ("ignore", Syntect("Git Ignore")),
    ("inf", INI), ("ini", INI), ("ipynb", Syntect("JSON")), ("j2", Syntect("Jinja2")), ("java", Syntect("Java")),
    ("java-properties", Syntect("Java Properties")), ("javascript", JS), ("jenkinsfile", Syntect("Groovy")),
    ("jinja", Syntect("Jinja2")), ("jinja2", Syntect("Jinja2")), ("jl", Syntect("Julia")), ("jq", Syntect("JQ")),
    ("js", JS), ("json", Syntect("JSON")), ("json-ld", Syntect("JSON")), ("json5", JS), ("jsonc", Syntect("JSON")),
    ("jsonl", Syntect("JSON")), ("jsonld", Syntect("JSON")), ("jsonnet", Syntect("jsonnet")),
    ("jsp", Syntect("Java Server Page (JSP)")), ("jsx", JS), ("julia", Syntect("Julia")), ("k8s", YAML),
    ("known_hosts", Syntect("Known Hosts")), ("kotlin", Syntect("Kotlin")), ("ksh", BASH), ("kt", Syntect("Kotlin")),
    ("kts", Syntect("Kotlin")), ("kube", YAML), ("kubernetes", YAML), ("latex", Syntect("LaTeX")), ("ldif", Ldif),
    ("lean", Syntect("Lean 4")), ("lean4", Syntect("Lean 4")), ("leex", Syntect("HTML (EEx)")),
    ("less", Syntect("CSS")), ("lhs", Syntect("Literate Haskell")), ("libsonnet", Syntect("jsonnet")),
    ("lisp", Syntect("Lisp")), ("livescript", Syntect("LiveScript")), ("llvm", Syntect("LLVM")),
    ("log", Syntect("log")), ("logs", Syntect("log")), ("lua", Syntect("Lua")), ("mail", Syntect("Email")),
    ("make", Syntect("Makefile")), ("makefile", Syntect("Makefile")), ("man", Syntect("Manpage")),
    ("manpage", Syntect("Manpage")), ("mariadb", Syntect("SQL")), ("markdown", Syntect("Markdown")),
    ("matlab", Syntect("MATLAB")), ("md", Syntect("Markdown")), ("mdx", Syntect("Markdown")),
    ("mediawiki", Syntect("MediaWiki")), ("mermaid", Plain), ("mjs", JS), ("mk", Syntect("Makefile")),
    ("ml", Syntect("OCaml")), ("mts", Syntect("TypeScript")), ("mysql", Syntect("SQL")),
    ("nasm", Syntect("x86_64 Assembly")), ("ndjson", Syntect("JSON")), ("nginx", Syntect("nginx")),
    ("nginx-conf", Syntect("nginx")), ("nginxconf", Syntect("nginx")), ("nim", Syntect("Nim")),
    ("ninja", Syntect("Ninja")), ("nix", Syntect("Nix")), ("no-highlight", Plain), ("node", JS),
    ("nohighlight", Plain), ("none", Plain), ("nsis", Syntect("NSIS")), ("objc", Syntect("Objective-C")),
    ("objc++", Syntect("Objective-C++")), ("objective-c", Syntect("Objective-C")),
    ("objective-c++", Syntect("Objective-C++")), ("objectivec", Syntect("Objective-C")), ("ocaml", Syntect("OCaml")),
    ("octave", Syntect("MATLAB")), ("odin", Syntect("Odin")), ("openapi", YAML), ("opentofu", Syntect("Terraform")),
    ("org", Syntect("orgmode")), ("orgmode", Syntect("orgmode")), ("osascript", Syntect("AppleScript")),
    ("output", Plain), ("pascal", Syntect("Pascal")), ("passwd", Syntect("passwd")), ("patch", Syntect("Diff")),
    ("pbtxt", Syntect("Protocol Buffer (TEXT)")), ("pem", Syntect("Private Key")), ("perl", Syntect("Perl")),
    ("pgsql", Syntect("SQL")), ("php", Syntect("PHP Source")), ("phtml", Syntect("PHP")),
    ("pip-requirements", Syntect("Requirements.txt")), ("pkgbuild", BASH), ("pl", Syntect("Perl")), ("plain", Plain),
    ("plaintext", Plain), ("plist", Syntect("XML")), ("plsql", Syntect("SQL")), ("posh", Syntect("PowerShell")),
    ("posix-sh", BASH), ("postgres", Syntect("SQL")), ("postgresql", Syntect("SQL")),
    ("powershell", Syntect("PowerShell")), ("properties", Syntect("Java Properties")),
    ("proto", Syntect("Protocol Buffer")), ("protobuf", Syntect("Protocol Buffer")),
    ("prototxt", Syntect("Protocol Buffer (TEXT)")), ("ps1", Syntect("PowerShell")), ("psm1", Syntect("PowerShell")),
    ("psql", Syntect("SQL")), ("psv", Syntect("Separated Values")), ("puppet", Syntect("Puppet")),
    ("purescript", Syntect("PureScript")), ("purs", Syntect("PureScript")), ("pwsh", Syntect("PowerShell")),
    ("py", Syntect("Python")), ("py3", Syntect("Python")), ("python", Syntect("Python")),
    ("python3", Syntect("Python")), ("qml", Syntect("QML")), ("r", Syntect("R")), ("racket", Syntect("Racket")),
    ("rakefile", Syntect("Ruby")), ("raw", Plain), ("rb", Syntect("Ruby")), ("rconsole", Syntect("R Console")),
    ("reg", INI), ("regex", Syntect("Regular Expression")), ("regexp", Syntect("Regular Expression")),
    ("rego", Syntect("Rego")), ("requirements", Syntect("Requirements.txt")),
    ("requirements.txt", Syntect("Requirements.txt")), ("resolv", Syntect("resolv")),
    ("resolv.conf", Syntect("resolv")), ("rest", Syntect("reStructuredText")),
    ("restructuredtext", Syntect("reStructuredText")), ("rhtml", Syntect("HTML (Rails)")),
    ("rkt", Syntect("Racket")), ("robot", Syntect("Robot Framework")),
    ("robotframework", Syntect("Robot Framework")), ("roff", Syntect("Groff/troff")), ("rs", Syntect("Rust")),
    ("rss", Syntect("XML")), ("rst", Syntect("reStructuredText")), ("ruby", Syntect("Ruby")),
    ("rust", Syntect("Rust")), ("salt", Syntect("Salt State (SLS)")), ("sass", Syntect("CSS")),
    ("sbt", Syntect("Scala")), ("scala", Syntect("Scala")), ("scheme", Syntect("Lisp")), ("scss", Syntect("CSS")),
    ("service", INI), ("sh", BASH), ("sh-session", Session), ("shell", BASH), ("shell-session", Session),
    ("shellscript", BASH), ("shellsession", Session), ("slim", Syntect("Ruby Slim")),
    ("sls", Syntect("Salt State (SLS)")), ("sml", Syntect("SML")), ("sol", Syntect("Solidity")),
    ("solidity", Syntect("Solidity")), ("sources.list", Syntect("debsources")), ("sql", Syntect("SQL")),
    ("sqlite", Syntect("SQL")), ("ssh-config", Syntect("SSH Config")), ("ssh_config", Syntect("SSH Config")),
    ("sshconfig", Syntect("SSH Config")), ("sshd-config", Syntect("SSHD Config")),
    ("sshd_config", Syntect("SSHD Config")), ("starlark", Syntect("Python")), ("strace", Syntect("Strace")),
    ("styl", Syntect("Stylus")), ("stylus", Syntect("Stylus")), ("svelte", Syntect("Svelte")),
    ("svg", Syntect("XML")), ("swift", Syntect("Swift")), ("syslog", Syntect("syslog")), ("systemd", INI),
    ("systemverilog", Syntect("Verilog")), ("tcl", Syntect("Tcl")), ("terminal", Session),
    ("terraform", Syntect("Terraform")), ("tex", Syntect("TeX")), ("text", Plain), ("textile", Syntect("Textile")),
    ("textproto", Syntect("Protocol Buffer (TEXT)")), ("tf", Syntect("Terraform")), ("tfvars", Syntect("Terraform")),
    ("todotxt", Syntect("Todo.txt")), ("toml", Syntect("TOML")), ("traefik", YAML), ("tree", Plain),
    ("troff", Syntect("Groff/troff")), ("ts", Syntect("TypeScript")), ("tsv", Syntect("Tab Separated Values")),
    ("tsx", Syntect("TypeScriptReact")), ("twig", Syntect("HTML (Twig)")), ("txt", Plain), ("typ", Syntect("Typst")),
    ("typescript", Syntect("TypeScript")), ("typst", Syntect("Typst")), ("udiff", Syntect("Diff")), ("unit", INI),
    ("vagrantfile", Syntect("Ruby")), ("varlink", Syntect("varlink")), ("verilog", Syntect("Verilog")),
    ("vhdl", Syntect("VHDL")), ("vim", Syntect("VimL")), ("vimhelp", Syntect("VimHelp")), ("viml", Syntect("VimL")),
    ("vimscript", Syntect("VimL")), ("vue", Syntect("Vue Component")), ("vyper", Syntect("Vyper")),
    ("webmanifest", Syntect("JSON")), ("wgsl", Syntect("WGSL")), ("wiki", Syntect("MediaWiki")),
    ("winbatch", Syntect("Batch File")), ("wsdl", Syntect("XML")), ("x86asm", Syntect("x86_64 Assembly")),
    ("xhtml", Syntect("HTML")), ("xml", Syntect("XML")), ("xsd", Syntect("XML")), ("xsl", Syntect("XML")),
    ("xslt", Syntect("XML")), ("yaml", YAML), ("yml", YAML), ("zig", Syntect("Zig")), ("zsh", BASH),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_in_lower_case() {
        for pair in LANGUAGES.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} stands before {}", pair[0].0, pair[1].0);
        }
        for (name, _) in LANGUAGES {
            assert!(!name.contains(|c: char| c.is_ascii_uppercase() || c.is_whitespace() || c == '{'), "{name}");
        }
    }

    #[test]
    fn names_are_found_whatever_their_case() {
        assert_eq!(find("YAML"), Some(YAML));
        assert_eq!(find("Caddyfile"), Some(Grammar::Caddyfile));
        assert_eq!(find(".env"), Some(Grammar::Syntect("DotENV")));
        assert_eq!(find("c++"), Some(Grammar::Syntect("C++")));
        assert_eq!(find("yaml,"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn every_grammar_that_is_named_exists_and_every_visible_one_has_a_name() {
        let set = two_face::syntax::extra_newlines();
        for (name, grammar) in LANGUAGES {
            if let Grammar::Syntect(grammar) = grammar {
                assert!(set.find_syntax_by_name(grammar).is_some(), "{name} means {grammar}");
            }
        }
        let unreachable: Vec<&str> = (set.syntaxes().iter())
            .filter(|syntax| !syntax.hidden && !UNNAMED.contains(&syntax.name.as_str()))
            .filter(|syntax| !LANGUAGES.iter().any(|(_, grammar)| *grammar == Grammar::Syntect(leak(&syntax.name))))
            .map(|syntax| syntax.name.as_str())
            .collect();
        assert!(unreachable.is_empty(), "{unreachable:?}");
    }

    /// Grammars that nobody asks for by a name in a guide, or that another one does better.
    const UNNAMED: &[&str] = &[
        "Plain Text",
        "HTML (ASP)",
        "NAnt Build File",
        "HTML (Erlang)",
        "Git Link",
        "Git Mailmap",
        "JavaScript",
        "LaTeX Log",
        "MultiMarkdown",
        "OCamllex",
        "OCamlyacc",
        "camlp4",
        "Rd (R Documentation)",
        "JavaScript (Rails)",
        "Ruby on Rails",
        "SQL (Rails)",
        "HTML (Tcl)",
        "CMake C Header",
        "CMake C++ Header",
        "CMakeCache",
        "Pipe Separated Values",
        "Semi-Colon Separated Values",
        "CpuInfo",
        "Dockerfile (with bash)",
        "Fortran Namelist",
        "MemInfo",
        "Highlight non-printables",
        // Their time grows with the fourth power of a line's length: CSS and Verilog stand in for them.
        "Less",
        "SCSS",
        "Sass",
        "SystemVerilog",
    ];

    fn leak(name: &str) -> &'static str {
        Box::leak(name.to_owned().into_boxed_str())
    }
}
