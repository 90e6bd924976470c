//! One cycle of a network as tensor operations on any burn backend, with or without autodiff.
//!
//! The executor runs it on plain tensors to go forward and, under autodiff, once more to go back; the
//! [`LiveLayer`](super::LiveLayer) runs it under the autodiff of the user's model. Activity is
//! `[lane][member]` per fire group.

use super::{
    activation::{apply, normalise},
    plan::{Form, Plan, Section},
};
use burn::tensor::{IndexingUpdateOp, Int, Tensor, TensorData, activation::sigmoid, backend::Backend};
use livenet_core::UnitKind;
use std::collections::VecDeque;

/// What a network has learned: a value per connection, then per neuron. Padded to at least one value.
#[derive(Clone, Debug)]
pub(super) struct Parameters<T: Backend> {
    pub weights: Tensor<T, 1>,
    pub bias: Tensor<T, 1>,
    pub decay: Tensor<T, 1>,
    pub gain: Tensor<T, 1>,
}

/// What a group did in one cycle, each `[lane][member]`.
#[derive(Clone, Debug)]
pub(super) struct Fired<T: Backend> {
    /// What others hear, dropout included.
    pub output: Tensor<T, 2>,
    /// What leaky members filtered their potentials to; 0 for the others. `None` if there are none.
    pub state: Option<Tensor<T, 2>>,
    /// What happened inside; `None` for the inputs and for cycles that no derivative reaches.
    pub inside: Option<Inside<T>>,
}

/// The way from what a group's members heard to what they emit.
#[derive(Clone, Debug)]
pub(super) struct Inside<T: Backend> {
    /// The sum over connections.
    pub raw: Tensor<T, 2>,
    /// Normalised, with the bias.
    pub potential: Tensor<T, 2>,
    /// What dropout leaves of the blame.
    pub mask: Option<Tensor<T, 2>>,
}

/// A dropout mask, `[lane][member]`.
pub(super) struct Mask<T: Backend> {
    /// What it leaves of the outputs.
    pub heard: Tensor<T, 2>,
    /// What it leaves of the blame, where that is something else.
    pub blamed: Option<Tensor<T, 2>>,
}

/// One cycle: an entry per fire group, `None` for a group without members.
pub(super) type Cycle<T> = Vec<Option<Fired<T>>>;

/// What enters a cycle from outside.
pub(super) enum Drive<'a, T: Backend> {
    /// Data `[lane][input]` (`None` without inputs), and a dropout mask per group.
    Fresh { input: Option<Tensor<T, 2>>, masks: &'a [Option<Mask<T>>] },
    /// A cycle that was recorded. With `pinned`, because parameters may have changed since, every value
    /// keeps what it was and only the derivatives are those of the parameters as they are.
    Again { recorded: &'a Cycle<T>, pinned: bool },
}

/// Zeros that are added where a derivative is wanted: to `raw` and to the outputs of a group.
#[derive(Clone, Debug)]
pub(super) struct Probes<T: Backend> {
    pub raw: Tensor<T, 2>,
    pub output: Tensor<T, 2>,
}

/// A plan with its parameters in place.
pub(super) struct Wired<'p, T: Backend> {
    plan: &'p Plan,
    indices: &'p [Tensor<T, 1, Int>],
    groups: Vec<Group<T>>,
    lanes: usize,
    device: T::Device,
}

struct Group<T: Backend> {
    blocks: Vec<Weights<T>>,
    bias: Tensor<T, 2>,
    gain: Option<Tensor<T, 2>>,
    /// Per share: how much of the state is kept from cycle to cycle, if its units have one.
    keep: Vec<Option<Tensor<T, 2>>>,
}

enum Weights<T: Backend> {
    /// `[heard][listener]`
    Matrix(Tensor<T, 2>),
    /// `[1][connection]`
    Segments(Tensor<T, 2>),
}

/// Uploads a plan's indices.
pub(super) fn upload<T: Backend>(plan: &Plan, device: &T::Device) -> Vec<Tensor<T, 1, Int>> {
    plan.indices.iter().map(|index| Tensor::from_data(TensorData::new(index.clone(), [index.len()]), device)).collect()
}

/// The value that was recorded, with the derivative of the one made anew.
fn pin<T: Backend>(value: Tensor<T, 2>, recorded: &Tensor<T, 2>) -> Tensor<T, 2> {
    recorded.clone() + (value.clone() - value.detach())
}

impl<'p, T: Backend> Wired<'p, T> {
    /// Puts parameters in place.
    pub(super) fn new(
        plan: &'p Plan,
        indices: &'p [Tensor<T, 1, Int>],
        parameters: &Parameters<T>,
        lanes: usize,
    ) -> Self {
        let device = parameters.bias.device();
        let weights = if plan.silent.is_empty() {
            parameters.weights.clone()
        } else {
            // Nothing arrives over a silent connection, yet its gradient is what it would be. (Detached from
            // a leaf, burn makes another leaf, which nobody asks for its gradient.)
            let silent = Tensor::from_data(TensorData::new(plan.silent.clone(), [plan.silent.len()]), &device);
            parameters.weights.clone() - parameters.weights.clone().detach() * silent
        };
        let groups = plan.sections.iter().map(|section| wire(plan, section, indices, parameters, &weights)).collect();
        Self { plan, indices, groups, lanes, device }
    }

    /// Runs one cycle after those of `before`, of which the last is the previous one. What lies
    /// further back than `before` reaches counts as zero.
    pub(super) fn cycle(
        &self,
        before: &VecDeque<Cycle<T>>,
        drive: &Drive<'_, T>,
        probes: Option<&[Option<Probes<T>>]>,
    ) -> Cycle<T> {
        let mut now: Cycle<T> = Vec::with_capacity(self.groups.len());
        for (at, section) in self.plan.sections.iter().enumerate() {
            let fired = match drive {
                _ if section.len() == 0 => None,
                Drive::Fresh { input, .. } if at == 0 => {
                    input.clone().map(|output| Fired { output, state: None, inside: None })
                }
                Drive::Again { recorded, .. } if at == 0 => recorded[at].clone(),
                _ => Some(self.fire(at, before, &now, drive, probes.and_then(|probes| probes[at].as_ref()))),
            };
            now.push(fired);
        }
        now
    }

    /// The sum over connections, `[lane][member]`.
    fn prime(&self, at: usize, before: &VecDeque<Cycle<T>>, now: &Cycle<T>) -> Tensor<T, 2> {
        let section = &self.plan.sections[at];
        let mut raw: Option<Tensor<T, 2>> = None;
        for (block, weights) in section.blocks.iter().zip(&self.groups[at].blocks) {
            let heard = match block.lag {
                0 => now[block.pre].as_ref(),
                lag => before.len().checked_sub(lag).and_then(|cycle| before[cycle][block.pre].as_ref()),
            };
            let Some(heard) = heard.map(|fired| fired.output.clone()) else { continue };
            raw = Some(match (weights, block.form) {
                (Weights::Matrix(matrix), _) => {
                    let sum = heard.matmul(matrix.clone());
                    raw.map_or(sum.clone(), |raw| raw + sum)
                }
                (Weights::Segments(weights), Form::Segments { pres, posts }) => {
                    let messages = heard.select(1, self.indices[pres].clone()) * weights.clone();
                    let raw = raw.unwrap_or_else(|| self.zeros(section.len()));
                    raw.select_assign(1, self.indices[posts].clone(), messages, IndexingUpdateOp::Add)
                }
                (Weights::Segments(_), Form::Matrix { .. }) => unreachable!("made from the same form"),
            });
        }
        raw.unwrap_or_else(|| self.zeros(section.len()))
    }

    fn fire(
        &self,
        at: usize,
        before: &VecDeque<Cycle<T>>,
        now: &Cycle<T>,
        drive: &Drive<'_, T>,
        probes: Option<&Probes<T>>,
    ) -> Fired<T> {
        let (section, group) = (&self.plan.sections[at], &self.groups[at]);
        let (heard, mask, fixed) = match drive {
            Drive::Fresh { masks, .. } => {
                let mask = masks.get(at).and_then(Option::as_ref);
                let blamed = mask.and_then(|mask| mask.blamed.clone());
                let heard = mask.map(|mask| mask.heard.clone());
                if blamed.is_some() { (heard, blamed, None) } else { (None, heard, None) }
            }
            Drive::Again { recorded, pinned } => {
                let recorded = recorded[at].as_ref();
                (None, recorded.and_then(|fired| fired.inside.as_ref()?.mask.clone()), recorded.filter(|_| *pinned))
            }
        };
        // What was heard under a dropout is not what its blame goes back through.
        let said = match drive {
            Drive::Again { recorded, .. } if mask.is_some() => recorded[at].as_ref(),
            _ => fixed,
        };
        let inside = fixed.and_then(|fired| fired.inside.as_ref());
        let pinned = |value: Tensor<T, 2>, pick: fn(&Inside<T>) -> &Tensor<T, 2>| match inside {
            Some(inside) => pin(value, pick(inside)),
            None => value,
        };
        let mut raw = pinned(self.prime(at, before, now), |inside| &inside.raw);
        if let Some(probes) = probes {
            raw = raw + probes.raw.clone();
        }
        let mut potential = normalise(section.norm, raw.clone());
        if let Some(gain) = &group.gain {
            potential = potential * gain.clone();
        }
        let potential = pinned(potential + group.bias.clone(), |inside| &inside.potential);

        let last = before.back().and_then(|cycle| cycle[at].as_ref()?.state.as_ref());
        let fixed_state = fixed.and_then(|fired| fired.state.as_ref());
        let mut outputs = Vec::with_capacity(section.shares.len());
        let mut states = Vec::with_capacity(section.shares.len());
        for (share, keep) in section.shares.iter().zip(&group.keep) {
            let of_share =
                |whole: Tensor<T, 2>| share.at.map_or(whole.clone(), |at| whole.select(1, self.indices[at].clone()));
            let mut inner = of_share(potential.clone());
            if let Some(keep) = keep {
                inner = inner * keep.clone().neg().add_scalar(1.0);
                if let Some(last) = last {
                    inner = inner + of_share(last.clone()) * keep.clone();
                }
                if let Some(fixed) = fixed_state {
                    inner = pin(inner, &of_share(fixed.clone()));
                }
            }
            if section.has_state() {
                states.push(if keep.is_some() { inner.clone() } else { self.zeros(share.members.len()) });
            }
            outputs.push(apply(share.unit.activation, inner));
        }
        let in_order = |parts: Vec<Tensor<T, 2>>| match section.order {
            Some(order) => Tensor::cat(parts, 1).select(1, self.indices[order].clone()),
            None => parts.into_iter().next().expect("a group with members has a unit"),
        };
        let mut output = in_order(outputs);
        let state = section.has_state().then(|| in_order(states));
        let masked = heard.map(|heard| output.clone() * heard);
        if let Some(mask) = &mask {
            output = output * mask.clone();
        }
        if let Some(said) = masked.as_ref().or(said.map(|said| &said.output)) {
            output = pin(output, said);
        }
        if let Some(probes) = probes {
            output = output + probes.output.clone();
        }
        Fired { output, state, inside: Some(Inside { raw, potential, mask }) }
    }

    fn zeros(&self, members: usize) -> Tensor<T, 2> {
        Tensor::zeros([self.lanes, members], &self.device)
    }
}

fn wire<T: Backend>(
    plan: &Plan,
    section: &Section,
    indices: &[Tensor<T, 1, Int>],
    parameters: &Parameters<T>,
    weights: &Tensor<T, 1>,
) -> Group<T> {
    let of_members = |column: &Tensor<T, 1>| column.clone().slice([section.members.clone()]).unsqueeze_dim::<2>(0);
    if section.len() == 0 || section.shares.is_empty() {
        return Group {
            blocks: Vec::new(),
            bias: parameters.bias.clone().unsqueeze_dim(0),
            gain: None,
            keep: Vec::new(),
        };
    }
    let blocks = section.blocks.iter().map(|block| {
        let values = weights.clone().select(0, indices[block.rows].clone());
        match block.form {
            Form::Matrix { cells } => {
                let heard = plan.sections[block.pre].len();
                let empty = Tensor::<T, 1>::zeros([section.len() * heard], &values.device());
                let flat = empty.select_assign(0, indices[cells].clone(), values, IndexingUpdateOp::Add);
                Weights::Matrix(flat.reshape([section.len(), heard]).transpose())
            }
            Form::Segments { .. } => Weights::Segments(values.unsqueeze_dim(0)),
        }
    });
    let keep = section.shares.iter().map(|share| match share.unit.kind {
        UnitKind::Rate => None,
        UnitKind::Leaky => {
            let keep = sigmoid(of_members(&parameters.decay));
            Some(share.at.map_or(keep.clone(), |at| keep.select(1, indices[at].clone())))
        }
    });
    Group {
        blocks: blocks.collect(),
        bias: of_members(&parameters.bias),
        gain: (section.norm != livenet_core::Norm::None).then(|| of_members(&parameters.gain)),
        keep: keep.collect(),
    }
}
