//! Steps of several sessions side by side, each as if it were by itself.
//!
//! Where all of them take one sample at a time on networks of one structure, they go as lanes of one look at the connections;
//! else one after the other. Either way every session ends with the bits that it would have alone.

#[cfg(test)]
mod tests;

use super::{Continuity, Session, SessionError, Source, Turn};
use crate::{
    Backpropagation, Credit, Native,
    native::chorus::{Chorus, Voice, Way},
};
use livenet_core::{Executor, UpdateRule, kernel::LANES};
use std::any::Any;

/// The most sessions that go side by side.
pub const MOST_TOGETHER: usize = LANES;
/// Fewer than these are faster one after the other: a step of 16-300-8 with a fan-in of 20 takes 15 us alone and 58 us
/// in lanes with plain gradient descent, 25 us and 137 us with Adam, however few lanes are in use (Zen 4).
const fn fewest(way: Way) -> usize {
    match way {
        Way::AtOnce => 5,
        Way::ByGradients => 7,
    }
}
/// So many steps are worth the way into lanes and back.
const WORTH_LANES: u64 = 4;

/// A session and what it learns from.
pub struct Member<'a> {
    /// The session.
    pub session: &'a mut Session,
    /// Its samples.
    pub source: &'a dyn Source,
}

impl Session {
    /// The executor, if it is `native` and blame goes by backpropagation.
    fn voice(&mut self) -> Option<Voice<'_>> {
        let credit: &dyn Any = &*self.credit as &dyn Credit;
        credit.downcast_ref::<Backpropagation>()?;
        let executor: &mut dyn Any = &mut *self.executor as &mut dyn Executor;
        Some(Voice { native: executor.downcast_mut()?, network: &self.network })
    }

    fn native(&self) -> Option<&Native> {
        let executor: &dyn Any = &*self.executor as &dyn Executor;
        executor.downcast_ref()
    }

    /// Whether it could go along with others, if its batches are single samples: on the executor `native`, with nothing
    /// that looks into a step, and with enough connections that are not in runs: those cost 2.2 ns a step alone and 0.4 in
    /// a full chorus, one in a run 0.2 alone (the same networks).
    fn sings(&self) -> bool {
        let credit: &dyn Any = &*self.credit as &dyn Credit;
        let Some(native) = self.native().filter(|_| credit.is::<Backpropagation>()) else { return false };
        let plain = self.learning.dropout == 0.0 && Way::of(&self.rule()).is_some() && native.sings(&self.network);
        plain && 2 * native.scattered(&self.network) > self.network.synapse_count()
    }
}

/// Whether two sessions can go side by side as lanes, if their batches are single samples: both are of a kind that can, and
/// their networks have the same rows, connections, delays and units at the moment.
pub fn alike(one: &Session, other: &Session) -> bool {
    let (Some(native), Some(its)) = (one.native(), other.native()) else { return false };
    one.learning.optimizer == other.learning.optimizer
        && one.sings()
        && other.sings()
        && native.sings_like(&one.network, (its, &other.network))
}

/// Up to `most` steps of each member, as many for all; fewer when a strategy was asked, since structures may then part, when
/// a member fails, or as soon as `go_on` says no. They go as lanes if they are all [`alike`].
///
/// What comes back is one result a member. Whoever failed has taken one step less than the others.
///
/// # Panics
/// If there are more than [`MOST_TOGETHER`].
pub fn together(members: &mut [Member<'_>], most: u64, go_on: &dyn Fn() -> bool) -> Vec<Result<(), SessionError>> {
    from_so_many(fewest, members, most, go_on)
}

/// [`together`], in lanes from so many members on.
fn from_so_many(
    fewest: impl Fn(Way) -> usize,
    members: &mut [Member<'_>],
    most: u64,
    go_on: &dyn Fn() -> bool,
) -> Vec<Result<(), SessionError>> {
    let mut lanes: Option<Chorus> = None;
    let mut results: Vec<Result<(), SessionError>> = members.iter().map(|_| Ok(())).collect();
    for number in 0..most {
        if number > 0 && !go_on() {
            break;
        }
        let turns: Vec<Turn> = members.iter_mut().map(|member| member.session.turn(member.source)).collect();
        let asked = turns.iter().any(|turn| !turn.due.is_empty());
        let rules: Vec<UpdateRule> = members.iter().map(|member| member.session.rule()).collect();
        let way = if asked { None } else { way(members, &turns, &rules) };
        let way = way.filter(|way| members.len() >= fewest(*way));
        let worth = lanes.is_some() || most - number >= WORTH_LANES;
        if lanes.as_ref().is_some_and(|lanes| Some(lanes.way()) != way) {
            part(&mut lanes, members);
        }
        if let Some(way) = way.filter(|_| worth && lanes.is_none())
            && members.iter().all(|member| alike(members[0].session, member.session))
            && goes_on(members, &rules)
        {
            lanes = Chorus::gather(&mut voices(members), way);
        }
        let alone: Vec<bool> = match &mut lanes {
            Some(lanes) => sing(lanes, members, &turns, &rules, &mut results),
            None => vec![true; members.len()],
        };
        if alone.contains(&true) || results.iter().any(Result::is_err) {
            part(&mut lanes, members);
        }
        for (at, member) in members.iter_mut().enumerate().filter(|(at, _)| alone[*at]) {
            results[at] = member.session.take(&turns[at], member.source);
        }
        if asked || results.iter().any(Result::is_err) {
            break;
        }
    }
    part(&mut lanes, members);
    results
}

/// One step in lanes. Who must take it alone comes back; who failed is in the results.
fn sing(
    lanes: &mut Chorus,
    members: &mut [Member<'_>],
    turns: &[Turn],
    rules: &[UpdateRule],
    results: &mut [Result<(), SessionError>],
) -> Vec<bool> {
    if turns[0].batch.continuity == Continuity::Fresh {
        lanes.reset();
    }
    let values: Vec<&[f32]> = turns.iter().map(|turn| turn.batch.inputs.as_slice()).collect();
    lanes.fire(&voices(members), &values);
    let alone: Vec<bool> = (0..members.len()).map(|at| !lanes.sings(at)).collect();
    let mut d_outputs = vec![Vec::new(); members.len()];
    for (at, Member { session, .. }) in members.iter_mut().enumerate().filter(|(at, _)| !alone[*at]) {
        let outputs = lanes.outputs(&session.network, at);
        match session.judge(&turns[at].batch, outputs) {
            Ok(given) => d_outputs[at] = given,
            Err(error) => {
                lanes.dismiss(at);
                results[at] = Err(error);
            }
        }
    }
    for (at, source) in lanes.learn(&voices(members), &d_outputs, rules) {
        results[at] = Err(SessionError::Exec { step: members[at].session.step, source });
    }
    for (at, member) in members.iter_mut().enumerate() {
        member.session.step += u64::from(!alone[at] && results[at].is_ok());
    }
    alone
}

/// How this step goes in lanes; `None` where it cannot.
fn way(members: &[Member<'_>], turns: &[Turn], rules: &[UpdateRule]) -> Option<Way> {
    let way = Way::of(&rules[0])?;
    let continuity = turns[0].batch.continuity;
    let single = turns.iter().zip(members).all(|(Turn { batch, .. }, member)| {
        let fits = batch.inputs.len() == member.session.network.inputs().len();
        (batch.cycles, batch.lanes, batch.continuity) == (1, 1, continuity) && fits
    });
    let one = rules.iter().all(|rule| match way {
        Way::AtOnce => Way::of(rule) == Some(way),
        Way::ByGradients => {
            (rule.optimizer, rule.rate, &rule.passes) == (rules[0].optimizer, rules[0].rate, &rules[0].passes)
        }
    });
    (single && one).then_some(way)
}

fn goes_on(members: &mut [Member<'_>], rules: &[UpdateRule]) -> bool {
    let mut all = members.iter_mut().zip(rules);
    all.all(|(member, rule)| member.session.voice().is_some_and(|voice| voice.native.goes_on(rule)))
}

fn voices<'a>(members: &'a mut [Member<'_>]) -> Vec<Voice<'a>> {
    members.iter_mut().filter_map(|member| member.session.voice()).collect()
}

fn part(lanes: &mut Option<Chorus>, members: &mut [Member<'_>]) {
    if let Some(lanes) = lanes.take() {
        lanes.part(&mut voices(members));
    }
}
