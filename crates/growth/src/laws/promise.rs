//! What a method promises about the function, measured.

use super::{Living, Subject, layers, recurrent};
use crate::Contract;

/// Asks on networks with random weights, and measures by how much outputs of the next window change: at most 1e-6 of
/// the largest where [`Contract::Exact`] is promised, 1e-3 where [`Contract::Near`] is.
///
/// # Errors
/// Says what was measured.
pub fn promise(subject: &Subject<'_>) -> Result<(), String> {
    let most = match subject.entry.contract {
        Contract::Exact => 1e-6,
        Contract::Near => 1e-3,
        Contract::None => return Ok(()),
    };
    for seed in 0..12 {
        for (network, density) in [(layers(&[3, 6, 4, 2]), 0.8), (recurrent([2, 6, 2], 1), 0.5)] {
            let mut living = Living::new(network, density, seed);
            let mut method = subject.make().map_err(|error| error.to_string())?;
            if subject.entry.contract == Contract::Near {
                // What goes had hardly anything left, as training leaves it.
                living.cross(&mut *method);
            }
            let (change, moves) = living.change(&mut *method);
            if change.is_nan() || change > most {
                return Err(format!("outputs changed by {change:e} of the largest, after {moves} moves"));
            }
        }
    }
    Ok(())
}
