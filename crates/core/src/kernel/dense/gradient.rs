//! Gradient of a rectangle: a product over lanes.
//!
//! ```text
//! for i in posts: for j in pre:
//!     for panel: for lane: g[i][j] += blame[panel, i][lane] * output[panel, j][lane]
//! ```
//!
//! A panel is one cycle of one block. Outputs are transposed once per chunk of panels and speakers,
//! so that a row of 16 holds one lane of sixteen speakers; then a tile of six listeners by sixteen speakers
//! stays in registers over the whole chunk.

use super::super::dispatch::{Kernel, Target, Wide};
use super::super::panels::Store;
use super::super::{LANES, Lanes, View};
use super::{Rectangle, rows, within};
use std::ops::Range;

/// Listeners of a register tile.
pub(in super::super) const TILE: usize = 6;
/// Panels transposed at a time: the 8 KB of sixteen speakers stay in the first-level cache.
const PANELS: usize = 8;
/// Speakers transposed at a time: with [`PANELS`], 128 KB.
const SPEAKERS: usize = 256;

/// Outputs of consecutive speakers in some panels, `[strip of 16 speakers][panel][lane][speaker]`, zeros behind
/// the last.
pub(in super::super) struct Packed<'a> {
    rows: &'a [Lanes],
    panels: usize,
}

impl<'a> Packed<'a> {
    /// The rows of `count` speakers in every panel, transposed into the scratch.
    #[inline(always)]
    pub(in super::super) fn of<'p, W: Wide>(
        scratch: &'a mut Vec<Lanes>,
        panels: usize,
        count: usize,
        speakers: impl Fn(usize) -> &'p [Lanes],
    ) -> Self {
        let height = panels * LANES;
        let needed = count.div_ceil(LANES) * height;
        if scratch.len() < needed {
            scratch.resize(needed, Lanes::ZERO);
        }
        let (all, _) = scratch[..needed].as_chunks_mut::<LANES>();
        for panel in 0..panels {
            let (strips, rest) = speakers(panel)[..count].as_chunks::<LANES>();
            for (strip, from) in strips.iter().enumerate() {
                W::transpose(from, &mut all[strip * panels + panel]);
            }
            if !rest.is_empty() {
                let mut last = [Lanes::ZERO; LANES];
                last[..rest.len()].copy_from_slice(rest);
                W::transpose(&last, &mut all[strips.len() * panels + panel]);
            }
        }
        Self { rows: &scratch[..needed], panels }
    }

    /// One strip's rows, by panel.
    #[inline(always)]
    pub(in super::super) fn strip(&self, strip: usize) -> &'a [[Lanes; LANES]] {
        let height = self.panels * LANES;
        self.rows[strip * height..(strip + 1) * height].as_chunks().0
    }
}

/// Adds the products of six listeners with `S` strips of sixteen speakers to `sums`, panel after panel, lane after lane. `blame`
/// has the listeners' rows of each panel. Two strips, where there are registers, are twelve chains, as many as two pipelines
/// that wait four cycles each want, and eight loads for twelve multiply-adds instead of seven for six.
#[inline(always)]
fn tile<'a, W: Wide, const S: usize>(
    mut sums: [[W; TILE]; S],
    (packed, strip): (&Packed<'_>, usize),
    blame: impl Fn(usize) -> [&'a Lanes; TILE],
) -> [[W; TILE]; S] {
    for panel in 0..packed.panels {
        let blame = blame(panel);
        let speakers: [&[Lanes; LANES]; S] = std::array::from_fn(|s| &packed.strip(strip + s)[panel]);
        for lane in 0..LANES {
            for r in 0..TILE {
                let blame = W::splat(blame[r][lane]);
                for s in 0..S {
                    sums[s][r] = sums[s][r].fuse(W::load(&speakers[s][lane]), blame);
                }
            }
        }
    }
    sums
}

/// Where the sums of a tile's listeners over a strip of speakers lie.
pub(in super::super) trait Place {
    /// What was added up so far, by listener; of the last again where a tile is not full.
    fn load<W: Wide>(&self, strip: usize) -> [W; TILE];
    /// Takes them back.
    fn store<W: Wide>(&mut self, strip: usize, sums: &[W; TILE]);
}

/// Adds the products of six listeners with all packed speakers to what lies at a place.
#[inline(always)]
pub(in super::super) fn tiles<'a, W: Wide>(
    place: &mut impl Place,
    (packed, strips): (&Packed<'_>, usize),
    blame: impl Fn(usize) -> [&'a Lanes; TILE] + Copy,
) {
    let pairs = if W::ROOM { strips / 2 } else { 0 };
    for strip in (0..pairs).map(|pair| 2 * pair) {
        let sums = tile([place.load::<W>(strip), place.load::<W>(strip + 1)], (packed, strip), blame);
        place.store(strip, &sums[0]);
        place.store(strip + 1, &sums[1]);
    }
    for strip in 2 * pairs..strips {
        let [sums] = tile([place.load::<W>(strip)], (packed, strip), blame);
        place.store(strip, &sums);
    }
}

/// The gradients of the connections from `first` on: all, or the run that a thread owns.
#[derive(Debug)]
pub struct Gradients<'a> {
    /// The connection of `out[0]`.
    pub first: usize,
    /// A value per connection.
    pub out: &'a mut [f32],
    /// Whether they are replaced or added to.
    pub store: Store,
}

/// The same rows of a panel, relative to its base.
#[inline(always)]
pub(in super::super) fn panel_rows(
    view: View<'_>,
    cycles: usize,
    panel: usize,
    relative: i32,
    count: usize,
) -> &[Lanes] {
    let base = view.base + panel % cycles * view.layout.neurons();
    &view.block(panel / cycles)[rows(base, relative, count)]
}

struct Part<'a> {
    rectangle: &'a Rectangle<'a>,
    outputs: View<'a>,
    blame: View<'a>,
    cycles: usize,
    posts: Range<usize>,
    gradients: Gradients<'a>,
    scratch: &'a mut Vec<Lanes>,
}

impl Kernel for Part<'_> {
    type Output = ();
    #[inline(always)]
    fn run<W: Wide>(self) {
        let Self { rectangle, outputs, blame, cycles, posts, gradients, scratch } = self;
        let Gradients { first, out, mut store } = gradients;
        let starts = &rectangle.starts[posts.start - rectangle.posts.start..posts.end - rectangle.posts.start];
        let (count, width, panels) = (posts.len(), rectangle.pre.len(), outputs.blocks() * cycles);
        if panels == 0 && store == Store::Set {
            for &start in starts {
                out[start as usize - first..][..width].fill(0.0);
            }
        }
        for panel in (0..panels).step_by(PANELS) {
            let panels = PANELS.min(panels - panel);
            let listeners: [&[Lanes]; PANELS] = std::array::from_fn(|p| {
                panel_rows(blame, cycles, panel + p.min(panels - 1), posts.start as i32, count)
            });
            for speaker in (0..width).step_by(SPEAKERS) {
                let speakers = SPEAKERS.min(width - speaker);
                let packed = Packed::of::<W>(scratch, panels, speakers, |p| {
                    panel_rows(outputs, cycles, panel + p, rectangle.source + speaker as i32, speakers)
                });
                for tile_first in (0..count).step_by(TILE) {
                    // A tile that is not full computes its last row again, and does not store that.
                    let at: [usize; TILE] = std::array::from_fn(|r| (tile_first + r).min(count - 1));
                    let rows = TILE.min(count - tile_first);
                    let places: [usize; TILE] = std::array::from_fn(|r| starts[at[r]] as usize - first + speaker);
                    let mut place = Weights { out: &mut *out, store, places: &places[..rows], speakers };
                    let blame = |p: usize| std::array::from_fn(|r| &listeners[p][at[r]]);
                    tiles::<W>(&mut place, (&packed, speakers.div_ceil(LANES)), blame);
                }
            }
            store = Store::Add;
        }
    }
}

/// The gradients of some listeners' weights for the speakers that are packed.
struct Weights<'a> {
    out: &'a mut [f32],
    store: Store,
    /// By listener, of the first speaker.
    places: &'a [usize],
    speakers: usize,
}

impl Weights<'_> {
    #[inline(always)]
    fn part(&self, strip: usize) -> Range<usize> {
        strip * LANES..self.speakers.min((strip + 1) * LANES)
    }
}

impl Place for Weights<'_> {
    #[inline(always)]
    fn load<W: Wide>(&self, strip: usize) -> [W; TILE] {
        let mut sums = [W::splat(0.0); TILE];
        if self.store == Store::Add {
            for (sum, &place) in sums.iter_mut().zip(self.places) {
                *sum = W::load_some(&self.out[place..][self.part(strip)]);
            }
        }
        sums
    }
    #[inline(always)]
    fn store<W: Wide>(&mut self, strip: usize, sums: &[W; TILE]) {
        let part = self.part(strip);
        for (sum, &place) in sums.iter().zip(self.places) {
            sum.store_some(&mut self.out[place..][part.clone()]);
        }
    }
}

/// The gradient of the loss by the weights of `posts`, listeners of the rectangle, over all blocks of the views
/// and `cycles` cycles from where they stand. On the calling thread: a caller may split listeners among
/// threads, each with the run of connections that it owns. `scratch` grows once, to 128 KB at most.
///
/// # Panics
/// If the shapes disagree, or a row lies outside its block.
#[track_caller]
pub fn dense_gradient(
    rectangle: &Rectangle<'_>,
    (outputs, blame, cycles): (View<'_>, View<'_>, usize),
    posts: Range<usize>,
    gradients: Gradients<'_>,
    scratch: &mut Vec<Lanes>,
) {
    gradient_on(Target::best(), rectangle, (outputs, blame, cycles), posts, gradients, scratch);
}

/// [`dense_gradient`] with chosen instructions.
#[track_caller]
pub(super) fn gradient_on(
    target: Target,
    rectangle: &Rectangle<'_>,
    (outputs, blame, cycles): (View<'_>, View<'_>, usize),
    posts: Range<usize>,
    gradients: Gradients<'_>,
    scratch: &mut Vec<Lanes>,
) {
    within(&posts, &rectangle.posts);
    assert_eq!(outputs.blocks(), blame.blocks(), "outputs and blame of the same blocks");
    target.run(Part { rectangle, outputs, blame, cycles, posts, gradients, scratch });
}
