//! How cells of a table become inputs of a network, as the training part fixed it.

use std::path::Path;

use super::{Column, DataError};
use crate::data::{Matrix, table};

/// What a column says to the network.
#[derive(Debug, Clone, PartialEq)]
enum Inputs {
    /// One input: how many deviations above the mean. Without a deviation, where there is nothing to measure by, 0.
    Number { mean: f64, deviation: Option<f64> },
    /// An input for each word, in this order.
    Words(Vec<String>),
}

/// The columns of a table but for its class, each with what it says to the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoding {
    columns: Vec<(String, Inputs)>,
    /// Which column of the table is the class.
    class: usize,
    /// The names of the classes, in the order of the outputs.
    classes: Vec<String>,
}

impl Inputs {
    /// By the rows that train.
    fn fitted(column: &Column, training: &[usize]) -> Self {
        let numbers = match column {
            Column::Words(words, _) => return Self::Words(words.clone()),
            Column::Numbers(numbers) => numbers,
        };
        let seen: Vec<f64> = training.iter().map(|&row| numbers[row]).filter(|number| !number.is_nan()).collect();
        let count = seen.len().max(1) as f64;
        let mean = seen.iter().sum::<f64>() / count;
        let deviation = (seen.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count).sqrt();
        // Where the training part knows one value alone, there is nothing to measure others by.
        let same = seen.iter().all(|number| Some(number) == seen.first()) || !deviation.is_finite();
        Self::Number { mean, deviation: (!same).then_some(deviation) }
    }

    fn width(&self) -> usize {
        match self {
            Self::Number { .. } => 1,
            Self::Words(words) => words.len(),
        }
    }

    /// The input of a number; NaN is a missing one.
    fn number(mean: f64, deviation: Option<f64>, number: f64) -> f32 {
        deviation.filter(|_| !number.is_nan()).map_or(0.0, |deviation| ((number - mean) / deviation) as f32)
    }

    /// The inputs of a word, of so many; `None` is a missing one.
    fn word(count: usize, word: Option<usize>) -> impl Iterator<Item = f32> {
        (0..count).map(move |at| f32::from(u8::from(word == Some(at))))
    }

    /// The inputs of a row of the column it was fitted to.
    fn push(&self, column: &Column, row: usize, inputs: &mut Vec<f32>) {
        match (self, column) {
            (&Self::Number { mean, deviation }, Column::Numbers(numbers)) => {
                inputs.push(Self::number(mean, deviation, numbers[row]));
            }
            (Self::Words(words), Column::Words(_, of)) => {
                inputs.extend(Self::word(words.len(), of[row].map(|of| of as usize)));
            }
            _ => unreachable!("a column is of the kind that was fitted to it"),
        }
    }
}

impl Encoding {
    /// Of these columns, without the one at `class`, by the rows that train.
    pub(super) fn fitted(columns: &[(String, Column)], class: usize, classes: Vec<String>, training: &[usize]) -> Self {
        let others = columns.iter().enumerate().filter(|&(at, _)| at != class);
        let columns = others.map(|(_, (name, column))| (name.clone(), Inputs::fitted(column, training))).collect();
        Self { columns, class, classes }
    }

    /// Inputs of one row.
    pub fn width(&self) -> usize {
        self.columns.iter().map(|(_, inputs)| inputs.width()).sum()
    }

    /// The names of the classes, in the order of the outputs.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// `[row][input]` of these rows of the table that it was fitted to.
    pub(super) fn inputs(&self, columns: &[(String, Column)], rows: &[usize]) -> Vec<f32> {
        let mut inputs = Vec::with_capacity(rows.len() * self.width());
        for &row in rows {
            let others = columns.iter().enumerate().filter(|&(at, _)| at != self.class);
            for ((_, fitted), (_, (_, column))) in self.columns.iter().zip(others) {
                fitted.push(column, row, &mut inputs);
            }
        }
        inputs
    }

    /// Rows of a CSV file as inputs: with a header, its columns by name and in any order; without one, all columns as
    /// the table had them, with or without the class. What the class says, and columns that the table did not have, is ignored.
    ///
    /// # Errors
    /// [`DataError::Read`], [`DataError::Empty`]; [`DataError::NoColumn`] for one that the header lacks;
    /// [`DataError::Columns`] and [`DataError::Cell`] with line and column, also for a word that the table did not have.
    pub fn read(&self, path: &Path) -> Result<Matrix, DataError> {
        let bytes = std::fs::read(path).map_err(DataError::read(path))?;
        let mut rows = table::rows(table::text(path, &bytes)?).peekable();
        let header =
            rows.next_if(|(_, cells)| cells.iter().all(|cell| table::is_heading(cell)) && self.is_header(cells));
        let count = self.columns.len();
        let places: Option<Vec<usize>> = match &header {
            Some((_, cells)) => {
                Some(self.columns.iter().map(|(name, _)| place(path, cells, name)).collect::<Result<_, _>>()?)
            }
            None => None,
        };
        let mut values = Vec::new();
        for (line, cells) in rows {
            let fits = header
                .as_ref()
                .map_or_else(|| [count, count + 1].contains(&cells.len()), |(_, head)| head.len() == cells.len());
            if !fits {
                let expected = match &header {
                    Some((_, head)) => format!("{} as in the header", head.len()),
                    None => format!("{count} (or {} with the class)", count + 1),
                };
                return Err(DataError::Columns { path: path.to_owned(), line, found: cells.len(), expected });
            }
            for (at, (_, inputs)) in self.columns.iter().enumerate() {
                let beside = usize::from(cells.len() > count && at >= self.class);
                let place = places.as_ref().map_or(at + beside, |places| places[at]);
                push_cell(path, (line, place), cells[place], inputs, &mut values)?;
            }
        }
        Matrix::of(self.width(), values).ok_or_else(|| DataError::Empty { path: path.to_owned() })
    }

    /// Words alone are a header, unless they are cells of a table of words.
    fn is_header(&self, cells: &[&str]) -> bool {
        let numbers = self.columns.iter().any(|(_, inputs)| matches!(inputs, Inputs::Number { .. }));
        numbers || cells.iter().any(|cell| self.columns.iter().any(|(name, _)| name == cell))
    }
}

/// The inputs of a cell at (line, column), the first from 1 and the second from 0.
fn push_cell(
    path: &Path,
    (line, place): (usize, usize),
    cell: &str,
    inputs: &Inputs,
    values: &mut Vec<f32>,
) -> Result<(), DataError> {
    let missing = super::is_missing(cell);
    match inputs {
        &Inputs::Number { mean, deviation } => {
            let number = if missing { f64::NAN } else { table::number(path, line, place + 1, cell)? };
            values.push(Inputs::number(mean, deviation, number));
        }
        Inputs::Words(words) => {
            let of = words.iter().position(|word| word == cell);
            if of.is_none() && !missing {
                return Err(DataError::Cell {
                    path: path.to_owned(),
                    line,
                    column: place + 1,
                    found: cell.chars().take(40).collect(),
                    expected: "a word that this column of the table has",
                });
            }
            values.extend(Inputs::word(words.len(), of));
        }
    }
    Ok(())
}

/// Where a header has this column.
fn place(path: &Path, header: &[&str], name: &str) -> Result<usize, DataError> {
    header.iter().position(|cell| *cell == name).ok_or_else(|| DataError::NoColumn {
        path: path.to_owned(),
        name: name.to_owned(),
        known: header.join(", "),
    })
}
