//! Reach: the listing by ranges and the test of a single pair say the same.

use crate::{
    Activation, Draft, FireGroup, GroupId, Move, Network, NeuronId, NeuronSpec, Norm, Origin, Reach, Role, Row,
    Schedule, Unit,
};
use proptest::{collection::vec, option, prelude::*};

const ROLES: [Role; 4] = [Role::Input, Role::Hidden, Role::Hidden, Role::Output];

/// A group, a place, and perhaps a list of one's own, of neurons that may be dead or never born.
type Person = (u16, (u8, u8), Option<Vec<u64>>);

/// Reaches by group (some twice, some of groups that are not there) and by distance, with and without oneself.
fn reaches() -> impl Strategy<Value = Vec<Reach>> {
    let distance = prop_oneof![Just(0.0f32), Just(1.0), Just(1.5), Just(9.0)];
    let reach = (vec(0..6u16, 0..4), option::of(distance), 0..3u16, any::<bool>());
    let reach = reach.prop_map(|(groups, within, max_delay, itself)| Reach {
        groups: groups.into_iter().map(GroupId::new).collect(),
        within,
        max_delay,
        itself,
    });
    vec(reach, ROLES.len())
}

fn network(reaches: Vec<Reach>, people: Vec<Person>) -> Network {
    let group = |(role, reach)| FireGroup {
        name: String::new(),
        role,
        unit: Unit::rate(Activation::Linear),
        norm: Norm::None,
        reach,
    };
    let groups = ROLES.into_iter().zip(reaches).map(group).collect();
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let mut draft = Draft::new(&network, 0);
    for (group, (x, y), list) in people {
        let neuron = draft.name();
        let spec = NeuronSpec {
            position: [f32::from(x), f32::from(y)],
            listens_to: list.map(|list| list.into_iter().map(NeuronId::new).collect()),
            ..NeuronSpec::of(GroupId::new(group), Unit::rate(Activation::Linear))
        };
        draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
    }
    let born = draft.finish();
    network.commit(born).unwrap();
    network
}

/// Divisions and deaths, so that lists name the dead and the newborn.
fn live(network: &mut Network, happenings: &[(bool, u16)]) {
    for &(divides, who) in happenings {
        let count = network.neuron_count().max(1);
        let Some(row) = network.neuron_rows().nth(usize::from(who) % count) else { return };
        let mut draft = Draft::new(network, 1);
        let (neuron, daughter) = (network.id(row), draft.name());
        let what = if divides {
            Move::Divide { mother: neuron, daughter, share: 0.5 }
        } else {
            Move::Remove { neuron, mean: 0.0 }
        };
        // Inputs and outputs do neither.
        if draft.propose(what).is_ok() {
            let finished = draft.finish();
            network.commit(finished).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rows_in_reach_are_those_that_may_be_heard(
        reaches in reaches(),
        people in vec((0..4u16, (0..3u8, 0..3u8), option::weighted(0.3, vec(0..20u64, 0..6))), 0..16),
        happenings in vec(any::<(bool, u16)>(), 0..5),
    ) {
        let mut network = network(reaches, people);
        live(&mut network, &happenings);
        let (network, mut pairs) = (&network, 0);
        for post in network.neuron_rows() {
            let mut listed: Vec<u32> = Vec::new();
            network.reach_of(post, &mut |range| listed.extend(range));
            let heard = |delay| network.neuron_rows().filter(move |&pre| network.may_listen(post, pre, delay));
            // Each once, in the order of rows.
            prop_assert_eq!(&listed, &heard(0).map(Row::get).collect::<Vec<_>>(), "by {:?}", network.spec(post));
            let reach = &network.group(network.spec(post).group).reach;
            if network.role(post) != Role::Input && network.spec(post).listens_to.is_none() {
                for pre in network.neuron_rows() {
                    let [[ax, ay], [bx, by]] = [post, pre].map(|row| network.spec(row).position.map(f64::from));
                    let near = reach.within.is_none_or(|radius| (ax - bx).hypot(ay - by) <= f64::from(radius));
                    let expected = near && reach.groups.contains(&network.spec(pre).group) && (reach.itself || pre != post);
                    prop_assert_eq!(network.may_listen(post, pre, 0), expected);
                }
            }
            prop_assert_eq!(listed.len(), heard(reach.max_delay).count(), "delays up to the most are alike");
            prop_assert_eq!(heard(reach.max_delay + 1).count(), 0, "nothing is heard later than that");
            pairs += listed.len() as u64;
        }
        prop_assert_eq!(network.reachable_pairs(), pairs);
    }
}
