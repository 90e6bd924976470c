//! One step of a chorus: fire, sweep, update, each as `solo.rs` and `update.rs` do it for one network.

use super::super::parameters::NAMES;
use super::super::update::not_finite;
use super::{Chorus, Fate, Fault, Point, Voice, Way};
use livenet_core::kernel::chorus::{self, Changed};
use livenet_core::kernel::{self, Decay, Elements, LANES, Lanes, Moments, Step};
use livenet_core::{Network, Pass, Role, Row, UpdateRule};
use std::ops::Range;

/// Connections that are updated between two looks at the next ones, so that their gradients stay in the first-level
/// cache.
const AT_ONCE: usize = 96;

/// In which lanes all values are finite: all ones in the exponent are carried into the sign by an addition.
fn finite(rows: &[Lanes]) -> [bool; LANES] {
    let mut carry = [0_u32; LANES];
    for row in rows {
        for (carry, value) in carry.iter_mut().zip(&row.0) {
            *carry |= (value.to_bits() & 0x7f80_0000) + 0x0080_0000;
        }
    }
    carry.map(|carry| carry >> 31 == 0)
}

impl Chorus {
    /// From rest.
    pub(crate) fn reset(&mut self) {
        if !self.blank {
            self.outputs[..self.base].fill(Lanes::ZERO);
            self.blank = true;
        }
        (self.recorded, self.swept) = (false, false);
    }

    fn kernel<'a>(&'a self, voice: &'a Voice<'_>) -> chorus::Chorus<'a> {
        let (network, plan) = (voice.network, &voice.native.plan);
        let inputs = network.inputs().end as usize;
        chorus::Chorus { wires: plan.wires(network), runs: &plan.runs, inputs, outputs: &self.outputs, base: self.base }
    }

    /// One cycle of each member, on its own inputs. Whoever leaves the finite numbers leaves as it was before, to find out
    /// by itself.
    pub(crate) fn fire(&mut self, voices: &[Voice<'_>], values: &[&[f32]]) {
        if std::mem::take(&mut self.recorded) {
            self.outputs.copy_within(self.neurons.., 0);
            self.blank = false;
        }
        (self.recorded, self.swept) = (true, false);
        let mut good = [true; LANES];
        for group in voices[0].native.plan.groups.iter().filter(|group| !group.rows.is_empty()) {
            let rows = group.rows.clone();
            let here = self.base + rows.start..self.base + rows.end;
            if group.role == Role::Input {
                let samples = std::array::from_fn(|lane| values[self.member_of(lane)]);
                kernel::interleave(samples, &mut self.outputs[here.clone()]);
            } else {
                // Lent out, so that the outputs can be read meanwhile.
                let mut potentials = std::mem::take(&mut self.potentials);
                let of = self.kernel(&voices[0]);
                chorus::hear(of, &self.weights, &self.bias, rows.clone(), &mut potentials[rows.clone()]);
                self.potentials = potentials;
                for run in &group.runs {
                    let to = &mut self.outputs[self.base + run.rows.start..self.base + run.rows.end];
                    let potentials = Lanes::flat(&self.potentials[run.rows.clone()]);
                    run.unit.activation.apply_f32(potentials, Lanes::flat_mut(to));
                }
                let potentials = finite(&self.potentials[rows]);
                good.iter_mut().zip(potentials).for_each(|(good, more)| *good &= more);
            }
            good.iter_mut().zip(finite(&self.outputs[here])).for_each(|(good, more)| *good &= more);
        }
        for member in (0..self.fates.len()).filter(|&member| !good[member]) {
            self.lose(member, Point::Fire);
        }
    }

    /// The outputs of a member in that cycle.
    pub(crate) fn outputs(&self, network: &Network, member: usize) -> Vec<f32> {
        let rows = self.base + network.outputs().start as usize..self.base + network.outputs().end as usize;
        self.outputs[rows].iter().map(|row| row[member]).collect()
    }

    /// Blame and update of those who are left, from dL/d output of each: `[member][output]`, empty for the others. Says
    /// whose numbers did not stay finite; they leave as they would be by themselves.
    pub(crate) fn learn(&mut self, voices: &[Voice<'_>], d_outputs: &[Vec<f32>], rules: &[UpdateRule]) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.lambda.fill(Lanes::ZERO);
        let outputs = voices[0].network.outputs().start as usize..voices[0].network.outputs().end as usize;
        for (at, (given, lambda)) in self.given.iter_mut().zip(&mut self.lambda[outputs]).enumerate() {
            let members = self.fates.len();
            let of = |lane: usize| &d_outputs[if lane < members { lane } else { 0 }];
            *given = Lanes(std::array::from_fn(|lane| of(lane).get(at).copied().unwrap_or(0.0)));
            *lambda = *given;
        }
        let rates = match self.way {
            Way::AtOnce => Lanes(std::array::from_fn(|lane| rules[self.member_of(lane)].rate)),
            Way::ByGradients => Lanes::ZERO,
        };
        self.sweep(voices, &rates, &mut faults);
        if self.way == Way::ByGradients {
            self.update(voices, &rules[0], &mut faults);
        }
        self.swept = true;
        self.taken += 1;
        self.passes += 3;
        faults
    }

    fn sweep(&mut self, voices: &[Voice<'_>], rates: &Lanes, faults: &mut Vec<Fault>) {
        for group in voices[0].native.plan.groups.iter().rev() {
            if group.role == Role::Input || group.rows.is_empty() {
                continue;
            }
            for run in &group.runs {
                let rows = run.rows.clone();
                let outputs = Lanes::flat(&self.outputs[self.base + rows.start..self.base + rows.end]);
                let (potentials, out) = (&self.potentials[rows.clone()], &mut self.blame[rows.clone()]);
                run.unit.activation.derivative_f32(Lanes::flat(potentials), outputs, Lanes::flat_mut(out));
                let lambda = Lanes::flat(&self.lambda[rows]);
                Lanes::flat_mut(out).iter_mut().zip(lambda).for_each(|(blame, lambda)| *blame *= lambda);
            }
            let rows = group.rows.clone();
            let good = finite(&self.blame[rows.clone()]);
            for member in self.singing().filter(|&member| !good[member]).collect::<Vec<_>>() {
                let wrong = rows.clone().find(|&row| !self.blame[row][member].is_finite());
                let fault = wrong.map(|row| ("gradient", row, self.blame[row][member]));
                self.fall(voices, member, Point::Sweep, fault, faults);
            }
            self.hush(rows.clone());
            let edges = self.kernel(&voices[0]).wires.edges(&rows);
            let (mut weights, mut lambda) = (std::mem::take(&mut self.weights), std::mem::take(&mut self.lambda));
            let changed = Changed { weights: &mut weights[edges], lambda: &mut lambda };
            let check = chorus::learn(self.kernel(&voices[0]), &self.blame, rows.clone(), rates, changed);
            (self.weights, self.lambda) = (weights, lambda);
            for member in self.singing().filter(|&member| check[member] != 0.0).collect::<Vec<_>>() {
                let fault = rows.clone().find_map(|row| self.wrong_weight(voices, row, member));
                self.fall(voices, member, Point::Sweep, fault, faults);
            }
            if self.way == Way::AtOnce {
                // In a kernel: outside of one a fused multiply-add is a call, a sixth of the step.
                chorus::descend(rates, &self.blame[rows.clone()], &mut self.bias[rows.clone()]);
                let good = finite(&self.bias[rows.clone()]);
                for member in self.singing().filter(|&member| !good[member]).collect::<Vec<_>>() {
                    let wrong = rows.clone().find(|&row| !self.bias[row][member].is_finite());
                    let fault = wrong.map(|row| ("bias", row, self.bias[row][member]));
                    self.fall(voices, member, Point::Sweep, fault, faults);
                }
            }
        }
    }

    /// One step of the optimizer, some listeners' connections at a time.
    fn update(&mut self, voices: &[Voice<'_>], rule: &UpdateRule, faults: &mut Vec<Fault>) {
        let Voice { native, network } = &voices[0];
        let Some(corrections) = native.memory.corrections() else { return };
        let decay: f32 = rule.passes.iter().map(|pass| if let Pass::Decay { by } = pass { *by } else { 0.0 }).sum();
        let decay = if decay == 0.0 { Decay::None } else { Decay::L2(decay) };
        let step = Step { optimizer: rule.optimizer, corrections, rate: rule.rate, decay };
        let (mut good, offsets, mut row) = ([true; LANES], network.offsets(), 0);
        while row < self.neurons {
            let first = row;
            while row < self.neurons && (row == first || (offsets[row + 1] - offsets[first]) as usize <= AT_ONCE) {
                row += 1;
            }
            let edges = offsets[first] as usize..offsets[row] as usize;
            let mut gradients = std::mem::take(&mut self.gradients);
            gradients.resize(edges.len(), Lanes::ZERO);
            chorus::products(self.kernel(&voices[0]), &self.blame, first..row, &mut gradients);
            self.gradients = gradients;
            self.elements(0, edges.clone(), step);
            good.iter_mut().zip(finite(&self.weights[edges])).for_each(|(good, more)| *good &= more);
        }
        self.gradients.clone_from(&self.blame);
        let step = Step { optimizer: rule.optimizer.without_decay(), decay: Decay::None, ..step };
        self.elements(1, 0..self.neurons, step);
        good.iter_mut().zip(finite(&self.bias)).for_each(|(good, more)| *good &= more);
        for member in self.singing().filter(|&member| !good[member]).collect::<Vec<_>>() {
            let bias = |row: usize| Some(("bias", row, self.bias[row][member])).filter(|(.., b)| !b.is_finite());
            let fault = (0..self.neurons).find_map(|row| self.wrong_weight(voices, row, member).or_else(|| bias(row)));
            self.fall(voices, member, Point::Update, fault, faults);
        }
    }

    /// Some weights (0) or biases (1), whose gradients are made.
    fn elements(&mut self, kind: usize, rows: Range<usize>, step: Step<'_>) {
        let values = if kind == 0 { &mut self.weights } else { &mut self.bias };
        let values = Lanes::flat_mut(&mut values[rows.clone()]);
        let elements = Elements { values, gradients: Lanes::flat(&self.gradients), frozen: None };
        let (first, second) = match self.moments.as_mut_slice() {
            [first, second] => (&mut first[kind][rows.clone()], &mut second[kind][rows.clone()]),
            [first] => (&mut first[kind][rows.clone()], Default::default()),
            _ => Default::default(),
        };
        let (first, second) = (Lanes::flat_mut(first), Lanes::flat_mut(second));
        kernel::update(step, elements, Moments { first, second, counts: self.counts[kind].of_rows(rows) });
    }

    fn singing(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.fates.len()).filter(|&member| self.sings(member))
    }

    /// Nobody who left is blamed for anything: so nothing of it moves, nor do the numbers that repeat it.
    fn hush(&mut self, rows: Range<usize>) {
        if self.fates.iter().all(|fate| *fate == Fate::Sings) {
            return;
        }
        let gone: [bool; LANES] = std::array::from_fn(|lane| !self.sings(self.member_of(lane)));
        for blame in &mut self.blame[rows] {
            blame.0.iter_mut().zip(gone).filter(|(_, gone)| *gone).for_each(|(blame, _)| *blame = 0.0);
        }
    }

    fn wrong_weight(&self, voices: &[Voice<'_>], row: usize, member: usize) -> Option<(&'static str, usize, f32)> {
        let heard = voices[member].network.incoming(Row::new(row as u32));
        let weight = self.weights[heard].iter().map(|weight| weight[member]).find(|weight| !weight.is_finite())?;
        Some((NAMES[0], row, weight))
    }

    /// A member leaves with what is wrong: (quantity, row, value).
    fn fall(
        &mut self,
        voices: &[Voice<'_>],
        member: usize,
        at: Point,
        fault: Option<(&'static str, usize, f32)>,
        faults: &mut Vec<Fault>,
    ) {
        if let Some((what, row, value)) = fault {
            self.lose(member, at);
            faults.push((member, not_finite(what, voices[member].network.id(Row::new(row as u32)), 0, value)));
        }
    }
}
