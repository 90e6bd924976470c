//! `livenet data`: which data sets there are, bringing them here, and checking them.

use super::output::{Output, note};
use crate::{
    Failure,
    data::{self, Entry, FileStatus, Kind, Places, Status, catalogue},
};
use clap::Subcommand;
use serde_json::json;
use std::io::{IsTerminal as _, Write as _};

/// Arguments of `data`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List the known data sets and whether they are here
    List {
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
    /// Fetch a data set from its publisher and check it
    Fetch {
        /// Its name
        name: String,
    },
    /// Check the files that are here against the published ones
    Verify {
        /// Its name; all that are here without
        name: Option<String>,
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let places = Places::from_environment();
    match &arguments.command {
        Command::List { json } => list(&places, *json),
        Command::Fetch { name } => fetch(&places, catalogue::entry(name)?),
        Command::Verify { name, json } => verify(&places, name.as_deref(), *json),
    }
}

fn is_here(entry: &Entry, places: &Places) -> bool {
    entry.kind == Kind::Embedded || entry.files.iter().all(|file| places.locate(entry, file).is_some())
}

fn list(places: &Places, json: bool) -> Result<(), Failure> {
    let mut output = Output::new();
    if json {
        let all: Vec<_> = data::ALL
            .iter()
            .map(|entry| {
                let (name, summary, source, licence) = (entry.name, entry.summary, entry.source, entry.licence);
                json!({"name": name, "summary": summary, "source": source, "licence": licence, "here": is_here(entry, places)})
            })
            .collect();
        output.json(&all)?;
        return output.finish();
    }
    for entry in data::ALL {
        let here = match (entry.kind, is_here(entry, places)) {
            (Kind::Embedded, _) => "embedded".to_owned(),
            (_, true) => "here".to_owned(),
            (_, false) => format!("not here; `livenet data fetch {}`", entry.name),
        };
        output.line(format_args!("{} ({here})", entry.name))?;
        output.line(format_args!("  {}", entry.summary))?;
        output.line(format_args!("  source: {}; licence: {}", entry.source, entry.licence))?;
    }
    output.finish()
}

fn fetch(places: &Places, entry: &Entry) -> Result<(), Failure> {
    let mut output = Output::new();
    if entry.kind == Kind::Embedded {
        output.line(format_args!("{} is embedded; there is nothing to fetch", entry.name))?;
        return output.finish();
    }
    let folder = places.destination(entry)?;
    let terminal = std::io::stderr().is_terminal();
    let mut told = None;
    let mut progress = |at: data::Progress| {
        let percent = (100 * at.done).checked_div(at.total).unwrap_or(0);
        // On a terminal every percent, else every quarter.
        let mark = (at.file, if terminal { percent } else { percent / 25 });
        if told != Some(mark) {
            told = Some(mark);
            let (start, end) = if terminal { ("\r", if at.done == at.total { "\n" } else { "" }) } else { ("", "\n") };
            let mut stderr = std::io::stderr().lock();
            let _nobody_listens =
                write!(stderr, "{start}{} {percent:3} % of {:.1} MB{end}", at.file, at.total as f64 / 1e6);
            let _nobody_listens = stderr.flush();
        }
    };
    for fetched in data::fetch(entry, &folder, &data::agent(), entry.mirrors, &mut progress)? {
        output.line(format_args!(
            "{} ({})",
            fetched.path.display(),
            if fetched.downloaded { "fetched" } else { "was here" }
        ))?;
    }
    output.finish()
}

fn verify(places: &Places, name: Option<&str>, json: bool) -> Result<(), Failure> {
    let entries: Vec<&Entry> = match name {
        Some(name) => vec![catalogue::entry(name)?],
        None => data::ALL.iter().filter(|entry| is_here(entry, places)).collect(),
    };
    let mut output = Output::new();
    let (mut documents, mut bad) = (Vec::new(), 0usize);
    for entry in entries {
        let states = data::verify(entry, places)?;
        bad += states.iter().filter(|state| state.status != Status::Good).count();
        for FileStatus { file, path, status } in &states {
            let path = path.as_ref().map(|path| path.display().to_string());
            if json {
                documents.push(json!({"data": entry.name, "file": file, "path": path, "good": *status == Status::Good, "status": status.to_string()}));
            } else {
                let at = path
                    .unwrap_or_else(|| if entry.kind == Kind::Embedded { "embedded".into() } else { "nowhere".into() });
                output.line(format_args!("{} {file}: {status} ({at})", entry.name))?;
            }
        }
    }
    if json {
        output.json(&documents)?;
    }
    output.finish()?;
    if bad == 0 {
        return Ok(());
    }
    note("help: `livenet data fetch NAME` brings the published files");
    Err(Failure::Unmet(format!("{bad} files are not as published")))
}
