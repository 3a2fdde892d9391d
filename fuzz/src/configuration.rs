//! `guidegen.yaml`: what can be read is, what cannot is told with its place, and so are variables that mean nothing.

use super::places;
use guidegen::base::{Code, Span};
use guidegen::input::config::Config;
use guidegen::input::variable::Variables;
use guidegen::page::read;

/// Reads `data` as the configuration of a site, with the variables that it declares.
pub fn check(data: &[u8]) {
    let (source, _) = read::text("guidegen.yaml", data);
    let (config, findings) = Config::load(Some(&source));
    places::assert_findings_in(&source, &findings);
    assert!(findings.iter().all(|found| found.code == Code::Config), "{findings:?}");
    assert!(config.document.is_some() || !findings.is_empty(), "what cannot be read is told");
    if let Some(document) = &config.document {
        places::assert_document(document, Span::new(0, source.text().len()));
    }
    let spans = |path: &[&str]| config.document.as_ref().map(|document| document.place(path));
    let (variables, findings) = Variables::load(&config.variables, &config.computed, &spans, Code::Config);
    places::assert_findings_in(&source, &findings);
    for name in variables.names() {
        assert!(variables.contains(name) && variables.fallback(name).is_some(), "`{name}` has a fallback");
    }
    for variable in variables.iter() {
        // What cannot be given is refused with a reason; what is accepted can be shown.
        if let Err(why) = variable.validate(&variable.default) {
            assert!(!why.to_string().is_empty());
        }
    }
    let _ = variables.browser_json();
}
