//! Infinities and what is not a number: a look at everything, many at a time.

use super::dispatch::{Kernel, Target, Wide};

/// Whether every value is finite: all ones in the exponent are carried into the sign by an addition.
#[inline(always)]
pub fn is_finite(values: &[f32]) -> bool {
    let mut carry = 0;
    for value in values {
        carry |= (value.to_bits() & 0x7f80_0000) + 0x0080_0000;
    }
    carry >> 31 == 0
}

struct Finite<'a>(&'a [f32]);

impl Kernel for Finite<'_> {
    type Output = bool;
    #[inline(always)]
    fn run<W: Wide>(self) -> bool {
        is_finite(self.0)
    }
}

/// The same with the widest instructions, which pays for some hundred values and more.
pub fn all_finite(values: &[f32]) -> bool {
    Target::best().run(Finite(values))
}
