//! One case: an executor, [`Naive`], and a `Naive` whose parameters are shaken, in lockstep.

mod signals;

use super::{
    Disagreement, Make, Options,
    chance::Dice,
    graph,
    measure::{flat, norm, widen},
    moves,
    rule::{optimizer, rule},
};
use crate::{
    Draft, Dropout, ExecError, Executor, ExecutorSettings, Exported, Follower as _, Network, Optimizer, Pass, Signal,
    UpdateRule, Window, testing::Naive,
};

/// Where a case stands.
pub(super) struct Case<'a> {
    pub(super) number: u32,
    pub(super) place: String,
    pub(super) tolerance: f64,
    options: &'a Options,
    dice: Dice,
    pub(super) network: Network,
    subject: Box<dyn Executor>,
    naive: Naive,
    shaken: Naive,
    optimizer: Optimizer,
}

/// Why a case ends early.
pub(super) enum End {
    IllConditioned,
    Wrong(Disagreement),
}

const RUNNING: [Signal; 6] = [
    Signal::OutputMean,
    Signal::OutputVariance,
    Signal::OutputMagnitude,
    Signal::Dormancy,
    Signal::Utility,
    Signal::Blame,
];

/// Runs one case; `false` when it was left out from some point on.
pub(super) fn run(make: Make<'_>, number: u32, tolerance: f64, options: &Options) -> Result<bool, Disagreement> {
    let mut dice = Dice::new(number);
    let network = graph::empty(&mut dice, options);
    let longest = dice.mostly_small(1..=20);
    let memory = (options.long_memory && dice.yes(0.4)).then(|| longest + dice.within(0..=20));
    let settings =
        ExecutorSettings { memory, inherit: dice.pick(&[crate::Inherit::FromOrigin, crate::Inherit::Nothing]) };
    let (subject, naive) = (make(&network, settings), Naive::new(&network, settings));
    let optimizer = optimizer(&mut dice);
    let mut case = Case {
        optimizer,
        number,
        place: String::new(),
        tolerance,
        options,
        dice,
        shaken: naive.clone(),
        network,
        subject,
        naive,
    };
    match case.play(make, settings, longest) {
        Ok(()) => Ok(true),
        Err(End::IllConditioned) => Ok(false),
        Err(End::Wrong(disagreement)) => Err(disagreement),
    }
}

impl Case<'_> {
    fn play(&mut self, make: Make<'_>, settings: ExecutorSettings, longest: usize) -> Result<(), End> {
        self.commit(graph::populate)?;
        let network = &self.network;
        self.subject.supports(network).map_err(|error| self.wrong(error.to_string()))?;
        let mut lanes = self.dice.mostly_small(1..=40);
        for round in 0..self.dice.within(2..=4) {
            for window in 0..self.dice.within(1..=3) {
                self.place = format!("round {round}, window {window}");
                let cycles = self.dice.within(1..=longest);
                self.window(cycles, lanes)?;
                self.recall(settings.memory.unwrap_or(cycles).max(cycles))?;
                self.learn()?;
                self.predict()?;
            }
            self.place = format!("round {round}, its end");
            let (found, expected) = (self.subject.operations(), self.naive.operations());
            self.ensure(found == expected, || format!("{found} operations counted instead of {expected}"))?;
            if settings.memory.is_none() {
                self.resume(make, settings, lanes)?;
            }
            self.place = format!("after the commit of round {round}");
            self.commit(moves::propose)?;
            if self.dice.yes(0.2) {
                lanes = self.dice.mostly_small(1..=40);
            }
            if self.dice.yes(0.2) {
                self.subject.reset();
                self.naive.reset();
                self.shaken.reset();
            }
        }
        Ok(())
    }

    fn commit(&mut self, propose: impl Fn(&mut Dice, &Options, &mut Draft<'_>)) -> Result<(), End> {
        let mut draft = Draft::new(&self.network, 0);
        propose(&mut self.dice, self.options, &mut draft);
        let finished = draft.finish();
        let commit = self.network.commit(finished).expect("the draft is of this network");
        self.subject.follow(&self.network, &commit);
        self.naive.follow(&self.network, &commit);
        self.shaken.follow(&self.network, &commit);
        self.compare_parameters("after a commit")
    }

    /// Forward, backward, signals.
    fn window(&mut self, cycles: usize, lanes: usize) -> Result<(), End> {
        self.shake();
        let network = &self.network;
        let observed: Vec<Signal> = if self.options.signals { RUNNING.into() } else { Vec::new() };
        self.subject.observe(network, &observed);
        self.naive.observe(network, &observed);
        let values = self.dice.normals(cycles * lanes * network.inputs().len(), 0.7);
        let window = Window { cycles, lanes, values: &values };
        let rate = self.dice.uniform(0.1, 0.6);
        let dropout = (self.options.dropout && self.dice.yes(0.3))
            .then(|| Dropout { blames_silent: rate < 0.25, ..Dropout::new(rate, self.dice.key()) });
        let wide: Vec<f64> = values.iter().map(|&value| f64::from(value)).collect();
        let ill = |_: ExecError| End::IllConditioned;
        let expected = self.naive.forward_f64(network, (cycles, lanes), &wide, dropout).map_err(ill)?;
        let shaken = self.shaken.forward_f64(network, (cycles, lanes), &wide, dropout).map_err(ill)?;
        let floor = 1e-3 * (expected.len() as f64).sqrt();
        self.condition(&shaken, &expected, floor)?;
        let found = self.subject.forward(network, window, dropout).map_err(|error| self.wrong(error.to_string()))?;
        self.close("outputs", &found, &expected, floor)?;

        let blame = self.dice.normals(expected.len(), 1.0 / (lanes * cycles) as f32);
        let blame_f64: Vec<f64> = blame.iter().map(|&value| f64::from(value)).collect();
        self.naive.backward_f64(network, &blame_f64).map_err(ill)?;
        self.shaken.backward_f64(network, &blame_f64).map_err(ill)?;
        let gradients = flat(self.naive.gradients());
        let floor = 1e-2 * norm(gradients.iter().copied()) + 1e-9;
        self.condition(&flat(self.shaken.gradients()), &gradients, floor)?;
        self.learning_at_once(window, &blame)?;
        let network = &self.network;
        self.subject.backward(network, &blame).map_err(|error| self.wrong(error.to_string()))?;
        let found = self.subject.signals(network, &[Signal::Gradient]);
        self.close(
            "gradients of weights",
            found.values(Signal::Gradient),
            &self.naive.gradients().weights.clone(),
            floor,
        )?;
        self.own_gradients(floor)?;
        if self.options.signals {
            self.signals(floor)?;
        }
        Ok(())
    }

    /// Blame and update at once give what they give one after the other.
    fn learning_at_once(&self, window: Window<'_>, blame: &[f32]) -> Result<(), End> {
        let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: 1e-2, passes: Vec::new(), step: 0 };
        let network = &self.network;
        let mut apart = self.subject.boxed_clone();
        let first = apart.backward(network, blame).and_then(|()| apart.update(network, &rule));
        let mut at_once = apart.boxed_clone();
        let again = |executor: &mut dyn Executor| executor.forward(network, window, None).is_ok();
        if first.is_err() || !again(&mut *apart) || !again(&mut *at_once) {
            return Ok(());
        }
        let one = apart.backward(network, blame).and_then(|()| apart.update(network, &rule));
        let other = at_once.learn(network, blame, &rule);
        if one.is_err() || other.is_err() {
            return if one.is_err() == other.is_err() {
                Ok(())
            } else {
                Err(self.wrong(format!("{one:?}, {other:?}")))
            };
        }
        let all = |executor: &mut dyn Executor| {
            let gradients = executor.signals(network, &[Signal::Gradient]).values(Signal::Gradient).to_vec();
            let Exported { weights, bias, steps, outputs, .. } = executor.export(network);
            ([gradients, weights, bias, outputs.concat()], steps)
        };
        let ((one, steps), (other, same)) = (all(&mut *apart), all(&mut *at_once));
        for (at, what) in ["gradients", "weights", "biases", "outputs"].into_iter().enumerate() {
            let expected: Vec<f64> = one[at].iter().map(|&value| f64::from(value)).collect();
            let floor = 1e-2 * norm(expected.iter().copied()) + 1e-9;
            self.close(what, &other[at], &expected, floor)?;
        }
        if steps == same { Ok(()) } else { Err(self.wrong("steps counted otherwise when learning at once".to_owned())) }
    }

    /// Gradients of bias, decay and gain show in a long step: at this rate the parameter itself rounds
    /// away, the gradient does not.
    fn own_gradients(&self, floor: f64) -> Result<(), End> {
        let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: 4096.0, passes: Vec::new(), step: 0 };
        let (mut subject, mut naive) = (self.subject.boxed_clone(), self.naive.clone());
        let before = subject.export(&self.network);
        let (from, _) = (naive.parameters().clone(), naive.update(&self.network, &rule));
        subject.update(&self.network, &rule).map_err(|error| self.wrong(error.to_string()))?;
        let after = subject.export(&self.network);
        let found = [(&before.bias, &after.bias), (&before.decay, &after.decay), (&before.gain, &after.gain)];
        for (at, what) in ["bias", "decay", "gain"].into_iter().enumerate() {
            let found: Vec<f32> =
                found[at].0.iter().zip(found[at].1).map(|(before, after)| (before - after) / rule.rate).collect();
            let columns = (from.columns()[at + 1], naive.parameters().columns()[at + 1]);
            let expected: Vec<f64> = columns
                .0
                .iter()
                .zip(columns.1)
                .map(|(before, after)| (before - after) / f64::from(rule.rate))
                .collect();
            self.close(&format!("gradients of {what}"), &found, &expected, floor)?;
        }
        Ok(())
    }

    fn recall(&self, memory: usize) -> Result<(), End> {
        for ago in 0..memory + 2 {
            for row in self.network.neuron_rows() {
                let (found, expected) =
                    (self.subject.recall(&self.network, ago, row), self.naive.recall(&self.network, ago, row));
                let what = format!("output of {row:?} recalled from {ago} cycles ago");
                match (found, expected) {
                    (Some(found), Some(expected)) => self.close(&what, &found, &widen(&expected), 0.1)?,
                    (found, expected) => self.ensure(found.is_some() == expected.is_some(), || {
                        format!("{what}: {found:?} instead of {expected:?}")
                    })?,
                }
            }
        }
        Ok(())
    }

    /// One update by a random rule.
    fn learn(&mut self) -> Result<(), End> {
        let mut rule = rule(&mut self.dice, self.optimizer);
        // The sign of what is 0 but for rounding is anybody's.
        if self.naive.parameters().weights.iter().any(|weight| weight.abs() < 1e-6) {
            rule.passes.retain(|pass| !matches!(pass, Pass::Lasso { .. }));
        }
        if rule.step.is_multiple_of(3) {
            let mixed = |row: u32| (u64::from(row) + rule.step) % 7;
            let some = self.network.neuron_rows().map(crate::Row::get).filter(|&row| mixed(row) < 3);
            rule.passes.push(Pass::Pace {
                of: some.map(|row| (row, [0.5 + mixed(row) as f32, 1.75 - mixed(row) as f32 / 2.0])).collect(),
            });
        }
        if rule.step.is_multiple_of(5) {
            let some = self.network.neuron_rows().map(crate::Row::get).filter(|row| row % 3 != 1);
            rule.passes.push(Pass::GroupLasso {
                by: [0.3, 30.0][usize::from(rule.step.is_multiple_of(2))],
                of: some.collect(),
            });
        }
        let (before, from) = (self.subject.export(&self.network), self.naive.parameters().clone());
        let updated = self.naive.update(&self.network, &rule).and_then(|()| self.shaken.update(&self.network, &rule));
        updated.map_err(|_| End::IllConditioned)?;
        self.subject.update(&self.network, &rule).map_err(|error| self.wrong(error.to_string()))?;
        let after = self.subject.export(&self.network);
        let pairs = [
            (&before.weights, &after.weights),
            (&before.bias, &after.bias),
            (&before.decay, &after.decay),
            (&before.gain, &after.gain),
        ];
        for (at, (old, new)) in pairs.into_iter().enumerate() {
            let found: Vec<f32> = old.iter().zip(new).map(|(old, new)| new - old).collect();
            let now = self.naive.parameters().columns()[at];
            let change =
                |now: &[f64]| -> Vec<f64> { from.columns()[at].iter().zip(now).map(|(old, new)| new - old).collect() };
            let floor = 2e-2 * norm(now.iter().copied()) + 1e-3;
            self.condition(&change(self.shaken.parameters().columns()[at]), &change(now), floor)?;
            self.close(
                &format!("change of {} by {:?}", ["weights", "bias", "decay", "gain"][at], rule.optimizer),
                &found,
                &change(now),
                floor,
            )?;
        }
        self.compare_parameters("after an update")?;
        if self.options.signals {
            let (found, expected) = (
                self.subject.signals(&self.network, &[Signal::UpdateSize]),
                self.naive.signals(&self.network, &[Signal::UpdateSize]),
            );
            let floor = 2e-2 * norm(after.weights.iter().map(|&w| f64::from(w))) + 1e-3;
            self.close_signal(Signal::UpdateSize, &found, &expected, floor, self.tolerance)?;
        }
        // What rounding did is not carried on.
        self.naive.adopt(&after);
        Ok(())
    }

    fn predict(&mut self) -> Result<(), End> {
        let (cycles, lanes) = (self.dice.mostly_small(1..=12), self.dice.mostly_small(1..=20));
        let values = self.dice.normals(cycles * lanes * self.network.inputs().len(), 0.7);
        let window = Window { cycles, lanes, values: &values };
        let ill = |_: ExecError| End::IllConditioned;
        self.shake();
        let expected = self.naive.predict_f64(&self.network, (cycles, lanes), &widen(&values)).map_err(ill)?;
        let shaken = self.shaken.predict_f64(&self.network, (cycles, lanes), &widen(&values)).map_err(ill)?;
        let floor = 1e-3 * (expected.len() as f64).sqrt();
        self.condition(&shaken, &expected, floor)?;
        let found = self.subject.predict(&self.network, window).map_err(|error| self.wrong(error.to_string()))?;
        self.close("predictions", &found, &expected, floor)
    }

    /// What is exported and imported elsewhere goes on with the same bits.
    fn resume(&mut self, make: Make<'_>, settings: ExecutorSettings, lanes: usize) -> Result<(), End> {
        let exported = self.subject.export(&self.network);
        let mut other = make(&self.network, settings);
        other.import(&self.network, &exported).map_err(|error| self.wrong(error.to_string()))?;
        self.ensure(other.export(&self.network) == exported, || {
            "an export that is imported is exported differently".into()
        })?;
        let values = self.dice.normals(3 * lanes * self.network.inputs().len(), 0.7);
        let window = Window { cycles: 3, lanes, values: &values };
        let mut first = self.subject.boxed_clone();
        let (one, two) = (first.forward(&self.network, window, None), other.forward(&self.network, window, None));
        // `Naive` itself keeps f64 and rounds its export, so it may differ in the last place.
        match (one, two) {
            (Ok(one), Ok(two)) => {
                self.close("outputs after an import", &two, &widen(&one), 0.1)?;
                let same = one.iter().zip(&two).all(|(a, b)| a.to_bits() == b.to_bits());
                self.ensure(same || self.subject.name() == "naive", || "outputs after an import have other bits".into())
            }
            (one, two) => {
                self.ensure(one.is_err() && two.is_err(), || "an import changed whether a window can be run".into())
            }
        }
    }

    fn compare_parameters(&mut self, when: &str) -> Result<(), End> {
        let found = self.subject.export(&self.network);
        let columns = [&found.weights, &found.bias, &found.decay, &found.gain];
        for (at, what) in ["weights", "bias", "decay", "gain"].into_iter().enumerate() {
            let expected = self.naive.parameters().columns()[at];
            self.close(&format!("{what} {when}"), columns[at], expected, 1e-2)?;
        }
        Ok(())
    }

    /// Half an f32 rounding on every parameter.
    fn shake(&mut self) {
        let shaken = self.naive.parameters().clone();
        *self.shaken.parameters_mut() = shaken;
        for value in self.shaken.parameters_mut().columns_mut().into_iter().flatten() {
            *value *= 1.0 + f64::from(self.dice.uniform(-1.0, 1.0)) * f64::from(f32::EPSILON) / 2.0;
        }
    }
}
