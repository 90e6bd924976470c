//! Networks as text.

use super::{NotationError, scan::Scan};
use crate::{
    Activation, Birth, Draft, FireGroup, GroupId, Mark, Move, Network, NeuronId, NeuronSpec, Neurons, Norm, Origin,
    Reach, Role, Row, Schedule, Scope, Unit, UnitKind,
};
use std::fmt::Write as _;

/// The unit of neurons that name none.
pub(super) const PLAIN: Unit = Unit::rate(Activation::Linear);

/// The network of a line of notation, with its weights by row. Its schedule is
/// [`Schedule::Grouped`].
///
/// # Errors
/// [`NotationError`] says where the line is wrong and what may stand there.
pub fn parse(text: &str) -> Result<(Network, Vec<f32>), NotationError> {
    let mut scan = Scan::new(text);
    let mut moves: Vec<(usize, Move)> = Vec::new();
    let mut group = 0u16;
    loop {
        if scan.sign('|') {
            group = group.saturating_add(1);
        } else if scan.is_done() || scan.sign(':') {
            break;
        } else {
            neuron(&mut scan, GroupId::new(group), &mut moves)?;
        }
    }
    while !scan.is_done() {
        connection(&mut scan, &mut moves)?;
        if !scan.sign(';') && !scan.is_done() {
            return scan.unexpected("`~delay`, `silent`, `frozen`, or `;` before the next connection");
        }
    }

    let mut network = Network::new(groups(group), Schedule::Grouped)?;
    let mut draft = Draft::new(&network, 0);
    for (position, what) in moves {
        draft.propose(what).map_err(|why| NotationError::Refused { position, why })?;
    }
    let commit = network.commit(draft.finish()).map_err(|why| NotationError::Refused { position: 0, why })?;
    let mut weights = Vec::new();
    commit.carry_weights(&mut weights);
    Ok((network, weights))
}

fn groups(last: u16) -> Vec<FireGroup> {
    let everybody = Reach::groups((0..=last).map(GroupId::new)).with_max_delay(u16::MAX);
    let group = |at: u16| {
        let (name, role) = match at {
            0 => ("input".to_owned(), Role::Input),
            at if at == last => ("output".to_owned(), Role::Output),
            at => (format!("hidden {at}"), Role::Hidden),
        };
        FireGroup { name, role, unit: PLAIN, norm: Norm::None, reach: everybody.clone() }
    };
    (0..=last).map(group).collect()
}

fn neuron(scan: &mut Scan<'_>, group: GroupId, moves: &mut Vec<(usize, Move)>) -> Result<(), NotationError> {
    let position = scan.position();
    let id = scan.neuron()?;
    let about = scan.about()?;
    let spec = NeuronSpec {
        bias: about.bias.unwrap_or_default(),
        listens_to: about.list.map(Into::into),
        ..NeuronSpec::of(group, about.unit.unwrap_or(PLAIN))
    };
    moves.push((position, Move::Add { neuron: id, spec, origin: Origin::Seed }));
    if scan.tight('!') {
        moves.push((position, Move::Mark { at: Scope::Neuron(id), mark: Mark::Frozen }));
    }
    Ok(())
}

fn connection(scan: &mut Scan<'_>, moves: &mut Vec<(usize, Move)>) -> Result<(), NotationError> {
    let position = scan.position();
    let at = scan.synapse()?;
    let birth = Birth::Value(scan.number("a weight")?);
    let delay = scan.delay()?;
    moves.push((position, Move::Connect { at, birth, delay }));
    while let Some(mark) = scan.mark() {
        moves.push((position, Move::Mark { at: Scope::Synapse(at), mark }));
    }
    Ok(())
}

/// A network as a line of notation, by name: equal structures and weights give equal text.
///
/// # Panics
/// When there is not one weight per connection.
#[track_caller]
pub fn write(network: &Network, weights: &[f32]) -> String {
    assert_eq!(weights.len(), network.synapse_count(), "one weight per connection");
    let mut text = String::new();
    for group in network.group_ids() {
        if group.index() > 0 {
            text.push_str(" | ");
        }
        let mut members: Vec<Row<Neurons>> = network.members(group).map(Row::new).collect();
        members.sort_unstable_by_key(|&row| network.id(row));
        let words: Vec<String> = members.into_iter().map(|row| describe(network, row)).collect();
        text.push_str(&words.join(" "));
    }
    let mut connections: Vec<_> = network.synapses().map(|(row, at)| (at, row.index())).collect();
    connections.sort_unstable();
    for (order, (at, row)) in connections.into_iter().enumerate() {
        text.push_str(if order == 0 { " : " } else { "; " });
        let (delay, marks) = (network.delays()[row], network.marks()[row]);
        let _ = write!(text, "{}>{} {}", at.pre.number(), at.post.number(), weights[row]);
        if delay > 0 {
            let _ = write!(text, " ~{delay}");
        }
        text.push_str(if marks.is_silent() { " silent" } else { "" });
        text.push_str(if marks.is_frozen() { " frozen" } else { "" });
    }
    text
}

fn describe(network: &Network, row: Row<Neurons>) -> String {
    let (id, spec) = (network.id(row), network.spec(row));
    let mut text = id.number().to_string();
    if spec.unit != PLAIN {
        let kind = if spec.unit.kind == UnitKind::Leaky { "leaky-" } else { "" };
        let _ = write!(text, ":{kind}{}", spec.unit.activation.name());
    }
    // -0 is written too: it is another structure.
    if spec.bias.to_bits() != 0 {
        let _ = write!(text, "={}", spec.bias);
    }
    if let Some(list) = &spec.listens_to {
        let mut list: Vec<NeuronId> = list.to_vec();
        list.sort_unstable();
        list.dedup();
        let list: Vec<String> = list.into_iter().map(|id| id.number().to_string()).collect();
        let _ = write!(text, "<{}", list.join(","));
    }
    if network.is_frozen(row) {
        text.push('!');
    }
    text
}
