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
#![expect(unsafe_code, reason = "target features can be entered no other way; and a view of rows as floats")]

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
    /// `self + other`.
    fn plus(self, other: Self) -> Self;
    /// `a * b + self`, rounded once.
    fn fuse(self, a: Self, b: Self) -> Self;
    /// The sum across lanes: halves onto halves, 16, 8, 4, 2, 1.
    fn tree(self) -> f32;
    /// [`tree`](Self::tree) of four at once, which share the shuffles; the same bits.
    fn trees(four: [Self; 4]) -> [f32; 4];
    /// Lane `i` of row `j` becomes lane `j` of row `i`.
    fn transpose(from: &[Lanes; LANES], to: &mut [Lanes; LANES]);
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
    fn fuse(mut self, a: Self, b: Self) -> Self {
        for lane in 0..LANES {
            self.0[lane] = a.0[lane].mul_add(b.0[lane], self.0[lane]);
        }
        self
    }
    #[inline(always)]
    fn tree(self) -> f32 {
        let eight: [f32; 8] = std::array::from_fn(|i| self.0[i] + self.0[i + 8]);
        let four: [f32; 4] = std::array::from_fn(|i| eight[i] + eight[i + 4]);
        (four[0] + four[2]) + (four[1] + four[3])
    }
    #[inline(always)]
    fn trees(four: [Self; 4]) -> [f32; 4] {
        four.map(Self::tree)
    }
    #[inline(always)]
    fn transpose(from: &[Lanes; LANES], to: &mut [Lanes; LANES]) {
        for (i, to) in to.iter_mut().enumerate() {
            to.0 = std::array::from_fn(|j| from[j].0[i]);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{LANES, Lanes, Wide};
    use std::arch::x86_64::{__m256, __m512};
    use std::arch::x86_64::{
        _mm_add_ps, _mm_add_ss, _mm_cvtss_f32, _mm_movehl_ps, _mm_movelh_ps, _mm_shuffle_ps, _mm_storeu_ps,
        _mm256_add_ps, _mm256_castps256_ps128, _mm256_extractf128_ps, _mm256_fmadd_ps, _mm256_load_ps, _mm256_loadu_ps,
        _mm256_permute2f128_ps, _mm256_set1_ps, _mm256_shuffle_ps, _mm256_store_ps, _mm256_storeu_ps,
        _mm256_unpackhi_ps, _mm256_unpacklo_ps, _mm512_add_ps, _mm512_castpd_ps, _mm512_castps_pd,
        _mm512_castps512_ps256, _mm512_fmadd_ps, _mm512_load_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_shuffle_f64x2,
        _mm512_store_ps, _mm512_storeu_ps,
    };

    /// The tree from its second level on, of four.
    #[inline(always)]
    fn eights(eight: [__m256; 4]) -> [f32; 4] {
        // SAFETY: only reached under avx2 or avx512; no memory but `out` is touched, which holds 4 floats.
        unsafe {
            let four = eight.map(|v| _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v)));
            let pair = |a, b| _mm_add_ps(_mm_movelh_ps(a, b), _mm_movehl_ps(b, a));
            let (first, second) = (pair(four[0], four[1]), pair(four[2], four[3]));
            let even = _mm_shuffle_ps::<0b10_00_10_00>(first, second);
            let odd = _mm_shuffle_ps::<0b11_01_11_01>(first, second);
            let mut out = [0.0; 4];
            _mm_storeu_ps(out.as_mut_ptr(), _mm_add_ps(even, odd));
            out
        }
    }

    /// The same of one.
    #[inline(always)]
    fn eight(v: __m256) -> f32 {
        // SAFETY: only reached under avx2 or avx512; touches no memory.
        unsafe {
            let four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
        }
    }

    /// Rows and lanes exchanged, eight by eight: pairs of rows, then of pairs, then halves of registers.
    #[inline(always)]
    fn transpose(from: &[Lanes; LANES], to: &mut [Lanes; LANES]) {
        for (down, across) in [(0, 0), (0, 8), (8, 0), (8, 8)] {
            // SAFETY: only reached under avx2 or avx512; eight floats from `across` or `down`, 0 or 8, lie
            // inside a row of 16, at an alignment of 32; the two borrowed pointers are of different rows.
            unsafe {
                let rows: [__m256; 8] = std::array::from_fn(|i| _mm256_load_ps(from[down + i].0.as_ptr().add(across)));
                let pairs: [__m256; 8] = std::array::from_fn(|i| {
                    let (one, two) = (rows[i / 2 * 2], rows[i / 2 * 2 + 1]);
                    if i % 2 == 0 { _mm256_unpacklo_ps(one, two) } else { _mm256_unpackhi_ps(one, two) }
                });
                let fours: [__m256; 8] = std::array::from_fn(|i| {
                    let (one, two) = (pairs[i / 4 * 4 + i % 4 / 2], pairs[i / 4 * 4 + i % 4 / 2 + 2]);
                    if i % 2 == 0 {
                        _mm256_shuffle_ps::<0b01_00_01_00>(one, two)
                    } else {
                        _mm256_shuffle_ps::<0b11_10_11_10>(one, two)
                    }
                });
                for i in 0..4 {
                    let (low, high) = (to[across + i].0.as_mut_ptr(), to[across + i + 4].0.as_mut_ptr());
                    _mm256_store_ps(low.add(down), _mm256_permute2f128_ps::<0x20>(fours[i], fours[i + 4]));
                    _mm256_store_ps(high.add(down), _mm256_permute2f128_ps::<0x31>(fours[i], fours[i + 4]));
                }
            }
        }
    }

    /// Lanes 0 to 7 and 8 to 15.
    #[derive(Clone, Copy)]
    pub(super) struct Avx2(__m256, __m256);

    // SAFETY of every block below: `Target::run` alone names this type, after it has detected avx2 and fma;
    // a row is 64 bytes at an alignment of 64, so both halves lie inside it and are aligned to 32.
    impl Wide for Avx2 {
        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: as above.
            let v = unsafe { _mm256_set1_ps(value) };
            Self(v, v)
        }
        #[inline(always)]
        fn load(row: &Lanes) -> Self {
            let at = row.0.as_ptr();
            // SAFETY: as above.
            unsafe { Self(_mm256_load_ps(at), _mm256_load_ps(at.add(8))) }
        }
        #[inline(always)]
        fn store(self, row: &mut Lanes) {
            let at = row.0.as_mut_ptr();
            // SAFETY: as above.
            unsafe {
                _mm256_store_ps(at, self.0);
                _mm256_store_ps(at.add(8), self.1);
            }
        }
        #[inline(always)]
        fn load_from(floats: &[f32; LANES]) -> Self {
            let at = floats.as_ptr();
            // SAFETY: as above, but at any alignment.
            unsafe { Self(_mm256_loadu_ps(at), _mm256_loadu_ps(at.add(8))) }
        }
        #[inline(always)]
        fn store_to(self, floats: &mut [f32; LANES]) {
            let at = floats.as_mut_ptr();
            // SAFETY: as above, but at any alignment.
            unsafe {
                _mm256_storeu_ps(at, self.0);
                _mm256_storeu_ps(at.add(8), self.1);
            }
        }
        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            // SAFETY: as above.
            unsafe { Self(_mm256_add_ps(self.0, other.0), _mm256_add_ps(self.1, other.1)) }
        }
        #[inline(always)]
        fn fuse(self, a: Self, b: Self) -> Self {
            // SAFETY: as above.
            unsafe { Self(_mm256_fmadd_ps(a.0, b.0, self.0), _mm256_fmadd_ps(a.1, b.1, self.1)) }
        }
        #[inline(always)]
        fn tree(self) -> f32 {
            // SAFETY: as above.
            eight(unsafe { _mm256_add_ps(self.0, self.1) })
        }
        #[inline(always)]
        fn trees(four: [Self; 4]) -> [f32; 4] {
            // SAFETY: as above.
            eights(four.map(|v| unsafe { _mm256_add_ps(v.0, v.1) }))
        }
        #[inline(always)]
        fn transpose(from: &[Lanes; LANES], to: &mut [Lanes; LANES]) {
            transpose(from, to);
        }
    }

    /// All lanes.
    #[derive(Clone, Copy)]
    pub(super) struct Avx512(__m512);

    impl Avx512 {
        #[inline(always)]
        fn halves(self) -> __m256 {
            // SAFETY: as below.
            unsafe {
                let high = _mm512_castpd_ps(_mm512_shuffle_f64x2::<0b11_10_11_10>(
                    _mm512_castps_pd(self.0),
                    _mm512_castps_pd(self.0),
                ));
                _mm256_add_ps(_mm512_castps512_ps256(self.0), _mm512_castps512_ps256(high))
            }
        }
    }

    // SAFETY of every block below: `Target::run` alone names this type, after it has detected avx512f, avx2
    // and fma; a row is 64 bytes at an alignment of 64.
    impl Wide for Avx512 {
        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: as above.
            Self(unsafe { _mm512_set1_ps(value) })
        }
        #[inline(always)]
        fn load(row: &Lanes) -> Self {
            // SAFETY: as above.
            Self(unsafe { _mm512_load_ps(row.0.as_ptr()) })
        }
        #[inline(always)]
        fn store(self, row: &mut Lanes) {
            // SAFETY: as above.
            unsafe { _mm512_store_ps(row.0.as_mut_ptr(), self.0) }
        }
        #[inline(always)]
        fn load_from(floats: &[f32; LANES]) -> Self {
            // SAFETY: as above, but at any alignment.
            Self(unsafe { _mm512_loadu_ps(floats.as_ptr()) })
        }
        #[inline(always)]
        fn store_to(self, floats: &mut [f32; LANES]) {
            // SAFETY: as above, but at any alignment.
            unsafe { _mm512_storeu_ps(floats.as_mut_ptr(), self.0) }
        }
        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { _mm512_add_ps(self.0, other.0) })
        }
        #[inline(always)]
        fn fuse(self, a: Self, b: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { _mm512_fmadd_ps(a.0, b.0, self.0) })
        }
        #[inline(always)]
        fn tree(self) -> f32 {
            eight(self.halves())
        }
        #[inline(always)]
        fn trees(four: [Self; 4]) -> [f32; 4] {
            eights(four.map(Self::halves))
        }
        #[inline(always)]
        fn transpose(from: &[Lanes; LANES], to: &mut [Lanes; LANES]) {
            transpose(from, to);
        }
    }
}

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
