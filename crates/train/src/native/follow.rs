//! What a commit does to everything that is kept: touched values are expressions over those before, all others
//! move with their rows. A commit that moves no row costs what it touches.

use super::activity::Activity;
use super::executor::Native;
use super::parameters::{carry, carry_moments, power, refill};
use livenet_core::{Commit, Follower, Network, Row, UnitKind};

impl Follower for Native {
    #[track_caller]
    fn follow(&mut self, after: &Network, commit: &Commit) {
        assert_eq!(self.plan.epoch, commit.before, "this executor missed a commit");
        let (inherit, optimizer) = (self.settings.inherit, self.memory.optimizer());
        for (slot, moment) in self.memory.moments.iter_mut().enumerate() {
            let power = power(optimizer, slot);
            carry_moments(moment, 0.0, commit, inherit, |value, by| value * by.powi(power));
        }
        carry_moments(&mut self.memory.steps, 0, commit, inherit, |steps, _| steps);
        carry(&mut self.parameters, after, commit);
        self.statistics.follow(commit);
        self.before.clear();
        self.counted_stale = true;

        let is_leaky = |row: usize| after.spec(Row::new(row as u32)).unit.kind == UnitKind::Leaky;
        if commit.is_structural() {
            self.plan.rebuild(after);
            refill(&mut self.gradients, after, &0.0);
            self.gradients_stale = false;
            let shape = self.plan.shape(after.neuron_count());
            self.trial = Activity::new(shape, 0);
            self.activity.follow(shape, commit, is_leaky);
        } else {
            let mut retuned = Vec::new();
            self.plan.touch(after, commit, |row| retuned.push(row));
            self.gradients_stale = true;
            self.activity.follow(self.plan.shape(after.neuron_count()), commit, is_leaky);
            for row in retuned.into_iter().filter(|&row| !is_leaky(row)) {
                self.activity.calm(row);
            }
        }
    }
}
