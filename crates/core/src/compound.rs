//! The compound moves: division, insertion, merging, renewal.

use crate::{
    Birth, EditError, End, Marks, Network, NeuronId, NeuronSpec, Origin, Role, Synapse,
    change::{Draw, ParamExpr, WeightExpr},
    moves::{addend, finite},
    reach,
    shadow::{Kept, Live, Shadow},
};
use std::collections::BTreeSet;

/// What happens to `heard` in the lists it is on when `newcomer` is born of it.
#[derive(Clone, Copy, PartialEq)]
enum Join {
    Beside,
    InPlaceOf,
}

/// Lets the newcomer onto every list that its origin is on, so that whoever may listen to the one may
/// listen to the other. Costs a look at each neuron with a list of its own.
fn join_lists(shadow: &mut Shadow, net: &Network, join: Join, heard: NeuronId, newcomer: NeuronId) {
    let joined = |shadow: &Shadow, spec: &NeuronSpec| {
        let list = spec.listens_to.as_ref().filter(|list| list.contains(&heard))?;
        // The dead never come back; without this, turnover would let lists grow for ever.
        let may_live = |id: NeuronId| id.number() >= net.births().peek() || shadow.alive(net, id).is_ok();
        let mut next: Vec<NeuronId> = Vec::with_capacity(list.len() + 1);
        for &id in list.iter() {
            match id == heard {
                true if join == Join::InPlaceOf => next.push(newcomer),
                _ if may_live(id) => next.push(id),
                _ => {}
            }
        }
        if join == Join::Beside {
            next.push(newcomer);
        }
        Some(NeuronSpec { listens_to: Some(next.into()), ..spec.clone() })
    };
    let mut listers: BTreeSet<NeuronId> = net.listers.iter().map(|&row| shadow.name_of(net, row)).collect();
    listers.extend(shadow.retuned.keys());
    listers.extend(shadow.added.keys());
    for id in listers {
        let Some(spec) = shadow.spec(net, id).ok().and_then(|spec| joined(shadow, spec)) else { continue };
        match shadow.added.get_mut(&id) {
            Some(added) => added.spec = spec,
            None => {
                shadow.retuned.insert(id, spec);
            }
        }
    }
}

/// The nearest multiple of 1/64 that leaves both something. A share of more bits, such as 0.1, and its rest
/// would not add up to the whole in f32.
fn exact(share: f32) -> f32 {
    (share * 64.0).round().clamp(1.0, 63.0) / 64.0
}

/// Rows are copied first, then columns are shared: this order makes self-connections right, since a
/// self-connection of the mother becomes all four among mother and daughter.
pub(crate) fn divide(
    shadow: &mut Shadow,
    net: &Network,
    mother: NeuronId,
    daughter: NeuronId,
    share: f32,
) -> Result<(), EditError> {
    shadow.hidden(net, mother)?;
    let spec = shadow.spec(net, mother)?.clone();
    shadow.check_birth(net, daughter, &spec)?;
    if !(share > 0.0 && share < 1.0) {
        return Err(EditError::ShareOutOfRange { mother, share });
    }
    let share = exact(share);
    let kept = 1.0 - share;
    let base = shadow.base_row(net, mother);
    // A mother who was renewed in this very draft has no past that her daughter could share.
    let state_of = match shadow.added.get(&mother) {
        Some(added) => added.state_of,
        None => base.filter(|_| !shadow.renewed.contains_key(&mother)),
    };
    let frozen = shadow.frozen(net, mother);
    let inherited = match base {
        Some(row) => {
            let now = shadow.params.get(&mother).cloned();
            now.unwrap_or(ParamExpr { of: Some(row), plus: 0.0, folds: Vec::new(), moment_by: 1.0 })
        }
        None => shadow.params.get(&mother).cloned().unwrap_or_default(),
    };
    shadow.add(daughter, spec, Origin::DivisionOf(mother), state_of, frozen);
    shadow.params.insert(daughter, ParamExpr { moment_by: inherited.moment_by * share, ..inherited });
    shadow.params_mut(net, mother).moment_by *= kept;
    join_lists(shadow, net, Join::Beside, mother, daughter);

    for (at, mut live) in shadow.incoming(net, mother) {
        let moment = live.expr.moment_by;
        live.expr.moment_by = moment * share;
        shadow.put(Synapse::new(daughter, at.pre), Live { base: None, reborn: false, ..live.clone() });
        live.expr.moment_by = moment * kept;
        shadow.put(at, live);
    }
    for (at, mut live) in shadow.outgoing(net, mother) {
        let mut part = Live { base: None, reborn: false, ..live.clone() };
        part.expr.scale(share);
        shadow.put(Synapse::new(at.post, daughter), part);
        live.expr.scale(kept);
        shadow.put(at, live);
    }
    Ok(())
}

/// Everything is checked with the newborn in place, which leaves again if something does not fit.
pub(crate) fn bear(
    shadow: &mut Shadow,
    net: &Network,
    (neuron, spec, origin): (NeuronId, &NeuronSpec, Origin),
    (dendrites, axon): (&[End], &[End]),
) -> Result<(), EditError> {
    shadow.check_birth(net, neuron, spec)?;
    let (structural, params) = (shadow.structural, shadow.params.get(&neuron).cloned());
    shadow.add(neuron, spec.clone(), origin, None, false);
    let heard = dendrites.iter().map(|end| (Synapse::new(neuron, end.at), end));
    let all: Vec<(Synapse, &End)> = heard.chain(axon.iter().map(|end| (Synapse::new(end.at, neuron), end))).collect();
    let fits = || {
        let mut ends = BTreeSet::new();
        for &(at, end) in &all {
            shadow.in_reach(net, at, end.delay)?;
            addend(Birth::Value(end.weight), at, at)?;
            if !ends.insert(at) {
                return Err(EditError::AlreadyConnected { at });
            }
        }
        Ok(())
    };
    if let Err(error) = fits() {
        shadow.structural = structural;
        shadow.added.remove(&neuron);
        shadow.params.remove(&neuron);
        shadow.params.extend(params.map(|params| (neuron, params)));
        return Err(error);
    }
    for (at, end) in all {
        let expr = WeightExpr { terms: Vec::new(), plus: vec![Draw::Value(end.weight)], moment_by: 0.0 };
        shadow.put(at, Live { base: None, reborn: false, expr, delay: end.delay, marks: Marks::default() });
    }
    Ok(())
}

pub(crate) fn insert_on(
    shadow: &mut Shadow,
    net: &Network,
    at: Synapse,
    neuron: NeuronId,
    spec: &NeuronSpec,
) -> Result<(), EditError> {
    let old = shadow.live(net, at)?;
    shadow.check_birth(net, neuron, spec)?;
    let group = net.group(spec.group);
    if group.role != Role::Hidden {
        return Err(EditError::Protected { neuron, role: group.role });
    }
    let (post, pre) = (shadow.spec(net, at.post)?, shadow.spec(net, at.pre)?);
    if !reach::allows(group, (neuron, spec), (at.pre, pre), 0) {
        return Err(EditError::OutOfReach { at: Synapse::new(neuron, at.pre), delay: 0 });
    }
    // A list that has the old source gets the newcomer below.
    let listed = post.listens_to.as_ref().is_some_and(|list| list.contains(&at.pre));
    if !listed && !reach::allows(net.group(post.group), (at.post, post), (neuron, spec), old.delay) {
        return Err(EditError::OutOfReach { at: Synapse::new(at.post, neuron), delay: old.delay });
    }
    shadow.take(net, at);
    shadow.add(neuron, spec.clone(), Origin::OnConnection(at), None, false);
    join_lists(shadow, net, Join::Beside, at.pre, neuron);
    let one = WeightExpr { terms: Vec::new(), plus: vec![Draw::Value(1.0)], moment_by: 0.0 };
    shadow.put(
        Synapse::new(neuron, at.pre),
        Live { base: None, reborn: false, expr: one, delay: 0, marks: Marks::default() },
    );
    shadow.put(Synapse::new(at.post, neuron), Live { base: None, reborn: false, ..old });
    Ok(())
}

pub(crate) fn merge(
    shadow: &mut Shadow,
    net: &Network,
    kept: NeuronId,
    gone: NeuronId,
    by: f32,
) -> Result<(), EditError> {
    let refuse = |why| Err(EditError::CannotMerge { kept, gone, why });
    if kept == gone {
        return refuse("they are the same neuron");
    }
    shadow.hidden(net, gone)?;
    finite("a factor", by, || kept.to_string())?;
    if shadow.spec(net, kept)?.group != shadow.spec(net, gone)?.group {
        return refuse("they fire in different groups, so what they say is heard at different times");
    }
    let axon: Vec<_> = shadow
        .outgoing(net, gone)
        .into_iter()
        .filter(|(at, live)| at.post != gone && !live.marks.is_silent())
        .collect();
    for (at, live) in &axon {
        if let Ok(other) = shadow.live(net, Synapse::new(at.post, kept)) {
            if other.delay != live.delay {
                return refuse("a listener hears them with different delays");
            }
            if other.marks.is_silent() {
                return refuse("a listener hears one of them over a silent connection");
            }
        } else if shadow.in_reach(net, Synapse::new(at.post, kept), live.delay).is_err() {
            return refuse("a listener of the one that goes may not listen to the one that stays");
        }
    }
    for (at, mut live) in axon {
        live.expr.scale(by);
        let to = Synapse::new(at.post, kept);
        let merged = match shadow.live(net, to) {
            Ok(mut other) => {
                other.expr.terms.extend(live.expr.terms);
                other.expr.plus.extend(live.expr.plus);
                other
            }
            Err(_) => Live { base: None, reborn: false, ..live },
        };
        shadow.put(to, merged);
    }
    shadow.kill(gone);
    Ok(())
}

pub(crate) fn renew(
    shadow: &mut Shadow,
    net: &Network,
    (old, new): (NeuronId, NeuronId),
    birth: Birth,
    mean: f32,
) -> Result<(), EditError> {
    shadow.hidden(net, old)?;
    let spec = shadow.spec(net, old)?.clone();
    shadow.check_birth(net, new, &spec)?;
    finite("the mean output", mean, || old.to_string())?;
    let Some(row) = shadow.base_row(net, old) else {
        // A neuron of this very draft has nothing to renew.
        return Err(EditError::UnknownNeuron { neuron: old });
    };
    addend(birth, Synapse::new(new, new), Synapse::new(new, new))?;
    shadow.fold(net, old, mean);
    let [dendrites, axon] = shadow.both_ways(net, old);
    shadow.forget(old);
    shadow.params.remove(&old);
    shadow.frozen.remove(&old);
    shadow.renewed.remove(&old);
    shadow.dead.insert(old);
    shadow.renamed.insert(row, new);
    shadow.renewed.insert(new, row);
    if let Some(spec) = shadow.retuned.remove(&old) {
        shadow.retuned.insert(new, spec);
    }
    let rename = |at: Synapse| {
        let swap = |id| if id == old { new } else { id };
        Synapse::new(swap(at.post), swap(at.pre))
    };
    // What was disconnected from the predecessor earlier in this draft stays so; if nothing was, all places are filled below.
    let row = crate::Row::new(row);
    let had = net.incoming(row).len() + net.listeners(row).count();
    let filled = dendrites.iter().chain(&axon).all(|(_, kept)| kept.base.is_some());
    if !filled || dendrites.len() + axon.len() != had {
        let heard = net.incoming(row).map(|synapse| Synapse::new(new, shadow.name_of(net, net.pres()[synapse])));
        let heard_by = net.listeners(row).map(|(post, _)| Synapse::new(shadow.name_of(net, post.get()), new));
        shadow.enter_all(heard.chain(heard_by).map(|at| (at, None)).collect());
    }
    let mut entries = Vec::with_capacity(had);
    let (silent, born) = (shadow.rule(Birth::Value(0.0)), shadow.rule(birth));
    // A self-connection is an outgoing weight too, and those are born 0.
    let dendrites = dendrites.into_iter().filter(|(at, _)| at.pre != old).map(|found| (found, &born));
    for ((at, kept), expr) in dendrites.chain(axon.into_iter().map(|found| (found, &silent))) {
        shadow.structural |= kept.base.is_none();
        entries.push((rename(at), Some(Kept { reborn: kept.base.is_some(), expr: expr.clone(), ..kept })));
    }
    shadow.enter_all(entries);
    join_lists(shadow, net, Join::InPlaceOf, old, new);
    shadow.params.insert(new, ParamExpr::default());
    Ok(())
}
