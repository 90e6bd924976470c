//! `livenet show`: how a run ended, or its network at one moment.

use super::{
    open::{self, Opened},
    output::Output,
};
use crate::{
    Failure, Registry,
    run::{Checkpoint, Ending, Outcome, RunDirectory},
};
use livenet_core::{GroupId, NeuronId, Origin, Role, Schedule, Unit, UnitKind};
use livenet_train::Session;
use serde::Serialize;
use std::path::PathBuf;

/// Arguments of `show`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The run's directory
    run: PathBuf,
    /// The network as it was after this many updates
    #[arg(long, value_name = "STEP")]
    at: Option<u64>,
    /// One JSON document: the report, or with --at the network
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    let mut output = Output::new();
    if let Some(step) = arguments.at {
        let mut session = Opened::new(&arguments.run, registry)?.at(step, registry)?;
        let picture = NetworkPicture::of(&mut session);
        if arguments.json {
            output.json(&picture)?;
        } else {
            picture.print(&mut output)?;
        }
        return output.finish();
    }
    let directory = open::directory(&arguments.run)?;
    let outcome = directory.outcome()?.ok_or_else(|| unfinished(&directory))?;
    if arguments.json {
        // As it was written, so that nothing that a later version adds is lost on the way.
        output.bytes(&directory.read("report.json")?)?;
        output.line("")?;
    } else {
        print(&mut output, &directory, &outcome)?;
    }
    output.finish()
}

fn unfinished(directory: &RunDirectory) -> Failure {
    let step = Checkpoint::latest(directory, &mut |_| {}).ok().flatten().map_or(0, |checkpoint| checkpoint.state.step);
    let path = directory.path().display();
    Failure::Unmet(format!(
        "{path} is not complete: its last checkpoint is of step {step}\n  help: go on with `livenet run FILE.toml --resume`; `livenet show {path} --at {step}` shows the network"
    ))
}

fn print(output: &mut Output, directory: &RunDirectory, outcome: &Outcome) -> Result<(), Failure> {
    let arm = if outcome.arm.is_empty() { String::new() } else { format!(", arm {}", outcome.arm) };
    output.line(format_args!("{}{arm}, seed {}", outcome.experiment, outcome.seed))?;
    output.line(format_args!("  ending             {}", in_words(&outcome.ending)))?;
    for (name, value) in &outcome.metrics {
        output.line(format_args!("  {name:<17}  {value}"))?;
    }
    output.line(format_args!("  neurons            {}", outcome.neurons))?;
    output.line(format_args!("  connections        {} (dense: {})", outcome.connections, outcome.dense_connections))?;
    output.line(format_args!("  operations         {:.3e} multiply-adds", outcome.operations as f64))?;
    output.line(format_args!("  seconds            {:.1}", outcome.seconds))?;
    output.line(format_args!("  page               {}", directory.file("report.html").display()))
}

/// How a run ended, for people.
pub(super) fn in_words(ending: &Ending) -> String {
    match ending {
        Ending::Finished { steps } => format!("all {steps} updates were done"),
        Ending::Patience { looks, best } => {
            format!("{looks} looks at the validation part without a loss below {best:.4}")
        }
        Ending::Diverged { step, what } => format!("diverged in step {step}: {what}"),
    }
}

/// A network with its weights, as scripts read it.
#[derive(Serialize)]
struct NetworkPicture {
    step: u64,
    schedule: Schedule,
    groups: Vec<String>,
    neurons: Vec<Neuron>,
    connections: Vec<Connection>,
}

#[derive(Serialize)]
struct Neuron {
    id: NeuronId,
    role: Role,
    group: String,
    unit: String,
    bias: f32,
    born: u64,
    origin: Origin,
}

#[derive(Serialize)]
struct Connection {
    post: NeuronId,
    pre: NeuronId,
    weight: f32,
    delay: u16,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    silent: bool,
}

/// A unit as configs name it.
fn unit(unit: Unit) -> String {
    let leaky = if unit.kind == UnitKind::Leaky { "leaky-" } else { "" };
    format!("{leaky}{}", unit.activation.name())
}

impl NetworkPicture {
    fn of(session: &mut Session) -> Self {
        let network = session.network();
        let values = session.executor().export(network);
        let name = |group: GroupId| network.group(group).name.clone();
        let neurons = network.neuron_rows().map(|row| Neuron {
            id: network.id(row),
            role: network.role(row),
            group: name(network.spec(row).group),
            unit: unit(network.spec(row).unit),
            bias: values.bias[row.index()],
            born: network.born(row),
            origin: network.origin(row),
        });
        let connections = network.synapses().map(|(row, at)| Connection {
            post: at.post,
            pre: at.pre,
            weight: values.weights[row.index()],
            delay: network.delays()[row.index()],
            silent: network.marks()[row.index()].is_silent(),
        });
        Self {
            step: session.steps(),
            schedule: network.schedule(),
            groups: network.groups().iter().map(|group| group.name.clone()).collect(),
            neurons: neurons.collect(),
            connections: connections.collect(),
        }
    }

    fn print(&self, output: &mut Output) -> Result<(), Failure> {
        let (neurons, connections) = (self.neurons.len(), self.connections.len());
        output.line(format_args!(
            "step {}: {neurons} neurons, {connections} connections, schedule {:?}",
            self.step, self.schedule
        ))?;
        for group in &self.groups {
            let members: Vec<&Neuron> = self.neurons.iter().filter(|neuron| neuron.group == *group).collect();
            output.line(format_args!("{group}: {} neurons", members.len()))?;
            for neuron in members.iter().filter(|neuron| neuron.role != Role::Input) {
                output.line(format_args!(
                    "  {} {} bias {:?} born {} ({:?})",
                    neuron.id, neuron.unit, neuron.bias, neuron.born, neuron.origin
                ))?;
                let own = self.connections.iter().filter(|connection| connection.post == neuron.id);
                for Connection { pre, weight, delay, silent, .. } in own {
                    let delay = if *delay == 0 { String::new() } else { format!(" ~{delay}") };
                    output.line(format_args!("    {pre} {weight:?}{delay}{}", if *silent { " silent" } else { "" }))?;
                }
            }
        }
        Ok(())
    }
}
