//! The choice of instructions at run time, and the only `unsafe` of the crate.
//!
//! A kernel is generic over [`Wide`], sixteen lanes at once. [`Target::run`] compiles its body once per
//! instruction set and calls the widest one that the machine has. Every operation of [`Wide`] is exactly rounded
//! lane by lane, multiply-adds are fused everywhere, and reductions are one fixed tree, so the target changes
//! the speed and never a bit. Loops over plain slices inside a kernel are vectorised by the compiler, which
//! may not reorder floating point either. (Without a hardware FMA, x86 before 2013, `mul_add` is a library
//! call: right, and some thirty times slower.) On `aarch64` the portable target is NEON.
//!
//! Why types and not `[f32; 16]` alone: the compiler kept one block of accumulators in registers, but spilled
//! or scalarised two blocks, and the four sums of the gradient (10 to 20 times slower, rustc 1.95).
#![expect(
    unsafe_code,
    reason = "target features can be entered no other way; a view of rows as floats; reads that are checked by the row"
)]

use super::{LANES, Lanes};

/// A body of code to compile for every target. `run` must be `#[inline(always)]`, and whatever it calls
/// in its loops too: a call out of line is compiled for the portable target.
pub(crate) trait Kernel {
    /// What it returns.
    type Output;
    /// The body.
    fn run<W: Wide>(self) -> Self::Output;
}

/// A row in registers. Implemented by types private to this file, which only [`Target::run`] names, so a
/// kernel cannot run with instructions that the machine lacks.
pub(crate) trait Wide: Copy {
    /// The same value in every lane.
    fn splat(value: f32) -> Self;
    /// A row of memory.
    fn load(row: &Lanes) -> Self;
    /// To memory.
    fn store(self, row: &mut Lanes);
    /// Sixteen floats that lie anywhere.
    fn load_from(floats: &[f32; LANES]) -> Self;
    /// To sixteen floats that lie anywhere.
    fn store_to(self, floats: &mut [f32; LANES]);
    /// Whether there is room for four rows at once in the registers, and fewer than sixteen floats are read and written as
    /// fast as sixteen.
    const ROOM: bool = false;
    /// Up to sixteen floats; the other lanes are 0.
    #[inline(always)]
    fn load_some(floats: &[f32]) -> Self {
        if let Ok(floats) = floats.try_into() {
            return Self::load_from(floats);
        }
        let mut all = [0.0; LANES];
        all[..floats.len()].copy_from_slice(floats);
        Self::load_from(&all)
    }
    /// The first lanes, up to sixteen.
    #[inline(always)]
    fn store_some(self, floats: &mut [f32]) {
        if let Ok(floats) = (&mut *floats).try_into() {
            return self.store_to(floats);
        }
        let mut all = [0.0; LANES];
        self.store_to(&mut all);
        floats.copy_from_slice(&all[..floats.len()]);
    }
    /// `self + other`.
    fn plus(self, other: Self) -> Self;
    /// `self * other`.
    fn times(self, other: Self) -> Self;
    /// `a * b + self`, rounded once.
    fn fuse(self, a: Self, b: Self) -> Self;
    /// Itself, but `other` in the lanes where `value` is zero.
    fn unless_zero(self, value: Self, other: Self) -> Self;
    /// A bit for each lane, the first the lowest: whether |value|, as an integer of its bits, is at least `floor`, 31 bits.
    fn at_least(self, floor: u32) -> u16;
    /// The sum across lanes: halves onto halves, 16, 8, 4, 2, 1.
    fn tree(self) -> f32;
    /// Eight running sums of products: lanes `i` and `i + 8` go into sum `i`.
    type Half: Copy;
    /// Sums of nothing.
    fn none() -> Self::Half;
    /// Lane `i` plus lane `i + 8`: the first step of [`tree`](Self::tree).
    fn halve(self) -> Self::Half;
    /// The sum of eight: 8, 4, 2, 1.
    fn eight(sums: Self::Half) -> f32;
    /// [`eight`](Self::eight) of eight at once, which share the shuffles; the same bits.
    fn eights(eight: &[Self::Half; 8]) -> [f32; 8];
    /// Lane `i` of row `j` becomes lane `j` of row `i`.
    fn transpose(from: &[Lanes; LANES], to: &mut [Lanes; LANES]);
    /// Writes those that `some` has a bit for, as [`at_least`](Self::at_least) says, and their places counted from `from` on, to the
    /// front of what is given, anything behind; says how many those are.
    #[inline(always)]
    fn keep(floats: &[f32; LANES], some: u16, from: u32, to: (&mut [u32; LANES], &mut [f32; LANES])) -> usize {
        let (places, kept) = to;
        let mut count = 0;
        for (lane, &float) in floats.iter().enumerate() {
            // Written and then written over: a branch that nobody can foresee costs more.
            (places[count], kept[count]) = (from + lane as u32, float);
            count += usize::from(some >> lane & 1);
        }
        count
    }
    /// `sums[i] + |weights[i]|`, in 64 bits.
    #[inline(always)]
    fn add_sizes(sums: [f64; 8], weights: &[f32; 8]) -> [f64; 8] {
        std::array::from_fn(|i| sums[i] + f64::from(weights[i].abs()))
    }
    /// `sums[i] + |weights[i]| * of[at[i]]`, in 64 bits, not fused. Panics beyond the end of `of`.
    #[inline(always)]
    fn add_heard_sizes(sums: [f64; 8], weights: &[f32; 8], of: &[f64], at: &[u32; 8]) -> [f64; 8] {
        std::array::from_fn(|i| sums[i] + f64::from(weights[i].abs()) * of[at[i] as usize])
    }
}

#[derive(Clone, Copy)]
struct Plain([f32; LANES]);

impl Wide for Plain {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; LANES])
    }
    #[inline(always)]
    fn load(row: &Lanes) -> Self {
        Self(row.0)
    }
    #[inline(always)]
    fn store(self, row: &mut Lanes) {
        row.0 = self.0;
    }
    #[inline(always)]
    fn load_from(floats: &[f32; LANES]) -> Self {
        Self(*floats)
    }
    #[inline(always)]
    fn store_to(self, floats: &mut [f32; LANES]) {
        *floats = self.0;
    }
    #[inline(always)]
    fn plus(mut self, other: Self) -> Self {
        for lane in 0..LANES {
            self.0[lane] += other.0[lane];
        }
        self
    }
    #[inline(always)]
    fn times(mut self, other: Self) -> Self {
        for lane in 0..LANES {
            self.0[lane] *= other.0[lane];
        }
        self
    }
    #[inline(always)]
    fn fuse(mut self, a: Self, b: Self) -> Self {
        for lane in 0..LANES {
            self.0[lane] = a.0[lane].mul_add(b.0[lane], self.0[lane]);
        }
        self
    }
    #[inline(always)]
    fn unless_zero(mut self, value: Self, other: Self) -> Self {
        for lane in 0..LANES {
            self.0[lane] = if value.0[lane] == 0.0 { other.0[lane] } else { self.0[lane] };
        }
        self
    }
    #[inline(always)]
    fn at_least(self, floor: u32) -> u16 {
        let bit = |lane: usize| u16::from(self.0[lane].to_bits() & 0x7fff_ffff >= floor) << lane;
        (0..LANES).fold(0, |bits, lane| bits | bit(lane))
    }
    #[inline(always)]
    fn tree(self) -> f32 {
        let eight: [f32; 8] = std::array::from_fn(|i| self.0[i] + self.0[i + 8]);
        let four: [f32; 4] = std::array::from_fn(|i| eight[i] + eight[i + 4]);
        (four[0] + four[2]) + (four[1] + four[3])
    }
    type Half = [f32; 8];
    #[inline(always)]
    fn none() -> [f32; 8] {
        [0.0; 8]
    }
    #[inline(always)]
    fn halve(self) -> [f32; 8] {
        std::array::from_fn(|i| self.0[i] + self.0[i + 8])
    }
    #[inline(always)]
    fn eight(sums: [f32; 8]) -> f32 {
        let four: [f32; 4] = std::array::from_fn(|i| sums[i] + sums[i + 4]);
        (four[0] + four[2]) + (four[1] + four[3])
    }
    #[inline(always)]
    fn eights(eight: &[[f32; 8]; 8]) -> [f32; 8] {
        eight.map(Self::eight)
    }
    #[inline(always)]
    fn transpose(from: &[Lanes; LANES], to: &mut [Lanes; LANES]) {
        for (i, to) in to.iter_mut().enumerate() {
            to.0 = std::array::from_fn(|j| from[j].0[i]);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86;

/// A set of instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// What the crate was compiled for.
    Portable,
    /// 8 floats at a time, fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 16 floats at a time.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Target {
    const ALL: &'static [Self] = &[
        #[cfg(target_arch = "x86_64")]
        Self::Avx512,
        #[cfg(target_arch = "x86_64")]
        Self::Avx2,
        Self::Portable,
    ];

    /// Whether this machine has it. One load and a test after the first call.
    #[inline]
    pub(crate) fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => is_x86_feature_detected!("avx512f") && Self::Avx2.is_available(),
        }
    }

    /// All that this machine has, widest first.
    pub(crate) fn available() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|target| target.is_available())
    }

    /// The widest that this machine has.
    #[inline]
    pub(crate) fn best() -> Self {
        Self::available().next().unwrap_or(Self::Portable)
    }

    /// Its name in manifests.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => "avx512",
        }
    }

    /// Runs a kernel with these instructions; panics if the machine lacks them.
    #[inline]
    #[track_caller]
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        assert!(self.is_available(), "this machine has no {self:?}");
        match self {
            Self::Portable => kernel.run::<Plain>(),
            // SAFETY: the features were detected on the line above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { avx2(kernel) },
            // SAFETY: the features were detected on the line above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { avx512(kernel) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<x86::Avx2>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<x86::Avx512>()
}

/// The sum of `weights[e] * outputs[base + sources[e]]`, in eight chains: one waits four cycles for each addition. (The instruction
/// that gathers eight floats at once took 1.3 times as long.)
///
/// Where a row reads is looked at once, many places at a time, and not for each connection, whose two loads are then what bounds it
/// (1000 rows of 51, Zen 4: 0.0200 ms for 0.0240).
///
/// # Panics
/// If `base` or a source lies outside the outputs.
#[inline(always)]
#[track_caller]
pub(super) fn pick(weights: &[f32], sources: &[i32], outputs: &[f32], base: usize) -> f32 {
    let (weights, weight_rest) = weights.as_chunks::<8>();
    let (sources, source_rest) = sources.as_chunks::<8>();
    let sources = &sources[..weights.len()];
    let (least, most) = sources.as_flattened().iter().fold((0, 0), |(least, most), &at| (at.min(least), at.max(most)));
    let within = |source: i32| base.checked_add_signed(source as isize).is_some_and(|at| at < outputs.len());
    assert!(within(least) && within(most), "a source outside of {} outputs", outputs.len());
    let present = outputs.as_ptr().wrapping_add(base);
    // SAFETY: `source` is one of `sources`, between their least and their most, so `base + source` is an index of `outputs`.
    let heard = |source: i32| unsafe { *present.wrapping_offset(source as isize) };
    let mut sums = [0.0_f32; 8];
    for (w, source) in weights.iter().zip(sources) {
        for c in 0..4 {
            // Two places at once: eight by themselves the compiler would load together and take apart again.
            #[expect(clippy::cast_ptr_alignment, reason = "it is read unaligned")]
            // SAFETY: these are two of the eight.
            let pair = unsafe { source.as_ptr().cast::<u64>().add(c).read_unaligned() };
            let pair = if cfg!(target_endian = "little") { pair } else { pair.rotate_right(32) };
            sums[2 * c] = w[2 * c].mul_add(heard(pair as i32), sums[2 * c]);
            sums[2 * c + 1] = w[2 * c + 1].mul_add(heard((pair >> 32) as i32), sums[2 * c + 1]);
        }
    }
    for (c, (&w, &source)) in weight_rest.iter().zip(source_rest).enumerate() {
        sums[c] = w.mul_add(outputs[base.wrapping_add_signed(source as isize)], sums[c]);
    }
    ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]))
}

/// The floats of some rows, one row after the other.
pub(super) fn flat(rows: &[Lanes]) -> &[f32] {
    // SAFETY: `Lanes` is `repr(C)` around `[f32; 16]`, whose 64 bytes fill its alignment of 64, so a slice
    // of rows is 16 times as many floats without padding, aligned more strictly than f32 asks.
    unsafe { std::slice::from_raw_parts(rows.as_ptr().cast(), rows.len() * LANES) }
}

/// The floats of some rows, one row after the other.
pub(super) fn flat_mut(rows: &mut [Lanes]) -> &mut [f32] {
    // SAFETY: as in `flat`; the borrow is exclusive and every bit pattern is a float.
    unsafe { std::slice::from_raw_parts_mut(rows.as_mut_ptr().cast(), rows.len() * LANES) }
}
