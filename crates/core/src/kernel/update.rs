//! Update: one step of an optimizer, element by element.
//!
//! ```text
//! m += (1 - beta1) (g - m);  v += (1 - beta2) (g^2 - v)                       // Adam, for one
//! w -= rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
//! ```
//!
//! Departures. *A step count per element*: a newborn's bias correction is that of its own age. *A table of
//! corrections* by age up to where they round to 1: a power per element would cost more than the rest together.
//! *Sixteen elements together*, which share a table entry when they are of one age, as almost all are. All
//! buffers are read and written once.

use super::dispatch::{Kernel, Target};
use super::{Corrections, Optimizer};
use serde::{Deserialize, Serialize};

/// Weight decay apart from [`Optimizer::AdamW`]'s own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// None.
    #[default]
    None,
    /// Part of the gradient: `g + decay w`.
    L2(f32),
    /// Apart from it: `w -= rate decay w` before the step.
    Decoupled(f32),
}

/// What a step is told.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The rule.
    pub optimizer: Optimizer,
    /// Its corrections, made once.
    pub corrections: &'a Corrections,
    /// The learning rate.
    pub rate: f32,
    /// Weight decay.
    pub decay: Decay,
}

/// Parameters and their gradients.
#[derive(Debug)]
pub struct Elements<'a> {
    /// What moves.
    pub values: &'a mut [f32],
    /// The gradients by it.
    pub gradients: &'a [f32],
    /// Elements that keep value, moments and count; `None` if there are none.
    pub frozen: Option<&'a [bool]>,
}

/// The optimizer's memory of each parameter; a buffer that the rule does not keep is empty.
#[derive(Debug)]
pub struct Moments<'a> {
    /// The first buffer (velocity, mean; the mean square of `RmsProp`).
    pub first: &'a mut [f32],
    /// The second buffer (mean square of Adam).
    pub second: &'a mut [f32],
    /// Steps that each element has taken; may be empty if the rule does not read it.
    pub counts: &'a mut [u32],
}

/// One step, in place. Split among threads; elements are independent, so the bits are the same.
///
/// # Panics
/// If a buffer that the rule keeps differs in length from the values.
#[track_caller]
pub fn update(step: Step<'_>, elements: Elements<'_>, moments: Moments<'_>) {
    update_on(Target::best(), step, elements, moments);
}

/// [`update`] with chosen instructions.
#[track_caller]
pub(super) fn update_on(target: Target, step: Step<'_>, elements: Elements<'_>, moments: Moments<'_>) {
    let (n, slots) = (elements.values.len(), step.optimizer.slots());
    assert_eq!(elements.gradients.len(), n, "one gradient per value");
    assert!(elements.frozen.is_none_or(|frozen| frozen.len() == n), "one frozen mark per value");
    assert_eq!(moments.first.len(), if slots > 0 { n } else { 0 }, "the first moment buffer of {:?}", step.optimizer);
    assert_eq!(moments.second.len(), if slots > 1 { n } else { 0 }, "the second moment buffer of {:?}", step.optimizer);
    let counted = moments.counts.len();
    assert!(counted == n || counted == 0 && !step.optimizer.corrects(), "one step count per value");
    halves(target, step, elements, moments);
}

/// Splits where the slice is long enough, or leaves an empty one empty.
fn split(slice: &mut [f32], at: usize) -> (&mut [f32], &mut [f32]) {
    let at = at.min(slice.len());
    slice.split_at_mut(at)
}

fn halves(target: Target, step: Step<'_>, elements: Elements<'_>, moments: Moments<'_>) {
    let n = elements.values.len();
    // About ten operations an element.
    if n <= super::WORTH_A_THREAD / 10 || rayon::current_num_threads() == 1 {
        return target.run(Update { step, elements, moments });
    }
    let middle = n / 2 / BATCH * BATCH;
    let (values, more_values) = elements.values.split_at_mut(middle);
    let (gradients, more_gradients) = elements.gradients.split_at(middle);
    let (frozen, more_frozen) = elements.frozen.map(|frozen| frozen.split_at(middle)).unzip();
    let (first, more_first) = split(moments.first, middle);
    let (second, more_second) = split(moments.second, middle);
    let counted = middle.min(moments.counts.len());
    let (counts, more_counts) = moments.counts.split_at_mut(counted);
    let one = (Elements { values, gradients, frozen }, Moments { first, second, counts });
    let two = (
        Elements { values: more_values, gradients: more_gradients, frozen: more_frozen },
        Moments { first: more_first, second: more_second, counts: more_counts },
    );
    rayon::join(|| halves(target, step, one.0, one.1), || halves(target, step, two.0, two.1));
}

/// Elements that are stepped together.
const BATCH: usize = 16;

struct Update<'a> {
    step: Step<'a>,
    elements: Elements<'a>,
    moments: Moments<'a>,
}

/// One element: value, gradient (decay included), moments, corrections; the result replaces the first, third
/// and fourth.
#[inline(always)]
fn rule(optimizer: &Optimizer, rate: f32, g: f32, state: [f32; 3], correction: [f32; 2]) -> [f32; 3] {
    let [w, m, v] = state;
    match *optimizer {
        Optimizer::Sgd => [(-rate).mul_add(g, w), m, v],
        Optimizer::Momentum { beta } => {
            let m = beta.mul_add(m, g);
            [(-rate).mul_add(m, w), m, v]
        }
        Optimizer::Nesterov { beta } => {
            let m = beta.mul_add(m, g);
            [(-rate).mul_add(beta.mul_add(m, g), w), m, v]
        }
        Optimizer::RmsProp { alpha, epsilon } => {
            let m = alpha.mul_add(m, (1.0 - alpha) * (g * g));
            [w - rate * (g / (m.sqrt() + epsilon)), m, v]
        }
        Optimizer::Adam { beta1, beta2, epsilon } | Optimizer::AdamW { beta1, beta2, epsilon, .. } => {
            let m = (1.0 - beta1).mul_add(g - m, m);
            let v = beta2.mul_add(v, (1.0 - beta2) * (g * g));
            let root = v.sqrt().mul_add(correction[1], epsilon);
            [w - (rate * correction[0]) * (m / root), m, v]
        }
    }
}

impl Update<'_> {
    /// A batch of elements from `at` on; `N` of them.
    #[inline(always)]
    fn batch<const N: usize>(&mut self, at: usize, optimizer: &Optimizer, l2: f32, keep: f32) {
        let take = |slice: &[f32]| -> [f32; N] {
            slice.get(at..at + N).and_then(|part| part.try_into().ok()).unwrap_or([0.0; N])
        };
        let (w, g) = (take(self.elements.values), take(self.elements.gradients));
        let (m, v) = (take(self.moments.first), take(self.moments.second));
        let frozen: Option<[bool; N]> = self.elements.frozen.and_then(|frozen| frozen[at..at + N].try_into().ok());
        let mut correction = [[1.0; N]; 2];
        if let Some(counts) = self.moments.counts.get_mut(at..at + N) {
            let first = counts[0];
            let mut together = true;
            for (i, count) in counts.iter_mut().enumerate() {
                together &= *count == first;
                *count = count.saturating_add(u32::from(!frozen.is_some_and(|frozen| frozen[i])));
            }
            if together {
                correction = self.step.corrections.of(first.saturating_add(1)).map(|value| [value; N]);
            } else {
                for (i, &count) in counts.iter().enumerate() {
                    [correction[0][i], correction[1][i]] = self.step.corrections.of(count);
                }
            }
        }
        let mut next = [[0.0; N]; 3];
        for i in 0..N {
            let g = l2.mul_add(w[i], g[i]);
            let state = [w[i] * keep, m[i], v[i]];
            [next[0][i], next[1][i], next[2][i]] =
                rule(optimizer, self.step.rate, g, state, [correction[0][i], correction[1][i]]);
        }
        if let Some(frozen) = frozen {
            for i in 0..N {
                for (next, old) in next.iter_mut().zip([&w, &m, &v]) {
                    next[i] = if frozen[i] { old[i] } else { next[i] };
                }
            }
        }
        for (slice, next) in [&mut *self.elements.values, self.moments.first, self.moments.second].into_iter().zip(next) {
            if let Some(part) = slice.get_mut(at..at + N) {
                part.copy_from_slice(&next);
            }
        }
    }

    #[inline(always)]
    fn all(&mut self, optimizer: &Optimizer, l2: f32, keep: f32) {
        let n = self.elements.values.len();
        let whole = n / BATCH * BATCH;
        for at in (0..whole).step_by(BATCH) {
            self.batch::<BATCH>(at, optimizer, l2, keep);
        }
        for at in whole..n {
            self.batch::<1>(at, optimizer, l2, keep);
        }
    }
}

impl Kernel for Update<'_> {
    type Output = ();
    #[inline(always)]
    fn run(mut self) {
        let (l2, decoupled) = match self.step.decay {
            Decay::None => (0.0, 0.0),
            Decay::L2(decay) => (decay, 0.0),
            Decay::Decoupled(decay) => (0.0, decay),
        };
        let rate = self.step.rate;
        // Each arm is a loop of its own, with the rule's branch outside.
        match self.step.optimizer {
            Optimizer::Sgd => self.all(&Optimizer::Sgd, l2, 1.0 - rate * decoupled),
            Optimizer::Momentum { beta } => self.all(&Optimizer::Momentum { beta }, l2, 1.0 - rate * decoupled),
            Optimizer::Nesterov { beta } => self.all(&Optimizer::Nesterov { beta }, l2, 1.0 - rate * decoupled),
            Optimizer::RmsProp { alpha, epsilon } => {
                self.all(&Optimizer::RmsProp { alpha, epsilon }, l2, 1.0 - rate * decoupled);
            }
            Optimizer::Adam { beta1, beta2, epsilon } => {
                self.all(&Optimizer::Adam { beta1, beta2, epsilon }, l2, 1.0 - rate * decoupled);
            }
            Optimizer::AdamW { beta1, beta2, epsilon, decay } => {
                let keep = (1.0 - rate * decoupled) * (1.0 - rate * decay);
                self.all(&Optimizer::Adam { beta1, beta2, epsilon }, l2, keep);
            }
        }
    }
}
