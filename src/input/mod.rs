//! Text to typed values: configuration, front matter, shortcodes, variables, templates.
