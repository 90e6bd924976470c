//! Where it grows: the places of a pool that a rule scores, and those taken.

use super::{Grow, Method, Pick, coactivity, memory::Memory, paths, pool::Pool, residual, sample};
use crate::effort;
use crate::{
    View,
    choice::draw,
    place::{Place, absent, order},
};
use livenet_core::{Candidate, Row, Signal, Stream};
use std::collections::{BTreeMap, BTreeSet};

/// Where something could grow in a pool, some of whose rows go.
pub(super) struct Ground<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) memory: &'a Memory,
    pub(super) method: &'a Method,
    pub(super) pool: &'a Pool,
    /// Rows of the pool that go.
    pub(super) gone: &'a [usize],
    /// Most places that are looked at.
    pub(super) most: usize,
    /// Whether every absent pair was looked at for gradients, though the best alone are shown.
    pub(super) all_looked_at: bool,
}

/// Places that are taken, best first.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) places: Vec<Place>,
    /// The best score that was not taken.
    pub(super) next: Option<f32>,
    /// How many stood for choice.
    pub(super) considered: u64,
}

impl Grow {
    /// The rule in a few words.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Random | Self::Nowhere => "random place",
            Self::Gradient => "largest |gradient|",
            Self::Momentum { .. } => "largest |momentum|",
            Self::SampledGradient { .. } => "largest |gradient| of a sample",
            Self::Paths | Self::Neighbours => "paths of length three",
            Self::Near { .. } => "near",
            Self::CoActivity { .. } => "fires together",
            Self::Residual => "speaks of what is wrong",
        }
    }
}

impl<'a> Ground<'a> {
    /// Takes `count` places, of each listener no more than its quota, if there are quotas.
    pub(super) fn choose(&self, count: usize, quotas: Option<&BTreeMap<u32, usize>>, stream: &mut Stream) -> Chosen {
        match (self.method.grow, quotas) {
            (Grow::Nowhere, _) => Chosen::default(),
            (Grow::Random, None) => {
                let taken = self.taken();
                let considered = self.pool.pairs.len() - taken.len() as u64;
                Chosen { places: self.random(count, &taken, stream), next: None, considered }
            }
            (_, None) => {
                let mut chosen = self.pick(self.places(stream), count, stream);
                if matches!(self.method.grow, Grow::Paths | Grow::Neighbours) && chosen.places.len() < count {
                    let mut taken = self.taken();
                    taken.extend(chosen.places.iter().map(Place::pair));
                    let missing = count - chosen.places.len();
                    chosen.places.extend(self.random(missing, &taken, stream));
                }
                chosen
            }
            (_, Some(quotas)) => {
                let places = if self.method.grow == Grow::Random {
                    let taken = self.taken();
                    self.random(self.most, &taken, stream)
                } else {
                    self.places(stream)
                };
                let mut by_listener = BTreeMap::<u32, Vec<Place>>::new();
                for place in places {
                    by_listener.entry(place.post).or_default().push(place);
                }
                let mut all = Chosen::default();
                for (post, places) in by_listener {
                    let Chosen { places, next, considered } =
                        self.pick(places, quotas.get(&post).copied().unwrap_or(0), stream);
                    all.places.extend(places);
                    all.next = [all.next, next].into_iter().flatten().reduce(f32::max);
                    all.considered += considered;
                }
                best_first(&mut all.places);
                all
            }
        }
    }

    /// All places that stand for choice, with their scores.
    fn places(&self, stream: &mut Stream) -> Vec<Place> {
        let (view, network) = (self.view, self.view.network);
        let (listeners, heard) = self.pool.part.rows(network);
        let inside = |post, pre| listeners.contains(&post) && heard.contains(&pre);
        let of_pool = |candidate: &Candidate| inside(candidate.post, candidate.pre);
        let again = |values: &'a [f32]| {
            let value = |row: usize| values.get(row).copied().unwrap_or(0.0);
            let places = Place::of_all(network, self.gone).zip(self.gone).zip(0..);
            places.map(move |((place, &row), at)| Place {
                score: value(row).abs(),
                lean: -value(row),
                again: Some(at),
                ..place
            })
        };
        match self.method.grow {
            Grow::Random | Grow::Nowhere => Vec::new(),
            Grow::Gradient => {
                // At once: to grow would take longer than to look.
                let mut places = Vec::with_capacity(view.signals.candidates().len() + self.gone.len());
                places.extend(absent(view, of_pool));
                places.extend(again(view.signals.values(Signal::Gradient)));
                places
            }
            Grow::SampledGradient { subset, guide } => {
                let drawn = sample::draw(view, self.pool, (subset, guide), self.most, stream);
                let scored = drawn.into_iter().map(|(post, pre)| {
                    let place = self.at(post, pre, (0.0, 0.0), stream);
                    let gradient = sample::gradient(view, place.pair(), place.delay);
                    Place { score: gradient.abs(), lean: -gradient, ..place }
                });
                scored.collect()
            }
            Grow::Momentum { .. } => {
                let mut best = BTreeMap::<(u32, u32), Place>::new();
                let remembered = self.memory.absent.iter().filter_map(|(&(at, delay), &mean)| {
                    let (post, pre) = (network.row(at.post)?, network.row(at.pre)?);
                    // Reach may have changed since it was seen.
                    let may = network.may_listen(post, pre, delay) && inside(post.get(), pre.get());
                    let place = Place { delay, score: mean.abs(), lean: -mean, ..Place::free(post.get(), pre.get()) };
                    may.then_some(place)
                });
                for place in remembered.chain(again(&self.memory.momentum)) {
                    let of = best.entry(place.pair()).or_insert(place);
                    if place.score > of.score {
                        *of = place;
                    }
                }
                best.into_values().collect()
            }
            Grow::Paths | Grow::Neighbours => {
                let gone: BTreeSet<usize> = self.gone.iter().copied().collect();
                let stays = self.pool.present.iter().filter(|row| !gone.contains(row));
                let connected: BTreeSet<(u32, u32)> = stays.map(|&row| Place::of(network, row, 0.0).pair()).collect();
                let scores = if self.method.grow == Grow::Paths { paths::scores } else { paths::of_neighbours };
                let taken = self.taken();
                let free = |&(post, pre): &(u32, u32)| {
                    network.may_listen(Row::new(post), Row::new(pre), 0) && !taken.contains(&(post, pre))
                };
                let scores = scores(&connected).into_iter().filter(|(pair, _)| free(pair));
                scores.map(|((post, pre), score)| self.at(post, pre, (score, score), stream)).collect()
            }
            Grow::Near { width } => self.score_absent(stream, |post, pre, _| {
                let [a, b] = [post, pre].map(|row| network.spec(Row::new(row)).position);
                let (dx, dy) = (f64::from(a[0] - b[0]), f64::from(a[1] - b[1]));
                effort::spend(4);
                let near = libm::exp(-(dx * dx + dy * dy) / f64::from(width).powi(2)) as f32;
                (near, near)
            }),
            Grow::CoActivity { .. } => {
                self.score_absent(stream, |post, pre, delay| coactivity::score(view, (post, pre), delay))
            }
            Grow::Residual => self.score_absent(stream, |post, pre, _| residual::score(view, post, pre)),
        }
    }

    /// The pairs that stay connected.
    fn taken(&self) -> BTreeSet<(u32, u32)> {
        let network = self.view.network;
        self.pool.taken(network, &self.gone.iter().map(|&row| Place::of(network, row, 0.0).pair()).collect())
    }

    /// Absent pairs, or a random part of them where there are more than are looked at, each with its score and lean.
    fn score_absent(&self, stream: &mut Stream, score: impl Fn(u32, u32, u16) -> (f32, f32)) -> Vec<Place> {
        let taken = self.taken();
        let free = self.pool.pairs.len() - taken.len() as u64;
        let pairs = if free <= self.most as u64 {
            self.pool.pairs.iter().filter(|pair| !taken.contains(pair)).collect()
        } else {
            self.pool.pairs.sample(self.most, &taken, stream)
        };
        let scored = |place: Place| {
            let (score, lean) = score(place.post, place.pre, place.delay);
            Place { score, lean, ..place }
        };
        pairs.into_iter().map(|(post, pre)| scored(self.at(post, pre, (0.0, 0.0), stream))).collect()
    }

    /// A place with any delay that its listener may have.
    fn at(&self, post: u32, pre: u32, (score, lean): (f32, f32), stream: &mut Stream) -> Place {
        let network = self.view.network;
        let max_delay = network.group(network.spec(Row::new(post)).group).reach.max_delay;
        let delay = stream.below(u64::from(max_delay) + 1) as u16;
        Place { delay, score, lean, ..Place::free(post, pre) }
    }

    /// Any free places.
    fn random(&self, count: usize, taken: &BTreeSet<(u32, u32)>, stream: &mut Stream) -> Vec<Place> {
        let pairs = self.pool.pairs.sample(count, taken, stream);
        pairs.into_iter().map(|(post, pre)| self.at(post, pre, (0.0, 0.0), stream)).collect()
    }

    fn pick(&self, mut places: Vec<Place>, count: usize, stream: &mut Stream) -> Chosen {
        let considered = match self.method.grow {
            Grow::Gradient if self.all_looked_at => self.pool.pairs.absent(self.view.network) + self.gone.len() as u64,
            _ => places.len() as u64,
        };
        // Of those that nobody scores there is nothing to compute.
        effort::spend(if self.method.grow == Grow::Random { 0 } else { considered });
        if self.method.grow == Grow::Random {
            stream.shuffle(&mut places);
            places.truncate(count);
            return Chosen { places, next: None, considered };
        }
        match self.method.pick {
            Pick::Best => {
                let next = leave_best(&mut places, count);
                Chosen { places, next, considered }
            }
            Pick::Drawn => {
                let scores: Vec<f32> = places.iter().map(|place| place.score).collect();
                let mut places: Vec<Place> = draw(&scores, count, stream).into_iter().map(|at| places[at]).collect();
                best_first(&mut places);
                Chosen { places, next: None, considered }
            }
        }
    }
}

/// A place as a number, smaller the more it is wanted: by score, then by where it is. No two are alike.
fn rank(place: &Place) -> u128 {
    let Place { post, pre, delay, score, .. } = *place;
    u128::from(!order(score)) << 80 | u128::from(post) << 48 | u128::from(pre) << 16 | u128::from(delay)
}

/// Leaves the `count` best, best first; returns the score of the next. What is shown of absent pairs comes best first, and
/// needs neither to be chosen from nor to be sorted; nor does any other place that is worse than enough of those.
fn leave_best(places: &mut Vec<Place>, count: usize) -> Option<f32> {
    let enough = count.saturating_add(1);
    let ranked = places.windows(2).take(enough).take_while(|two| rank(&two[0]) < rank(&two[1])).count() + 1;
    let ranked = ranked.min(places.len()).min(enough);
    let worst = places.get(count).filter(|_| ranked == enough).map_or(u128::MAX, rank);
    let mut at = 0;
    places.retain(|place| {
        at += 1;
        at <= ranked || rank(place) < worst
    });
    let rest = &mut places[ranked..];
    if rest.len() > enough {
        rest.select_nth_unstable_by_key(count, rank);
        places.truncate(ranked + enough);
    }
    places[ranked..].sort_unstable_by_key(rank);
    // Stable, since that merges two parts which ascend.
    places.sort_by_key(rank);
    let next = places.get(count).map(|place| place.score);
    places.truncate(count);
    next
}

fn best_first(places: &mut [Place]) {
    places.sort_unstable_by_key(rank);
}
