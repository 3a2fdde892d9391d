//! Templates parsed and rendered, and what is told of those that are wrong.

use super::*;

fn load(files: &[(&str, &str)]) -> (Templates, Vec<Diagnostic>) {
    let sources: Vec<Source> =
        files.iter().map(|(path, text)| Source::new(format!("templates/{path}"), *text)).collect();
    Templates::load(&sources, |tera| {
        for name in ["markdown", "date", "json", "slugify", "striptags", "url", "absolute"] {
            tera.register_filter(name, |value: tera::Value, _: tera::Kwargs, _: &tera::State| value);
        }
        for name in ["asset", "file_tree", "image_size", "page", "pages", "navigation", "version_matrix"] {
            tera.register_function(name, |_: tera::Kwargs, _: &tera::State| String::new());
        }
    })
}

#[test]
fn a_template_that_does_not_parse_is_told_and_the_others_work() {
    let (templates, diagnostics) =
        load(&[("a.html", "{{ 1 }"), ("b.html", "{{ 1 + 1 }}"), ("c.html", "{% extends \"no\" %}")]);
    assert_eq!(diagnostics.len(), 2, "{diagnostics:?}");
    let place = diagnostics[0].place.clone().unwrap();
    assert_eq!((&*place.file, place.range.unwrap().line), ("templates/a.html", 1));
    assert_eq!(templates.render("b.html", &Context::new()).unwrap(), "2");
}

#[test]
fn each_of_several_wrong_templates_is_told_at_its_place_and_the_others_work() {
    let (templates, diagnostics) = load(&[
        ("ext.html", "\n{% extends \"ext.html\" %}"),
        ("fun.html", "x {{ nothing() }}\n{{ 1 | none }}"),
        ("good.html", "{{ 1 + 1 }}"),
        ("nof.html", "{{ 1 | other }}"),
        ("orphan.html", "{% extends \"nobody.html\" %}"),
        ("rec.html", "{% include \"rec.html\" %}"),
    ]);
    let told: Vec<String> = diagnostics
        .iter()
        .map(|found| {
            let place = found.place.as_ref().unwrap();
            let range = place.range.unwrap();
            format!("{}:{}:{}-{} {}", place.file, range.line, range.column, range.end_column, found.message)
        })
        .collect();
    assert_eq!(
        told,
        [
            "templates/ext.html:2:4-11 it extends itself",
            "templates/orphan.html:1:4-11 it extends `nobody.html`, and there is no such template",
            "templates/rec.html:1:4-11 it includes itself",
            "templates/fun.html:1:6-15 Unknown function `nothing`",
            "templates/fun.html:2:8-12 Unknown filter `none`",
            "templates/nof.html:1:8-13 Unknown filter `other`",
        ]
    );
    assert_eq!(templates.render("good.html", &Context::new()).unwrap(), "2");
    assert!(!templates.contains("nof.html") && templates.is_broken("nof.html"));
}

#[test]
fn a_failure_names_the_template_and_the_place() {
    let (templates, _) = load(&[("b.html", "x\n  {{ nothing.here }}")]);
    let failure = templates.render("b.html", &Context::new()).unwrap_err();
    let place = failure.place.clone().unwrap();
    assert_eq!((&*place.file, place.range.unwrap().line), ("templates/b.html", 2), "{failure:?}");
}

#[test]
fn output_is_limited() {
    let (templates, _) = load(&[(
        "b.html",
        "{% for i in range(end=9000) %}{% for j in range(end=1000) %}0123456789{% endfor %}{% endfor %}",
    )]);
    assert!(templates.render("b.html", &Context::new()).unwrap_err().is_too_large);
}

#[test]
fn a_shortcode_that_uses_its_body_is_known() {
    let (templates, _) = load(&[
        ("shortcodes/a.html", "<i>{{ inner }}</i>"),
        ("shortcodes/b.md", "{# its inner part #}{{ params.inner }} inner"),
    ]);
    assert!(templates.shortcode("a").unwrap().uses_body);
    assert!(!templates.shortcode("b").unwrap().uses_body);
}
