//! One guide: shortcodes expanded, Markdown rendered, headings, links, code.
