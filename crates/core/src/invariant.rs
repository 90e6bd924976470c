//! What is true of every network between two commits, derived again from scratch.
//!
//! A commit checks it in debug builds; a snapshot from a file is checked in every build.

use crate::{Marks, Network, Neurons, Role, Row};

/// What a network promises and does not keep; the place is in the words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the structure is not whole: {0}")]
pub struct BrokenInvariant(pub(crate) String);

macro_rules! hold {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(BrokenInvariant(format!($($words)+)));
        }
    };
}

impl Network {
    /// Checks every invariant. Costs a pass over all rows.
    ///
    /// # Errors
    /// [`BrokenInvariant`] names the first that does not hold.
    pub(crate) fn check(&self) -> Result<(), BrokenInvariant> {
        self.check_neurons()?;
        self.check_synapses()?;
        self.check_transpose()
    }

    fn check_neurons(&self) -> Result<(), BrokenInvariant> {
        let (count, starts) = (self.neurons.len(), &self.group_start);
        hold!(starts.len() == self.groups.len() + 1, "{} group bounds for {} groups", starts.len(), self.groups.len());
        hold!(
            starts[0] == 0 && starts.last() == Some(&(count as u32)),
            "the groups hold {starts:?} of {count} neurons"
        );
        hold!(starts.is_sorted(), "the group bounds {starts:?} do not ascend");
        hold!(self.rows.len() == count, "{} names for {count} neurons", self.rows.len());
        for group in self.group_ids() {
            for row in self.members(group) {
                let neuron = &self.neurons[row as usize];
                let (id, found) = (neuron.id, neuron.spec.group);
                hold!(found == group, "{id} of group {found:?} has its row among those of {group:?}");
                hold!(
                    self.rows.get(&id) == Some(&row),
                    "{id} is at row {row}, its name leads to {:?}",
                    self.rows.get(&id)
                );
                hold!(
                    id.number() < self.births.peek(),
                    "{id} was never born: the next birth is {}",
                    self.births.peek()
                );
            }
        }
        let listers = (0u32..).zip(&self.neurons).filter(|(_, neuron)| neuron.spec.listens_to.is_some());
        hold!(listers.map(|(row, _)| row).eq(self.listers.iter().copied()), "the index of neurons with lists is stale");
        Ok(())
    }

    fn check_synapses(&self) -> Result<(), BrokenInvariant> {
        let (count, rows) = (self.neurons.len() as u32, self.pre.len());
        hold!(self.offsets.len() == count as usize + 1, "{} offsets for {count} neurons", self.offsets.len());
        hold!(
            self.offsets[0] == 0 && self.offsets.last() == Some(&(rows as u32)),
            "the offsets do not span {rows} connections"
        );
        hold!(self.offsets.is_sorted(), "the offsets do not ascend");
        hold!(self.delay.len() == rows && self.marks.len() == rows, "delays or marks are missing");
        for post in self.neuron_rows() {
            let heard = &self.pre[self.incoming(post)];
            let id = self.id(post);
            hold!(heard.is_sorted_by(|a, b| a < b), "the connections of {id} are out of order");
            hold!(heard.last().is_none_or(|&last| last < count), "{id} hears row {:?} of {count}", heard.last());
            hold!(heard.is_empty() || self.role(post) != Role::Input, "the input {id} listens to somebody");
        }
        let known = Marks::SILENT | Marks::FROZEN;
        hold!(self.marks.iter().all(|marks| marks.0 & !known == 0), "a connection has an unknown mark");
        Ok(())
    }

    fn check_transpose(&self) -> Result<(), BrokenInvariant> {
        let Some(out) = self.outgoing.get() else { return Ok(()) };
        let entries = out.post.len();
        hold!(
            entries == self.pre.len() && out.synapse.len() == entries,
            "the transpose has {entries} of {} entries",
            self.pre.len()
        );
        for pre in self.neuron_rows() {
            let range = out.offsets[pre.index()] as usize..out.offsets[pre.index() + 1] as usize;
            hold!(
                out.synapse[range.clone()].is_sorted_by(|a, b| a < b),
                "the listeners of {} are out of order",
                self.id(pre)
            );
            for at in range {
                let (post, row): (Row<Neurons>, _) = (Row::new(out.post[at]), out.synapse[at]);
                let right = self.pre[row as usize] == pre.get() && self.incoming(post).contains(&(row as usize));
                hold!(right, "the transpose leads {} to the wrong connection {row}", self.id(pre));
            }
        }
        Ok(())
    }
}
