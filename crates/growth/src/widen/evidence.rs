//! What samples say about a place: what a newborn would hear, and what its listeners are blamed for when they would
//! hear it.
//!
//! A sample is a cycle and a lane, by the newborn's time t:
//!
//! ```text
//! x_j = what j said at t - lag(j, newborn)        filtered as the newborn's unit filters, and a constant for its bias
//! v_l = -n · blame of l at t + lag(newborn, l)    n samples
//! ```
//!
//! Blame is the derivative of the loss, a mean already, by the potential; so v is minus the gradient of the sample's own
//! loss, as in the literature, and for any change of potentials δ at the listeners that depends on t the loss changes by
//!
//! ```text
//! Σ over samples of Σ_l blame_l δ_l = -E[v · δ]
//! ```
//!
//! to first order, along whatever paths, recurrent ones and delayed ones included. Before the first cycle that is remembered
//! everybody counts as silent.

use super::site::{Newborn, Site};
use crate::algebra::{Eigen, Matrix, dot};
use livenet_core::{Network, Neurons, Norm, Row, Samples, Signal, Signals};
use std::collections::BTreeMap;

/// Samples at a place. Rows are samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// `[sample][heard]`, and a last column for the constant.
    pub heard: Matrix,
    /// `[sample][listener]`: v, what would lower the loss.
    pub wanted: Matrix,
    /// The same without what the listeners' existing connections and biases could do by themselves.
    pub residual: Matrix,
}

/// The signals that it is made of, on all lanes.
pub(super) const NEEDS: [Signal; 2] = [Signal::Outputs { lanes: LANES }, Signal::Blames { lanes: LANES }];
const LANES: u32 = 1 << 20;

/// Part of the largest eigenvalue below which a combination of inputs counts as constant nothing.
const FLAT: f64 = 1e-10;

impl Evidence {
    /// What there is, the residual too if it is asked for; `None` if nothing was computed or something is not finite.
    pub fn of(network: &Network, signals: &Signals, site: &Site, residual: Residual) -> Option<Self> {
        let (outputs, blames) = (signals.outputs()?, signals.blames()?);
        let lanes = outputs.lanes().min(blames.lanes());
        let late = site.listeners.iter().map(|&post| site.listens_after(network, post)).max()?;
        let cycles = outputs.cycles().min(blames.cycles() + late);
        if cycles == 0 || lanes == 0 {
            return None;
        }
        let span = Span { cycles, lanes };
        let heard = heard(network, outputs, site, span);
        let listeners: Vec<usize> = site.listeners.iter().map(|&post| site.listens_after(network, post)).collect();
        let mut wanted = Matrix::zeros(span.samples(), listeners.len());
        for (column, (&post, &lag)) in site.listeners.iter().zip(&listeners).enumerate() {
            for ago in lag..cycles {
                let Some(blame) = blames.back(ago - lag, post) else { continue };
                for (lane, &blame) in blame.iter().enumerate().take(lanes) {
                    wanted.row_mut(span.row(ago, lane))[column] = -(span.samples() as f64) * f64::from(blame);
                }
            }
        }
        if !heard.is_finite() || !wanted.is_finite() {
            return None;
        }
        let mut evidence = Self { heard, residual: wanted.clone(), wanted };
        if residual == Residual::Wanted {
            let own = Own { network, outputs, span };
            let own = own.explained(&site.listeners, &listeners, &evidence.wanted);
            evidence.residual = evidence.wanted.clone().minus(&own);
        }
        evidence.residual.is_finite().then_some(evidence)
    }

    /// How many samples.
    pub fn samples(&self) -> usize {
        self.heard.rows()
    }

    /// What a newborn would say in each sample.
    pub fn said(&self, newborn: &Newborn, activation: impl Fn(f64) -> f64) -> Vec<f64> {
        let weights: Vec<f64> = newborn.incoming.iter().copied().chain([newborn.bias]).collect();
        (0..self.samples()).map(|sample| activation(dot(self.heard.row(sample), &weights))).collect()
    }

    /// By how much the loss changes when a newborn says this to listeners with these weights, to first order in
    /// what they hear: the sum over samples of blame times the change of the potential.
    pub fn foretold(&self, said: &[f64], outgoing: &[f64]) -> f64 {
        let heard = |sample: usize| said[sample] * dot(self.wanted.row(sample), outgoing);
        -(0..self.samples()).map(heard).sum::<f64>() / self.samples() as f64
    }
}

/// Whether the residual is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Residual {
    /// It is as much as what is wanted.
    Unasked,
    /// It is computed.
    Wanted,
}

/// The samples by the newborn's time.
#[derive(Clone, Copy)]
struct Span {
    cycles: usize,
    lanes: usize,
}

impl Span {
    fn samples(self) -> usize {
        self.cycles * self.lanes
    }

    /// The oldest cycle comes first.
    fn row(self, ago: usize, lane: usize) -> usize {
        (self.cycles - 1 - ago) * self.lanes + lane
    }
}

fn heard(network: &Network, outputs: &Samples, site: &Site, span: Span) -> Matrix {
    let lags: Vec<usize> = site.heard.iter().map(|&pre| site.heard_after(network, pre)).collect();
    let mut heard = Matrix::zeros(span.samples(), site.heard.len() + 1);
    let decay = site.decay();
    for ago in (0..span.cycles).rev() {
        for (column, (&pre, &lag)) in site.heard.iter().zip(&lags).enumerate() {
            let Some(said) = outputs.back(ago + lag, pre) else { continue };
            for (lane, &said) in said.iter().enumerate().take(span.lanes) {
                heard.row_mut(span.row(ago, lane))[column] = f64::from(said);
            }
        }
        for lane in 0..span.lanes {
            let row = span.row(ago, lane);
            heard.row_mut(row)[site.heard.len()] = 1.0;
            if decay > 0.0 {
                heard.row_mut(row).iter_mut().for_each(|value| *value *= 1.0 - decay);
            }
            if decay > 0.0 && ago + 1 < span.cycles {
                let (before, now) = heard.two_rows_mut(span.row(ago + 1, lane), row);
                now.iter_mut().zip(before).for_each(|(now, before)| *now += decay * *before);
            }
        }
    }
    heard
}

/// What existing connections can do.
struct Own<'a> {
    network: &'a Network,
    outputs: &'a Samples,
    span: Span,
}

impl Own<'_> {
    /// The least-squares fit of what each listener wants by what it hears already, `[sample][listener]`. Listeners that
    /// hear the same share the work; only connections that speak and learn count, and the bias where potentials are
    /// not normalised.
    fn explained(&self, listeners: &[Row<Neurons>], lags: &[usize], wanted: &Matrix) -> Matrix {
        let network = self.network;
        let mut alike = BTreeMap::<_, Vec<usize>>::new();
        for (column, &post) in listeners.iter().enumerate() {
            let learns = |at: &usize| !network.marks()[*at].is_silent() && !network.marks()[*at].is_frozen();
            let learning = network.incoming(post).filter(learns);
            let heard: Vec<(u32, u32)> =
                learning.map(|at| (network.pres()[at], network.lag(post, Row::new(at as u32)))).collect();
            let plain = network.group(network.spec(post).group).norm == Norm::None;
            alike.entry((lags[column], plain, heard)).or_default().push(column);
        }
        let mut explained = Matrix::zeros(wanted.rows(), wanted.columns());
        for ((lag, plain, heard), columns) in alike {
            let inputs = self.inputs(lag, plain, &heard);
            let wanted = Matrix::from_fn(wanted.rows(), columns.len(), |row, at| wanted.at(row, columns[at]));
            let best = Eigen::of(&inputs.outer(&inputs)).pseudo_inverse(FLAT).times(&inputs.outer(&wanted));
            let fit = inputs.times(&best);
            for row in 0..fit.rows() {
                for (at, &column) in columns.iter().enumerate() {
                    explained.row_mut(row)[column] = fit.at(row, at);
                }
            }
        }
        explained
    }

    /// What a listener hears at each sample, by the newborn's time: `lag` cycles later.
    fn inputs(&self, lag: usize, plain: bool, heard: &[(u32, u32)]) -> Matrix {
        let span = self.span;
        let mut inputs = Matrix::zeros(span.samples(), heard.len() + usize::from(plain));
        for ago in lag..span.cycles {
            for (column, &(pre, own)) in heard.iter().enumerate() {
                let said = self.outputs.back(ago - lag + own as usize, Row::<Neurons>::new(pre));
                let Some(said) = said else { continue };
                for (lane, &said) in said.iter().enumerate().take(span.lanes) {
                    inputs.row_mut(span.row(ago, lane))[column] = f64::from(said);
                }
            }
            for lane in 0..if plain { span.lanes } else { 0 } {
                inputs.row_mut(span.row(ago, lane))[heard.len()] = 1.0;
            }
        }
        inputs
    }
}
