//! Pictures of a run: its plots and its page.
//!
//! Invariant: a function of the run's events, journal, checkpoints and report alone, so that drawing
//! again gives the same bytes. Each file turns one part of a run into the values of [`crate::plots`].

pub(crate) mod activity;
pub mod comparison;
mod course;
mod lineage;
mod page;
pub mod settings;
mod structure;

use crate::{
    Failure,
    config::Checked,
    plots::{self, Plot},
    report::Illustration,
    run::{self, Checkpoint, Outcome, RunDirectory, RunError},
};
use course::Course;
use livenet_train::Session;
use std::path::PathBuf;
use structure::Moment;

/// Writes `plots/*.svg`, `plots/*.png` and `report.html`, and gives their paths. `session` holds the
/// state that was tested; its network is run on a few validation samples, and is otherwise unchanged.
///
/// # Errors
/// When the run cannot be read or the pictures cannot be written.
pub fn draw(
    directory: &RunDirectory,
    checked: &Checked,
    outcome: &Outcome,
    session: &mut Session,
) -> Result<Vec<PathBuf>, Failure> {
    let folder = directory.file("plots");
    std::fs::create_dir_all(&folder).map_err(|source| RunError::Io { what: "make", path: folder.clone(), source })?;
    let events = run::events(directory, page::LISTED)?;
    let course = Course::of(&events, outcome);
    let start = Moment::of_state(&Checkpoint::read(directory, &Checkpoint::name(0))?.state)?;
    let end = Moment::of_session(session);
    let shape = checked.task().shape();

    let mut gallery = Gallery { folder, paths: Vec::new(), illustrations: Vec::new() };
    gallery.hang(
        "learning",
        &course.learning(checked),
        "Loss and accuracy over the steps of training; the ticks below are changes of structure.",
    )?;
    gallery.hang("size", &course.size_over_time(), "Neurons and active connections over the steps of training.")?;
    gallery.hang("wiring", &structure::wiring(&start, &end, shape.image), "The wiring at the start and at the end.")?;
    gallery.hang("degrees", &structure::degrees(&start, &end), "How many connections arrive at a neuron (inputs left out) and leave it (outputs left out), at the start and at the end.")?;
    gallery.hang("weights", &structure::weights(&start, &end), "The weights of all active connections.")?;
    // A network that diverged says nothing that could be drawn.
    if let Ok(activity) = activity::raster(checked, session, activity::COLUMNS) {
        gallery.hang("activity", &activity, "What each neuron says to the first samples of the validation part.")?;
    }
    let lineage = lineage::tree(&run::journal(directory, &mut |_| {})?, session.steps())
        .map_err(|error| run::journal_damage(directory, &error))?;
    gallery.hang("lineage", &lineage, "Who divided from whom, and who died when.")?;
    if let Some(energy) = course.energy() {
        gallery.hang("energy", &energy, "The books of the energy ledger.")?;
    }
    if let Some([energies, ages]) = course.lives() {
        gallery.hang("energies", &energies, "What each hidden neuron has saved, at each look at the validation part; grey before its birth and after its death.")?;
        gallery.hang("ages", &ages, "How old each hidden neuron is, at the same times.")?;
    }
    let page = page::page(directory, checked, outcome, &events, gallery.illustrations)?;
    directory.write("report.html", page.as_bytes())?;
    gallery.paths.push(directory.file("report.html"));
    Ok(gallery.paths)
}

/// Plots as they are written, one after the other.
struct Gallery {
    folder: PathBuf,
    paths: Vec<PathBuf>,
    illustrations: Vec<Illustration>,
}

impl Gallery {
    fn hang(&mut self, stem: &str, plot: &dyn Plot, caption: &str) -> Result<(), Failure> {
        let (vector, pixels) = plots::save(plot, &self.folder, stem)?;
        self.paths.extend([vector, pixels]);
        self.illustrations.push(Illustration::new(plot, caption)?);
        Ok(())
    }
}
