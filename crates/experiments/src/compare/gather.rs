//! From paths to trials.
//!
//! A path is a run, a folder of runs, or the folder of a sweep. What a run belongs to is read from its manifest: its task
//! is the experiment, its setting the arm. An experiment without arms is one setting, on the task that its config names.
//! Where one arm was run with several configs, each is a setting of its own, told apart by the hash of its config.

use super::{
    CompareError,
    sweep::{PrimaryMetric, SWEEP_FILE, SweepFile, axis_text, failure_of},
    text::plain,
    trial::{State, Trial, reason},
    tuning::TuningFile,
};
use crate::run::{Manifest, RunDirectory, is_half_made};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// All runs of a comparison, with what their sweeps declare.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// The name of what is compared.
    pub name: String,
    /// In the order of the sweep, or by task, label and seed.
    pub trials: Vec<Trial>,
    /// What could not be used, and why.
    pub notes: Vec<String>,
    pub(super) declared: Vec<PrimaryMetric>,
    pub(super) control: Option<String>,
    pub(super) margin: Option<f64>,
    /// The search of a sweep that tunes; the first, where there are several.
    pub(crate) tuning: Option<TuningFile>,
}

impl Gathered {
    /// Everything at these paths; a run that is named twice is there once.
    ///
    /// # Errors
    /// [`CompareError::NothingThere`] for a path without any run; [`CompareError::Sweep`], [`CompareError::Io`].
    pub fn from_paths(paths: &[PathBuf]) -> Result<Self, CompareError> {
        let mut gathered = Self::default();
        let (mut names, mut loose, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        for path in paths {
            if path.join(SWEEP_FILE).is_file() {
                if seen.insert(identity(path)) {
                    gathered.take_sweep(path, &mut names)?;
                }
                continue;
            }
            for run in runs_at(path)? {
                if seen.insert(identity(&run)) {
                    gathered.take_run(&run, &mut loose);
                }
            }
        }
        gathered.trials.extend(labelled(&loose, &mut names));
        gathered.leave_out_repetitions();
        names.dedup();
        gathered.name = names.join(", ");
        Ok(gathered)
    }

    fn take_sweep(&mut self, folder: &Path, names: &mut Vec<String>) -> Result<(), CompareError> {
        let file = SweepFile::read(folder)?;
        self.declared.extend(file.metric);
        self.control = self.control.take().or(file.control);
        self.margin = self.margin.take().or(file.margin);
        if self.tuning.is_none() {
            self.tuning = TuningFile::read(folder)?;
        }
        for trial in file.trials {
            let path = folder.join(&trial.directory);
            let state = of_sweep(&path);
            self.trials.push(Trial {
                task: file.name.clone(),
                label: trial.label,
                axes: trial.setting.iter().map(|(axis, value)| (axis.clone(), axis_text(value))).collect(),
                seed: trial.seed,
                place: trial.directory,
                path,
                state,
            });
        }
        names.push(file.name);
        Ok(())
    }

    fn take_run(&mut self, path: &Path, loose: &mut Vec<Loose>) {
        let opened = RunDirectory::open(path).and_then(|directory| Ok((Manifest::read(&directory)?, directory)));
        match opened {
            Ok((manifest, directory)) => loose.push(Loose { state: State::of(&directory), manifest, directory }),
            Err(error) => self.notes.push(format!("left out: {}: {}", path.display(), reason(&error))),
        }
    }

    /// One seed of a setting counts once.
    fn leave_out_repetitions(&mut self) {
        let mut seen = BTreeSet::new();
        let notes = &mut self.notes;
        self.trials.retain(|trial| {
            let first = seen.insert((trial.task.clone(), trial.label.clone(), trial.seed));
            if !first {
                notes.push(format!(
                    "left out: {}: seed {} of `{}` is there already",
                    trial.place,
                    trial.seed,
                    plain(&trial.label)
                ));
            }
            first
        });
    }
}

/// What became of a trial of a sweep.
fn of_sweep(path: &Path) -> State {
    let state = match RunDirectory::open(path) {
        Ok(directory) => State::of(&directory),
        Err(_) if !path.exists() => State::NotBegun,
        // A trial's directory may be made before its run is.
        Err(_) if !path.join("report.json").exists() => State::Unfinished,
        Err(error) => State::Damaged(reason(&error)),
    };
    match state {
        State::NotBegun | State::Unfinished => failure_of(path).map_or(state, State::Failed),
        other => other,
    }
}

/// Two names of one folder are one.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The runs that a path means.
fn runs_at(path: &Path) -> Result<Vec<PathBuf>, CompareError> {
    let nothing = |found| CompareError::NothingThere { path: path.to_owned(), found };
    if !path.exists() {
        return Err(nothing("it does not exist"));
    }
    if !path.is_dir() {
        return Err(nothing("it is a file"));
    }
    if looks_like_a_run(path) {
        return Ok(vec![path.to_owned()]);
    }
    let entries =
        std::fs::read_dir(path).map_err(|source| CompareError::Io { what: "list", path: path.to_owned(), source })?;
    let whole = |entry: &std::fs::DirEntry| !is_half_made(&entry.file_name().to_string_lossy());
    let mut runs: Vec<PathBuf> =
        entries.flatten().filter(whole).map(|entry| entry.path()).filter(|path| looks_like_a_run(path)).collect();
    runs.sort();
    if runs.is_empty() { Err(nothing("there is no run in it")) } else { Ok(runs) }
}

/// Also one that has lost a file or two.
fn looks_like_a_run(path: &Path) -> bool {
    ["manifest.json", "events.jsonl", "report.json"].iter().any(|name| path.join(name).is_file())
}

/// A run that no sweep names.
struct Loose {
    manifest: Manifest,
    directory: RunDirectory,
    state: State,
}

fn labelled(runs: &[Loose], names: &mut Vec<String>) -> Vec<Trial> {
    let mut hashes: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for Loose { manifest, .. } in runs {
        hashes.entry((&manifest.experiment, &manifest.arm)).or_default().insert(manifest.common());
    }
    let mut trials: Vec<Trial> = runs
        .iter()
        .map(|Loose { manifest, directory, state }| {
            let (task, label) = if manifest.arm.is_empty() {
                (task_of(directory).unwrap_or_else(|| manifest.experiment.clone()), &manifest.experiment)
            } else {
                (manifest.experiment.clone(), &manifest.arm)
            };
            let several = hashes[&(manifest.experiment.as_str(), manifest.arm.as_str())].len() > 1;
            let hash: String = manifest.common().chars().take(8).collect();
            Trial {
                task,
                label: if several { format!("{label} {hash}") } else { label.clone() },
                axes: BTreeMap::new(),
                seed: manifest.seed,
                place: directory.path().display().to_string(),
                path: directory.path().to_owned(),
                state: state.clone(),
            }
        })
        .collect();
    trials.sort_by(|a, b| (&a.task, &a.label, a.seed).cmp(&(&b.task, &b.label, b.seed)));
    let experiments: BTreeSet<&str> = runs.iter().map(|run| run.manifest.experiment.as_str()).collect();
    names.extend(experiments.into_iter().map(str::to_owned));
    trials
}

/// The name of the task in a run's config.
fn task_of(directory: &RunDirectory) -> Option<String> {
    let text = String::from_utf8(directory.read("config.toml").ok()?).ok()?;
    text.parse::<toml::Table>().ok()?.get("task")?.as_table()?.keys().next().cloned()
}
