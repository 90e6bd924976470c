//! The ARFF format of Weka: `@relation`, one `@attribute` a line, `@data`, then a row a line. The door for streams.
//!
//! Read: numeric (`numeric`, `real`, `integer`) and nominal (`{a, 'b c'}`) attributes; names and values in either kind
//! of quotes with `\` before what is meant as it is; `?` for a missing value; comments after `%` at the start of a
//! line. Refused with a message: sparse rows, weights of rows, and text, date and relational attributes.
//!
//! Invariant: every cell of an [`Arff`] is a value of its attribute's kind, and every number is finite.
//! Source: the Weka manual, *Attribute-Relation File Format*.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::DataError;
use super::table;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub kind: Kind,
}

/// What an attribute's values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Numeric,
    /// One of these words, in the order of the file.
    Nominal(Vec<String>),
}

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// Of a numeric attribute; finite.
    Number(f64),
    /// Of a nominal attribute: which of its words, from 0.
    Category(u32),
    /// `?`
    Missing,
}

/// A table with named columns, `[row][attribute]`; at least one of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Arff {
    relation: String,
    attributes: Vec<Attribute>,
    values: Vec<Value>,
}

impl Arff {
    /// The name of the whole.
    pub fn relation(&self) -> &str {
        &self.relation
    }

    /// The columns, in order.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The rows in the order of the file, each `[attribute]`.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[Value]> {
        self.values.chunks_exact(self.attributes.len())
    }
}

/// The table in the bytes of an ARFF file; `path` is named in errors only.
///
/// # Errors
/// [`DataError::Arff`] for what is not read here or not ARFF, [`DataError::Cell`] and [`DataError::Columns`] for what
/// does not fit its attribute, each with the line; [`DataError::Empty`].
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Arff, DataError> {
    let text = table::text(path, bytes)?;
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(at, text)| Line { path, number: at + 1, rest: text.trim() })
        .filter(|line| !line.rest.is_empty() && !line.rest.starts_with('%'));
    let mut header = Header::default();
    let mut last = 1;
    for mut line in lines.by_ref() {
        last = line.number;
        if header.take(&mut line)? {
            break;
        }
    }
    if !header.ended {
        let line = Line { path, number: last, rest: "" };
        return Err(line.unfit("the end of the file", "`@data` and rows behind it"));
    }
    let mut values = Vec::new();
    for mut line in lines {
        header.take_row(&mut line, &mut values)?;
    }
    if values.is_empty() {
        return Err(DataError::Empty { path: path.to_owned() });
    }
    Ok(Arff { relation: header.relation, attributes: header.attributes, values })
}

/// What stands before the rows.
#[derive(Default)]
struct Header {
    relation: String,
    attributes: Vec<Attribute>,
    /// Per attribute the place of each of its words; nothing for numbers.
    words: Vec<BTreeMap<String, u32>>,
    ended: bool,
}

impl Header {
    /// Takes a line; whether it is the last before the rows.
    fn take(&mut self, line: &mut Line<'_>) -> Result<bool, DataError> {
        let keyword = line.bare(char::is_whitespace);
        match keyword.to_ascii_lowercase().as_str() {
            "@relation" => self.relation = line.word(char::is_whitespace)?.0.into_owned(),
            "@attribute" => self.take_attribute(line)?,
            "@data" if self.attributes.is_empty() => {
                return Err(
                    line.unfit("`@data` without any attribute before it", "at least one `@attribute NAME TYPE`")
                );
            }
            "@data" => self.ended = true,
            _ => return Err(line.unfit(&shown(keyword), "`@relation`, `@attribute` or `@data`")),
        }
        line.done()?;
        Ok(self.ended)
    }

    fn take_attribute(&mut self, line: &mut Line<'_>) -> Result<(), DataError> {
        let (name, _) = line.word(|c| c.is_whitespace() || c == '{')?;
        let name = name.into_owned();
        if name.is_empty() {
            return Err(line.unfit("an attribute without a name", "`@attribute NAME TYPE`"));
        }
        let mut words = BTreeMap::new();
        let kind = if line.sign('{') {
            let mut names = Vec::new();
            loop {
                let (word, quoted) = line.word(|c| matches!(c, ',' | '}'))?;
                if word.is_empty() && !quoted {
                    return Err(
                        line.unfit(&format!("an empty word of `{name}`"), "words with commas between, then `}`")
                    );
                }
                if words.insert(word.clone().into_owned(), names.len() as u32).is_some() {
                    return Err(line.unfit(&format!("{} twice among the words of `{name}`", shown(&word)), "each once"));
                }
                names.push(word.into_owned());
                if line.sign('}') {
                    break Kind::Nominal(names);
                }
                if !line.sign(',') {
                    return Err(line.unfit(&shown(line.rest), "`,` and another word, or `}`"));
                }
            }
        } else {
            let kind = line.bare(char::is_whitespace);
            if !["numeric", "real", "integer"].contains(&kind.to_ascii_lowercase().as_str()) {
                let found = format!("{} as the type of `{name}`", shown(kind));
                let expected = "numeric, real, integer or words in braces; leave other attributes out";
                return Err(line.unfit(&found, expected));
            }
            Kind::Numeric
        };
        self.attributes.push(Attribute { name, kind });
        self.words.push(words);
        Ok(())
    }

    fn take_row(&self, line: &mut Line<'_>, values: &mut Vec<Value>) -> Result<(), DataError> {
        if line.rest.starts_with('{') {
            let mend = "a value for every attribute; write it densely, as Weka's filter SparseToNonSparse does";
            return Err(line.unfit("a sparse row", mend));
        }
        let mut found = 0;
        loop {
            if found > 0 && line.rest.trim_start().starts_with('{') {
                return Err(line.unfit("the weight of a row in braces", "rows without weights"));
            }
            let cell = line.word(|c| c == ',')?;
            if let Some(attribute) = self.attributes.get(found) {
                values.push(self.value(line, (found, attribute), &cell)?);
            }
            found += 1;
            if line.rest.is_empty() {
                break;
            }
            if !line.sign(',') {
                return Err(line.unfit(&shown(line.rest), "`,` before the next value"));
            }
        }
        if found == self.attributes.len() {
            return Ok(());
        }
        let expected = format!("{}, the number of attributes", self.attributes.len());
        Err(DataError::Columns { path: line.path.to_owned(), line: line.number, found, expected })
    }

    fn value(
        &self,
        line: &Line<'_>,
        (at, attribute): (usize, &Attribute),
        (cell, quoted): &(Word<'_>, bool),
    ) -> Result<Value, DataError> {
        if !quoted && cell == "?" {
            return Ok(Value::Missing);
        }
        match attribute.kind {
            Kind::Numeric => table::number(line.path, line.number, at + 1, cell).map(Value::Number),
            Kind::Nominal(_) => self.words[at].get(cell.as_ref()).copied().map(Value::Category).ok_or_else(|| {
                let found = format!("{} in column {}", shown(cell), at + 1);
                line.unfit(&found, &format!("a word of the attribute `{}`, or `?`", attribute.name))
            }),
        }
    }
}

type Word<'a> = std::borrow::Cow<'a, str>;

/// What is left of a line.
struct Line<'a> {
    path: &'a Path,
    number: usize,
    rest: &'a str,
}

impl<'a> Line<'a> {
    /// Takes what comes before the next character that ends it, as it stands.
    fn bare(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        let (word, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest.trim_start();
        word.trim_end()
    }

    /// Takes a word that may be in quotes, and says whether it was.
    fn word(&mut self, ends: impl Fn(char) -> bool) -> Result<(Word<'a>, bool), DataError> {
        self.rest = self.rest.trim_start();
        let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
            return Ok((self.bare(ends).into(), false));
        };
        let inside = &self.rest[1..];
        let (mut text, mut escaped) = (String::new(), false);
        for (at, c) in inside.char_indices() {
            match c {
                _ if escaped => {
                    text.push(match c {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        other => other,
                    });
                    escaped = false;
                }
                '\\' => escaped = true,
                _ if c == quote => {
                    self.rest = inside[at + 1..].trim_start();
                    return Ok((text.into(), true));
                }
                _ => text.push(c),
            }
        }
        Err(self.unfit(&shown(self.rest), &format!("another {quote} before the end of the line")))
    }

    /// Takes `sign` if it comes next.
    fn sign(&mut self, sign: char) -> bool {
        let Some(rest) = self.rest.trim_start().strip_prefix(sign) else { return false };
        self.rest = rest.trim_start();
        true
    }

    fn done(&self) -> Result<(), DataError> {
        if self.rest.is_empty() || self.rest.starts_with('%') {
            return Ok(());
        }
        Err(self.unfit(&shown(self.rest), "the end of the line"))
    }

    fn unfit(&self, found: &str, expected: &str) -> DataError {
        let (found, expected) = (found.to_owned(), expected.to_owned());
        DataError::Arff { path: self.path.to_owned(), line: self.number, found, expected }
    }
}

/// Text as an error shows it.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    format!("`{short}{}`", if short.len() < text.len() { "..." } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "% a comment\n@RELATION 'two words'\n\n@attribute a numeric\n@Attribute \"b c\" {UP, 'it\\'s', \"x,y\"}\n\
                         @attribute d REAL % of something\n@data\n1,UP,2.5\n% between\n -1e3 , 'it\\'s' , ?\n?,\"x,y\",0\n";

    fn parsed(text: &str) -> Result<Arff, DataError> {
        parse(Path::new("s.arff"), text.as_bytes())
    }

    #[test]
    fn numbers_words_quotes_and_gaps_are_read() {
        use Value::{Category, Missing, Number};
        let table = parsed(SMALL).unwrap();
        assert_eq!(table.relation(), "two words");
        let names: Vec<&str> = table.attributes().iter().map(|attribute| attribute.name.as_str()).collect();
        assert_eq!(names, ["a", "b c", "d"]);
        assert_eq!(table.attributes()[1].kind, Kind::Nominal(["UP", "it's", "x,y"].map(str::to_owned).to_vec()));
        let rows: Vec<&[Value]> = table.rows().collect();
        let expected = [
            [Number(1.0), Category(0), Number(2.5)],
            [Number(-1000.0), Category(1), Missing],
            [Missing, Category(2), Number(0.0)],
        ];
        assert_eq!(rows, expected);
        assert_eq!(parsed(&SMALL.replace('\n', "\r\n")).unwrap(), table);
    }

    #[test]
    fn a_question_mark_in_quotes_is_a_word() {
        let table = parsed("@relation r\n@attribute a {'?', x}\n@data\n'?'\n?\n").unwrap();
        assert_eq!(table.rows().map(|row| row[0]).collect::<Vec<_>>(), [Value::Category(0), Value::Missing]);
    }

    #[test]
    fn what_is_not_read_is_named_with_its_line_and_a_mend() {
        for (from, to, said) in [
            ("1,UP,2.5", "{0 1, 2 2.5}", "line 8: found a sparse row, expected a value for every attribute"),
            ("1,UP,2.5", "1,UP,2.5,{3}", "line 8: found the weight of a row"),
            ("1,UP,2.5", "1,UP", "line 8: found 2 columns, expected 3, the number of attributes"),
            ("1,UP,2.5", "1,UP,2,5", "line 8: found 4 columns"),
            ("1,UP,2.5", "1,up,2.5", "line 8: found `up` in column 2, expected a word of the attribute `b c`"),
            ("1,UP,2.5", "x,UP,2.5", "line 8, column 1: found `x`, expected a number"),
            ("1,UP,2.5", "1,UP,inf", "line 8, column 3: found `inf`, expected a finite number"),
            ("1,UP,2.5", "1,,2.5", "line 8: found `` in column 2"),
            ("1,UP,2.5", "1,'UP,2.5", "line 8: found `'UP,2.5`, expected another ' before the end"),
            ("1,UP,2.5", "1,'UP' 2,2.5", "line 8: found `2,2.5`, expected `,`"),
            ("a numeric", "a string", "line 4: found `string` as the type of `a`, expected numeric"),
            ("a numeric", "a date 'yyyy'", "line 4: found `date` as the type"),
            ("a numeric", "a", "line 4: found `` as the type"),
            ("a numeric", "a numeric 3", "line 4: found `3`, expected the end of the line"),
            ("a numeric", "'' numeric", "line 4: found an attribute without a name"),
            ("{UP,", "{UP, UP,", "line 5: found `UP` twice"),
            ("{UP,", "{UP,,", "line 5: found an empty word"),
            ("\"x,y\"}", "\"x,y\"", "line 5: found ``, expected `,`"),
            ("@data", "@dta", "line 7: found `@dta`, expected `@relation`"),
        ] {
            let error = parsed(&SMALL.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains("`s.arff`, ") && error.contains(said), "{to}: {error}");
        }
        for (text, said) in [
            ("", "expected `@data`"),
            ("@relation r\n@attribute a real\n", "line 2: found the end of the file"),
            ("@relation r\n@data\n1\n", "line 2: found `@data` without any attribute"),
            ("@relation r\n@attribute a real\n@data\n", "holds no numbers"),
        ] {
            let error = parsed(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }

    #[test]
    fn the_published_electricity_stream_is_read_whole() {
        let Some(root) = std::env::var_os("LIVENET_DATA") else {
            println!("skipped: set LIVENET_DATA to a folder with streams/elecNormNew.arff");
            return;
        };
        let path = Path::new(&root).join("streams/elecNormNew.arff");
        let table = parse(&path, &std::fs::read(&path).unwrap()).unwrap();
        assert_eq!((table.rows().len(), table.attributes().len()), (45_312, 9));
        let class = Kind::Nominal(vec!["UP".to_owned(), "DOWN".to_owned()]);
        assert_eq!((table.attributes()[8].name.as_str(), &table.attributes()[8].kind), ("class", &class));
        let (first, last) = (table.rows().next().unwrap(), table.rows().last().unwrap());
        assert_eq!((first[1], first[3], first[8]), (Value::Category(1), Value::Number(0.056_443), Value::Category(0)));
        assert_eq!((last[0], last[8]), (Value::Number(0.9158), Value::Category(1)));
        let down = table.rows().filter(|row| row[8] == Value::Category(1)).count();
        assert_eq!(down, 26_075);
    }
}
