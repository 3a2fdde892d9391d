//! Aliases: addresses that a page once had, and that lead to it.

use super::claims::{Claims, Holder, Origin};
use super::entry::{Alias, Page};
use super::permalink;
use crate::base::address::{self, Address};
use crate::base::{Code, Diagnostic, Place};
use crate::input::guide::Guide;
use std::sync::Arc;

/// The redirects of all pages, sorted by address. An alias that is taken, or is no address, is a finding and not there.
/// Of pages that claim the same one the last by path gets it: that is whom it leads to on a site that Hugo built.
#[must_use]
pub fn claim(pages: &mut [Page], claims: &mut Claims, findings: &mut Vec<Diagnostic>) -> Vec<Alias> {
    let mut aliases = Vec::new();
    for page in pages.iter().rev() {
        let Some(guide) = &page.guide else { continue };
        for (number, alias) in guide.front.aliases.iter().enumerate() {
            match redirect(page, alias) {
                Ok(address) => {
                    let origin = Origin::Key(Arc::clone(guide), "aliases", Some(number));
                    let holder = Holder { output: address.output(), what: "an alias", origin };
                    match claims.claim(Code::AliasConflict, holder) {
                        Ok(()) => aliases.push(Alias { output: address.output(), address, page: page.id }),
                        Err(finding) => findings.push(*finding),
                    }
                }
                Err(fault) => findings.push(
                    Diagnostic::new(Code::AddressConflict, format!("the alias `{alias}` is no address: {fault}"))
                        .at(place(guide, number))
                        .help("write a path of this site such as `/old/name/`, without scheme, query or fragment"),
                ),
            }
        }
    }
    aliases.sort_by(|a, b| a.address.cmp(&b.address));
    for (number, alias) in aliases.iter().enumerate() {
        if let Some(page) = pages.get_mut(alias.page) {
            page.aliases.push(number);
        }
    }
    aliases
}

fn place(guide: &Guide, number: usize) -> Place {
    permalink::place(guide, &["aliases", &number.to_string()])
}

/// The address of an alias. One that does not start with `/` is seen from the folder that holds the page's address,
/// where the page would be if it were renamed in place.
fn redirect(page: &Page, alias: &str) -> Result<Address, &'static str> {
    let alias = address::decode(alias.trim());
    if alias.is_empty() || address::is_external(&alias) {
        return permalink::checked(&alias);
    }
    let whole = if alias.starts_with('/') { alias.into_owned() } else { format!("{}{alias}", page.address.parent()) };
    if address::leaves(&whole) {
        return Err("it leads out of the site");
    }
    permalink::checked(&format!("/{}", address::join("", &whole)))
}
