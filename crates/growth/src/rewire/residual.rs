//! Correlation with what is still wrong (Fahlman and Lebiere 1990).
//!
//! Cascade-correlation asks of a candidate how its output correlates with the residual error of each output,
//! and sums the sizes. Here the heard neuron i is asked: with R(o, i) = Σ over lanes and cycles of the blame of output o times
//! what i said, and s(i) the standard deviation of its output, a pair scores |R(o, i)| / s(i) where the listener is the output
//! o itself, and Σ over o of |R(o, i)| / s(i) where it is anybody else: what it hears it can pass on. The first weight leans
//! against the (largest) residual. In a cascade, where the new unit hears everybody before it and speaks to all
//! outputs, that is the paper's sum.

use crate::View;
use crate::effort;
use livenet_core::{Row, Signal};

/// Score and lean of a pair: see the [module](self).
pub(super) fn score(view: &View<'_>, post: u32, pre: u32) -> (f32, f32) {
    let (network, residuals) = (view.network, view.signals.values(Signal::Residual));
    let outputs = network.outputs();
    effort::spend(outputs.len() as u64);
    let of = |output: usize| residuals.get(output * network.neuron_count() + pre as usize).copied().unwrap_or(0.0);
    let spread = view.signals.of(Signal::OutputVariance, Row::new(pre)).max(0.0).sqrt();
    // Who always says the same tells nothing that a bias could not.
    let scale = |size: f32| if spread > 0.0 && size.is_finite() { size / spread } else { 0.0 };
    if outputs.contains(&post) {
        let residual = of((post - outputs.start) as usize);
        return (scale(residual.abs()), -residual);
    }
    let all: Vec<f32> = (0..outputs.len()).map(of).collect();
    let largest = all.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(0.0);
    (scale(all.iter().map(|residual| residual.abs()).sum()), -largest)
}
