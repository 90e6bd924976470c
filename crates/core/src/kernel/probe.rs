//! What this machine can do at most: multiply-adds in registers, and reading rows. The kernels are held against it.

use super::dispatch::{Kernel, Target, Wide};
use super::{LANES, Lanes};

/// Chains of multiply-adds: enough to hide their latency.
const CHAINS: usize = 10;

struct MultiplyAdds {
    rounds: usize,
    by: f32,
}

impl Kernel for MultiplyAdds {
    type Output = f32;
    #[inline(always)]
    fn run<W: Wide>(self) -> f32 {
        // Two registers to a row are ten chains of five rows.
        let mut sums = [W::splat(self.by); CHAINS / 2];
        let (a, b) = (W::splat(self.by), W::splat(0.5));
        for _ in 0..self.rounds {
            for sum in &mut sums {
                *sum = sum.fuse(a, b);
            }
        }
        sums.into_iter().map(Wide::tree).sum()
    }
}

/// Does `rounds` times as many multiply-adds as it says, in registers, on the calling thread; returns how many, and a value
/// that depends on all of them.
pub fn multiply_adds(rounds: usize) -> (usize, f32) {
    let by = std::hint::black_box(1.0);
    (rounds * CHAINS / 2 * LANES, Target::best().run(MultiplyAdds { rounds, by }))
}

struct Read<'a> {
    rows: &'a [Lanes],
    rounds: usize,
}

impl Kernel for Read<'_> {
    type Output = f32;
    #[inline(always)]
    fn run<W: Wide>(self) -> f32 {
        let (fours, _) = self.rows.as_chunks::<4>();
        let mut sums = [W::splat(0.0); 4];
        let by = W::splat(1.0);
        for _ in 0..self.rounds {
            for rows in fours {
                for (sum, row) in sums.iter_mut().zip(rows) {
                    *sum = sum.fuse(W::load(row), by);
                }
            }
        }
        sums.into_iter().map(Wide::tree).sum()
    }
}

/// Reads these rows, a multiple of four, `rounds` times in order on the calling thread; returns how many bytes, and a value
/// that depends on all of them.
pub fn read(rows: &[Lanes], rounds: usize) -> (usize, f32) {
    (size_of_val(rows) * rounds, Target::best().run(Read { rows, rounds }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_does_what_it_counts() {
        let (count, sum) = multiply_adds(3);
        // Each of 80 sums: 1 + 3 * (1 * 0.5).
        assert_eq!((count, sum), (240, 80.0 * 2.5));
        let rows = [Lanes::all(0.25); 8];
        assert_eq!(read(&rows, 2), (1024, 2.0 * 8.0 * 16.0 * 0.25));
    }
}
