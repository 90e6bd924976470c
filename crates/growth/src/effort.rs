//! What strategies compute by themselves, counted in multiply-adds.
//!
//! A method that decomposes matrices or scores a million places spends what a network of its size spends on many steps, and
//! a comparison at equal cost must see it. The loops of this crate that grow with samples, with candidates or with the cube of a
//! size say what they spend as they go, each on the thread that runs it; whoever asks a strategy takes the count after it.
//!
//! Counted are, by size and never by clock, so that the same asking counts the same on every machine:
//!
//! - products of matrices and inner products: a multiply-add per term, zeros included;
//! - a symmetric eigendecomposition of n by n: 9 n³ / 2, half of the 9 n³ operations of Householder's reduction and QR with vectors
//!   (Golub and Van Loan, *Matrix Computations*, 8.3); 2 n³ / 3 where only the tridiagonal form is made;
//! - a singular value decomposition: what its Jacobi rotations do, three inner products for each pair of columns and 4 per entry turned;
//! - a correlation of n pairs of values: 5 n;
//! - what is scored, connections and candidates: 1 each, or what their score takes;
//! - paths of length three: each step of each path.
//!
//! Sorting, drawing and bookkeeping are not: they come with every method, and are little. What the signals cost is not either: they
//! are computed where the data is, and counted there.
//!
//! ```
//! use livenet_growth::{algebra::dot, effort};
//!
//! effort::take();
//! assert_eq!(dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
//! assert_eq!((effort::take(), effort::take()), (3, 0));
//! ```

use std::cell::Cell;

thread_local! {
    static SPENT: Cell<u64> = const { Cell::new(0) };
}

/// So many more were done on this thread.
pub fn spend(count: u64) {
    SPENT.with(|spent| spent.set(spent.get().saturating_add(count)));
}

/// What was done on this thread since it was last taken.
pub fn take() -> u64 {
    SPENT.with(Cell::take)
}
