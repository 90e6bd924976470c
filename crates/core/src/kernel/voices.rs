//! One sample heard by speaker: who says nothing costs nothing.
//!
//! ```text
//! for (s, y) in what was said: for l in listeners: potential[l] += weight[s][l] * y        // hear
//!                                                   weight[s][l] -= rate * blame[l] * y     // learn
//! ```
//!
//! Departures. *Panels*: the weights of 64 listeners lie together, speaker by speaker, so that their sums stay in registers and
//! a speaker is a few cache lines. *Classes*: the sums are those of [`solo`](super::solo) to the bit, so that weights may lie
//! either way at any time: every 64th speaker adds up in one chain, and the chains meet in the same tree. What is zero
//! would change no sum but the sign of a zero, and no zero that is heard keeps its sign; nor does it move a weight.

#[cfg(test)]
mod tests;

use super::dispatch::{Kernel, Target, Wide};
use super::solo::WORTH_A_THREAD;
use super::{LANES, Lanes};
use std::ops::Range;

/// Rows of lanes that a panel is wide at most.
const ACROSS: usize = 4;
/// Chains of a sum in [`solo`](super::solo): four of sixteen lanes.
const CHAINS: usize = 4 * LANES;

/// What was said, and by whom: the values that are not zero.
#[derive(Clone, Debug, Default)]
pub struct Voices {
    speakers: usize,
    /// By whom, and with room for a row of lanes behind; what; and how many.
    by: Vec<u32>,
    said: Vec<f32>,
    count: usize,
    /// How many of them belong to a chain; the others come after all chains.
    chained: usize,
}

struct Listen<'a> {
    voices: &'a mut Voices,
    outputs: &'a [f32],
}

impl Kernel for Listen<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let Voices { by, said, count, chained, .. } = self.voices;
        let (chunks, rest) = self.outputs.as_chunks::<LANES>();
        *count = 0;
        for (at, chunk) in chunks.iter().enumerate() {
            let to = (by[*count..].first_chunk_mut(), said[*count..].first_chunk_mut());
            if let (Some(by), Some(said)) = to {
                *count += W::keep(chunk, W::load_from(chunk).at_least(1), (at * LANES) as u32, (by, said));
            }
        }
        *chained = *count;
        for (at, &output) in (chunks.len() * LANES..).zip(rest) {
            (by[*count], said[*count]) = (at as u32, output);
            *count += usize::from(output != 0.0);
        }
    }
}

struct Zeros<'a>(&'a [f32]);

impl Kernel for Zeros<'_> {
    type Output = f32;
    #[inline(always)]
    fn run<W: Wide>(self) -> f32 {
        let (chunks, rest) = self.0.as_chunks::<LANES>();
        let (mut counts, zero, one) = (W::splat(0.0), W::splat(0.0), W::splat(1.0));
        for chunk in chunks {
            counts = counts.plus(zero.unless_zero(W::load_from(chunk), one));
        }
        rest.iter().fold(counts.tree(), |count, &value| count + if value == 0.0 { 1.0 } else { 0.0 })
    }
}

/// Whether more than half of these are zero.
pub fn mostly_zero(values: &[f32]) -> bool {
    2.0 * Target::best().run(Zeros(values)) > values.len() as f32
}

impl Voices {
    /// Takes the outputs of consecutive speakers.
    pub fn listen(&mut self, outputs: &[f32]) {
        self.speakers = outputs.len();
        self.by.resize(outputs.len() + LANES, 0);
        self.said.resize(outputs.len() + LANES, 0.0);
        Target::best().run(Listen { voices: self, outputs });
    }

    /// How many say something.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Some of them: by whom, and what.
    #[inline(always)]
    fn some(&self, range: Range<usize>) -> (&[u32], &[f32]) {
        (&self.by[range.clone()], &self.said[range])
    }
}

/// Where the weights of some listeners lie, each of whom hears the same speakers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panels {
    /// How many listen.
    pub listeners: usize,
    /// How many are heard.
    pub speakers: usize,
}

impl Panels {
    const WIDTH: usize = ACROSS * LANES;

    /// Floats to hold them, padding included.
    pub const fn len(self) -> usize {
        self.speakers * self.listeners.next_multiple_of(LANES)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Where the weight of a listener for a speaker lies.
    pub const fn place(self, listener: usize, speaker: usize) -> usize {
        let first = listener / Self::WIDTH * Self::WIDTH;
        let rest = (self.listeners - first).next_multiple_of(LANES);
        let width = if rest < Self::WIDTH { rest } else { Self::WIDTH };
        first * self.speakers + speaker * width + (listener - first)
    }

    /// Brings weights from the order by listener into panels; padding becomes 0.
    ///
    /// # Panics
    /// If the lengths disagree.
    #[track_caller]
    pub fn turn(self, by_listener: &[f32], panels: &mut Vec<f32>) {
        assert_eq!(by_listener.len(), self.listeners * self.speakers, "a weight for each pair");
        panels.clear();
        panels.resize(self.len(), 0.0);
        self.each_tile(|listener, speaker, place| panels[place] = by_listener[listener * self.speakers + speaker]);
    }

    /// The way back.
    ///
    /// # Panics
    /// If the lengths disagree.
    #[track_caller]
    pub fn turn_back(self, panels: &[f32], by_listener: &mut [f32]) {
        assert_eq!(
            (panels.len(), by_listener.len()),
            (self.len(), self.listeners * self.speakers),
            "a weight for each pair"
        );
        self.each_tile(|listener, speaker, place| by_listener[listener * self.speakers + speaker] = panels[place]);
    }

    /// Every pair, sixteen by sixteen: either order alone would read or write a cache line for each.
    #[inline(always)]
    fn each_tile(self, mut visit: impl FnMut(usize, usize, usize)) {
        for listeners in (0..self.listeners).step_by(LANES) {
            for speakers in (0..self.speakers).step_by(LANES) {
                for speaker in speakers..(speakers + LANES).min(self.speakers) {
                    let place = self.place(listeners, speaker);
                    for listener in listeners..(listeners + LANES).min(self.listeners) {
                        visit(listener, speaker, place + listener - listeners);
                    }
                }
            }
        }
    }

    /// The listeners of the first half of the panels, and those of the second.
    fn halves(self) -> Option<(Self, Self)> {
        let panels = self.listeners.div_ceil(Self::WIDTH);
        let first = panels / 2 * Self::WIDTH;
        let part = |listeners| Self { listeners, ..self };
        (first > 0).then(|| (part(first), part(self.listeners - first)))
    }

    /// Whether these are worth a second thread where so many speak.
    fn worth_a_thread(self, voices: &Voices) -> bool {
        self.listeners * voices.count() >= WORTH_A_THREAD && super::threads() > 1
    }
}

struct Hear<'a> {
    of: Panels,
    voices: &'a Voices,
    panels: &'a [f32],
    bias: &'a [f32],
    potentials: &'a mut [f32],
}

// No closures: the compiler left them out of line, compiled for the portable target (a step of C1m 0.028 ms, without them 0.016).

/// Adds what some said to the sums of a panel.
#[inline(always)]
fn add<W: Wide, const B: usize>(mut sums: [W; B], (by, said): (&[u32], &[f32]), rows: &[[f32; LANES]]) -> [W; B] {
    for (&speaker, &said) in by.iter().zip(said) {
        let (said, row) = (W::splat(said), &rows[speaker as usize * B..][..B]);
        for b in 0..B {
            sums[b] = sums[b].fuse(W::load_from(&row[b]), said);
        }
    }
    sums
}

/// Adds what some said to the chains of a panel. Speaker by speaker, each chain in memory: chain by chain its sums would stay
/// in registers, but nobody can foresee where each of 64 ends (C1m: hearing took 1.2 us so).
#[inline(always)]
fn add_chained<W: Wide, const B: usize>(
    chains: &mut [[Lanes; ACROSS]; CHAINS],
    (by, said): (&[u32], &[f32]),
    rows: &[[f32; LANES]],
) {
    for (&speaker, &said) in by.iter().zip(said) {
        let (said, row) = (W::splat(said), &rows[speaker as usize * B..][..B]);
        let sums = &mut chains[speaker as usize % CHAINS];
        for b in 0..B {
            W::load(&sums[b]).fuse(W::load_from(&row[b]), said).store(&mut sums[b]);
        }
    }
}

/// The four chains of a lane of [`solo`](super::solo), in the order of its tree.
#[inline(always)]
fn lane<W: Wide>(sums: &[[Lanes; ACROSS]; CHAINS], lane: usize, b: usize) -> W {
    let first = W::load(&sums[lane][b]).plus(W::load(&sums[lane + 2 * LANES][b]));
    first.plus(W::load(&sums[lane + LANES][b]).plus(W::load(&sums[lane + 3 * LANES][b])))
}

/// Four lanes of sixteen: those `at`, and 8, 4 and 12 on.
#[inline(always)]
fn four<W: Wide>(sums: &[[Lanes; ACROSS]; CHAINS], at: usize, b: usize) -> W {
    let first = lane::<W>(sums, at, b).plus(lane(sums, at + 8, b));
    first.plus(lane::<W>(sums, at + 4, b).plus(lane(sums, at + 12, b)))
}

/// The sums of a panel, as [`solo`](super::solo) adds them up: its chains, their tree, then what comes after.
#[inline(always)]
fn hear_panel<W: Wide, const B: usize>(voices: &Voices, rows: &[[f32; LANES]], sums: &mut [[Lanes; ACROSS]; CHAINS]) {
    let (chained, after) = (voices.some(0..voices.chained), voices.some(voices.chained..voices.count));
    for sum in sums.iter_mut().flat_map(|chain| &mut chain[..B]) {
        W::splat(0.0).store(sum);
    }
    add_chained::<W, B>(sums, chained, rows);
    let mut total = [W::splat(0.0); B];
    for (b, total) in total.iter_mut().enumerate() {
        let even = four::<W>(sums, 0, b).plus(four(sums, 2, b));
        *total = even.plus(four::<W>(sums, 1, b).plus(four(sums, 3, b)));
    }
    let total = add(total, after, rows);
    for b in 0..B {
        total[b].store(&mut sums[0][b]);
    }
}

impl Kernel for Hear<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let Self { of, voices, panels, bias, potentials } = self;
        let mut sums = [[Lanes::ZERO; ACROSS]; CHAINS];
        let mut rest = panels;
        let outs = potentials.chunks_mut(Panels::WIDTH).zip(bias.chunks(Panels::WIDTH));
        for (out, bias) in outs {
            let across = out.len().div_ceil(LANES);
            let (here, after) = rest.split_at(of.speakers * across * LANES);
            let rows = here.as_chunks().0;
            match across {
                1 => hear_panel::<W, 1>(voices, rows, &mut sums),
                2 => hear_panel::<W, 2>(voices, rows, &mut sums),
                3 => hear_panel::<W, 3>(voices, rows, &mut sums),
                _ => hear_panel::<W, ACROSS>(voices, rows, &mut sums),
            }
            for ((out, &sum), &bias) in out.iter_mut().zip(Lanes::flat(&sums[0])).zip(bias) {
                // As in `solo`.
                *out = (sum + 0.0) + bias;
            }
            rest = after;
        }
    }
}

fn hear_halves(target: Target, hear: Hear<'_>) {
    let Hear { of, voices, panels, bias, potentials } = hear;
    let Some((one, two)) = of.halves().filter(|_| of.worth_a_thread(voices)) else {
        return target.run(Hear { of, voices, panels, bias, potentials });
    };
    let ((weights, more), (bias, biases)) = (panels.split_at(one.len()), bias.split_at(one.listeners));
    let (out, outs) = potentials.split_at_mut(one.listeners);
    let first = Hear { of: one, voices, panels: weights, bias, potentials: out };
    let second = Hear { of: two, voices, panels: more, bias: biases, potentials: outs };
    rayon::join(|| hear_halves(target, first), || hear_halves(target, second));
}

/// Writes the potentials of listeners, from what was said and their bias.
///
/// # Panics
/// If the shapes disagree.
#[track_caller]
pub fn hear(of: Panels, voices: &Voices, panels: &[f32], bias: &[f32], potentials: &mut [f32]) {
    assert_eq!((voices.speakers, panels.len()), (of.speakers, of.len()), "speakers, and weights in panels");
    assert_eq!((bias.len(), potentials.len()), (of.listeners, of.listeners), "a bias and a potential per listener");
    hear_halves(Target::best(), Hear { of, voices, panels, bias, potentials });
}

struct Learn<'a> {
    of: Panels,
    voices: &'a Voices,
    /// By listener.
    blame: &'a [f32],
    rate: f32,
    panels: &'a mut [f32],
}

/// The step of each listener of a panel, for those who say what is positive and for those who say what is negative. Who is not
/// blamed moves by a zero of the other sign, so by -0.0, which moves not even the sign of a zero.
type Steps = [[Lanes; ACROSS]; 2];

/// What is not finite makes the returned sum so.
#[inline(always)]
fn learn_panel<W: Wide, const B: usize>(voices: &Voices, rows: &mut [[f32; LANES]], steps: &Steps) -> W {
    let zero = W::splat(0.0);
    // A chain each: one waits four cycles for each addition.
    let mut checks = [zero; B];
    let (speakers, said) = voices.some(0..voices.count);
    for (&speaker, &said) in speakers.iter().zip(said) {
        let (by, row) = (&steps[usize::from(said < 0.0)], &mut rows[speaker as usize * B..][..B]);
        let said = W::splat(said);
        for b in 0..B {
            let new = W::load_from(&row[b]).fuse(W::load(&by[b]), said);
            checks[b] = checks[b].fuse(new, zero);
            new.store_to(&mut row[b]);
        }
    }
    for b in 1..B {
        checks[0] = checks[0].plus(checks[b]);
    }
    checks[0]
}

impl Kernel for Learn<'_> {
    type Output = f32;
    #[inline(always)]
    fn run<W: Wide>(self) -> f32 {
        let Self { of, voices, blame, rate, panels } = self;
        let (mut check, mut rest) = (0.0, panels);
        for blame in blame.chunks(Panels::WIDTH) {
            let across = blame.len().div_ceil(LANES);
            let (here, after) = std::mem::take(&mut rest).split_at_mut(of.speakers * across * LANES);
            rest = after;
            if blame.iter().all(|&blame| blame == 0.0) {
                continue;
            }
            let mut steps = [[Lanes::ZERO; ACROSS]; 2];
            for (sign, steps) in [-0.0, 0.0].into_iter().zip(&mut steps) {
                for (step, &blame) in Lanes::flat_mut(steps).iter_mut().zip(blame) {
                    *step = if blame == 0.0 { sign } else { -(rate * blame) };
                }
            }
            let rows = here.as_chunks_mut().0;
            let checks = match across {
                1 => learn_panel::<W, 1>(voices, rows, &steps),
                2 => learn_panel::<W, 2>(voices, rows, &steps),
                3 => learn_panel::<W, 3>(voices, rows, &steps),
                _ => learn_panel::<W, ACROSS>(voices, rows, &steps),
            };
            check += checks.tree();
        }
        check
    }
}

fn learn_halves(target: Target, learn: Learn<'_>) -> f32 {
    let Learn { of, voices, blame, rate, panels } = learn;
    let Some((one, two)) = of.halves().filter(|_| of.worth_a_thread(voices)) else {
        return target.run(Learn { of, voices, blame, rate, panels });
    };
    let ((blame, blames), (weights, more)) = (blame.split_at(one.listeners), panels.split_at_mut(one.len()));
    let first = Learn { of: one, voices, blame, rate, panels: weights };
    let second = Learn { of: two, voices, blame: blames, rate, panels: more };
    let (a, b) = rayon::join(|| learn_halves(target, first), || learn_halves(target, second));
    a + b
}

/// Moves the weights of what was said down the gradient. Says whether all that moved are finite.
///
/// # Panics
/// If the shapes disagree.
#[track_caller]
pub fn learn(of: Panels, voices: &Voices, blame: &[f32], rate: f32, panels: &mut [f32]) -> bool {
    assert_eq!((voices.speakers, panels.len()), (of.speakers, of.len()), "speakers, and weights in panels");
    assert_eq!(blame.len(), of.listeners, "blame per listener");
    learn_halves(Target::best(), Learn { of, voices, blame, rate, panels }) == 0.0
}
