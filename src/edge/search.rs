//! The search index: made of a site's records by Pagefind, in memory. What comes of it are artifacts like all others.
//!
//! Of Pagefind's own files only those are kept that search: the dialog is the theme's.

use super::Failure;
use crate::site::artifact::{Artifact, Bundle, Kind};
use crate::site::search::{FOLDER, Records};
use pagefind::api::{PagefindIndex, SyntheticFile};
use pagefind::options::PagefindServiceConfig;
use std::sync::Arc;

/// Makes the index of a bundle and puts it in. A file of the site's own that has the name of one of it stays.
///
/// # Errors
/// When there is no index, for reasons that are not the author's.
pub fn complete(bundle: &mut Bundle) -> Result<(), Failure> {
    if let Some(records) = bundle.search.take() {
        add(bundle, index(records, rayon::current_num_threads(), Arc::new(|| {}))?);
    }
    Ok(())
}

/// Puts the files of an index into a bundle.
pub fn add(bundle: &mut Bundle, index: Vec<Artifact>) {
    bundle.artifacts.extend(index);
    bundle.artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    bundle.artifacts.dedup_by(|later, first| later.path == first.path);
}

/// Called before each page of an index; it returns when nobody has more urgent work.
pub type Wait = Arc<dyn Fn() + Send + Sync>;

/// The index of `records`, as files, made by so many threads. The same records make the same files, however many there are.
///
/// # Errors
/// As [`complete`].
pub fn index(records: Records, threads: usize, wait: Wait) -> Result<Vec<Artifact>, Failure> {
    let failure = |why: &str| Failure::new(format!("the search index cannot be made: {why}"));
    // On a thread of its own: what fails inside of the library fails there.
    let made = std::thread::Builder::new()
        .name("search".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|why| why.to_string())?;
            // The library takes every thread that it finds.
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|why| why.to_string())?;
            pool.install(|| runtime.block_on(files(records, &wait)))
        })
        .map_err(|why| failure(&why.to_string()))?
        .join();
    let files = made.map_err(|_| failure("a fault of the library"))?.map_err(|why| failure(&why))?;
    let has_stems = files.iter().any(|file| is_stems(&name(file)));
    let kept = files.into_iter().filter_map(|file| {
        let name = name(&file);
        let kind = kind(&name, has_stems)?;
        Some(Artifact::new(format!("{FOLDER}/{name}"), kind, file.contents))
    });
    Ok(kept.collect())
}

async fn files(records: Records, wait: &Wait) -> Result<Vec<SyntheticFile>, String> {
    let options = PagefindServiceConfig::builder().keep_index_url(true).force_language(records.language).build();
    let mut index = PagefindIndex::new(Some(options)).map_err(|why| why.to_string())?;
    for page in records.pages {
        wait();
        index.add_html_file(None, Some(page.url.clone()), page.html.clone()).await.map_err(|why| why.to_string())?;
    }
    index.get_files().await.map_err(|why| why.to_string())
}

fn name(file: &SyntheticFile) -> String {
    file.filename.to_string_lossy().replace('\\', "/")
}

/// The program that searches, with the stems of a language.
fn is_stems(name: &str) -> bool {
    name.starts_with("wasm.") && name != "wasm.unknown.pagefind"
}

/// In which round a file is written; none for one that is not needed. The entry names all others, so it comes last.
fn kind(name: &str, has_stems: bool) -> Option<Kind> {
    match name {
        "pagefind-entry.json" => Some(Kind::Summary),
        "wasm.unknown.pagefind" => (!has_stems).then_some(Kind::File),
        "pagefind.js" | "pagefind-worker.js" => Some(Kind::File),
        // Their names change with their content, and an open tab may still ask for those of the last release.
        _ if name.contains(".pf_") => Some(Kind::HashedAsset),
        _ if is_stems(name) => Some(Kind::File),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::search::Record;

    fn records(language: &str) -> Records {
        let page = |number: usize| Record {
            url: format!("/{number}/"),
            html: format!(
                "<html><body><p data-pagefind-filter=\"section[data-value]\" data-value=\"S{}\"></p><h1>Guide {number}</h1>\
                 <h2 id=\"a\">Words</h2>résumé client_secret_{number} shared words of all</body></html>",
                number % 3
            ),
        };
        Records { language: language.to_owned(), pages: (0..40).map(page).map(Arc::new).collect() }
    }

    fn told(language: &str, threads: usize) -> Vec<(String, Option<crate::base::digest::Digest>)> {
        let files = index(records(language), threads, Arc::new(|| {})).unwrap();
        let mut told: Vec<_> = files.into_iter().map(|file| (file.path, file.digest)).collect();
        told.sort();
        told
    }

    #[test]
    fn the_same_records_make_the_same_files_however_many_threads_there_are() {
        let first = told("en", 1);
        for threads in [1, 2, 4] {
            assert_eq!(told("en", threads), first, "{threads} threads");
        }
    }

    #[test]
    fn only_what_searches_is_kept() {
        let names = |language: &str| told(language, 2).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
        let english = names("en");
        assert!(english.contains(&"pagefind/wasm.en.pagefind".to_owned()), "{english:?}");
        assert!(
            english
                .iter()
                .all(|path| !path.contains("-ui") && !path.contains("unknown") && !path.contains("highlight"))
        );
        assert!(names("tlh").contains(&"pagefind/wasm.unknown.pagefind".to_owned()));
    }

    #[test]
    fn a_site_without_a_page_has_an_index_too() {
        assert!(index(Records { language: "en".to_owned(), pages: Vec::new() }, 1, Arc::new(|| {})).is_ok());
    }
}
