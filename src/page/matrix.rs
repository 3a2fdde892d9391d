//! The matrix of support: which guides were tested with which versions of one product, from what they say themselves.

use crate::input::tested::Tested;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

/// How the versions of the product are put into columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// A column a major version: `4`.
    Major,
    /// A column a line of releases: `4.38`.
    Minor,
    /// A column a version.
    Each,
}

impl Columns {
    /// The one of this name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "major" => Some(Self::Major),
            "minor" => Some(Self::Minor),
            "version" => Some(Self::Each),
            _ => None,
        }
    }

    /// The column of a version.
    fn of(self, version: &str) -> String {
        let plain = match version.strip_prefix(['v', 'V']) {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
            _ => version,
        };
        let parts = match self {
            Self::Major => 1,
            Self::Minor => 2,
            Self::Each => return plain.to_owned(),
        };
        let is_number = plain.starts_with(|c: char| c.is_ascii_digit());
        // `4.38-beta1` belongs to 4.38.
        let line = plain.split(['-', '+', ' ']).next().filter(|_| is_number).unwrap_or(plain);
        line.splitn(parts + 1, '.').take(parts).collect::<Vec<_>>().join(".")
    }
}

/// The matrix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The product whose versions the columns are; empty where guides name versions alone.
    pub product: String,
    /// The columns, newest first.
    pub columns: Vec<String>,
    /// A row for each guide: for each column what else it was tested with there, or none when it was not.
    pub rows: Vec<Vec<Option<Vec<String>>>>,
}

/// The matrix of `guides`, each given by what it was tested with. Without a `product` it is the one that most guides name.
#[must_use]
pub fn of(guides: &[Vec<Tested>], product: Option<&str>, by: Columns) -> Matrix {
    let is_same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    let Some(product) = product.map(str::to_owned).or_else(|| most_named(guides)) else {
        return Matrix { rows: vec![Vec::new(); guides.len()], ..Matrix::default() };
    };
    let of_product = |guide: &[Tested]| -> Vec<String> {
        let versions = guide.iter().filter(|tested| is_same(&tested.product, &product));
        versions.flat_map(|tested| tested.versions.iter().map(|version| by.of(version))).collect()
    };
    let mut columns: Vec<String> = guides.iter().flat_map(|guide| of_product(guide)).collect();
    columns.sort_by(|a, b| newest_first(a, b));
    columns.dedup();
    let rows = guides.iter().map(|guide| {
        let own = of_product(guide);
        let others = guide.iter().filter(|tested| !is_same(&tested.product, &product));
        let others: Vec<String> = others.flat_map(|tested| tested.versions.iter().cloned()).collect();
        columns.iter().map(|column| own.contains(column).then(|| others.clone())).collect()
    });
    let rows = rows.collect();
    Matrix { product, columns, rows }
}

/// The product that most guides name; of several the first by its name.
fn most_named(guides: &[Vec<Tested>]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for guide in guides {
        let mut names: Vec<&str> = guide.iter().map(|tested| tested.product.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(name, count)| (*count, Reverse(*name))).map(|(name, _)| name.to_owned())
}

/// Numbers by their value, newest first; what does not begin with one is last.
fn newest_first(a: &str, b: &str) -> Ordering {
    let numbers = |version: &str| -> Vec<u64> {
        version.split(|c: char| !c.is_ascii_digit()).map_while(|part| part.parse().ok()).collect()
    };
    numbers(b).cmp(&numbers(a)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested(all: &[(&str, &[&str])]) -> Vec<Tested> {
        let one = |(product, versions): &(&str, &[&str])| Tested {
            product: (*product).to_owned(),
            versions: versions.iter().map(|version| (*version).to_owned()).collect(),
        };
        all.iter().map(one).collect()
    }

    fn guides() -> Vec<Vec<Tested>> {
        vec![
            tested(&[("Authelia", &["v4.38.10", "v4.39.0"]), ("Incus", &["6.0.1"])]),
            tested(&[("authelia", &["4.9.2"]), ("Gitea", &["v1.22", "v1.23"])]),
            tested(&[("Authelia", &["v4.38.0-beta1"])]),
            tested(&[]),
        ]
    }

    fn cells(matrix: &Matrix) -> Vec<String> {
        let cell =
            |cell: &Option<Vec<String>>| cell.as_ref().map_or("-".to_owned(), |cell| format!("+{}", cell.join(",")));
        matrix.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn columns_are_lines_of_the_product_that_most_name() {
        let matrix = of(&guides(), None, Columns::Minor);
        assert_eq!((matrix.product.as_str(), matrix.columns.join(" ")), ("Authelia", "4.39 4.38 4.9".to_owned()));
        assert_eq!(cells(&matrix), ["+6.0.1 +6.0.1 -", "- - +v1.22,v1.23", "- + -", "- - -"]);
    }

    #[test]
    fn columns_may_be_finer_or_coarser_or_of_another_product() {
        assert_eq!(of(&guides(), None, Columns::Major).columns, ["4"]);
        assert_eq!(of(&guides(), None, Columns::Each).columns, ["4.39.0", "4.38.10", "4.38.0-beta1", "4.9.2"]);
        assert_eq!(of(&guides(), Some("gitea"), Columns::Minor).columns, ["1.23", "1.22"]);
        assert_eq!(of(&guides(), Some("nobody"), Columns::Minor).columns, [""; 0]);
        assert_eq!(of(&[], None, Columns::Minor), Matrix::default());
    }

    #[test]
    fn what_is_no_number_is_a_column_of_its_own() {
        let guides = [tested(&[("", &["latest", "v2.0", "version 3", "2024.10.1"])])];
        assert_eq!(of(&guides, None, Columns::Minor).columns, ["2024.10", "2.0", "latest", "version 3"]);
    }
}
