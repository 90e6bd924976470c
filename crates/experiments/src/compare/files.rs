//! The files of a comparison, each whole or not at all.

use super::{
    CompareError,
    comparison::Comparison,
    gather::Gathered,
    question::Question,
    tidy::{self, Times},
};
use crate::pictures::settings;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where the comparison of a sweep lies in its folder.
pub const FOLDER: &str = "comparison";

/// Compares the runs of a sweep by its own metric, control and margin, and writes `comparison/` into its folder:
/// `table.txt`, `table.json`, `runs.csv`, `profile.csv`, plots as SVG and PNG, `report.html`, and `times.csv`.
///
/// The same finished runs give the same bytes in every file but `times.csv`, wherever the sweep lies and however often it
/// was interrupted. Runs that are missing are counted; a sweep without any finished run has nothing to compare.
///
/// # Errors
/// [`CompareError`].
pub fn sweep_directory(folder: &Path) -> Result<(Comparison, Vec<PathBuf>), CompareError> {
    let gathered = Gathered::from_paths(&[folder.to_owned()])?;
    let comparison = Comparison::of(&gathered, &Question::default())?;
    let written = write(&folder.join(FOLDER), &gathered, &comparison)?;
    Ok((comparison, written))
}

/// Writes all files of a comparison into a folder, which is made, and gives their paths. Files that are there are replaced.
///
/// # Errors
/// [`CompareError::Io`], [`CompareError::Plot`]; what was there before is then still whole.
pub fn write(folder: &Path, gathered: &Gathered, comparison: &Comparison) -> Result<Vec<PathBuf>, CompareError> {
    let making = folder.join(format!(".making-{}", std::process::id()));
    fs::create_dir_all(&making).map_err(io("make", &making))?;
    let result = fill(&making, gathered, comparison).and_then(|()| publish(&making, folder));
    // What cannot be removed is in nobody's way.
    let _left = fs::remove_dir_all(&making);
    result
}

fn fill(folder: &Path, gathered: &Gathered, comparison: &Comparison) -> Result<(), CompareError> {
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(io("write", &path))
    };
    put("table.txt", comparison.to_string().as_bytes())?;
    let mut json = serde_json::to_vec_pretty(comparison)
        .map_err(|error| CompareError::Encode { form: "JSON", detail: error.to_string() })?;
    json.push(b'\n');
    put("table.json", &json)?;
    put("runs.csv", &tidy::csv(&tidy::columns(&gathered.trials, Times::Without)))?;
    put("times.csv", &tidy::csv(&tidy::times(&gathered.trials)))?;
    let profiles = comparison.profiles();
    put("profile.csv", &tidy::profiles_csv(&profiles))?;
    let page = settings::draw(folder, gathered, comparison, &profiles)?;
    put("report.html", page.as_bytes())
}

/// Moves every file to its place, in order of name.
fn publish(making: &Path, folder: &Path) -> Result<Vec<PathBuf>, CompareError> {
    let entries = fs::read_dir(making).map_err(io("list", making))?;
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    let mut written = Vec::new();
    for name in names {
        let (from, to) = (making.join(&name), folder.join(&name));
        fs::rename(&from, &to).map_err(io("write", &to))?;
        written.push(to);
    }
    Ok(written)
}

/// Writes one file whole or not at all.
///
/// # Errors
/// [`CompareError::Io`].
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CompareError> {
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".making-{}", std::process::id()));
    let part = PathBuf::from(part);
    let result = fs::write(&part, bytes).and_then(|()| fs::rename(&part, path));
    result.map_err(|source| {
        let _left = fs::remove_file(&part);
        io("write", path)(source)
    })
}

fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> CompareError {
    let path = path.to_owned();
    move |source| CompareError::Io { what, path, source }
}
