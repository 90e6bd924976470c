//! The roofline of one core, and where the sparse kernels stand below it.

use livenet_core::kernel::{self, Gather, Heard, Lanes, Layout, Store, Transpose, probe};
use serde::Serialize;
use std::hint::black_box;
use std::time::Instant;

/// What one core does at most.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Roofline {
    /// Multiply-adds in registers, as 10⁹ operations a second, two each.
    pub gigaflops: f64,
    /// Reading 16 kB, 10⁹ bytes a second.
    pub first_level: f64,
    /// Reading 256 kB.
    pub second_level: f64,
    /// Reading 128 MB.
    pub memory: f64,
}

/// The shortest of several, in seconds.
fn least(times: usize, mut body: impl FnMut()) -> f64 {
    let time = || {
        let begun = Instant::now();
        body();
        begun.elapsed().as_secs_f64()
    };
    std::iter::repeat_with(time).take(times).fold(f64::INFINITY, f64::min)
}

fn reads(bytes: usize) -> f64 {
    let rows = vec![Lanes::all(1e-9); bytes / size_of::<Lanes>()];
    let rounds = (16_usize << 20).div_ceil(bytes);
    let seconds = least(12, || {
        black_box(probe::read(&rows, rounds));
    });
    (rows.len() * size_of::<Lanes>() * rounds) as f64 / seconds / 1e9
}

impl Roofline {
    /// Measures it on the calling thread; under a second.
    pub fn measure() -> Self {
        let rounds = 100_000;
        let seconds = least(50, || {
            black_box(probe::multiply_adds(rounds));
        });
        Self {
            gigaflops: 2.0 * probe::multiply_adds(rounds).0 as f64 / seconds / 1e9,
            first_level: reads(16 << 10),
            second_level: reads(256 << 10),
            memory: reads(128 << 20),
        }
    }
}

/// A sparse kernel of one bench row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sparse {
    Forward,
    /// Blame and gradient.
    Backward,
}

/// What came out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) milliseconds: f64,
    pub(super) connections: usize,
    pub(super) samples: usize,
    /// Of the binding limit.
    pub(super) share: f64,
    pub(super) limit: &'static str,
}

/// 1000 listeners of 78 among 784 speakers, batch 64.
const LISTENERS: usize = 1000;
const SPEAKERS: usize = 784;
const FAN_IN: usize = 78;
const BLOCKS: usize = 4;

/// One sparse kernel alone, on one thread.
pub(super) fn stand(which: Sparse) -> Standing {
    let neurons = SPEAKERS + LISTENERS;
    let (mut offsets, mut pres) = (vec![0; SPEAKERS + 1], Vec::new());
    let mut stream = livenet_core::StreamKey::new(11, "roofline").stream();
    for _ in 0..LISTENERS {
        let mut heard = stream.sample(SPEAKERS as u64, FAN_IN);
        heard.sort_unstable();
        pres.extend(heard.into_iter().map(|pre| pre as u32));
        offsets.push(pres.len() as u32);
    }
    let sources: Vec<i32> = pres.iter().map(|&pre| pre as i32).collect();
    let (wires, layout) = (Gather::new(&offsets, &sources), Layout::plain(neurons, 1));
    let mut transpose = Transpose::default();
    transpose.rebuild(wires, &pres, layout);
    let (weights, rows) = (vec![0.01; pres.len()], vec![Lanes::all(0.5); layout.len(BLOCKS)]);
    let mut out = vec![Lanes::ZERO; layout.len(BLOCKS)];
    let mut gradients = vec![0.0; pres.len()];
    let roofline = Roofline::measure();
    let samples = 400;
    let seconds = least(samples, || match which {
        Sparse::Forward => {
            let (from, to) = (layout.view(&rows, 0), layout.view_mut(&mut out, 0));
            kernel::forward(wires, &weights, from, SPEAKERS..neurons, None, to);
        }
        Sparse::Backward => {
            let view = layout.view(&rows, 0);
            let heard = Heard { wires: transpose.wires(), weights: &weights, outputs: view, blame: view };
            let to = layout.view_mut(&mut out, 0);
            let mine = &mut gradients[transpose.wires().edges(&(0..SPEAKERS))];
            kernel::backward(heard, 0..SPEAKERS, Some(to), Store::Set, mine);
        }
    });
    // A connection and block reads a row of 64 bytes, which lies in the second level: 784 or 1000 rows of two or four
    // blocks. It multiplies and adds 16 lanes, backward twice.
    let events = (pres.len() * BLOCKS) as f64;
    let operations = if which == Sparse::Forward { 32.0 } else { 64.0 };
    let limits = [
        (events * 64.0 / roofline.second_level / 1e9, "second-level cache"),
        (events * operations / roofline.gigaflops / 1e9, "multiply-adds"),
    ];
    let (bound, limit) = if limits[0].0 > limits[1].0 { limits[0] } else { limits[1] };
    Standing { milliseconds: seconds * 1e3, connections: pres.len(), samples, share: bound / seconds, limit }
}
