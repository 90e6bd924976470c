//! A small dense matrix in f64. Sums run in a fixed order, so that results are the same on every machine.

use crate::effort;

/// Numbers in rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    /// `[row][column]`.
    values: Vec<f64>,
}

impl Matrix {
    /// `[row][column]` zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, values: vec![0.0; rows * columns] }
    }

    /// Each entry by its row and column.
    pub fn from_fn(rows: usize, columns: usize, mut entry: impl FnMut(usize, usize) -> f64) -> Self {
        let mut matrix = Self::zeros(rows, columns);
        for row in 0..rows {
            for column in 0..columns {
                matrix.values[row * columns + column] = entry(row, column);
            }
        }
        matrix
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One entry.
    #[track_caller]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    /// One row.
    #[track_caller]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// One row, to write.
    #[track_caller]
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// Two different rows, to write.
    pub(crate) fn two_rows_mut(&mut self, first: usize, second: usize) -> (&mut [f64], &mut [f64]) {
        let columns = self.columns;
        let (before, after) = self.values.split_at_mut(second * columns);
        (&mut before[first * columns..(first + 1) * columns], &mut after[..columns])
    }

    /// The transpose.
    #[must_use]
    pub fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |row, column| self.at(column, row))
    }

    /// The product `self · other`.
    ///
    /// # Panics
    /// When the shapes do not fit.
    #[must_use]
    #[track_caller]
    pub fn times(&self, other: &Self) -> Self {
        assert_eq!(self.columns, other.rows, "columns of the one are rows of the other");
        effort::spend((self.rows * self.columns * other.columns) as u64);
        let mut product = Self::zeros(self.rows, other.columns);
        for row in 0..self.rows {
            for (inner, &factor) in self.row(row).iter().enumerate() {
                add(product.row_mut(row), factor, other.row(inner));
            }
        }
        product
    }

    /// `selfᵀ · other`: the sum over rows, which are samples, of the outer products.
    ///
    /// # Panics
    /// When there are not as many samples of each.
    #[must_use]
    #[track_caller]
    pub fn outer(&self, other: &Self) -> Self {
        assert_eq!(self.rows, other.rows, "as many samples of each");
        effort::spend((self.rows * self.columns * other.columns) as u64);
        let mut sum = Self::zeros(self.columns, other.columns);
        for sample in 0..self.rows {
            for (row, &factor) in self.row(sample).iter().enumerate() {
                add(sum.row_mut(row), factor, other.row(sample));
            }
        }
        sum
    }

    /// Every entry times a factor.
    #[must_use]
    pub fn scaled(mut self, by: f64) -> Self {
        self.values.iter_mut().for_each(|value| *value *= by);
        self
    }

    /// The difference entry by entry.
    ///
    /// # Panics
    /// When the shapes differ.
    #[must_use]
    #[track_caller]
    pub fn minus(mut self, other: &Self) -> Self {
        assert_eq!((self.rows, self.columns), (other.rows, other.columns), "of one shape");
        self.values.iter_mut().zip(&other.values).for_each(|(value, other)| *value -= other);
        self
    }

    /// Its first columns.
    #[must_use]
    pub fn left(&self, columns: usize) -> Self {
        Self::from_fn(self.rows, columns.min(self.columns), |row, column| self.at(row, column))
    }

    /// The sum of the diagonal.
    pub fn trace(&self) -> f64 {
        (0..self.rows.min(self.columns)).map(|at| self.at(at, at)).sum()
    }

    /// Whether every entry is finite.
    pub fn is_finite(&self) -> bool {
        self.values.iter().all(|value| value.is_finite())
    }
}

/// `sum += factor · row`.
fn add(sum: &mut [f64], factor: f64, row: &[f64]) {
    if factor != 0.0 {
        sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += factor * value);
    }
}

/// The inner product.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    effort::spend(a.len().min(b.len()) as u64);
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
