//! Where a method comes from.

use std::fmt::Write as _;

/// A publication. A method of this project's own says so in `title` and has no venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Citation {
    /// Key in a bibliography.
    pub key: &'static str,
    /// Authors, as `BibTeX` writes them: joined by ` and `.
    pub authors: &'static str,
    /// Title.
    pub title: &'static str,
    /// Journal, proceedings or archive; empty when there is none.
    pub venue: &'static str,
    /// Year.
    pub year: u16,
    /// DOI or web address; empty when there is none.
    pub url: &'static str,
}

impl Citation {
    /// What this project adds of its own.
    pub const OWN: Self = Self {
        key: "livenet2026",
        authors: "The livenet authors",
        title: "livenet: living neural networks",
        venue: "",
        year: 2026,
        url: "https://github.com/livenet/livenet",
    };

    /// Who and when, as in a text: `Evci and others 2020`.
    pub fn short(&self) -> String {
        let mut authors = self.authors.split(" and ").map(|name| name.split(',').next().unwrap_or(name).trim());
        let first = authors.next().unwrap_or_default();
        match (authors.next(), authors.next()) {
            (None, _) => format!("{first} {}", self.year),
            (Some(second), None) if second != "others" => format!("{first} and {second} {}", self.year),
            _ => format!("{first} and others {}", self.year),
        }
    }

    /// The entry of a `.bib` file.
    ///
    /// ```
    /// let entry = livenet_growth::rewire::RIGL.citation.bibtex();
    /// assert!(entry.starts_with("@article{evci2020rigl,\n  author = {Evci, Utku and "));
    /// ```
    pub fn bibtex(&self) -> String {
        let mut entry = format!("@{}{{{},\n", if self.venue.is_empty() { "misc" } else { "article" }, self.key);
        let year = self.year.to_string();
        let fields = [
            ("author", self.authors),
            ("title", self.title),
            ("journal", self.venue),
            ("year", &year),
            ("url", self.url),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            // Writing to a string cannot fail.
            let _ = writeln!(entry, "  {name} = {{{value}}},");
        }
        entry.push('}');
        entry
    }
}
