//! What this machine can do at most: multiply-adds in registers, and reading rows. The kernels are held against it.

use super::dispatch::{Kernel, Target, Wide};
use super::{LANES, Lanes};

struct MultiplyAdds {
    rounds: usize,
    by: f32,
}

impl MultiplyAdds {
    /// So many rows of sums: enough chains to hide the latency of two pipelines.
    #[inline(always)]
    fn chains<W: Wide, const ROWS: usize>(self) -> (usize, f32) {
        let mut sums = [W::splat(self.by); ROWS];
        let (a, b) = (W::splat(self.by), W::splat(0.5));
        for _ in 0..self.rounds {
            for sum in &mut sums {
                *sum = sum.fuse(a, b);
            }
        }
        (self.rounds * ROWS * LANES, sums.into_iter().map(Wide::tree).sum())
    }
}

impl Kernel for MultiplyAdds {
    type Output = (usize, f32);
    #[inline(always)]
    fn run<W: Wide>(self) -> (usize, f32) {
        // Where a row is two registers, five of them are ten chains.
        if W::ROOM { self.chains::<W, 10>() } else { self.chains::<W, 5>() }
    }
}

/// Does multiply-adds in registers, on the calling thread; returns how many, and a value that depends on all of them.
pub fn multiply_adds(rounds: usize) -> (usize, f32) {
    Target::best().run(MultiplyAdds { rounds, by: std::hint::black_box(1.0) })
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
        // Each sum: 1 + 3 * (1 * 0.5).
        assert!(count == 240 || count == 480);
        assert_eq!(sum, count as f32 / 3.0 * 2.5);
        let rows = [Lanes::all(0.25); 8];
        assert_eq!(read(&rows, 2), (1024, 2.0 * 8.0 * 16.0 * 0.25));
    }
}
