//! What a neuron heard through its dendrites, with how its output bends there, sample by sample.

use crate::effort;
use crate::{View, algebra::Matrix};
use livenet_core::{Neurons, Row};

/// The samples of which a splitting matrix is the sum: S = Σ bend · x xᵀ over cycles and lanes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// The rows of the dendrites that may change: those that contribute and learn.
    pub(crate) dendrites: Vec<usize>,
    /// dL/d output · f'' per sample.
    bends: Vec<f64>,
    /// `[sample][dendrite]`
    said: Vec<f64>,
}

impl Heard {
    /// Of a neuron in the window that the signals are of; without the signals there are no samples. What was said before
    /// the first cycle that is remembered counts as 0, and samples without a bend are left out.
    pub(crate) fn of(view: &View<'_>, row: Row<Neurons>) -> Self {
        let network = view.network;
        let learns = |synapse: &usize| {
            let marks = network.marks()[*synapse];
            !marks.is_silent() && !marks.is_frozen()
        };
        let dendrites: Vec<usize> = network.incoming(row).filter(learns).collect();
        let mut heard = Self { dendrites, ..Self::default() };
        let (Some(outputs), Some(bends)) = (view.signals.outputs(), view.signals.bends()) else { return heard };
        let lagged: Vec<(usize, Row<Neurons>)> = heard
            .dendrites
            .iter()
            .map(|&synapse| (network.lag(row, Row::new(synapse as u32)) as usize, Row::new(network.pres()[synapse])))
            .collect();
        for ago in (0..bends.cycles()).rev() {
            let Some(bent) = bends.back(ago, row) else { continue };
            let said: Vec<Option<&[f32]>> = lagged.iter().map(|&(lag, pre)| outputs.back(ago + lag, pre)).collect();
            for (lane, &bend) in bent.iter().enumerate().take(outputs.lanes()).filter(|(_, bend)| **bend != 0.0) {
                heard.bends.push(f64::from(bend));
                heard.said.extend(said.iter().map(|lanes| lanes.map_or(0.0, |lanes| f64::from(lanes[lane]))));
            }
        }
        heard
    }

    fn samples(&self) -> impl Iterator<Item = (f64, &[f64])> {
        self.bends.iter().copied().zip(self.said.chunks_exact(self.dendrites.len().max(1)))
    }

    /// S, its lower triangle.
    pub(crate) fn matrix(&self) -> Matrix {
        let n = self.dendrites.len();
        let mut matrix = Matrix::zeros(n, n);
        effort::spend((self.bends.len() * (n + n * (n + 1) / 2)) as u64);
        for (bend, x) in self.samples() {
            for at in 0..x.len() {
                let by = bend * x[at];
                matrix.row_mut(at).iter_mut().zip(&x[..=at]).for_each(|(entry, x)| *entry += by * x);
            }
        }
        matrix
    }

    /// `sign` times S v.
    pub(crate) fn times(&self, sign: f64, v: &[f64]) -> Vec<f64> {
        let mut image = vec![0.0; v.len()];
        effort::spend((self.bends.len() * (2 * v.len() + 1)) as u64);
        for (bend, x) in self.samples() {
            let by: f64 = sign * bend * x.iter().zip(v).map(|(x, v)| x * v).sum::<f64>();
            image.iter_mut().zip(x).for_each(|(entry, x)| *entry += by * x);
        }
        image
    }
}
