//! What a commit does to everything that is kept: touched values are expressions over those before, all others
//! move with their rows. A commit that moves no row costs what it touches.

use super::carry;
use super::executor::Native;
use super::parameters::{WEIGHTS, fit};
use super::short::Standing;
use livenet_core::{Commit, Follower, Network, Row, UnitKind};

impl Follower for Native {
    #[track_caller]
    fn follow(&mut self, after: &Network, commit: &Commit) {
        assert_eq!(self.plan.epoch, commit.before, "this executor missed a commit");
        let short = self.record.leads && !commit.is_structural();
        if !short {
            self.settle();
        }
        if commit.is_structural() {
            self.turn_back();
        } else {
            let Self { plan, record, parameters, .. } = self;
            record.turned.precede(plan, commit, &mut parameters[WEIGHTS]);
        }
        let (inherit, optimizer) = (self.settings.inherit, self.memory.optimizer());
        let counts = self.memory.precede(commit, inherit);
        let Self { memory, parameters, plan, .. } = self;
        let mut columns = || {
            for (slot, moment) in memory.moments.iter_mut().enumerate() {
                carry::moments(moment, carry::power(optimizer, slot), commit, inherit);
            }
            if counts {
                memory.steps.follow(commit, inherit);
            }
            carry::parameters(parameters, after, commit);
        };
        let mut retuned = Vec::new();
        if commit.is_structural() {
            // About as much work as so many multiply-adds; the plan needs no value.
            self.pool.run(16 * after.synapse_count(), |threads| {
                if threads == 1 {
                    columns();
                    plan.follow(after, commit);
                } else {
                    rayon::join(columns, || plan.follow(after, commit));
                }
            });
            fit(&mut self.gradients, after);
        } else {
            columns();
            plan.touch(after, commit, |row| retuned.push(row));
            self.record.turned.follow(plan, commit, &mut parameters[WEIGHTS]);
        }
        self.statistics.follow(commit);
        self.update_sizes.clear();
        self.weights_change();
        self.standing = Standing::Stale;
        if short {
            self.record.follow(commit);
            if self.shape(after) == self.activity.shape {
                return;
            }
            self.settle();
        }
        let is_leaky = |row: usize| after.spec(Row::new(row as u32)).unit.kind == UnitKind::Leaky;
        self.activity.follow(self.shape(after), commit, is_leaky);
        for row in retuned.into_iter().filter(|&row| !is_leaky(row)) {
            self.activity.calm(row);
        }
    }
}
