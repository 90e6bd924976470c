//! The wiring that another run found: its structure at its end, by place, from which this run begins.
//!
//! Neurons are taken by fire group and place, connections by the places of their ends, so that nothing depends on the names
//! that they had. Its digest goes into the hash of the config, since it decides the result and the path does not. How it is
//! written in a file says [`RunWiring`].

use super::{
    checked::Birthright,
    document::Document,
    error::ConfigError,
    start::{RunWiring, WeightsName},
};
use crate::{
    run::{Checkpoint, RunDirectory, RunError},
    task::Shape,
};
use livenet_core::{
    Birth, Digest, Draft, EditError, Exported, FireGroup, GroupId, Move, Network, NeuronId, NeuronSpec, Norm, Origin,
    Role, Row, Schedule, StreamKey, Synapse, Unit, UnitKind,
};
use livenet_growth::Scale;
use serde::Serialize;
use std::path::{Path, PathBuf};

const KEY: &str = "network.wiring";
const MEND: &str = "give the directory of a complete run, runs/NAME/HASH-s1, from the folder of the experiment file";

/// See the [module](self).
#[derive(Clone, Debug)]
pub struct Found {
    /// By fire group and place.
    neurons: Vec<Neuron>,
    /// The active connections, by listener and heard.
    connections: Vec<Connection>,
    /// Present where weights are kept.
    kept: Option<Kept>,
    digest: Digest,
}

#[derive(Clone, Debug, Serialize)]
struct Neuron {
    group: GroupId,
    unit: Unit,
    position: [f32; 2],
    /// The places of those on its own list.
    listens_to: Option<Vec<u32>>,
}

/// A connection by the places of its ends.
#[derive(Clone, Copy, Debug, Serialize)]
struct Connection {
    post: u32,
    pre: u32,
    delay: u16,
}

/// What that run learned, a value per connection or neuron.
#[derive(Clone, Debug, Serialize)]
struct Kept {
    weights: Vec<f32>,
    bias: Vec<f32>,
    decay: Vec<f32>,
}

impl Found {
    /// Reads what `wanted` means for a seed, and holds it against the groups here and the task.
    ///
    /// # Errors
    /// [`ConfigError`] when there is no complete run, it is damaged, or its groups are others.
    pub(super) fn read(
        document: &Document,
        wanted: &RunWiring,
        seed: u64,
        groups: &[FireGroup],
        shape: &Shape,
    ) -> Result<Self, ConfigError> {
        let path = wanted.directory_for(seed, document.folder());
        let (network, state) = end_of(&path).map_err(|fault| {
            let (message, help) = words(&path, &fault);
            document.fault(KEY, message, help)
        })?;
        let at = path.display();
        check_groups(document, &path, (&network, groups))?;
        let (inputs, outputs) = (network.inputs().len(), network.outputs().len());
        if (inputs, outputs) != (shape.inputs, shape.outputs) {
            let message = format!(
                "the run at {at} has {inputs} inputs and {outputs} outputs; the task has {} and {}",
                shape.inputs, shape.outputs
            );
            return Err(document.fault(KEY, message, "give a run of this task, or of one as large".to_owned()));
        }
        let kept = match wanted.weights {
            WeightsName::Drawn => None,
            WeightsName::Kept => Some(keep(&network, &state).map_err(|what| {
                let help = "leave `weights` out, and they are drawn anew".to_owned();
                document.fault(KEY, format!("the weights of the run at {at} cannot be kept: {what}"), help)
            })?),
        };
        let found = Self::of(&network, kept);
        match &wanted.digest {
            Some(written) if *written != found.digest.to_string() => {
                let message = format!("the wiring at {at} has the digest {}, and {written} is asked for", found.digest);
                let help = "restore that run, or leave `digest` out to begin with what is there now".to_owned();
                Err(document.fault(KEY, message, help))
            }
            _ => Ok(found),
        }
    }

    fn of(network: &Network, kept: Option<Kept>) -> Self {
        let place = |id: &NeuronId| network.row(*id).map(Row::get);
        let neurons: Vec<Neuron> = network
            .neuron_rows()
            .map(|row| {
                let spec = network.spec(row);
                let listens_to = spec.listens_to.as_ref().map(|list| {
                    let mut places: Vec<u32> = list.iter().filter_map(place).collect();
                    places.sort_unstable();
                    places.dedup();
                    places
                });
                Neuron { group: spec.group, unit: spec.unit, position: spec.position, listens_to }
            })
            .collect();
        let connections: Vec<Connection> = active(network).map(|(_, connection)| connection).collect();
        let bytes = postcard::to_stdvec(&("livenet wiring 1", &neurons, &connections, &kept));
        let digest = Digest::of(&bytes.expect("plain data in memory always serialises"));
        Self { neurons, connections, kept, digest }
    }

    /// The digest of all that is taken over.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How many neurons a group begins with.
    pub fn neurons_of(&self, group: GroupId) -> u32 {
        self.neurons.iter().filter(|neuron| neuron.group == group).count() as u32
    }

    /// Proposes the births of all neurons in a network that has none.
    ///
    /// # Errors
    /// [`EditError`] when the network has other groups than those this was read for.
    pub(crate) fn bear(&self, draft: &mut Draft<'_>, birthrights: &[Birthright]) -> Result<(), EditError> {
        let names: Vec<NeuronId> = self.neurons.iter().map(|_| draft.name()).collect();
        for (at, (neuron, &name)) in self.neurons.iter().zip(&names).enumerate() {
            let birthright = &birthrights[neuron.group.index()];
            let (bias, decay) = match &self.kept {
                Some(kept) => (kept.bias[at], kept.decay[at]),
                None => (birthright.bias, birthright.decay),
            };
            let listens_to = neuron.listens_to.as_ref().map(|list| list.iter().map(|&at| names[at as usize]).collect());
            let (group, unit, position) = (neuron.group, neuron.unit, neuron.position);
            let spec = NeuronSpec { group, unit, bias, decay, position, listens_to };
            draft.propose(Move::Add { neuron: name, spec, origin: Origin::Seed })?;
        }
        Ok(())
    }

    /// Proposes the connections among them, once they are born: with weights of this scale, or those kept.
    ///
    /// # Errors
    /// [`EditError`] when one is out of reach.
    pub(crate) fn wire(&self, draft: &mut Draft<'_>, key: StreamKey, scale: Scale) -> Result<(), EditError> {
        let network = draft.network();
        let id = |place| network.id(Row::new(place));
        let at = |connection: &Connection| (Synapse::new(id(connection.post), id(connection.pre)), connection.delay);
        let Some(kept) = &self.kept else {
            let wired: Vec<(Synapse, u16)> = self.connections.iter().map(at).collect();
            return scale.connect(draft, &wired, key);
        };
        for (connection, &weight) in self.connections.iter().zip(&kept.weights) {
            let (at, delay) = at(connection);
            draft.propose(Move::Connect { at, birth: Birth::Value(weight), delay })?;
        }
        Ok(())
    }

    /// Refuses connections that the reach of the groups here does not allow.
    pub(super) fn check_reach(
        &self,
        document: &Document,
        (groups, birthrights): (&[FireGroup], &[Birthright]),
        schedule: Schedule,
    ) -> Result<(), ConfigError> {
        let fault = |error: &dyn std::error::Error| document.fault(KEY, error.to_string(), None);
        let mut network = Network::new(groups.to_vec(), schedule).map_err(|error| fault(&error))?;
        let mut draft = Draft::new(&network, 0);
        self.bear(&mut draft, birthrights).map_err(|error| fault(&error))?;
        let born = draft.finish();
        network.commit(born).map_err(|error| fault(&error))?;
        let (mut beyond, mut first) = (0, None);
        for &connection in &self.connections {
            let Connection { post, pre, delay } = connection;
            if !network.may_listen(Row::new(post), Row::new(pre), delay) {
                beyond += 1;
                first.get_or_insert(connection);
            }
        }
        let Some(Connection { post, pre, delay }) = first else { return Ok(()) };
        let name = |place: u32| {
            let group = self.neurons[place as usize].group;
            let number = place - network.members(group).start;
            format!("number {number} of `{}`", groups[group.index()].name)
        };
        let listener = self.neurons[post as usize].group;
        let message = format!(
            "{beyond} of the {} connections of that run are out of reach here, the first from {} to {} with a delay of {delay}",
            self.connections.len(),
            name(pre),
            name(post)
        );
        let help = format!("give `{}` the reach that it has in that run", groups[listener.index()].name);
        Err(document.fault(&key_of(groups, listener, "reach"), message, help))
    }
}

/// The active connections of a network with their rows, by listener and heard.
fn active(network: &Network) -> impl Iterator<Item = (usize, Connection)> + '_ {
    let rows = network.delays().iter().zip(network.marks().iter()).enumerate();
    rows.filter(|(_, (_, marks))| !marks.is_silent()).map(|(at, (&delay, _))| {
        let post = network.post_of(Row::new(at as u32)).get();
        (at, Connection { post, pre: network.pres()[at], delay })
    })
}

/// What can be kept of what was learned.
fn keep(network: &Network, state: &Exported) -> Result<Kept, String> {
    for row in network.neuron_rows() {
        let group = network.group(network.spec(row).group);
        let gain = state.gain[row.index()];
        #[expect(clippy::float_cmp, reason = "a gain that was never learned is exactly 1")]
        if group.norm != Norm::None && gain != 1.0 {
            return Err(format!(
                "`{}` is normalised, with a gain of {gain} that no neuron can be born with",
                group.name
            ));
        }
    }
    let weights: Vec<f32> = active(network).map(|(row, _)| state.weights[row]).collect();
    // Kept before the logistic function; of a unit that is not leaky it says nothing.
    let decay = |&rho: &f32| (1.0 / (1.0 + (-f64::from(rho)).exp())) as f32;
    let decay: Vec<f32> =
        state.decay.iter().map(decay).map(|decay| decay.clamp(f32::MIN_POSITIVE, 1.0f32.next_down())).collect();
    let bias = state.bias.clone();
    match weights.iter().chain(&bias).chain(&decay).find(|value| !value.is_finite()) {
        Some(value) => Err(format!("one of them is {value}")),
        None => Ok(Kept { weights, bias, decay }),
    }
}

/// What is not there, or not whole.
enum Absent {
    Directory,
    Run(RunError),
    Structure(PathBuf, String),
}

/// The structure and the values at the end of the run in this directory.
fn end_of(path: &Path) -> Result<(Network, Exported), Absent> {
    if !path.is_dir() {
        return Err(Absent::Directory);
    }
    let directory = RunDirectory::open(path).map_err(Absent::Run)?;
    if directory.outcome().map_err(Absent::Run)?.is_none() {
        return Err(Absent::Run(RunError::Incomplete { path: path.to_owned() }));
    }
    let state = Checkpoint::read(&directory, Checkpoint::FINAL).map_err(Absent::Run)?.state;
    let damaged =
        |error: &dyn std::error::Error| Absent::Structure(directory.file(Checkpoint::FINAL), error.to_string());
    let network = state.network.restore().map_err(|error| damaged(&error))?;
    state.executor.check(&network).map_err(|error| damaged(&error))?;
    Ok((network, state.executor))
}

/// The message and the mend.
fn words(path: &Path, fault: &Absent) -> (String, Option<String>) {
    // Completing that run again would find its report, and do nothing.
    let anew = Some("restore it from a copy, or remove that run's directory and make it anew".to_owned());
    let damaged = |path: &Path, what: &str| format!("{} is damaged: {what}", path.display());
    match fault {
        Absent::Directory => {
            (format!("the wiring is that of the run at {}, which is not there", path.display()), Some(MEND.to_owned()))
        }
        Absent::Run(RunError::Damaged { path, what, .. }) | Absent::Structure(path, what) => {
            (damaged(path, what), anew)
        }
        Absent::Run(error @ RunError::Io { .. }) => (error.to_string(), anew),
        Absent::Run(error @ RunError::NotARun { .. }) => (error.to_string(), Some(MEND.to_owned())),
        Absent::Run(error) => (error.to_string(), None),
    }
}

/// The key of something that is said of a group.
fn key_of(groups: &[FireGroup], group: GroupId, what: &str) -> String {
    match groups[group.index()].role {
        Role::Hidden => format!("network.group.{}.{what}", group.index() - 1),
        Role::Input | Role::Output => format!("network.output.{what}"),
    }
}

/// Refuses a run of other groups, or of the same with other units.
fn check_groups(
    document: &Document,
    path: &Path,
    (network, groups): (&Network, &[FireGroup]),
) -> Result<(), ConfigError> {
    let (at, theirs) = (path.display(), network.groups());
    let list = |groups: &[FireGroup]| {
        let names: Vec<String> = groups.iter().map(|group| format!("`{}`", group.name)).collect();
        names.join(", ")
    };
    let same = |(one, other): (&FireGroup, &FireGroup)| one.name == other.name && one.role == other.role;
    if theirs.len() != groups.len() || !theirs.iter().zip(groups).all(same) {
        let message = format!(
            "the wiring is that of the run at {at}, whose groups are {}; here they are {}",
            list(theirs),
            list(groups)
        );
        let help = "give this network the groups of that run, by name and in their order".to_owned();
        return Err(document.fault("network.group", message, help));
    }
    let written = |unit: Unit| {
        let leaky = if unit.kind == UnitKind::Leaky { "leaky-" } else { "" };
        format!("{leaky}{}", unit.activation.name())
    };
    for (number, (one, other)) in theirs.iter().zip(groups).enumerate() {
        if one.unit != other.unit {
            let (theirs, ours) = (written(one.unit), written(other.unit));
            let message = format!("`{}` is {ours} here and {theirs} in the run at {at}", one.name);
            let key = key_of(groups, GroupId::new(number as u16), "unit");
            return Err(document.fault(&key, message, format!("write unit = \"{theirs}\"")));
        }
    }
    Ok(())
}
