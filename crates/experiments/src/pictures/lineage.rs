//! Who divided from whom, and who died when: the journal, read for its neurons alone.

use crate::plots::{Life, LineageTree};
use livenet_core::{Journal, JournalError, Origin, Row};
use std::{collections::BTreeMap, ops::ControlFlow};

/// The lives of all neurons until `end` updates were done.
///
/// # Errors
/// [`JournalError`] when the journal cannot be repeated.
pub(super) fn tree(journal: &Journal, end: u64) -> Result<LineageTree, JournalError> {
    let mut lives: BTreeMap<u64, Life> = BTreeMap::new();
    let last = journal.walk(&mut |_, commit, network| {
        if commit.step > end {
            return ControlFlow::Break(());
        }
        for gone in &commit.gone {
            if let Some(life) = lives.get_mut(&gone.number()) {
                life.died = Some(commit.step);
            }
        }
        for newborn in &commit.newborns {
            let mother = match newborn.origin {
                Origin::DivisionOf(mother) | Origin::CopyOf(mother) => Some(mother.number()),
                Origin::Seed | Origin::Fresh | Origin::OnConnection(_) | Origin::RenewalOf(_) => None,
            };
            let (neuron, group) = (newborn.id.number(), network.spec(Row::new(newborn.row)).group.index());
            lives.insert(neuron, Life { neuron, mother, born: commit.step, died: None, group });
        }
        ControlFlow::Continue(())
    })?;
    let groups = last.groups().iter().map(|group| group.name.clone()).collect();
    Ok(LineageTree { lives: lives.into_values().collect(), groups, end })
}
