//! What a page asked of the site while it was rendered, so that it is not rendered again while the answers are the same.
//!
//! All that a rendered page depends on is its guide and what [`World`] answers. The questions are kept with the page;
//! at the next build they are put to the site as it was and to the site as it is. Where both say the same, rendering
//! would ask the same questions again, get the same answers, and end the same.

use super::session::digest_of;
use crate::base::digest::Digest;
use crate::input::config::RawHtml;
use crate::input::guide::Guide;
use crate::input::image::ImageSize;
use crate::input::strings::Strings;
use crate::input::templates::Templates;
use crate::input::variable::Variables;
use crate::page::highlight::Highlighter;
use crate::page::rendered::Rendered;
use crate::page::world::{PageId, Stage, World};
use crate::site::whole::Site;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tera::{Context, Value};

/// What was asked while one page was rendered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Questions {
    templates: bool,
    context: bool,
    /// The texts of the interface, which are data.
    strings: bool,
    targets: BTreeSet<String>,
    cards: BTreeSet<String>,
    sections: BTreeSet<String>,
    assets: BTreeSet<String>,
    images: BTreeSet<String>,
    /// With the digest of what was read.
    read: BTreeMap<String, Digest>,
    /// Something was asked about another page, or that content has no business to ask.
    is_beyond: bool,
}

/// The site, noting what one page asks.
pub(super) struct Asked {
    site: Arc<Site>,
    page: PageId,
    questions: Mutex<Questions>,
}

impl Asked {
    pub(super) fn new(site: Arc<Site>, page: PageId) -> Self {
        Self { site, page, questions: Mutex::default() }
    }

    /// What was asked so far.
    pub(super) fn questions(&self) -> Questions {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, page: PageId, stage: Stage, note: impl FnOnce(&mut Questions)) {
        let mut questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        questions.is_beyond |= page != self.page || stage != Stage::Content;
        note(&mut questions);
    }
}

impl World for Asked {
    fn templates(&self) -> &Templates {
        self.note(self.page, Stage::Content, |questions| questions.templates = true);
        self.site.templates()
    }

    // The configuration decides on these alone, and nothing is kept when that is another.
    fn highlighter(&self) -> &Highlighter {
        self.site.highlighter()
    }

    fn raw_html(&self) -> RawHtml {
        self.site.raw_html()
    }

    fn base_path(&self) -> &str {
        World::base_path(&*self.site)
    }

    fn origin(&self) -> Option<&str> {
        self.site.origin()
    }

    fn strings(&self) -> &Strings {
        self.note(self.page, Stage::Content, |questions| questions.strings = true);
        self.site.strings()
    }

    // These follow from the configuration and the page's own front matter.
    fn variables(&self, page: PageId) -> &Variables {
        self.note(page, Stage::Content, |_| {});
        self.site.variables(page)
    }

    fn resolve(&self, page: PageId, target: &str) -> String {
        self.note(page, Stage::Content, |questions| _ = questions.targets.insert(target.to_owned()));
        self.site.resolve(page, target)
    }

    // Any guide that comes or goes may change the answer.
    fn named(&self, name: &str) -> Option<String> {
        self.note(self.page, Stage::Content, |questions| questions.is_beyond = true);
        self.site.named(name)
    }

    fn context(&self, page: PageId, stage: Stage, with_page: bool) -> Context {
        self.note(page, stage, |questions| questions.context = true);
        self.site.context(page, stage, with_page)
    }

    fn card(&self, from: PageId, path: &str, stage: Stage) -> Option<Value> {
        self.note(from, stage, |questions| _ = questions.cards.insert(path.to_owned()));
        self.site.card(from, path, stage)
    }

    fn cards(&self, from: PageId, section: &str, stage: Stage) -> Option<Value> {
        self.note(from, stage, |questions| _ = questions.sections.insert(section.to_owned()));
        self.site.cards(from, section, stage)
    }

    fn asset(&self, page: PageId, path: &str) -> Option<String> {
        self.note(page, Stage::Content, |questions| _ = questions.assets.insert(path.to_owned()));
        self.site.asset(page, path)
    }

    fn image_size(&self, page: PageId, src: &str) -> Option<ImageSize> {
        self.note(page, Stage::Content, |questions| _ = questions.images.insert(src.to_owned()));
        self.site.image_size(page, src)
    }

    fn navigation(&self, page: PageId) -> String {
        self.note(page, Stage::Content, |questions| questions.is_beyond = true);
        self.site.navigation(page)
    }

    fn read(&self, path: &str) -> Result<String, String> {
        let read = self.site.read(path);
        let digest = digest_of(&read);
        self.note(self.page, Stage::Content, |questions| {
            // A file that changes while it is read twice is of no digest.
            let before = questions.read.insert(path.to_owned(), digest);
            questions.is_beyond |= before.is_some_and(|before| before != digest);
        });
        read
    }
}

/// A build whose configuration and options are those of the next one.
pub(super) struct Before {
    pub(super) site: Arc<Site>,
    pub(super) rendered: Vec<Option<Rendered>>,
    pub(super) asked: Vec<Questions>,
    /// Whether the templates are the same now.
    pub(super) same_templates: bool,
    /// Whether the data is.
    pub(super) same_data: bool,
}

/// A page as it was rendered, and what it asked.
pub(super) type Remembered = (Option<Rendered>, Questions);

impl Before {
    /// The pages that are on `site` what they were, in the place of their number; none where one is to be rendered.
    pub(super) fn keep(mut self, site: &Arc<Site>) -> Vec<Option<Remembered>> {
        let before = &self.site.index.pages;
        let paths: HashMap<&str, PageId> =
            before.iter().filter_map(|page| Some((page.guide.as_ref()?.path.as_str(), page.id))).collect();
        let both = Both {
            before: &self.site,
            now: site,
            same_templates: self.same_templates,
            same_data: self.same_data,
            same_site: OnceLock::new(),
            sections: Mutex::default(),
        };
        let stays: Vec<Option<PageId>> = site
            .index
            .pages
            .par_iter()
            .map(|page| {
                let before = *paths.get(page.guide.as_ref()?.path.as_str())?;
                let asked = self.asked.get(before)?;
                let stays = both.agree(before, page.id, asked);
                for path in asked.assets.iter().filter(|_| stays) {
                    // The site keeps in mind who uses an asset.
                    site.asset(page.id, path);
                }
                stays.then_some(before)
            })
            .collect();
        let mut take = |id: PageId| {
            let questions = std::mem::take(self.asked.get_mut(id)?);
            Some((Some(self.rendered.get_mut(id)?.take()?), questions))
        };
        stays.into_iter().map(|before| take(before?)).collect()
    }
}

/// Two sites, to put questions to both.
struct Both<'a> {
    before: &'a Arc<Site>,
    now: &'a Arc<Site>,
    same_templates: bool,
    same_data: bool,
    same_site: OnceLock<bool>,
    /// Whether sections look the same, by their numbers on both.
    sections: Mutex<HashMap<(PageId, PageId), bool>>,
}

impl Both<'_> {
    /// Whether the page `before` has the guide that `now` has, and gets the same answers.
    fn agree(&self, before: PageId, now: PageId, asked: &Questions) -> bool {
        let same =
            |answer: &dyn Fn(&Site, PageId) -> Option<String>| answer(self.before, before) == answer(self.now, now);
        !asked.is_beyond
            && self.is_same_guide(before, now)
            && (self.same_templates || !asked.templates)
            && (self.same_data || !asked.strings)
            && asked.targets.iter().all(|target| same(&|site, page| Some(site.resolve(page, target))))
            && asked.cards.iter().all(|path| same(&|site, page| site.card(page, path, Stage::Content).map(text)))
            && asked.sections.iter().all(|path| same(&|site, page| site.cards(page, path, Stage::Content).map(text)))
            && asked.read.iter().all(|(path, digest)| digest_of(&self.now.read(path)) == *digest)
            && (!asked.context || self.is_same_context(before, now))
            && asked.assets.iter().all(|path| same(&|site, _| site.asset_address(path)))
            && asked.images.iter().all(|src| self.before.image_size(before, src) == self.now.image_size(now, src))
    }

    fn is_same_guide(&self, before: PageId, now: PageId) -> bool {
        let page = |site: &Arc<Site>, id| {
            let page = site.index.page(id)?;
            Some((page.address.as_str().to_owned(), page.guide.clone()?))
        };
        let (Some((address, guide)), Some((new_address, new))) = (page(self.before, before), page(self.now, now))
        else {
            return false;
        };
        let declared = |guide: &Guide| guide.front.variables.to_string();
        guide.source.text() == new.source.text()
            && guide.source.path() == new.source.path()
            && guide.body == new.body
            // A guide's own variables belong to its address.
            && address == new_address
            && declared(&guide) == declared(&new)
    }

    fn is_same_context(&self, before: PageId, now: PageId) -> bool {
        let own = |site: &Site, page| text(site.with_views(Stage::Content, |views| views.page(page, None)));
        self.same_data && self.is_same_site() && own(self.before, before) == own(self.now, now) && {
            match (self.before.index.section(before), self.now.index.section(now)) {
                (Some(before), Some(now)) => self.is_same_section(before, now),
                (None, None) => true,
                _ => false,
            }
        }
    }

    fn is_same_site(&self) -> bool {
        let site = |site: &Site| site.common_context(Stage::Content).get("site").cloned().map(text);
        *self.same_site.get_or_init(|| site(self.before) == site(self.now))
    }

    /// Sections are asked for by every guide in them, and are large.
    fn is_same_section(&self, before: PageId, now: PageId) -> bool {
        let known = |sections: &Mutex<HashMap<_, bool>>| {
            sections.lock().unwrap_or_else(PoisonError::into_inner).get(&(before, now)).copied()
        };
        if let Some(known) = known(&self.sections) {
            return known;
        }
        let section = |site: &Site, page| text(site.with_views(Stage::Content, |views| views.page(page, None)));
        let is_same = section(self.before, before) == section(self.now, now);
        self.sections.lock().unwrap_or_else(PoisonError::into_inner).insert((before, now), is_same);
        is_same
    }
}

/// A value to the letter: for templates `1` and `1.0` are equal, and do not look the same.
fn text(value: Value) -> String {
    serde_json::to_string(&value).unwrap_or_else(|_| format!("{value:?}"))
}

#[cfg(test)]
mod tests {
    use super::super::{Built, Command, Inputs, load};
    use super::*;
    use crate::input::date::Date;
    use crate::input::files::{Content, File, SiteFiles};

    type Tree = Vec<(&'static str, &'static str)>;

    fn files(tree: &Tree) -> SiteFiles {
        let folder = |name: &str| {
            let below = tree.iter().filter_map(|(path, text)| Some((path.strip_prefix(name)?, *text)));
            let file = |(path, text): (&str, &str)| File {
                path: path.to_owned(),
                content: Content::Bytes(text.as_bytes().to_vec().into()),
            };
            let mut files: Vec<File> = below.map(file).collect();
            files.sort_by(|a, b| a.path.cmp(&b.path));
            files
        };
        SiteFiles {
            content: folder("content/"),
            data: folder("data/"),
            templates: folder("templates/"),
            statics: folder("static/"),
            ..SiteFiles::default()
        }
    }

    fn inputs(files: &SiteFiles) -> Inputs<'_> {
        let text = |file: &File| {
            let bytes = file.content.bytes().unwrap();
            (format!("static/{}", file.path), String::from_utf8_lossy(&bytes).into_owned())
        };
        let texts: BTreeMap<String, String> = files.statics.iter().map(text).collect();
        Inputs {
            files,
            found: Vec::new(),
            now: Date::from_unix(0),
            base_url: None,
            drafts: false,
            future: false,
            baked: Vec::new(),
            search: true,
            command: Command::Build,
            highlighter: Arc::default(),
            reader: Arc::new(move |path| texts.get(path).cloned().ok_or_else(|| "is not there".to_owned())),
            changes: Arc::new(Arc::default),
            watch: None,
            lap: &|_| {},
        }
    }

    const SITE: [(&str, &str); 11] = [
        ("content/plain.md", "---\ntitle: Plain\n---\nText and [a link](linked.md).\n"),
        ("content/linked.md", "---\ntitle: Linked\n---\n"),
        ("content/card.md", "---\ntitle: Card\n---\n{{< card >}}\n"),
        ("content/in.md", "---\ntitle: In\n---\n{{% include file=\"static/words.txt\" %}}\n"),
        ("content/s/pic.md", "---\ntitle: Pic\n---\n{{< pic >}}\n"),
        ("content/s/other.md", "---\ntitle: Other\n---\nText.\n"),
        ("content/s/shows.md", "---\ntitle: Shows\n---\n![an image](/p.svg)\n"),
        ("templates/shortcodes/card.html", "{% set p = page(path=\"/linked/\") %}{{ p.title }}"),
        ("templates/shortcodes/pic.html", "{{ asset(path=\"p.svg\") }}"),
        ("static/words.txt", "words\n"),
        ("static/p.svg", "<svg/>"),
    ];

    /// The guides that are rendered again when a file has another text.
    fn again(path: &'static str, text: &'static str) -> Vec<String> {
        let before = files(&SITE.to_vec());
        let mut tree = SITE.to_vec();
        tree.retain(|(name, _)| *name != path);
        tree.push((path, text));
        let now = files(&tree);
        let built = Built::whole(inputs(&before), crate::engine::Next::Build(None)).unwrap();
        let (site, _) = load::load(inputs(&now)).unwrap();
        let site = Arc::new(site);
        let same_templates = before.templates == now.templates;
        let same_data = before.data == now.data;
        let before =
            Before { site: built.site, rendered: built.rendered, asked: built.asked, same_templates, same_data };
        let kept = before.keep(&site);
        let guides = site.index.pages.iter().zip(&kept).filter(|(_, kept)| kept.is_none());
        let mut again: Vec<String> = guides.filter_map(|(page, _)| Some(page.guide.as_ref()?.path.clone())).collect();
        again.sort();
        again
    }

    #[test]
    fn a_page_is_rendered_again_when_it_would_get_another_answer() {
        assert_eq!(
            again("content/plain.md", "---\ntitle: New\n---\nText and [a link](linked.md).\n"),
            ["card.md", "plain.md"]
        );
        assert_eq!(
            again("content/linked.md", "---\ntitle: Linked\nslug: x\n---\n"),
            ["card.md", "linked.md", "plain.md"]
        );
        assert_eq!(again("static/p.svg", "<svg></svg>"), ["s/pic.md"]);
        assert_eq!(again("static/p.svg", "<svg width='3' height='4'/>"), ["s/pic.md", "s/shows.md"], "its size");
        assert_eq!(again("templates/shortcodes/pic.html", "no"), ["card.md", "in.md", "s/pic.md"]);
        assert_eq!(again("data/more.yaml", "x: 1\n"), ["card.md", "s/pic.md"]);
        assert_eq!(again("static/words.txt", "other\n"), ["in.md"]);
        assert_eq!(again("content/s/new.md", "---\ntitle: New\n---\n"), ["s/new.md", "s/pic.md"]);
    }

    #[test]
    fn numbers_that_look_different_are_different() {
        assert_ne!(text(Value::from(1)), text(Value::from(1.0)));
    }
}
