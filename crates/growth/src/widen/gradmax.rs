//! `gradmax`: a newborn that says nothing at first, and that the first step of training changes most.
//!
//! Its incoming weights and bias are 0. What it tells its listeners is chosen so that the gradient by its incoming weights is as
//! large as it can be for that length: with M the gradient of a dense layer of zeros from those whom the newborn may
//! hear to those who may hear it, that gradient is `M o` for outgoing weights o, and `o` is the top right singular vector of M;
//! for k newborns the top k. Each is normalised by itself to `scale` times the mean length of what the members of the group tell
//! others (1 where nobody tells anything), so singular values only rank.
//!
//! On any graph M sums, over cycles and lanes, what a newborn would hear times the blame of its listeners when they would
//! hear it, with the lags of the schedule ([`evidence`](super::evidence)). On layers that is the paper's matrix.
//!
//! The unit must say 0 at 0 (groups of others are left alone) and have a slope there. The official code takes 1 for ReLU's slope at
//! 0; here it is 0, and such a newborn would never learn. So in a commit of its own afterwards its bias becomes
//! `nudge`, which is in the linear part, and the biases of its listeners take back what it says by that: outputs stay as
//! they were but for rounding; where a listener hears a cycle late, or the newborn is leaky and comes to its bias in time, they are off by up
//! to `nudge` times a weight until then. Units whose slope at 0 is at least half of that at `nudge` are not nudged.
//!
//! `direction` is the control: `random` draws a direction evenly, `random_positive` each weight from [0, 1) as the official
//! code's random baseline does, which is weaker; both then get the same length.

use super::{
    evidence::{Evidence, NEEDS, Residual},
    growth::{Bias, Metric, Rules, Silent, Values, svd_growth},
    planned::{self, Planned},
    site::{Newborn, Site},
};
use crate::{
    Axes, Citation, Contract, Entry, Family, Probe, Setting, Strategy, Verdict, View, Why,
    algebra::{Matrix, dot},
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, Follower, Network, Reason, Signal};

/// In which direction a newborn speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// Along the top singular vectors.
    Gradient,
    /// In any direction.
    Random,
    /// In any direction, all weights positive.
    RandomPositive,
}

/// Growth that maximises the gradient. Keeps no state between askings.
#[derive(Clone, Debug, PartialEq)]
pub struct GradMax {
    /// Newborns per group and asking.
    pub count: usize,
    /// Length of what a newborn says over the mean length in its group.
    pub scale: f64,
    /// Where it points.
    pub direction: Speech,
    /// The bias that brings a unit with a kink at 0 to its linear part; 0 leaves it at the kink.
    pub nudge: f64,
    /// The group that grows; all hidden ones if empty.
    pub group: String,
    /// Training samples that are run for it; 0 takes the last window.
    pub samples: u32,
}

impl Default for GradMax {
    fn default() -> Self {
        Self { count: 1, scale: 1.0, direction: Speech::Gradient, nudge: 1e-6, group: String::new(), samples: 512 }
    }
}

impl GradMax {
    /// As an experiment sets it: `count`, `scale`, `direction`, `nudge`, `group`, `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let words =
            [("gradient", Speech::Gradient), ("random", Speech::Random), ("random_positive", Speech::RandomPositive)];
        Ok(Self {
            count: settings.integer("count", 1, 1..=65_536)? as usize,
            scale: settings.real("scale", 1.0, 0.0..=1e6)?,
            direction: settings.choice("direction", &words)?,
            nudge: settings.real("nudge", 1e-6, 0.0..=1.0)?,
            group: settings.text("group", "")?,
            samples: settings.integer("samples", 512, 0..=1 << 20)? as u32,
        })
    }

    /// Directions of length 1.
    fn directions(&self, view: &View<'_>, site: &Site, evidence: &Evidence) -> Vec<Vec<f64>> {
        if self.direction == Speech::Gradient {
            let rules = Rules {
                input: Metric::Plain,
                output: Metric::Plain,
                residual: Residual::Unasked,
                silent: Silent::Incoming,
                values: Values::Discarded,
                bias: Bias::Zero,
                count: self.count,
                least: 0.0,
                flat: 0.0,
            };
            return svd_growth(evidence, &rules).into_iter().map(|found| found.newborn.outgoing).collect();
        }
        let key = view.key.at(site.spec.group.index() as u64);
        let draw = |newborn: usize| {
            let numbers = site.listeners.iter().map(|&post| view.network.id(post).number());
            let key = key.at(newborn as u64);
            let direction: Vec<f64> = match self.direction {
                Speech::RandomPositive => numbers.map(|number| key.uniform(number, 0)).collect(),
                _ => numbers.map(|number| key.normal(number, 0)).collect(),
            };
            let length = dot(&direction, &direction).sqrt();
            direction.into_iter().map(|weight| weight / length.max(f64::MIN_POSITIVE)).collect()
        };
        (0..self.count).map(draw).collect()
    }

    /// The newborns of one group; their score is the norm of the gradient that each promises.
    fn plan<'s>(&self, view: &View<'_>, site: &'s Site, evidence: &Evidence) -> Vec<Planned<'s>> {
        let weights = view.signals.values(Signal::Weight);
        let length = self.scale * site.mean_axon(view.network, weights).unwrap_or(1.0);
        let activation = site.spec.unit.activation;
        let kink = activation.derivative(self.nudge) > 2.0 * activation.derivative(0.0).abs();
        let nudge = if kink { self.nudge as f32 } else { 0.0 };
        let slope = activation.derivative(f64::from(nudge));
        let heard = evidence.heard.left(site.heard.len());
        let gradient = heard.outer(&evidence.wanted).scaled(-1.0 / evidence.samples() as f64);
        let planned = |direction: Vec<f64>| {
            let column = Matrix::from_fn(direction.len(), 1, |row, _| length * direction[row]);
            let promised = gradient.times(&column);
            let score = (slope * promised.outer(&promised).trace().sqrt()) as f32;
            let outgoing = direction.iter().map(|weight| length * weight).collect();
            // Nothing changes at once; saying so lets the gradient be measured before and after.
            let reason =
                Reason::scored(self.direction.rule(), score).out_of(site.listeners.len() as u64, None).foretelling(0.0);
            Planned {
                site,
                newborn: Newborn { incoming: vec![0.0; site.heard.len()], bias: 0.0, outgoing },
                reason,
                nudge,
            }
        };
        self.directions(view, site, evidence).into_iter().map(planned).collect()
    }
}

impl Speech {
    /// The rule in a few words.
    const fn rule(self) -> &'static str {
        match self {
            Self::Gradient => "outgoing weights that make its gradient largest",
            Self::Random => "outgoing weights in any direction",
            Self::RandomPositive => "positive outgoing weights in any direction",
        }
    }
}

impl Follower for GradMax {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for GradMax {
    fn needs(&self) -> Vec<Signal> {
        NEEDS.into_iter().chain([Signal::Weight]).collect()
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let sites: Vec<Site> = Site::all(view.network, &self.group).into_iter().filter(Site::starts_silent).collect();
        let plan = sites.iter().filter_map(|site| {
            let evidence = Evidence::of(view.network, view.signals, site, Residual::Unasked)?;
            Some(self.plan(view, site, &evidence))
        });
        let plan = plan.flatten().collect();
        if sites.is_empty() { Verdict::Nothing(Why::NoCandidates) } else { planned::bear(view, draft, plan) }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn probe(&self) -> Probe {
        if self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: "gradmax",
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "every hidden group",
        born: "incoming zero, outgoing singular vectors",
        amount: "a count",
    },
    summary: "newborns that say nothing yet, with the outgoing weights that make their gradient largest",
    citation: Citation {
        key: "evci2022gradmax",
        authors: "Evci, Utku and van Merri{\\\"e}nboer, Bart and Unterthiner, Thomas and Vladymyrov, Max and Pedregosa, Fabian",
        title: "GradMax: Growing Neural Networks using Gradient Information",
        venue: "International Conference on Learning Representations",
        year: 2022,
        url: "https://arxiv.org/abs/2201.05125",
    },
    settings: &[
        Setting { name: "count", default: "1", about: "newborns per group and asking; in [1, 65536]" },
        Setting {
            name: "scale",
            default: "1.0",
            about: "length of a newborn's outgoing weights over the mean length in its group, in [0, 1e6]",
        },
        Setting {
            name: "direction",
            default: "\"gradient\"",
            about: "`gradient`, or as controls `random` or `random_positive`",
        },
        Setting {
            name: "nudge",
            default: "1e-6",
            about: "bias that takes a unit with a kink at 0 to its linear part, taken back at the listeners; in [0, 1]",
        },
        Setting { name: "group", default: "\"\"", about: "name of the group that grows; all hidden ones if empty" },
        Setting {
            name: "samples",
            default: "512",
            about: "training samples that are run for it; 0 takes the last window",
        },
    ],
    contract: Contract::Exact,
    build: |settings| Ok(Box::new(GradMax::build(settings)?)),
};
