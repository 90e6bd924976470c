//! Pairing: vacant dendritic elements meet vacant axonal ones in reach, at random.
//!
//! Each vacant spine, in any order, takes a bouton with a probability in proportion to how many its neuron has vacant, times
//! exp(-(d/σ)²) of the distance where there is a kernel. An input or output that always has one to spare counts as one, and an
//! output comes to the end of the line again when it was served. Nobody pairs with itself, nor with whom it is connected or just
//! lost; what a frozen neuron hears stays as it is.

use super::vacancy::{Side, Spare, Vacancies, may_pair};
use crate::place::Place;
use livenet_core::{Network, Row, Stream};
use std::collections::{BTreeSet, VecDeque};

/// Who pairs: at most `most`, not `lost`, and near rather than far where there is a width.
pub(super) struct Pairing<'a> {
    pub(super) network: &'a Network,
    pub(super) lost: BTreeSet<(u32, u32)>,
    pub(super) width: f64,
    pub(super) most: usize,
}

impl Pairing<'_> {
    /// The places where connections come, each with how many dendritic elements were vacant; the vacancies are those afterwards.
    pub(super) fn pair(mut self, vacancies: &mut Vacancies, stream: &mut Stream) -> Vec<Place> {
        let mut places = Vec::new();
        let mut line = self.line(vacancies, stream);
        // Vacancies only become fewer: who found nobody will not.
        let mut alone = BTreeSet::new();
        while places.len() < self.most {
            let Some(post) = line.pop_front() else { break };
            if alone.contains(&post) {
                continue;
            }
            let Some(pre) = self.partner(vacancies, post, stream) else {
                alone.insert(post);
                continue;
            };
            let spare = vacancies.of(Side::Post, post);
            let delays = u64::from(self.network.group(self.network.spec(Row::new(post)).group).reach.max_delay) + 1;
            let delay = stream.below(delays) as u16;
            places.push(Place { delay, score: spare.weight() as f32, ..Place::free(post, pre) });
            vacancies.join((post, pre));
            self.lost.insert((post, pre));
            if spare == Spare::Always {
                line.push_back(post);
            }
        }
        places
    }

    /// The vacant dendritic elements, in any order.
    fn line(&self, vacancies: &Vacancies, stream: &mut Stream) -> VecDeque<u32> {
        let free = self.network.neuron_rows().filter(|&row| !self.network.is_frozen(row)).map(Row::get);
        let elements = free.flat_map(|row| {
            let count = vacancies.of(Side::Post, row).weight() as usize;
            std::iter::repeat_n(row, count.min(self.network.neuron_count()))
        });
        let mut line: Vec<u32> = elements.collect();
        stream.shuffle(&mut line);
        line.into()
    }

    fn partner(&self, vacancies: &Vacancies, post: u32, stream: &mut Stream) -> Option<u32> {
        let network = self.network;
        let connected = &network.pres()[network.incoming(Row::new(post))];
        let (mut candidates, mut sum) = (Vec::new(), 0.0);
        network.reach_of(Row::new(post), &mut |range| {
            for pre in range {
                let weight = vacancies.of(Side::Pre, pre).weight();
                let taken = || connected.binary_search(&pre).is_ok() || self.lost.contains(&(post, pre));
                if weight > 0.0 && may_pair(network, post, pre) && !taken() {
                    sum += weight * self.nearness(post, pre);
                    candidates.push((sum, pre));
                }
            }
        });
        let at = stream.uniform() * sum;
        let found = candidates.partition_point(|&(until, _)| until <= at);
        candidates.get(found).filter(|_| sum > 0.0).map(|&(_, pre)| pre)
    }

    fn nearness(&self, post: u32, pre: u32) -> f64 {
        if self.width == 0.0 {
            return 1.0;
        }
        let [a, b] = [post, pre].map(|row| self.network.spec(Row::new(row)).position.map(f64::from));
        let square = (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
        libm::exp(-square / (self.width * self.width))
    }
}
