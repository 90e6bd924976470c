//! Rows in the registers of x86: AVX2 and AVX-512.

use super::Wide;
use crate::kernel::{LANES, Lanes};
use std::arch::x86_64::{
    __m256, __m512, _CMP_EQ_OQ, _mm_add_ps, _mm_add_ss, _mm_cvtss_f32, _mm_movehl_ps, _mm_shuffle_ps, _mm256_add_ps,
    _mm256_and_si256, _mm256_blendv_ps, _mm256_castpd_ps, _mm256_castps_pd, _mm256_castps_si256,
    _mm256_castps256_ps128, _mm256_castsi256_ps, _mm256_cmp_ps, _mm256_cmpgt_epi32, _mm256_extractf128_ps,
    _mm256_fmadd_ps, _mm256_load_ps, _mm256_loadu_ps, _mm256_loadu_si256, _mm256_movemask_ps, _mm256_mul_ps,
    _mm256_permute2f128_ps, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_ps, _mm256_shuffle_ps, _mm256_store_ps,
    _mm256_storeu_ps, _mm256_unpackhi_pd, _mm256_unpackhi_ps, _mm256_unpacklo_pd, _mm256_unpacklo_ps, _mm512_abs_pd,
    _mm512_add_epi32, _mm512_add_pd, _mm512_add_ps, _mm512_and_si512, _mm512_castpd_ps, _mm512_castps_pd,
    _mm512_castps_si512, _mm512_castps512_ps256, _mm512_cmp_ps_mask, _mm512_cmpge_epu32_mask, _mm512_cmplt_epu64_mask,
    _mm512_cvtepu32_epi64, _mm512_cvtps_pd, _mm512_fmadd_ps, _mm512_i64gather_pd, _mm512_load_ps, _mm512_loadu_pd,
    _mm512_loadu_ps, _mm512_mask_blend_ps, _mm512_mask_storeu_ps, _mm512_maskz_compress_epi32,
    _mm512_maskz_compress_ps, _mm512_maskz_loadu_ps, _mm512_mul_pd, _mm512_mul_ps, _mm512_set1_epi32,
    _mm512_set1_epi64, _mm512_set1_ps, _mm512_setr_epi32, _mm512_setzero_ps, _mm512_shuffle_f64x2, _mm512_store_ps,
    _mm512_storeu_pd, _mm512_storeu_ps, _mm512_storeu_si512,
};

/// The tree from its second level on, of eight.
#[inline(always)]
fn eights(eight: &[__m256; 8]) -> [f32; 8] {
    // SAFETY: only reached under avx2 or avx512; no memory but `out` is touched, which holds 8 floats.
    unsafe {
        // The first four of the eight go by in the lower half, the others in the upper.
        let four: [__m256; 4] = std::array::from_fn(|i| {
            let (one, two) = (eight[i], eight[i + 4]);
            _mm256_add_ps(_mm256_permute2f128_ps::<0x20>(one, two), _mm256_permute2f128_ps::<0x31>(one, two))
        });
        let pair = |a, b| {
            let (a, b) = (_mm256_castps_pd(a), _mm256_castps_pd(b));
            let (low, high) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
            _mm256_add_ps(_mm256_castpd_ps(low), _mm256_castpd_ps(high))
        };
        let (first, second) = (pair(four[0], four[1]), pair(four[2], four[3]));
        let even = _mm256_shuffle_ps::<0b10_00_10_00>(first, second);
        let odd = _mm256_shuffle_ps::<0b11_01_11_01>(first, second);
        let mut out = [0.0; 8];
        _mm256_storeu_ps(out.as_mut_ptr(), _mm256_add_ps(even, odd));
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
    fn times(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { Self(_mm256_mul_ps(self.0, other.0), _mm256_mul_ps(self.1, other.1)) }
    }
    #[inline(always)]
    fn fuse(self, a: Self, b: Self) -> Self {
        // SAFETY: as above.
        unsafe { Self(_mm256_fmadd_ps(a.0, b.0, self.0), _mm256_fmadd_ps(a.1, b.1, self.1)) }
    }
    #[inline(always)]
    fn unless_zero(self, value: Self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe {
            let zero = _mm256_setzero_ps();
            let (low, high) = (_mm256_cmp_ps::<_CMP_EQ_OQ>(value.0, zero), _mm256_cmp_ps::<_CMP_EQ_OQ>(value.1, zero));
            Self(_mm256_blendv_ps(self.0, other.0, low), _mm256_blendv_ps(self.1, other.1, high))
        }
    }
    #[inline(always)]
    fn at_least(self, floor: u32) -> u16 {
        // SAFETY: as above.
        let [low, high] = [self.0, self.1].map(|v| unsafe {
            let size = _mm256_and_si256(_mm256_castps_si256(v), _mm256_set1_epi32(0x7fff_ffff));
            // Signed, and greater alone: of 31 bits that is the same, one below.
            let least = _mm256_set1_epi32(floor as i32 - 1);
            _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(size, least))) as u16
        });
        low | high << 8
    }
    #[inline(always)]
    fn tree(self) -> f32 {
        // SAFETY: as above.
        eight(unsafe { _mm256_add_ps(self.0, self.1) })
    }
    type Half = __m256;
    #[inline(always)]
    fn none() -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_set1_ps(0.0) }
    }
    #[inline(always)]
    fn halve(self) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_add_ps(self.0, self.1) }
    }
    #[inline(always)]
    fn eight(sums: __m256) -> f32 {
        eight(sums)
    }
    #[inline(always)]
    fn eights(eight: &[__m256; 8]) -> [f32; 8] {
        eights(eight)
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
    /// Lanes 0 to 7 and 8 to 15.
    #[inline(always)]
    fn parts(self) -> (__m256, __m256) {
        // SAFETY: as below.
        unsafe {
            let high = _mm512_castpd_ps(_mm512_shuffle_f64x2::<0b11_10_11_10>(
                _mm512_castps_pd(self.0),
                _mm512_castps_pd(self.0),
            ));
            (_mm512_castps512_ps256(self.0), _mm512_castps512_ps256(high))
        }
    }

    #[inline(always)]
    fn halves(self) -> __m256 {
        let (low, high) = self.parts();
        // SAFETY: as below.
        unsafe { _mm256_add_ps(low, high) }
    }
}

/// A bit for each of the first lanes; all from sixteen on.
#[inline(always)]
fn first(lanes: usize) -> u16 {
    if lanes < LANES { (1 << lanes) - 1 } else { u16::MAX }
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
    const ROOM: bool = true;
    #[inline(always)]
    fn load_some(floats: &[f32]) -> Self {
        // SAFETY: as above, but at any alignment; nothing beyond the floats is read.
        Self(unsafe { _mm512_maskz_loadu_ps(first(floats.len()), floats.as_ptr()) })
    }
    #[inline(always)]
    fn store_some(self, floats: &mut [f32]) {
        // SAFETY: as above, but at any alignment; nothing beyond the floats is written.
        unsafe { _mm512_mask_storeu_ps(floats.as_mut_ptr(), first(floats.len()), self.0) }
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        // SAFETY: as above.
        Self(unsafe { _mm512_add_ps(self.0, other.0) })
    }
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        // SAFETY: as above.
        Self(unsafe { _mm512_mul_ps(self.0, other.0) })
    }
    #[inline(always)]
    fn fuse(self, a: Self, b: Self) -> Self {
        // SAFETY: as above.
        Self(unsafe { _mm512_fmadd_ps(a.0, b.0, self.0) })
    }
    #[inline(always)]
    fn unless_zero(self, value: Self, other: Self) -> Self {
        // SAFETY: as above.
        Self(unsafe {
            let zero = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(value.0, _mm512_setzero_ps());
            _mm512_mask_blend_ps(zero, self.0, other.0)
        })
    }
    #[inline(always)]
    fn at_least(self, floor: u32) -> u16 {
        // SAFETY: as above.
        unsafe {
            let size = _mm512_and_si512(_mm512_castps_si512(self.0), _mm512_set1_epi32(0x7fff_ffff));
            _mm512_cmpge_epu32_mask(size, _mm512_set1_epi32(floor as i32))
        }
    }
    #[inline(always)]
    fn tree(self) -> f32 {
        eight(self.halves())
    }
    type Half = __m256;
    #[inline(always)]
    fn none() -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_set1_ps(0.0) }
    }
    #[inline(always)]
    fn halve(self) -> __m256 {
        self.halves()
    }
    #[inline(always)]
    fn eight(sums: __m256) -> f32 {
        eight(sums)
    }
    #[inline(always)]
    fn eights(eight: &[__m256; 8]) -> [f32; 8] {
        eights(eight)
    }
    #[inline(always)]
    fn transpose(from: &[Lanes; LANES], to: &mut [Lanes; LANES]) {
        transpose(from, to);
    }
    #[inline(always)]
    fn keep(floats: &[f32; LANES], some: u16, from: u32, to: (&mut [u32; LANES], &mut [f32; LANES])) -> usize {
        let (places, kept) = to;
        // SAFETY: as above, but at any alignment; each array has 16 numbers.
        unsafe {
            let floats = _mm512_loadu_ps(floats.as_ptr());
            let all = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
            let all = _mm512_add_epi32(all, _mm512_set1_epi32(from as i32));
            _mm512_storeu_si512(places.as_mut_ptr().cast(), _mm512_maskz_compress_epi32(some, all));
            _mm512_storeu_ps(kept.as_mut_ptr(), _mm512_maskz_compress_ps(some, floats));
            some.count_ones() as usize
        }
    }
    #[inline(always)]
    fn add_sizes(sums: [f64; 8], weights: &[f32; 8]) -> [f64; 8] {
        let mut out = [0.0; 8];
        // SAFETY: as above, but at any alignment; each array has 8 numbers.
        unsafe {
            let size = _mm512_abs_pd(_mm512_cvtps_pd(_mm256_loadu_ps(weights.as_ptr())));
            _mm512_storeu_pd(out.as_mut_ptr(), _mm512_add_pd(_mm512_loadu_pd(sums.as_ptr()), size));
        }
        out
    }
    #[inline(always)]
    fn add_heard_sizes(sums: [f64; 8], weights: &[f32; 8], of: &[f64], at: &[u32; 8]) -> [f64; 8] {
        let mut out = [0.0; 8];
        // SAFETY: as above, but at any alignment; each array has 8 numbers, and what is read of `of` lies within it.
        unsafe {
            let at = _mm512_cvtepu32_epi64(_mm256_loadu_si256(at.as_ptr().cast()));
            let within = _mm512_cmplt_epu64_mask(at, _mm512_set1_epi64(of.len() as i64));
            assert!(within == 0xff, "out of bounds: {} values", of.len());
            let size = _mm512_abs_pd(_mm512_cvtps_pd(_mm256_loadu_ps(weights.as_ptr())));
            let product = _mm512_mul_pd(size, _mm512_i64gather_pd::<8>(at, of.as_ptr()));
            _mm512_storeu_pd(out.as_mut_ptr(), _mm512_add_pd(_mm512_loadu_pd(sums.as_ptr()), product));
        }
        out
    }
}
