//! Tables for classification: a sample in each row, its class in one of the columns.
//!
//! A file is CSV (a first line of words is a header; commas are never inside a cell) or ARFF, by its ending. Columns of
//! numbers are an input each, standardised by the mean and deviation of the training part; columns of words are an input
//! for each word, 1 where it stands and 0 elsewhere. A missing value (empty or `?`) is the mean, or none of the words.
//!
//! Files are often in the order of their classes or of time, so rows are divided by lot: of each class three fifths train,
//! one fifth validates, one fifth tests. The lot is the same for every seed of a run: the test part is a property of the table.

mod encoding;

pub use encoding::Encoding;

use std::path::{Path, PathBuf};

use livenet_core::StreamKey;

use super::{
    arff,
    catalogue::{ALL, Kind, names},
    dataset::{Dataset, Part, Parts, Shape},
    digest,
    error::DataError,
    images::published,
    places::Places,
    table,
};

/// A column of a table, `[row]`.
#[derive(Debug, Clone, PartialEq)]
enum Column {
    /// Finite numbers; NaN where there is none.
    Numbers(Vec<f64>),
    /// The words that occur, and which stands where.
    Words(Vec<String>, Vec<Option<u32>>),
}

/// A file read, its rows in the order of the file.
#[derive(Debug, Clone, PartialEq)]
struct Raw {
    path: PathBuf,
    /// Of the first row, from 1; rows follow line by line in CSV. In ARFF, lines between rows may be comments: 0.
    first_line: usize,
    columns: Vec<(String, Column)>,
}

/// The known table of this name, or the CSV or ARFF file at this path, which begins in `folder` where it is relative;
/// divided in three, with how cells become inputs. `class` is the name of the column of classes or its number from 1; empty for the last one.
///
/// # Errors
/// [`DataError::UnknownFile`], [`DataError::Missing`], [`DataError::Read`]; a known file that is not the published one as
/// [`DataError::WrongSize`] or [`DataError::WrongHash`]; in the text [`DataError::Cell`], [`DataError::Columns`],
/// [`DataError::Arff`] with the line, [`DataError::Empty`] and [`DataError::NoColumn`]; [`DataError::Ragged`] for a
/// table too short to be divided.
pub fn load(name: &str, class: &str, places: &Places, folder: &Path) -> Result<(Dataset, Encoding), DataError> {
    let (path, bytes) = read(name, places, folder)?;
    let arff = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("arff"));
    let raw = if arff { of_arff(&path, &bytes)? } else { of_csv(&path, &bytes)? };
    raw.divided(name, class, digest::of_bytes(&bytes))
}

fn read(name: &str, places: &Places, folder: &Path) -> Result<(PathBuf, Vec<u8>), DataError> {
    let open = |path: &Path| std::fs::read(path).map_err(DataError::read(path));
    if let Some(entry) = ALL.iter().find(|entry| entry.kind == Kind::Table && entry.name == name) {
        let path = places.find(entry, &entry.files[0])?;
        let bytes = open(&path)?;
        published(&path, &bytes, &entry.files[0])?;
        return Ok((path, bytes));
    }
    let path = folder.join(name);
    if !path.exists() {
        let known = names(|entry| entry.kind == Kind::Table);
        return Err(DataError::UnknownFile { what: "table", name: name.to_owned(), path, known });
    }
    let bytes = open(&path)?;
    Ok((path, bytes))
}

fn of_arff(path: &Path, bytes: &[u8]) -> Result<Raw, DataError> {
    let file = arff::parse(path, bytes)?;
    let column = |at: usize, attribute: &arff::Attribute| {
        let values = file.rows().map(|row| row[at]);
        match &attribute.kind {
            arff::Kind::Numeric => Column::Numbers(
                values.map(|value| if let arff::Value::Number(number) = value { number } else { f64::NAN }).collect(),
            ),
            arff::Kind::Nominal(words) => {
                let of = values.map(|value| if let arff::Value::Category(of) = value { Some(of) } else { None });
                Column::Words(words.clone(), of.collect())
            }
        }
    };
    let columns = file.attributes().iter().enumerate().map(|(at, one)| (one.name.clone(), column(at, one))).collect();
    Ok(Raw { path: path.to_owned(), first_line: 0, columns })
}

fn of_csv(path: &Path, bytes: &[u8]) -> Result<Raw, DataError> {
    let rows: Vec<(usize, Vec<&str>)> = table::rows(table::text(path, bytes)?).collect();
    let empty = || DataError::Empty { path: path.to_owned() };
    let (_, first) = rows.first().ok_or_else(empty)?;
    let second = rows.get(1).map_or(0, |(_, second)| second.len());
    // As scikit-learn writes its own tables: numbers of rows and of inputs, then names of the classes.
    let counts = first.first().and_then(|cell| cell.parse().ok()) == Some(rows.len() - 1)
        && first.get(1).and_then(|cell| cell.parse().ok()) == Some(second.saturating_sub(1));
    let header = !counts && first.iter().all(|cell| table::is_heading(cell));
    let body = &rows[usize::from(counts || header)..];
    let (first_line, wide) = body.first().map(|(line, cells)| (*line, cells.len())).ok_or_else(empty)?;
    if let Some((line, cells)) = body.iter().find(|(_, cells)| cells.len() != wide) {
        let expected = format!("{wide} as above");
        return Err(DataError::Columns { path: path.to_owned(), line: *line, found: cells.len(), expected });
    }
    let column = |at: usize| {
        let name = if header { first[at].to_owned() } else { (at + 1).to_string() };
        column(path, at, body).map(|column| (name, column))
    };
    let columns = (0..wide).map(column).collect::<Result<_, _>>()?;
    Ok(Raw { path: path.to_owned(), first_line, columns })
}

fn is_missing(cell: &str) -> bool {
    cell.is_empty() || cell == "?"
}

/// Numbers, if the first cell that is not missing is one; otherwise words, in alphabetical order.
fn column(path: &Path, at: usize, rows: &[(usize, Vec<&str>)]) -> Result<Column, DataError> {
    let first = rows.iter().map(|(_, cells)| cells[at]).find(|cell| !is_missing(cell));
    if first.is_none_or(|cell| cell.parse::<f64>().is_ok()) {
        let number = |(line, cells): &(usize, Vec<&str>)| match cells[at] {
            cell if is_missing(cell) => Ok(f64::NAN),
            cell => table::number(path, *line, at + 1, cell),
        };
        return rows.iter().map(number).collect::<Result<_, _>>().map(Column::Numbers);
    }
    let cells = || rows.iter().map(|(_, cells)| cells[at]);
    let mut words: Vec<String> = cells().filter(|cell| !is_missing(cell)).map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    let of = cells().map(|cell| words.binary_search_by(|word| word.as_str().cmp(cell)).ok().map(|of| of as u32));
    let of = of.collect();
    Ok(Column::Words(words, of))
}

impl Raw {
    fn class_column(&self, class: &str) -> Result<usize, DataError> {
        if class.is_empty() {
            return Ok(self.columns.len() - 1);
        }
        let named = self.columns.iter().position(|(name, _)| name == class);
        let numbered = || class.parse().ok().filter(|number| (1..=self.columns.len()).contains(number));
        named.or_else(|| numbered().map(|number: usize| number - 1)).ok_or_else(|| DataError::NoColumn {
            path: self.path.clone(),
            name: class.to_owned(),
            known: self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    /// The class of each row, and their names.
    fn labels(&self, at: usize) -> Result<(Vec<u32>, Vec<String>), DataError> {
        let (labels, classes): (Vec<Option<u32>>, Vec<String>) = match &self.columns[at].1 {
            Column::Words(words, of) => (of.clone(), words.clone()),
            Column::Numbers(numbers) => {
                let mut known: Vec<f64> = numbers.iter().copied().filter(|number| !number.is_nan()).collect();
                known.sort_unstable_by(f64::total_cmp);
                known.dedup();
                let of = |number: &f64| known.binary_search_by(|one| one.total_cmp(number)).ok().map(|of| of as u32);
                (numbers.iter().map(of).collect(), known.iter().map(f64::to_string).collect())
            }
        };
        let missing = |row: usize| DataError::Cell {
            path: self.path.clone(),
            line: if self.first_line == 0 { 0 } else { self.first_line + row },
            column: at + 1,
            found: "no class".to_owned(),
            expected: "a class in every row",
        };
        let labels: Result<_, _> =
            labels.iter().enumerate().map(|(row, label)| label.ok_or_else(|| missing(row))).collect();
        Ok((labels?, classes))
    }

    fn divided(&self, name: &str, class: &str, digest: String) -> Result<(Dataset, Encoding), DataError> {
        let at = self.class_column(class)?;
        let (labels, classes) = self.labels(at)?;
        let rows = divide(&labels, classes.len());
        let encoding = Encoding::fitted(&self.columns, at, classes, &rows[0]);
        let [train, validation, test] = rows.map(|rows| {
            let inputs = encoding.inputs(&self.columns, &rows);
            Part::new(inputs, rows.iter().map(|&row| labels[row]).collect())
        });
        let shape = Shape { features: encoding.width(), classes: encoding.classes().len() };
        Ok((Dataset::new(name, shape, Parts { train, validation, test }, digest)?, encoding))
    }
}

/// Rows that train, validate and test: three, one and one fifth of each class, in an order drawn once for all.
fn divide(labels: &[u32], classes: usize) -> [Vec<usize>; 3] {
    let mut order: Vec<u32> = (0..labels.len() as u32).collect();
    StreamKey::new(0, "rows of a table").stream().shuffle(&mut order);
    let mut counts = vec![0_usize; classes];
    for &label in labels {
        counts[label as usize] += 1;
    }
    let mut dealt = vec![0_usize; classes];
    let mut parts = [const { Vec::new() }; 3];
    for row in order.into_iter().map(|row| row as usize) {
        let class = labels[row] as usize;
        let fifth = dealt[class] * 5 / counts[class];
        dealt[class] += 1;
        parts[fifth.saturating_sub(2)].push(row);
    }
    parts
}

#[cfg(test)]
mod tests;
