//! `livenet replay`: the structure of any moment, rebuilt from the journal alone, with its digests checked.

use super::{
    open,
    output::{Output, note},
};
use crate::{Failure, run};
use livenet_core::{Commit, Network};
use serde_json::json;
use std::{ops::ControlFlow, path::PathBuf};

/// Arguments of `replay`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The run's directory
    run: PathBuf,
    /// The structure after this many entries of the journal; without, after all
    #[arg(long, value_name = "N", conflicts_with = "epoch")]
    entry: Option<usize>,
    /// The structure at this epoch: after so many commits that moved rows
    #[arg(long, value_name = "N")]
    epoch: Option<u64>,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let directory = open::directory(&arguments.run)?;
    let journal = run::journal(&directory, &mut |text| note(format_args!("warning: {text}")))?;
    let damaged = |error| run::journal_damage(&directory, &error);
    let all = journal.len();
    let end = journal.verify().map_err(damaged)?;
    let beyond = |what: &str, found: u64, last: u64| {
        Failure::Usage(format!(
            "--{what} {found}: the journal of {} ends with {what} {last}",
            directory.path().display()
        ))
    };
    let entries = match (arguments.entry, arguments.epoch) {
        (Some(entry), _) if entry > all => return Err(beyond("entry", entry as u64, all as u64)),
        (Some(entry), _) => entry,
        (None, Some(epoch)) if epoch > end.epoch().number() => {
            return Err(beyond("epoch", epoch, end.epoch().number()));
        }
        (None, Some(epoch)) => {
            let mut entries = 0;
            let mut visit = |at: usize, _: &Commit, network: &Network| {
                if network.epoch().number() > epoch {
                    return ControlFlow::Break(());
                }
                entries = at + 1;
                ControlFlow::Continue(())
            };
            journal.walk(&mut visit).map_err(damaged)?;
            entries
        }
        (None, None) => all,
    };
    let network = if entries == all { end } else { journal.replay(entries).map_err(damaged)? };
    let (neurons, connections, epoch) = (network.neuron_count(), network.active_count(), network.epoch().number());
    let (silent, digest) = (network.synapse_count() - connections, network.digest().to_string());
    let mut output = Output::new();
    if arguments.json {
        output.json(&json!({
            "entry": entries, "entries": all, "epoch": epoch,
            "neurons": neurons, "connections": connections, "silent": silent, "digest": digest,
        }))?;
    } else {
        output.line(format_args!("entry        {entries} of {all}, epoch {epoch}; every digest of the chain fits"))?;
        output.line(format_args!("neurons      {neurons}"))?;
        output.line(format_args!(
            "connections  {connections}{}",
            if silent == 0 { String::new() } else { format!(" and {silent} silent") }
        ))?;
        output.line(format_args!("digest       {digest}"))?;
    }
    output.finish()
}
