//! What a page may ask of the site around it. The site answers; a test answers with as little as it needs.

use super::highlight::Highlighter;
use super::watch::Watch;
use crate::input::config::RawHtml;
use crate::input::image::ImageSize;
use crate::input::strings::Strings;
use crate::input::templates::Templates;
use crate::input::variable::Variables;

/// A page's number in its site.
pub type PageId = usize;

/// The site around a page. Everything it says is the same however often it is asked.
pub trait World: Send + Sync {
    /// The templates, shortcodes among them.
    fn templates(&self) -> &Templates;

    /// The highlighter of code.
    fn highlighter(&self) -> &Highlighter;

    /// The texts of the interface.
    fn strings(&self) -> &Strings;

    /// What becomes of raw HTML in Markdown.
    fn raw_html(&self) -> RawHtml;

    /// What stands before every address: `""` or `/docs`.
    fn base_path(&self) -> &str;

    /// The variables that a page may use, its own among them.
    fn variables(&self, page: PageId) -> &Variables;

    /// What is written for a link or image target: root-relative without the base path where it names a page or a file
    /// of the site, else the target as it is.
    fn resolve(&self, page: PageId, target: &str) -> String;

    /// The address of the only guide of this name (`b.md` or `b`), wherever it is; none when there is none, or several.
    fn named(&self, name: &str) -> Option<String>;

    /// What every template sees of the site and the data, and of a page where it asks for that, which takes longer.
    fn context(&self, page: PageId, stage: Stage, with_page: bool) -> tera::Context;

    /// The card of the page at a content path or an address.
    fn card(&self, from: PageId, path: &str, stage: Stage) -> Option<tera::Value>;

    /// The cards of a section's children, by its content path or address, in their order.
    fn cards(&self, from: PageId, section: &str, stage: Stage) -> Option<tera::Value>;

    /// The address of an asset that a page uses, its name changed by its content; none when there is no such file. With
    /// the base path.
    fn asset(&self, page: PageId, path: &str) -> Option<String>;

    /// The size of the image that a browser shows for `src` on a page, which has the base path; none when it is no file
    /// of the site, or its size cannot be read.
    fn image_size(&self, page: PageId, src: &str) -> Option<ImageSize>;

    /// The navigation tree as HTML, as it looks on a page.
    fn navigation(&self, page: PageId) -> String;

    /// What stands before [the base path](Self::base_path) in a whole URL: scheme and host, and all of a path that is left
    /// out where links are relative. None without a base URL.
    fn origin(&self) -> Option<&str>;

    /// Who wants to know how long shortcodes take; nobody, as a rule.
    fn watch(&self) -> Option<&dyn Watch> {
        None
    }

    /// The text of a file below the site's root, for `include`.
    ///
    /// # Errors
    /// Says why it cannot be had.
    fn read(&self, path: &str) -> Result<String, String>;
}

/// When a template is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// As a shortcode, inside of a page's content: addresses are marked when they have the base path.
    Content,
    /// As a page, around the content.
    Composition,
}
