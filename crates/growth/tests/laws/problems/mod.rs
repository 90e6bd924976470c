//! A small problem per method, with the margin that it must reach over a control, or keep.
//!
//! A [`Claim`] is data: which method with which settings, on which [`Problem`], from which [`Start`], and by how much the mean over
//! a few seeds must lie above the same problem without any change of structure. `docs/problems.md` has the rows.

mod claim;
mod growing;
mod learner;
mod pruning;
mod renewing;
mod rewiring;
mod task;

use claim::{Bar, Claim, Control, Set, hold};
use learner::{Came, Problem, Start, run};
use task::Task;

#[test]
fn every_method_has_a_row() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/problems.md");
    let rows = std::fs::read_to_string(path).unwrap();
    let first = |row: &str| row.strip_prefix("| ").and_then(|row| row.split(" | ").next()).map(str::to_owned);
    let named: String = rows.lines().filter_map(first).collect();
    for entry in livenet_growth::registry::ALL {
        assert!(named.contains(&format!("`{}`", entry.name)), "`{}` has no row in docs/problems.md", entry.name);
    }
}
