//! Gradients of what a neuron has one of (bias, gain, decay), and the affine step of a normalised group.
//!
//! ```text
//! for row in rows: for block, cycle, lane: out[row] += a[cycle, row]                       // sums
//! for row in rows: for block, cycle, lane: out[row] += a[cycle, row] * b[cycle, row]       // dots
//! ```
//!
//! Panel after panel as in `gradient.rs`, with the same tree across lanes. O(neurons), a thousandth of the
//! work of connections, so it stays on the calling thread.

use super::dispatch::{Kernel, Target, Wide};
use super::panels::Panels;
use super::{LANES, Lanes, Store, View};
use std::ops::Range;

struct Part<'a> {
    panels: Panels<'a>,
    rows: Range<usize>,
    ones: bool,
    store: Store,
    out: &'a mut [f32],
}

impl Kernel for Part<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        if self.store == Store::Set {
            self.out.fill(0.0);
        }
        for panel in 0..self.panels.count() {
            let ([outputs], [blame]) = self.panels.tile::<1>(panel);
            for (out, row) in self.out.iter_mut().zip(self.rows.clone()) {
                let a = W::load(blame.row(row as i32));
                let b = if self.ones { W::splat(1.0) } else { W::load(outputs.row(row as i32)) };
                *out += W::splat(0.0).fuse(a, b).tree();
            }
        }
    }
}

#[track_caller]
fn run(panels: Panels<'_>, rows: Range<usize>, ones: bool, store: Store, out: &mut [f32]) {
    assert_eq!(out.len(), rows.len(), "one value per row");
    Target::best().run(Part { panels, rows, ones, store, out });
}

/// Sums each of `rows` over lanes, blocks and `cycles` cycles from where `a` stands: the gradient of a bias,
/// from the derivative by the potential. `out` has a value per row of the range.
///
/// # Panics
/// If the shapes disagree.
#[track_caller]
pub fn sums(a: View<'_>, cycles: usize, rows: Range<usize>, store: Store, out: &mut [f32]) {
    run(Panels::new(a, a, cycles), rows, true, store, out);
}

/// Sums the products of two views likewise: the gradient of a gain, from the derivative by the potential and
/// the normalised value; that of a decay, from the derivative by the state and what the decay multiplies.
///
/// # Panics
/// If the shapes disagree.
#[track_caller]
pub fn dots(a: View<'_>, b: View<'_>, cycles: usize, rows: Range<usize>, store: Store, out: &mut [f32]) {
    run(Panels::new(b, a, cycles), rows, false, store, out);
}

struct Interleave<'a> {
    samples: [&'a [f32]; LANES],
    rows: &'a mut [Lanes],
}

impl Kernel for Interleave<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let (tiles, rest) = self.rows.as_chunks_mut::<LANES>();
        let done = tiles.len() * LANES;
        for (tile, to) in tiles.iter_mut().enumerate() {
            let from = self.samples.map(|sample| {
                let values = sample[tile * LANES..].first_chunk::<LANES>();
                Lanes(*values.expect("a sample has a value per row"))
            });
            W::transpose(&from, to);
        }
        for (at, row) in rest.iter_mut().enumerate() {
            *row = Lanes(self.samples.map(|sample| sample[done + at]));
        }
    }
}

/// A row per value of sixteen samples, which become its lanes.
///
/// # Panics
/// If a sample has not a value for each row.
#[track_caller]
pub fn interleave(samples: [&[f32]; LANES], rows: &mut [Lanes]) {
    assert!(samples.iter().all(|sample| sample.len() == rows.len()), "a value of each sample per row");
    Target::best().run(Interleave { samples, rows });
}

struct Deinterleave<'a, 'b> {
    rows: &'a [Lanes],
    samples: &'a mut [&'b mut [f32]],
}

impl Kernel for Deinterleave<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let (tiles, rest) = self.rows.as_chunks::<LANES>();
        let done = tiles.len() * LANES;
        let mut turned = [Lanes::ZERO; LANES];
        for (tile, from) in tiles.iter().enumerate() {
            W::transpose(from, &mut turned);
            for (sample, values) in self.samples.iter_mut().zip(&turned) {
                sample[tile * LANES..][..LANES].copy_from_slice(&values.0);
            }
        }
        for (at, row) in rest.iter().enumerate() {
            for (sample, &value) in self.samples.iter_mut().zip(&row.0) {
                sample[done + at] = value;
            }
        }
    }
}

/// The way back from [`interleave`], for the first lanes: as many as there are samples.
///
/// # Panics
/// If there are more samples than lanes, or one has not a value for each row.
#[track_caller]
pub fn deinterleave(rows: &[Lanes], samples: &mut [&mut [f32]]) {
    assert!(samples.len() <= LANES, "a lane per sample");
    assert!(samples.iter().all(|sample| sample.len() == rows.len()), "a value of each sample per row");
    Target::best().run(Deinterleave { rows, samples });
}

struct Affine<'a> {
    normal: &'a [Lanes],
    gain: &'a [f32],
    bias: &'a [f32],
    out: &'a mut [Lanes],
}

impl Kernel for Affine<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        for (((out, normal), &gain), &bias) in self.out.iter_mut().zip(self.normal).zip(self.gain).zip(self.bias) {
            for (out, &normal) in out.iter_mut().zip(&normal.0) {
                *out = normal.mul_add(gain, bias);
            }
        }
    }
}

/// `z = n * gain + bias` for the rows of a group in one block and cycle.
///
/// # Panics
/// If the lengths disagree.
#[track_caller]
pub fn scale_shift(normal: &[Lanes], gain: &[f32], bias: &[f32], out: &mut [Lanes]) {
    let n = normal.len();
    assert!(gain.len() == n && bias.len() == n && out.len() == n, "a gain, a bias and an output per row");
    Target::best().run(Affine { normal, gain, bias, out });
}
