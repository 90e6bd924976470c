//! What a plot is, and writing one to a directory.

use std::fs;
use std::path::{Path, PathBuf};

use super::drawing::Drawing;

/// A value that can be drawn. Drawing is pure and cannot fail.
pub trait Plot {
    /// The plot's shapes.
    fn draw(&self) -> Drawing;
}

/// Why a plot could not be painted or written.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The backend of `plotters` refused.
    #[error("the plot could not be painted: {0}")]
    Backend(String),
    /// A file could not be written.
    #[error("the plot {} could not be written: {detail}; is the directory there and writable, and the disk not full?", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
}

/// Writes `stem.svg` and `stem.png` into `directory`, which must exist, and gives both paths.
///
/// # Errors
/// [`PlotError::Write`] where a file cannot be written; [`PlotError::Backend`] where painting fails.
pub fn save(plot: &dyn Plot, directory: &Path, stem: &str) -> Result<(PathBuf, PathBuf), PlotError> {
    let drawing = plot.draw();
    let vector = directory.join(format!("{stem}.svg"));
    let pixels = directory.join(format!("{stem}.png"));
    fs::write(&vector, drawing.svg()?)
        .map_err(|error| PlotError::Write { path: vector.clone(), detail: error.to_string() })?;
    drawing.write_png(&pixels)?;
    Ok((vector, pixels))
}
