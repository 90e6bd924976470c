//! Transpose: the same connections by speaker instead of listener.
//!
//! ```text
//! for e in 0..pre.len(): count[pre[e]] += 1
//! offsets = running sum of count
//! for e in 0..pre.len(): edges[offsets[pre[e]]++] = e
//! ```
//!
//! A counting sort, so the connections of a speaker stand in the order of their rows.

use super::{Gather, Layout};

/// Connections by speaker. The buffers are kept from one build to the next.
#[derive(Clone, Debug, Default)]
pub struct Transpose {
    offsets: Vec<u32>,
    edges: Vec<u32>,
    targets: Vec<i32>,
}

impl Transpose {
    /// Builds it anew: `offsets` (by listener), `pre` and `lag` by connection; `layout` gives the number
    /// of neurons and the arithmetic of offsets.
    ///
    /// # Panics
    /// If the shapes disagree or a speaker is no neuron.
    #[track_caller]
    pub fn rebuild(&mut self, offsets: &[u32], pre: &[u32], lag: &[u16], layout: Layout) {
        let neurons = layout.neurons();
        assert_eq!(offsets.len(), neurons + 1, "one more offset than neurons");
        assert!(offsets[neurons] as usize == pre.len() && pre.len() == lag.len(), "a speaker and a lag per connection");
        self.offsets.clear();
        self.offsets.resize(neurons + 1, 0);
        self.edges.resize(pre.len(), 0);
        self.targets.resize(pre.len(), 0);
        for &j in pre {
            self.offsets[j as usize] += 1;
        }
        // Each entry becomes the end of its range, and walking back from there leaves it the start.
        let mut end = 0;
        for offset in &mut self.offsets {
            end += *offset;
            *offset = end;
        }
        for post in (0..neurons).rev() {
            for e in (offsets[post] as usize..offsets[post + 1] as usize).rev() {
                let place = &mut self.offsets[pre[e] as usize];
                *place -= 1;
                self.edges[*place as usize] = e as u32;
                self.targets[*place as usize] = layout.target(post as u32, lag[e]);
            }
        }
    }

    /// The connections as [`backward`](super::backward) reads them.
    pub fn wires(&self) -> Gather<'_> {
        Gather::new(&self.offsets, &self.targets)
    }

    /// The row, by listener, of each connection in this order.
    pub fn edges(&self) -> &[u32] {
        &self.edges
    }

    /// Writes weights by listener into this order; once per window. Split among threads where that pays.
    #[track_caller]
    pub fn arrange(&self, weights: &[f32], out: &mut [f32]) {
        assert!(weights.len() == self.edges.len() && out.len() == self.edges.len(), "one weight per connection");
        arrange(&self.edges, weights, out);
    }

    /// Writes what is in this order back by listener. Split among threads where that pays.
    #[track_caller]
    pub fn restore(&self, values: &[f32], out: &mut [f32]) {
        assert!(values.len() == self.edges.len() && out.len() == self.edges.len(), "one value per connection");
        self.scatter(values, 0, out);
    }

    /// Those of the rows from `start` on that are in `out`: a run of each speaker's connections.
    fn scatter(&self, values: &[f32], start: usize, out: &mut [f32]) {
        if out.len() > super::WORTH_A_THREAD / 8
            && super::threads() > 1
            && out.len() > self.edges.len() / (2 * super::threads())
        {
            let middle = out.len() / 2;
            let (one, two) = out.split_at_mut(middle);
            rayon::join(|| self.scatter(values, start, one), || self.scatter(values, start + middle, two));
            return;
        }
        let all = out.len() == self.edges.len();
        for speaker in self.offsets.windows(2) {
            let here = speaker[0] as usize..speaker[1] as usize;
            let (mut edges, mut values) = (&self.edges[here.clone()], &values[here]);
            if !all {
                let from = edges.partition_point(|&e| (e as usize) < start);
                (edges, values) = (&edges[from..], &values[from..]);
            }
            for (&e, &value) in edges.iter().zip(values) {
                let Some(out) = out.get_mut(e as usize - start) else { break };
                *out = value;
            }
        }
    }
}

fn arrange(edges: &[u32], weights: &[f32], out: &mut [f32]) {
    // A read at random costs about as much as eight multiply-adds.
    if edges.len() > super::WORTH_A_THREAD / 8 && super::threads() > 1 {
        let middle = edges.len() / 2;
        let (first, second) = out.split_at_mut(middle);
        rayon::join(|| arrange(&edges[..middle], weights, first), || arrange(&edges[middle..], weights, second));
        return;
    }
    for (out, &e) in out.iter_mut().zip(edges) {
        *out = weights[e as usize];
    }
}
