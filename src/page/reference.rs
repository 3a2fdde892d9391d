//! The shortcodes `ref` and `relref`, which name a guide and become its address.
//!
//! The guide is found as the target of a link is, and then, as in Hugo, by its name alone wherever it is. In the target of
//! a link both are the same address, so that links hold wherever the site is read; as text `ref` is the whole URL.

use super::expand::Output;
use super::markdown;
use super::native::{missing, parameter};
use super::origin::Traced;
use super::scope::{LinkUse, Scope};
use super::slot::{AddressUse, Slot};
use crate::base::address::{self, Parts};
use crate::input::config::RawHtml;
use crate::input::shortcode::Call;

/// What stands where the address is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The whole URL, on a site that has one: `ref`.
    Whole,
    /// The address from the root: `relref`.
    FromRoot,
}

/// The output of `call`.
pub fn call(scope: &Scope, input: &Traced, call: &Call, shown: Shown) -> Output {
    let Some((target, target_span)) = parameter(scope, input, call, "path", Some(0)) else {
        missing(scope, input, call, "path");
        return Output::Slot(String::new());
    };
    let target = target.trim();
    let href = resolved(scope, target);
    // It is judged where every link is: what is not found is told there.
    let written = if href.starts_with('/') { href.clone() } else { target.to_owned() };
    scope.state().links.push(LinkUse { written, is_image: false, is_markdown: true, span: target_span });
    let is_harmful = scope.world.raw_html() != RawHtml::Allow && !markdown::is_harmless(&href);
    let target = if is_harmful { "#".into() } else { address::with_base(scope.world.base_path(), &href) };
    let origin = scope.world.origin().filter(|_| shown == Shown::Whole && target.starts_with('/'));
    let shown = format!("{}{target}", origin.unwrap_or_default());
    let slot = Slot::Address(AddressUse { target: target.into_owned(), shown });
    Output::Slot(scope.slot(slot, input.origins.locate(call.whole())))
}

/// What is written for `target`: as it is, where nothing is found.
fn resolved(scope: &Scope, target: &str) -> String {
    let parts = Parts::of(target);
    let href = scope.resolve(target);
    if href != target || parts.path.is_empty() || parts.path.contains('/') || address::is_external(target) {
        return href;
    }
    match scope.world.named(&address::decode(parts.path)) {
        Some(found) => found + &parts.tail(),
        None => href,
    }
}
