//! Whether building would change anything. A build that has written its site leaves a record in the user's cache folder, and
//! the site itself. While everything that it depended on is what it was, there is nothing to do but to tell what was found once
//! more, where the output holds what was written, or to fill the output from what was kept.

use super::options::Build;
use super::site;
use crate::base::digest::{Digest, Fingerprint};
use crate::edge::build_cache::BuildCache;
use crate::edge::disk::Reading;
use crate::edge::git::LastChanges;
use crate::edge::kept_site::{Keeping, KeptSite};
use crate::edge::output::{self, Target};
use crate::engine::record::Record;
use crate::engine::{self, Command, Log};
use crate::input::files::{Content, SiteFiles};
use crate::site::artifact::Bundle;
use std::sync::{Arc, PoisonError};

/// The record of the last build of a site into a folder, if there is one.
pub(super) struct Recall {
    cache: BuildCache,
    name: String,
    record: Option<Record>,
    sources: Option<String>,
}

/// What is known of a site.
pub(super) enum Known {
    /// The output holds it.
    Current(Record),
    /// It was kept.
    Kept(Record, KeptSite),
}

impl Recall {
    /// What is known of the site's last build into `target`; none when nothing may be kept.
    pub(super) fn of(options: &Build, target: &Target) -> Option<Self> {
        let cache = options.site.cache.clone()?;
        let paths = [options.site.root.path(), target.path()].map(|path| path.as_os_str().to_owned());
        let mut name = Fingerprint::default();
        for path in &paths {
            name.add(path.as_encoded_bytes());
        }
        let name = format!("build-{}", name.finish().hex());
        let record = cache.read(&name).as_deref().and_then(Record::parse);
        Some(Self { cache, name, record, sources: None })
    }

    /// What a build would make, when it would make what the last one did.
    pub(super) fn known(
        &mut self,
        options: &Build,
        reading: &Reading,
        changes: &Arc<LastChanges>,
        target: &Target,
    ) -> Option<Known> {
        // Without a record nobody waits for git here.
        let record = self.record.take()?;
        self.sources = sources(options, reading, changes);
        let inputs = site::inputs(&options.site, reading, &reading.files, changes, Command::Build, &|_| {});
        if !record.holds(self.sources.as_deref()?, options.site.now, &inputs.reader) {
            return None;
        }
        if target.is_current(record.manifest) {
            return Some(Known::Current(record));
        }
        let kept = KeptSite::open(&self.cache, &self.site(), record.manifest)?;
        Some(Known::Kept(record, kept))
    }

    /// The name under which the site itself is kept.
    fn site(&self) -> String {
        format!("{}-site", self.name)
    }

    /// Begins to keep the site.
    pub(super) fn keeping(&self, files: &SiteFiles) -> Keeping {
        let length = |content: &Content| content.whole().map_or(0, |bytes| bytes.len() as u64);
        let read = files.content.iter().map(|file| length(&file.content)).sum();
        Keeping::begin(&self.cache, &self.site(), read)
    }

    /// Finds out what the build depends on, where that is not known yet.
    pub(super) fn note_sources(&mut self, options: &Build, reading: &Reading, changes: &Arc<LastChanges>) {
        self.sources = self.sources.take().or_else(|| sources(options, reading, changes));
    }

    /// Leaves the record of a build that has written its site, and the site.
    pub(super) fn keep(self, options: &Build, target: &Target, bundle: &Bundle, log: &Log, keeping: Keeping) {
        let (Some(sources), Some(manifest)) = (self.sources, target.manifest()) else { return };
        let record = Record {
            sources,
            since: options.site.now.unix(),
            until: bundle.until.map(|until| until.unix()),
            included: log.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            manifest,
            pages: bundle.facts.pages,
            diagnostics: bundle.diagnostics.clone(),
        };
        keeping.keep(&self.cache, target.path(), bundle);
        self.cache.write(&self.name, &record.to_bytes());
    }
}

/// Everything that the site depends on, by one name: what the engine is given, the state of the repository, and files that
/// are copied without being read. An option that changes the output without being an input of the engine belongs here.
fn sources(options: &Build, reading: &Reading, changes: &Arc<LastChanges>) -> Option<String> {
    let inputs = site::inputs(&options.site, reading, &reading.files, changes, Command::Build, &|_| {});
    let mut all = Fingerprint::default();
    all.add(engine::sources(&inputs)).add(changes.state()?).add(format!("{}", options.site.search));
    for digest in on_disk(&reading.files)? {
        all.add(digest.hex());
    }
    Some(all.finish().hex())
}

fn on_disk(files: &SiteFiles) -> Option<Vec<Digest>> {
    let paths = files.folders().into_iter().flat_map(|(_, list)| list).filter_map(|file| match &file.content {
        Content::OnDisk { path, .. } => Some(path),
        _ => None,
    });
    paths.map(|path| output::digest_of(path).ok()).collect()
}
