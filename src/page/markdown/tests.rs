//! What guides become: each pass in a few lines, as Hugo has them.

use crate::input::config::RawHtml;
use crate::page::testing::{TestWorld, html};

/// Whether each text becomes its HTML, line breaks apart.
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(html(text).replace('\n', ""), *expected, "{text}");
    }
}

/// The ids of the headings of a text.
fn ids(text: &str) -> Vec<String> {
    let rendered = TestWorld::default().render(text);
    rendered.ids.into_iter().map(|id| id.id).collect()
}

#[test]
fn tables_are_found_where_hugo_finds_them() {
    let table = "<div class=\"table\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">b</th><th scope=\"col\">c</th></tr></thead>\
                 <tbody><tr><td>1</td><td>2</td></tr></tbody></table></div>";
    for text in ["b|c\n-|-\n1|2", "| b | c |\n|\t-\t| - |\n1 | 2"] {
        assert_eq!(html(text).replace('\n', ""), table, "{text}");
    }
    assert_eq!(html("a\nb | c\n--|--\n1|2").replace('\n', ""), format!("<p>a</p>{table}"));
    assert_eq!(
        html("> a\n> b | c\n> --|--\n> 1|2").replace('\n', ""),
        format!("<blockquote><p>a</p>{table}</blockquote>")
    );
    check(&[("| b | c |\n|- -|---|", "<p>| b | c ||- -|—|</p>")]);
    assert_eq!(html("| b |\n|---|\n|\n| |\n| 1 |").matches("<tr>").count(), 4);
    assert_eq!(html("b\n|---|---|\n1 | 2").matches("<th ").count(), 2, "a short header is filled up");
    assert!(!html("a | b | c\n---|---").contains("<table"), "a long one makes no table");
}

#[test]
fn definitions_have_their_marker_and_their_own_space() {
    check(&[
        ("T\n: d", "<dl><dt>T</dt><dd>d</dd></dl>"),
        ("A\nB\n: d", "<dl><dt>A</dt><dt>B</dt><dd>d</dd></dl>"),
        ("T\n:warning: hot", "<p>T⚠\u{fe0f} hot</p>"),
        ("T\n  : d", "<p>T: d</p>"),
        ("T\n: c\n\n: d", "<dl><dt>T</dt><dd>c</dd><dd><p>d</p></dd></dl>"),
        ("T\n: c\n\n  e", "<dl><dt>T</dt><dd>c<p>e</p></dd></dl>"),
    ]);
}

#[test]
fn attributes_belong_to_the_block_before_them() {
    check(&[
        ("a\n{.c #i}", "<p id=\"i\" class=\"c\">a</p>"),
        ("a\n{.c}\nb", "<p class=\"c\">a</p><p>b</p>"),
        ("a\n{ \"json\": 1 }", "<p>a{ “json”: 1 }</p>"),
        ("a\n\n{.c}\n\nb", "<p>a</p><p>b</p>"),
        ("- a\n- b\n{.c}", "<ul class=\"c\"><li>a</li><li>b</li></ul>"),
        ("> a\n{.c}", "<blockquote class=\"c\"><p>a</p></blockquote>"),
        ("- a\n  - b\n  {.c}\n{.d}", "<ul class=\"d\"><li>a<ul class=\"c\"><li>b</li></ul></li></ul>"),
        ("---\n{.c}", "<hr class=\"c\">"),
        ("a\n{.c onclick=\"x\"}", "<p class=\"c\">a</p>"),
    ]);
    let table = html("| a |\n|---|\n| 1 |\n{.c}");
    assert!(table.contains("<table class=\"c\">") && table.matches("<tr>").count() == 2, "{table}");
}

#[test]
fn headings_keep_braces_that_are_text() {
    assert_eq!(
        ids("## Write {name}\n\n## A {#b .c}\n\n## D ## {#e}\n\nf {#g}\n---\n\n## H {{#i}}"),
        ["write-name", "b", "e", "g", "h-i"]
    );
    check(&[("## A {#b .c}", "<h2 id=\"b\" class=\"c\">A <a class=\"anchor\" href=\"#b\" aria-label=\"A\"></a></h2>")]);
}

#[test]
fn ids_are_made_of_what_hugo_takes() {
    assert_eq!(
        ids(
            "# a **b `c`** d\n# [**x** y](z) e\n# it's `a_b`\n# **What's up**\n# &amp; &#45;\n# https://a.com x\n# :tada: x\n# !!!"
        ),
        ["a-b--d", "x-e", "its-a_b", "what", "-45", "x", "tada-x", "heading"]
    );
    assert_eq!(ids("a\nb\n==="), ["b"]);
    assert_eq!(ids("# $a$ x"), ["a-x"]);
}

#[test]
fn lists_are_loose_by_what_counts() {
    check(&[
        ("- a\n\n  T\n  : d\n- b", "<ul><li>a<dl><dt>T</dt><dd>d</dd></dl></li><li>b</li></ul>"),
        ("- a\n\n  b\n- c", "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>"),
    ]);
    assert!(html("- a\n\n  | b |\n  |---|\n\n- c").contains("<p>a</p>"), "a blank line between items");
    assert!(!html("- a\n\n  | b |\n  |---|\n- c").contains("<p>"));
}

#[test]
fn dividers_strikes_and_addresses() {
    check(&[
        ("a <!--more--> b", "<p>a </p><p> b</p>"),
        ("a\n\n<!--more-->\n\nb", "<p>a</p><p>b</p>"),
        ("H~2~O ~~~a~~~ b~~c~~", "<p>H<del>2</del>O ~~~a~~~ b<del>c</del></p>"),
        ("~/a and ~/b", "<p>~/a and ~/b</p>"),
        ("\\~a\\~ `~b~`", "<p>~a~ <code>~b~</code></p>"),
        (
            "https://a.com/_b_/c and https://a.com/~d~e",
            "<p><a href=\"https://a.com/_b_/c\">https://a.com/_b_/c</a> and \
             <a href=\"https://a.com/~d~e\">https://a.com/~d~e</a></p>",
        ),
        ("\"https://a.com\"", "<p>“<a href=\"https://a.com\">https://a.com</a>”</p>"),
    ]);
}

#[test]
fn a_row_may_be_a_lone_pipe() {
    let rows = |text: &str| html(text).matches("<tr>").count();
    assert_eq!(rows("| a |\n|---|\n| b |\n|\n| c |\n"), 4);
    assert_eq!(rows("| a |\n|---|\n| b\n |\n| c |\n"), 4, "as a shortcode leaves it whose output ends its line");
}

#[test]
fn formulas_leave_shells_alone() {
    check(&[
        ("$HOME/*a*/$USER", "<p>$HOME/<em>a</em>/$USER</p>"),
        ("$5 and **$6**", "<p>$5 and <strong>$6</strong></p>"),
        ("a $x$", "<p>a <math display=\"inline\"><mi>x</mi></math></p>"),
    ]);
}

#[test]
fn footnotes_of_several_texts_have_ids_of_their_own() {
    let found = html("a[^1]\n\n{{< note >}}\nb[^1]\n\n[^1]: n\n{{< /note >}}\n\n[^1]: m\n\n[^2]: unused");
    for id in ["\"fn:1\"", "\"fn:2-1\"", "\"fnref:1\"", "\"fnref:2-1\""] {
        assert_eq!(found.matches(&format!("id={id}")).count(), 1, "{id} in {found}");
    }
    assert!(!found.contains("unused"));
    check(&[("a[^A]\n\n[^a]: b", "<p>a[^A]</p>")]);
}

#[test]
fn shortcodes_stand_where_they_stand() {
    check(&[
        ("{{< z >}}", "<div>Z</div>"),
        ("a {{< y >}}", "<p>a Y</p>"),
        ("{{< sitevar name=\"domain\" >}}", "<span data-sitevar=\"domain\">example.com</span>"),
        ("{{< Y >}}", "Y"),
        ("[a]({{< y >}}) `{{< y >}}`", "<p><a href=\"Y\">a</a> <code>Y</code></p>"),
        ("<!-- {{< y >}} --><i title=\"{{< y >}}\">", "<!-- Y --><i title=\"Y\">"),
        (
            "- a\n\n  {{% list %}}",
            "<ul><li><p>a</p><ul><li><p>one</p></li><li><p>two</p><p>three</p></li></ul></li></ul>",
        ),
        (
            "{{% note %}}\n# A\n{{% /note %}}",
            "<div class=\"note\"><h1 id=\"a\">A <a class=\"anchor\" href=\"#a\" aria-label=\"A\"></a></h1></div>",
        ),
        ("{{< raw >}} {{% raw %}}*b*{{% /raw %}} {{< /raw >}}", "[ [<em>b</em>] ]"),
        (
            "| a |\n|---|\n| {{< y >}} |",
            "<div class=\"table\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td>Y</td></tr></tbody></table></div>",
        ),
    ]);
}

#[test]
fn sanitized_pages_keep_what_is_ours() {
    let world = || TestWorld { raw_html: RawHtml::Sanitize, ..TestWorld::default() };
    let text = "## A\n\n```yaml {title=\"a.yml\"}\nb: '{{< sitevar name=\"domain\" >}}'\n```\n\n- [x] $x$ {{< b >}}\n\n[a](javascript:x)\n\n";
    let plain = TestWorld::default().render(text).html;
    let found = world().render(&format!("{text}<p onclick=\"x\">a<script>b</script></p>")).html;
    assert_eq!(found.trim_end(), format!("{}<p>a</p>", plain.replace(" href=\"javascript:x\"", "")));
    assert_eq!(world().render("## a <b onclick=x>c</b>").toc[0].title, "a c");
}
