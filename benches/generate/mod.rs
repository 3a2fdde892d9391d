//! A site of any size from a fixed seed: integration guides as they are in real documentation, with words, keys and
//! values of their own. The same number gives the same site, byte for byte, and no guide is a copy of another.
//!
//! Sizes follow a real folder: some 5 KB a guide, 2.4 blocks of code each, a third of the guides without variables.

mod chance;
mod code;
mod prose;

use chance::Chance;
use std::fmt::Write as _;

/// Guides in one folder, and folders in one above.
const GROUP: usize = 40;
const GROUPS: usize = 10;
const SEED: u64 = 0x6775_6964_6567_656e;

/// A site to generate.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    guides: usize,
}

/// A file of `content/`.
#[derive(Debug)]
pub struct File {
    /// Its path below `content/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

impl Site {
    /// A site of so many guides. Pages of folders count as guides do not: they come on top.
    pub const fn of(guides: usize) -> Self {
        Self { guides }
    }

    /// Every file, made one by one.
    pub fn files(self) -> impl Iterator<Item = File> {
        let home = File { path: "_index.md".to_owned(), text: folder_page("Guides", 0) };
        let areas = (0..self.guides.div_ceil(GROUP * GROUPS))
            .map(|area| File { path: format!("{}/_index.md", area_path(area)), text: folder_page("Area", area + 1) });
        let groups = (0..self.guides.div_ceil(GROUP)).map(|group| File {
            path: format!("{}/_index.md", group_path(group)),
            text: folder_page("Part", group + 1),
        });
        std::iter::once(home).chain(areas).chain(groups).chain((0..self.guides).map(move |number| self.guide(number)))
    }

    /// The guide of a number.
    pub fn guide(self, number: usize) -> File {
        let mut writer = Writer {
            site: self,
            number,
            name: name(number),
            chance: Chance::of(SEED, number),
            text: String::with_capacity(6 << 10),
            links: Vec::new(),
        };
        writer.write();
        File { path: path(number), text: writer.text }
    }
}

/// A guide while it is written.
struct Writer {
    site: Site,
    number: usize,
    name: String,
    chance: Chance,
    text: String,
    links: Vec<usize>,
}

impl Writer {
    fn write(&mut self) {
        self.front_matter();
        if self.number.is_multiple_of(3) {
            self.reference();
        } else {
            self.client();
        }
        self.heading("See Also");
        for _ in 0..3 {
            let other = self.other();
            let label = prose::title(&mut self.chance);
            let _ = writeln!(self.text, "* [{label}]({})", self.target(other));
        }
        self.text.push('\n');
        for other in std::mem::take(&mut self.links) {
            let target = self.target(other);
            let _ = writeln!(self.text, "[{}]: {target}", name(other));
        }
    }

    fn front_matter(&mut self) {
        let title = prose::title(&mut self.chance);
        let (day, month) = (1 + self.chance.below(28), 1 + self.chance.below(12));
        let description = prose::sentence(&mut self.chance);
        let _ = write!(
            self.text,
            "---\ntitle: \"{} and {title}\"\ndescription: \"{description}\"\nsummary: \"\"\n\
             date: 2025-{month:02}-{day:02}T04:38:52+00:00\ndraft: false\nimages: []\nweight: {}\ntoc: true\n\
             support:\n  level: community\n  versions: true\n  integration: true\n\
             seo:\n  title: \"\" # as the title\n  description: \"\"\n  noindex: false\n---\n\n",
            self.name,
            10 * (1 + self.number % GROUP),
        );
    }

    /// How a product is made to sign people in: variables, a notice, settings to copy.
    fn client(&mut self) {
        self.heading("Tested Versions");
        let (name, version) = (self.name.clone(), self.chance.below(40));
        let _ =
            write!(self.text, "* {name}\n  * [v4.{version}.2](https://{name}.example.net/releases/v4.{version}.2)\n\n");
        self.text.push_str("{{% common %}}\n\n");
        self.heading("Assumptions");
        let _ = write!(
            self.text,
            "* __Application:__ `https://{name}.{DOMAIN}/`\n* __Portal:__ `https://{PORTAL}.{DOMAIN}/`\n\
             * __Client ID:__ `{name}`\n* __Client Secret:__ `insecure_secret`\n\n",
        );
        self.paragraphs(2);
        self.heading("The Portal");
        self.paragraphs(1);
        let yaml = code::client(&mut self.chance, &name);
        self.fence("yaml {title=\"configuration.yml\"}", &yaml, "");
        self.heading("The Application");
        let warning = prose::sentence(&mut self.chance);
        let _ = write!(
            self.text,
            "{{{{< callout context=\"caution\" title=\"Note\" >}}}}\n{warning} See `https://{name}.{DOMAIN}/settings`.\n{{{{< /callout >}}}}\n\n"
        );
        let steps = 2 + self.chance.below(2);
        for step in 1..=steps {
            let sentence = self.sentence();
            let _ = write!(self.text, "{step}. {sentence}\n\n");
            if step == 1 {
                self.any_code("   ");
            }
        }
        self.paragraphs(2);
        if self.chance.below(3) == 0 {
            self.any_code("");
        }
    }

    /// What the settings of a part are: a table, options one by one.
    fn reference(&mut self) {
        self.paragraphs(2);
        self.heading("Configuration");
        self.any_code("");
        self.any_code("");
        self.heading("Overview");
        self.text.push_str("| Setting | Default | Meaning |\n|:--------|:-------:|:--------|\n");
        for _ in 0..5 + self.chance.below(4) {
            let (key, number) = (prose::key(&mut self.chance), self.chance.below(900));
            let sentence = prose::sentence(&mut self.chance);
            let _ = writeln!(self.text, "| `{key}` | {number} | {sentence} |");
        }
        self.text.push('\n');
        self.heading("Options");
        for _ in 0..4 {
            let key = prose::key(&mut self.chance);
            let _ = write!(
                self.text,
                "### {key}\n\n{{{{< option type=\"string\" required=\"no\" default=\"{key}\" >}}}}\n\n"
            );
            self.paragraphs(1);
        }
        if self.chance.below(2) == 0 {
            self.any_code("");
        }
    }

    fn heading(&mut self, title: &str) {
        let _ = write!(self.text, "## {title}\n\n");
    }

    fn paragraphs(&mut self, count: usize) {
        for _ in 0..count {
            for _ in 0..2 + self.chance.below(3) {
                let sentence = self.sentence();
                let _ = write!(self.text, "{sentence} ");
            }
            self.text.push_str("\n\n");
        }
    }

    /// A sentence, which now and then names another guide or a setting.
    fn sentence(&mut self) -> String {
        let mut sentence = prose::sentence(&mut self.chance);
        match self.chance.below(6) {
            0 => {
                let other = self.other();
                let _ = write!(sentence, " It is told in [{0}].", name(other));
                if !self.links.contains(&other) {
                    self.links.push(other);
                }
            }
            1 => {
                let key = prose::key(&mut self.chance);
                let _ = write!(sentence, " Set `{key}` __before__ that.");
            }
            _ => {}
        }
        sentence
    }

    fn any_code(&mut self, indent: &str) {
        let (info, code) = code::any(&mut self.chance, &self.name);
        self.fence(info, &code, indent);
    }

    fn fence(&mut self, info: &str, code: &str, indent: &str) {
        let _ = writeln!(self.text, "{indent}```{info}");
        for line in code.lines() {
            let _ = writeln!(self.text, "{}", format!("{indent}{line}").trim_end());
        }
        let _ = write!(self.text, "{indent}```\n\n");
    }

    fn other(&mut self) -> usize {
        // Most links go to neighbours.
        let near = self.number + 1 + self.chance.below(GROUP);
        let anywhere = self.chance.below(self.site.guides);
        if self.chance.below(4) == 0 { anywhere } else { near % self.site.guides }
    }

    /// The way from this guide's folder to another guide.
    fn target(&self, other: usize) -> String {
        format!("../../{}", path(other))
    }
}

/// The uses of variables in generated guides, as they are written; a build replaces them before it looks at code.
pub const DOMAIN: &str = "{{< sitevar name=\"domain\" nojs=\"example.com\" >}}";
/// As [`DOMAIN`].
pub const PORTAL: &str = "{{< sitevar name=\"subdomain-portal\" nojs=\"auth\" >}}";

fn folder_page(title: &str, number: usize) -> String {
    let sentence = prose::sentence(&mut Chance::of(SEED ^ 1, number));
    format!("---\ntitle: \"{title} {number}\"\ndescription: \"{sentence}\"\nweight: {number}\n---\n\n{sentence}\n")
}

fn area_path(area: usize) -> String {
    format!("area-{area}")
}

fn group_path(group: usize) -> String {
    format!("{}/part-{group}", area_path(group / GROUPS))
}

fn path(number: usize) -> String {
    format!("{}/{}.md", group_path(number / GROUP), name(number))
}

/// The name of the product that a guide is about.
fn name(number: usize) -> String {
    format!("{}-{number}", prose::invented(&mut Chance::of(SEED ^ 2, number)))
}
