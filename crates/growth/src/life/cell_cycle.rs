//! `cell_cycle`: division as a cycle with checkpoints.
//!
//! Every hidden neuron is in a [`Phase`]. In G1 it grows and saves. It passes the *restriction point* (Pardee 1974) into S when
//! it is old enough, has the energy, the supply carries one more, something asks for its division ([`Demand`]) and the quota
//! of the asking is not full; who is old enough and is not asked rests in G0 until it is. S lasts `synthesis` steps, and what
//! growth asks meanwhile makes no difference. In G2 the copy is verified: signals and weights are finite, the neuron is still wired and
//! not frozen, its connections are within reach, the store still pays and the supply still carries it. What is damaged goes
//! back to G1 with nothing changed (a checkpoint of a cell holds up until the damage is mended: Hartwell and Weinert 1989); what is sound
//! divides in that very asking. Time goes by between askings: a phase ends at the first asking after it is over.
//!
//! G1 lasts at least `maturity · lengthening^d` steps after the d-th division of a neuron's line: as in the cortex, where the
//! cycle of progenitors becomes longer from one to the next, and by G1 alone (Takahashi, Nowakowski and Caviness 1995). A daughter
//! has as many divisions behind her as her mother, or growth would never slow down.
//!
//! How a neuron divides: `symmetric`, two alike that both learn (told apart by the noise of training only); `asymmetric`, the
//! mother is frozen and keeps what she knows, the daughter learns; `specialising`, both learn and are nudged apart. Freezing and
//! nudging follow in a commit of their own after the division was measured. Who is frozen divides no more and is not removed by
//! methods that leave the frozen alone, so that asymmetric division spends the learners it has.
//!
//! Without a [`Ledger`](crate::Ledger) nothing is said of energy and room; the quota bounds it.

use super::{
    Aborted, Damage, Demand, Phase,
    checkpoint::{Asked, verify},
    phase::Cells,
};
use crate::{
    Axes, BadState, Citation, Contract, Daughters, Entry, Family, Setting, Strategy, Verdict, View, Why,
    mitosis::{unready, wired},
    saved,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Draft, Follower, Network, Neurons, Reason, Role, Row, Signal};

/// How a cycle is run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cycle {
    /// What asks for a division.
    pub demand: Demand,
    /// How daughters come to differ.
    pub division: Daughters,
    /// Least steps of the first G1.
    pub maturity: u64,
    /// Steps of S.
    pub synthesis: u64,
    /// How many times longer G1 is after each division.
    pub lengthening: f64,
    /// The part of the hidden neurons that may pass the restriction point in one asking (at least one may).
    pub quota: f64,
}

impl Default for Cycle {
    fn default() -> Self {
        Self {
            demand: Demand::Always,
            division: Daughters::Noise(0.05),
            maturity: 100,
            synthesis: 20,
            lengthening: 1.2,
            quota: 0.1,
        }
    }
}

/// Division by a cycle of phases: in G1 a neuron saves, at the restriction point it is checked and asked for, in S it is copied,
/// in G2 verified; then it divides. Without a [`Ledger`](crate::Ledger) only the quota bounds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellCycle {
    cycle: Cycle,
    cells: Cells,
    /// Who gave a copy up at the last asking, until somebody hears of it.
    told: Vec<Aborted>,
}

impl CellCycle {
    /// A cycle that nobody has begun.
    pub fn new(cycle: Cycle) -> Self {
        Self { cycle, cells: Cells::default(), told: Vec::new() }
    }

    /// The cycle as an experiment sets it: `demand`, `division` with `noise`, `maturity`, `synthesis`, `lengthening`, `quota`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let default = Cycle::default();
        let demand = settings.choice("demand", &Demand::WORDS)?;
        let kinds = [
            ("specialising", default.division),
            ("symmetric", Daughters::Symmetric),
            ("asymmetric", Daughters::Asymmetric),
        ];
        let division = match settings.choice("division", &kinds)? {
            Daughters::Noise(scale) => Daughters::Noise(settings.real("noise", f64::from(scale), 0.0..=1e6)? as f32),
            other => other,
        };
        Ok(Self::new(Cycle {
            demand,
            division,
            maturity: settings.integer("maturity", default.maturity as i64, 0..=i64::MAX)?.unsigned_abs(),
            synthesis: settings.integer("synthesis", default.synthesis as i64, 0..=i64::MAX)?.unsigned_abs(),
            lengthening: settings.real("lengthening", default.lengthening, 1.0..=1e3)?,
            quota: settings.real("quota", default.quota, 0.0..=1.0)?,
        }))
    }

    /// The phase of a neuron at the last asking; none before the first.
    pub fn phase_of(&self, row: Row<Neurons>) -> Option<Phase> {
        self.cells.of.get(row.index()).map(|cell| cell.phase)
    }

    /// How many copies were found damaged and given up, from the beginning on.
    pub fn aborts(&self) -> u64 {
        self.cells.aborted
    }

    /// The least length of G1 after so many divisions.
    pub fn growth_steps(&self, divisions: u32) -> f64 {
        self.cycle.maturity as f64 * libm::pow(self.cycle.lengthening, f64::from(divisions))
    }

    /// What the verification of a neuron would find at this moment.
    ///
    /// # Errors
    /// [`Damage`] names the first fault.
    pub fn verify(view: &View<'_>, row: Row<Neurons>) -> Result<(), Damage> {
        verify(view, row, view.ledger.map_or(f64::INFINITY, crate::Ledger::room))
    }

    /// Lets pass the restriction point whom it may, and puts the others in G1 or to rest. Returns why nobody passed, if so.
    fn restrict(&mut self, view: &View<'_>, is_wired: &[bool], asked: &[Asked]) -> Why {
        let network = view.network;
        let hidden: Vec<Row<Neurons>> =
            network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden).collect();
        let cost = |row| view.ledger.map_or(0.0, |ledger| ledger.cost_of(row));
        let begun = hidden.iter().filter(|row| self.cells.of[row.index()].is_committed());
        // Who is making a copy has laid claim to the room for it.
        let mut room = view.ledger.map_or(f64::INFINITY, crate::Ledger::room)
            - begun.map(|&row| cost(row)).fold(0.0, |sum, cost| sum + cost);
        let mut why = Why::NoCandidates;
        let mut ready: Vec<(f32, Row<Neurons>)> = Vec::new();
        for &row in &hidden {
            let cell = self.cells.of[row.index()];
            if cell.is_committed() {
                why = Why::NothingDue { due: 0.0 };
                continue;
            }
            let (age, least) = (cell.age(view.step), self.growth_steps(cell.divisions));
            let Asked { score, bar } = asked[row.index()];
            let mut reason = None;
            let phase = if (age as f64) < least {
                reason = Some(Why::BelowThreshold { best: age as f32, threshold: least as f32 });
                Phase::G1
            } else if !is_wired[row.index()] {
                Phase::G0
            } else if !asked[row.index()].is_heard() {
                reason = Some(Why::BelowThreshold { best: score, threshold: bar });
                Phase::G0
            } else {
                match view.ledger {
                    Some(ledger) if !ledger.ready(row) || cost(row) > room => {
                        reason = Some(unready(ledger, row, room));
                    }
                    _ => ready.push((score, row)),
                }
                Phase::G1
            };
            self.cells.of[row.index()].phase = phase;
            if let (Why::NoCandidates, Some(reason)) = (&why, reason) {
                why = reason;
            }
        }
        ready.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let own = ((hidden.len() as f64 * self.cycle.quota) as usize).max(1);
        let quota = view.ledger.map_or(own, |ledger| ledger.quota().min(own));
        for (_, row) in ready.into_iter().take(quota) {
            if cost(row) <= room {
                room -= cost(row);
                let cell = &mut self.cells.of[row.index()];
                (cell.phase, cell.committed) = (Phase::S, view.step);
                why = Why::NothingDue { due: 0.0 };
            }
        }
        why
    }
}

impl Follower for CellCycle {
    fn follow(&mut self, after: &Network, commit: &Commit) {
        self.cells.follow(after, commit);
    }
}

impl Strategy for CellCycle {
    fn needs(&self) -> Vec<Signal> {
        let mut needs = vec![Signal::OutputMagnitude, Signal::Weight];
        needs.extend(self.cycle.demand.needs());
        needs
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        self.told.clear();
        self.cells.see(network);
        let mut is_wired = vec![false; network.neuron_count()];
        wired(network).for_each(|row| is_wired[row.index()] = true);
        let asked = self.cycle.demand.of_all(view, |row| self.cells.of[row.index()].age(view.step));
        let why = self.restrict(view, &is_wired, &asked);

        let mut due: Vec<Row<Neurons>> = network
            .neuron_rows()
            .filter(|row| {
                let cell = self.cells.of[row.index()];
                cell.is_committed() && view.step.saturating_sub(cell.committed) >= self.cycle.synthesis
            })
            .collect();
        let score = |row: Row<Neurons>| asked[row.index()].score;
        due.sort_by(|&a, &b| score(b).total_cmp(&score(a)).then(a.cmp(&b)));
        let considered = due.len() as u64;
        let mut room = view.ledger.map_or(f64::INFINITY, crate::Ledger::room);
        for row in due {
            let cell = &mut self.cells.of[row.index()];
            if let Err(damage) = verify(view, row, room) {
                cell.phase = Phase::G1;
                self.told.push(Aborted { neuron: network.id(row), begun: cell.committed, damage });
                self.cells.aborted += 1;
                continue;
            }
            // Back in G1 when the commit says that it divided, and not if a budget cut it.
            cell.phase = Phase::G2;
            if draft.proposals().len() as u64 >= view.budget.edits.unwrap_or(u64::MAX) {
                continue;
            }
            room -= view.ledger.map_or(0.0, |ledger| ledger.cost_of(row));
            let age = cell.age(view.step);
            let copying = view.step.saturating_sub(cell.committed);
            let mut reason = Reason::scored(self.cycle.demand.rule(), score(row));
            reason.rule.push_str(", steps since birth, steps of the copy");
            reason.scores.extend([age as f32, copying as f32]);
            if let Some(ledger) = view.ledger {
                reason.rule.push_str(", store, room left");
                reason.scores.extend([ledger.energy(row) as f32, room as f32]);
            }
            let bar = (self.cycle.demand != Demand::Always).then_some(asked[row.index()].bar);
            let priority = if score(row).is_nan() { 0.0 } else { score(row) };
            self.cycle.division.divide(view, draft, (row, priority), reason.out_of(considered, bar));
        }
        if draft.is_empty() { Verdict::Nothing(why) } else { Verdict::Proposed }
    }

    fn aborted(&mut self) -> Vec<Aborted> {
        std::mem::take(&mut self.told)
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn save(&self) -> Vec<u8> {
        saved::save(ENTRY.name, &self.cells)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.cells = saved::load(ENTRY.name, state)?;
        Ok(())
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: "cell_cycle",
    family: Family::Neurons,
    axes: Axes {
        goes: "nobody",
        grows: "who passes every checkpoint of its cycle",
        born: "shares of the mother, nudged apart or one of them frozen",
        amount: "a quota, or energy",
    },
    summary: "neurons divide by a cycle of phases: a restriction point, a copy, a verification; later cycles last longer",
    citation: Citation {
        key: "pardee1974restriction",
        authors: "Pardee, Arthur B.",
        title: "A Restriction Point for Control of Normal Animal Cell Proliferation",
        venue: "Proceedings of the National Academy of Sciences",
        year: 1974,
        url: "https://doi.org/10.1073/pnas.71.4.1286",
    },
    settings: &[
        Setting {
            name: "demand",
            default: "\"always\"",
            about: "what asks for a division: `always`, `blame` above its group's mean, or `splitting` where a split lowers the loss",
        },
        Setting {
            name: "division",
            default: "\"specialising\"",
            about: "`specialising`: nudged apart; `symmetric`: alike; `asymmetric`: the mother is frozen and the daughter learns",
        },
        Setting {
            name: "noise",
            default: "0.05",
            about: "`specialising`: standard deviation of the opposite nudges to their dendrites, 0 or more",
        },
        Setting { name: "maturity", default: "100", about: "least steps of the first G1, 0 or more" },
        Setting { name: "synthesis", default: "20", about: "steps of the copy, S, 0 or more" },
        Setting {
            name: "lengthening",
            default: "1.2",
            about: "how many times longer G1 is after each division, 1 or more",
        },
        Setting {
            name: "quota",
            default: "0.1",
            about: "part of the hidden neurons that may begin a copy in one asking, at least one; a ledger has its own as well",
        },
    ],
    contract: Contract::Exact,
    build: |settings| Ok(Box::new(CellCycle::build(settings)?)),
};
