//! The choice of instructions at run time, and the only `unsafe` of the crate.
//!
//! A kernel is plain Rust over `[f32; 16]`. [`Target::run`] compiles its body once per instruction set
//! and calls the widest one that the machine has. Bodies use `mul_add` for every multiply-add, which is
//! one exactly rounded operation everywhere, and the compiler may not reorder floating point, so the
//! target changes the speed and never a bit. (Without a hardware FMA, x86 before 2013, `mul_add` is a
//! library call: right, and some thirty times slower.) On `aarch64` the portable target is NEON.
#![expect(unsafe_code, reason = "target features can be entered no other way, and a view of lanes as floats")]

use super::Lanes;

/// A body of code to compile for every target. `run` must be `#[inline(always)]`, and whatever it calls
/// in its loops too: a call out of line is compiled for the portable target.
pub(crate) trait Kernel {
    /// What it returns.
    type Output;
    /// The body.
    fn run(self) -> Self::Output;
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
            Self::Portable => kernel.run(),
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
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

/// The floats of some rows, one row after the other.
pub(super) fn flat(rows: &[Lanes]) -> &[f32] {
    // SAFETY: `Lanes` is `repr(C)` around `[f32; 16]`, whose 64 bytes fill its alignment of 64, so a slice
    // of rows is 16 times as many floats without padding, aligned more strictly than f32 asks.
    unsafe { std::slice::from_raw_parts(rows.as_ptr().cast(), rows.len() * super::LANES) }
}

/// The floats of some rows, one row after the other.
pub(super) fn flat_mut(rows: &mut [Lanes]) -> &mut [f32] {
    // SAFETY: as in `flat`; the borrow is exclusive and every bit pattern is a float.
    unsafe { std::slice::from_raw_parts_mut(rows.as_mut_ptr().cast(), rows.len() * super::LANES) }
}
