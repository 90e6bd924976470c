//! Whoever asks what weights add up to changes nothing.

use super::super::tests::{bits, samples, small, stream};
use super::Native;
use livenet_core::testing::apply;
use livenet_core::{Executor, Move, Network, NeuronId, Optimizer, Signal, Synapse, UpdateRule, Window};

const SIGNALS: [Signal; 3] = [Signal::OutputMagnitude, Signal::Utility, Signal::Drive];

/// Some windows of so many lanes, with an executor that is asked wherever it can be beside one that never is.
fn live([(network, asked), (_, alone)]: [(&Network, &mut Native); 2], lanes: usize) {
    let ask = |native: &mut Native| native.signals(network, &SIGNALS);
    for step in 0..4 {
        let values = samples(lanes * network.inputs().len());
        let window = Window { cycles: 1, lanes, values: &values };
        let rule = UpdateRule { optimizer: Optimizer::ADAM, rate: 0.01, passes: Vec::new(), step };
        ask(asked);
        let outputs = asked.forward(network, window, None).unwrap();
        ask(asked);
        assert_eq!(bits(&outputs), bits(&alone.forward(network, window, None).unwrap()));
        let d_outputs: Vec<f32> = outputs.iter().map(|y| y - 0.5).collect();
        // Twice in a row, so that a sweep finds what one before it left.
        for native in [&mut *asked, &mut *alone] {
            native.backward(network, &d_outputs).unwrap();
            native.learn(network, &d_outputs, &rule).unwrap();
        }
        let (one, two) = (ask(asked), ask(asked));
        assert_eq!(one, two);
        assert_eq!(asked.export(network), alone.export(network));
        // What was never asked before says the same.
        assert_eq!(one, alone.clone().signals(network, &SIGNALS));
    }
}

#[test]
fn an_executor_that_is_asked_learns_the_same_bits() {
    for (make, heard) in [(|| small(1)) as fn() -> (Network, Native), stream].into_iter().zip([(4, 3), (25, 4)]) {
        let [(mut network, mut asked), (mut other, mut alone)] = [make(), make()];
        for native in [&mut asked, &mut alone] {
            native.observe(&network, &SIGNALS);
        }
        for lanes in [20, 1, 5] {
            live([(&network, &mut asked), (&other, &mut alone)], lanes);
            let at = Synapse::new(NeuronId::new(heard.0), NeuronId::new(heard.1));
            asked.signals(&network, &SIGNALS);
            apply(&mut network, &mut asked, [Move::Scale { at, by: 0.5 }]).unwrap();
            apply(&mut other, &mut alone, [Move::Scale { at, by: 0.5 }]).unwrap();
        }
        asked.signals(&network, &SIGNALS);
        let at = Synapse::new(NeuronId::new(heard.0), NeuronId::new(heard.1));
        apply(&mut network, &mut asked, [Move::Prune { at: vec![at] }]).unwrap();
        apply(&mut other, &mut alone, [Move::Prune { at: vec![at] }]).unwrap();
        live([(&network, &mut asked), (&other, &mut alone)], 20);
    }
}
