//! `tiny` and `fisher_growth`: newborns that do what the gradient wants and existing connections cannot.
//!
//! Each listener wants its potential to change by v, minus the gradient of the loss by it. What its existing connections and its
//! bias can do of that is taken off, by least squares; the rest is the bottleneck, and newborns are those that come nearest to
//! it in the linear part of their unit ([`svd_growth`]). `fisher_growth` does the same in the metric of the gradients' covariance, as
//! the flag `use_fisher` of the official code.
//!
//! On any graph what is heard and what is wanted is taken with the lags of the schedule, and each listener has the
//! projection of its own, since each may hear others ([`evidence`](super::evidence)); on dense layers all have the same, which is
//! the paper's. In a group that normalises its potentials the bias is not among what exists: it comes after.
//!
//! Weights of both sides are times sqrt(γ). The paper looks for the best γ on a line: here `search` lets the session try 0.1,
//! 0.5 and 1 on clones, after `steps` updates each, by the validation loss, the network as it is standing for 0. Without it γ is `gamma`.
//!
//! What is foretold is the sum over samples of blame times the change of the potentials that the newborns make, their
//! unit as it is (not its slope at 0, which ReLU does not have): right to first order in γ. While existing connections have nothing left to do,
//! and for a unit that is smooth at 0, it is -γ Σ λ² f'(0) as in the paper; where they have, the newborn also does part of
//! what they could, or the contrary. A newborn and its negative are one direction to the linear part, but not to ReLU: the one that is
//! foretold to lower the loss more is born.
//!
//! Groups whose unit says something at 0 are left alone.

use super::{
    evidence::{Evidence, NEEDS, Residual},
    growth::{Bias, Direction, Metric, Rules, Silent, Values, svd_growth},
    planned::{self, Planned},
    site::{Newborn, Site},
};
use crate::{
    Axes, Citation, Contract, Entry, Family, Probe, Setting, Strategy, Verdict, View, Why,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, Follower, Network, Reason, Signal};

/// How large γ is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amplitude {
    /// This.
    Fixed(f64),
    /// What lowers the validation loss most, after so many steps.
    Searched {
        /// Updates of each trial; 0 compares at once.
        steps: u32,
    },
}

impl Amplitude {
    /// Those that are tried, as in the official tutorial; 0 is the network as it is.
    pub const LINE: [f64; 3] = [0.1, 0.5, 1.0];
}

/// Growth against bottlenecks. Keeps no state between askings.
#[derive(Clone, Debug, PartialEq)]
pub struct Tiny {
    /// The flags, thresholds and the number of newborns per group and asking.
    pub rules: Rules,
    /// γ.
    pub amplitude: Amplitude,
    /// The group that grows; all hidden ones if empty.
    pub group: String,
    /// Training samples that are run for it; 0 takes the last window.
    pub samples: u32,
}

impl Tiny {
    /// The flags of `TINY`.
    pub const RULES: Rules = Rules {
        input: Metric::Covariance,
        output: Metric::Plain,
        residual: Residual::Wanted,
        silent: Silent::Nobody,
        values: Values::Used,
        bias: Bias::Found,
        count: 1,
        least: 1e-3,
        flat: 1e-6,
    };

    /// The flags with Fisher's matrix.
    pub const FISHER: Rules = Rules { output: Metric::Covariance, ..Self::RULES };

    /// As an experiment sets it, with these flags: `count`, `least`, `flat`, `search` with `steps` or `gamma`, `group`, `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(rules: Rules, settings: &mut Settings) -> Result<Self, SettingError> {
        let rules = Rules {
            count: settings.integer("count", 1, 1..=65_536)? as usize,
            least: settings.real("least", rules.least, 0.0..=1e9)?,
            flat: settings.real("flat", rules.flat, 0.0..=1e9)?,
            ..rules
        };
        let steps = settings.integer("steps", 0, 0..=1_000_000)? as u32;
        let gamma = settings.real("gamma", 0.1, 0.0..=1e6)?;
        let search = settings.flag("search", true)?;
        Ok(Self {
            rules,
            amplitude: if search { Amplitude::Searched { steps } } else { Amplitude::Fixed(gamma) },
            group: settings.text("group", "")?,
            samples: settings.integer("samples", 512, 0..=1 << 20)? as u32,
        })
    }

    /// A newborn with this γ.
    fn plan<'s>(&self, site: &'s Site, evidence: &Evidence, found: &Direction, gamma: f64) -> Planned<'s> {
        let activation = |z| site.spec.unit.activation.value(z);
        let size = gamma.sqrt();
        let with = |sign: f64| {
            let times = |weights: &[f64]| weights.iter().map(|weight| sign * size * weight).collect();
            let Newborn { incoming, bias, outgoing } = &found.newborn;
            let newborn = Newborn { incoming: times(incoming), bias: sign * size * bias, outgoing: times(outgoing) };
            let newborn = newborn.rounded();
            let foretold = evidence.foretold(&evidence.said(&newborn, activation), &newborn.outgoing);
            (foretold, newborn)
        };
        let (plus, minus) = (with(1.0), with(-1.0));
        // Equal but for rounding where the unit is odd.
        let (foretold, newborn) = if minus.0 < plus.0 - 1e-9 * plus.0.abs() { minus } else { plus };
        let reason = Reason::scored("does what existing connections cannot", found.value as f32)
            .out_of(found.newborn.outgoing.len() as u64, Some(self.rules.least as f32))
            .foretelling(foretold as f32);
        Planned { site, newborn, reason, nudge: 0.0 }
    }
}

impl Follower for Tiny {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Tiny {
    fn needs(&self) -> Vec<Signal> {
        NEEDS.to_vec()
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let sites: Vec<Site> = Site::all(view.network, &self.group).into_iter().filter(Site::starts_silent).collect();
        if sites.is_empty() {
            return Verdict::Nothing(Why::NoCandidates);
        }
        let found: Vec<(&Site, Evidence, Vec<Direction>)> = sites
            .iter()
            .filter_map(|site| {
                let evidence = Evidence::of(view.network, view.signals, site, self.rules.residual)?;
                let found = svd_growth(&evidence, &self.rules);
                Some((site, evidence, found))
            })
            .collect();
        let plan = |gamma: f64| -> Vec<Planned<'_>> {
            let each = found
                .iter()
                .flat_map(|(site, evidence, found)| found.iter().map(move |found| (*site, evidence, found)));
            each.map(|(site, evidence, found)| self.plan(site, evidence, found, gamma)).collect()
        };
        let steps = match self.amplitude {
            Amplitude::Fixed(gamma) => return planned::bear(view, draft, plan(gamma)),
            Amplitude::Searched { steps } => steps,
        };
        let mut drafts = Vec::new();
        for gamma in Amplitude::LINE {
            let mut tried = Draft::new(view.network, view.step);
            match planned::bear(view, &mut tried, plan(gamma)) {
                Verdict::Proposed => drafts.push(tried.finish()),
                nothing => return nothing,
            }
        }
        Verdict::Trial { drafts, steps }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn probe(&self) -> Probe {
        if self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }
}

const SETTINGS: &[Setting] = &[
    Setting { name: "count", default: "1", about: "most newborns per group and asking; in [1, 65536]" },
    Setting { name: "least", default: "1e-3", about: "least singular value of a newborn, if any has it; in [0, 1e9]" },
    Setting { name: "flat", default: "1e-6", about: "eigenvalues of covariances up to this count as 0; in [0, 1e9]" },
    Setting { name: "search", default: "true", about: "whether the size is searched on a line by trials" },
    Setting { name: "steps", default: "0", about: "updates of each trial, in [0, 1000000]" },
    Setting { name: "gamma", default: "0.1", about: "the size where it is not searched, in [0, 1e6]" },
    Setting { name: "group", default: "\"\"", about: "name of the group that grows; all hidden ones if empty" },
    Setting { name: "samples", default: "512", about: "training samples that are run for it; 0 takes the last window" },
];

const CITATION: Citation = Citation {
    key: "verbockhaven2024tiny",
    authors: "Verbockhaven, Manon and Rudkiewicz, Th{\\'e}o and Charpiat, Guillaume and Chevallier, Sylvain",
    title: "Growing Tiny Networks: Spotting Expressivity Bottlenecks and Fixing Them Optimally",
    venue: "Transactions on Machine Learning Research",
    year: 2024,
    url: "https://arxiv.org/abs/2405.19816",
};

pub(crate) const ENTRY: Entry = Entry {
    name: "tiny",
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "every hidden group",
        born: "singular vectors of the bottleneck",
        amount: "a threshold of singular values",
    },
    summary: "newborns that do what the gradient wants and existing connections cannot",
    citation: CITATION,
    settings: SETTINGS,
    contract: Contract::None,
    build: |settings| Ok(Box::new(Tiny::build(Tiny::RULES, settings)?)),
};

pub(crate) const FISHER_ENTRY: Entry = Entry {
    name: "fisher_growth",
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "every hidden group",
        born: "singular vectors under the Fisher metric",
        amount: "a threshold of singular values",
    },
    summary: "as tiny, in the metric of the covariance of gradients",
    citation: CITATION,
    settings: SETTINGS,
    contract: Contract::None,
    build: |settings| Ok(Box::new(Tiny::build(Tiny::FISHER, settings)?)),
};
