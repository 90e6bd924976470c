//! The suite of the core, and what it does not ask.

use super::{BurnExecutor, LiveLayer, backends, plan::Density};
use ::burn::{
    backend::{Autodiff, Flex, flex::FlexDevice},
    module::{AutodiffModule, Module},
    nn::{Linear, LinearConfig},
    optim::{AdamConfig, GradientsParams, Optimizer},
    tensor::{Tensor, TensorData, backend::Backend},
};
use livenet_core::{
    Activation, Birth, Dropout, ExecError, Executor, ExecutorSettings, FireGroup, GroupId, Law, Move, Network,
    NeuronId, NeuronSpec, Norm, Origin, Pass, Reach, Role, Schedule, Signal, StreamKey, Synapse, Unit, UpdateRule,
    Window,
    testing::{Naive, apply, suite},
};

type Cpu = Autodiff<Flex>;

fn make(network: &Network, settings: ExecutorSettings) -> Box<dyn Executor> {
    (backends()[0].2)(network, settings).unwrap()
}

/// Every block connection by connection, as in networks too sparse for matrices.
fn make_sparse(network: &Network, settings: ExecutorSettings) -> Box<dyn Executor> {
    let density = Density { small: 0, cells: 0 };
    Box::new(BurnExecutor::<Cpu>::with_density("burn", FlexDevice, network, settings, density))
}

#[test]
fn agrees_with_naive() {
    let options = suite::Options { splitting: Some(1e-3), ..suite::Options::default() };
    suite::agrees_with_naive(&make, 40, 1e-4, &options).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn agrees_with_naive_connection_by_connection() {
    let options = suite::Options { first: 1000, ..suite::Options::default() };
    suite::agrees_with_naive(&make_sparse, 20, 1e-4, &options).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn preserves_what_moves_promise_to_preserve() {
    suite::preserves(&make).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn same_bits_for_any_memory_and_number_of_threads() {
    suite::same_bits_for_memory(&make).unwrap();
    suite::same_bits_after_import(&make).unwrap();
    suite::same_bits_for_threads(&make).unwrap();
}

/// Three fire groups of these sizes: tanh, a layer norm in the middle, everything may hear everything.
fn groups() -> Network {
    let group = |at: u16, role, norm| {
        let reach = if role == Role::Input {
            Reach::nobody()
        } else {
            Reach::groups([0, 1, 2].map(GroupId::new)).with_max_delay(1)
        };
        FireGroup { name: format!("g{at}"), role, unit: Unit::rate(Activation::Tanh), norm, reach }
    };
    let groups = vec![
        group(0, Role::Input, Norm::None),
        group(1, Role::Hidden, Norm::Layer),
        group(2, Role::Output, Norm::None),
    ];
    Network::new(groups, Schedule::Grouped).unwrap()
}

/// Neurons for [`groups`] and a random weight from every group to the next, hidden ones to themselves too.
fn members(network: &Network, sizes: [usize; 3]) -> Vec<Move> {
    let mut births = network.births().clone();
    let birth = Birth::Random { key: StreamKey::new(5, "weights"), law: Law::Normal, scale: 0.4 };
    let born: Vec<(NeuronId, u16)> =
        (0..3).flat_map(|group| vec![group; sizes[usize::from(group)]]).map(|group| (births.next(), group)).collect();
    let add = |&(neuron, group): &(NeuronId, u16)| {
        let unit = if group == 1 && neuron.number().is_multiple_of(2) {
            Unit::leaky(Activation::Softplus)
        } else {
            Unit::rate(Activation::Tanh)
        };
        Move::Add { neuron, spec: NeuronSpec::of(GroupId::new(group), unit), origin: Origin::Seed }
    };
    let pairs = born.iter().flat_map(|post| born.iter().map(move |pre| (post, pre)));
    let connected = pairs.filter(|(post, pre)| post.1 == pre.1 + 1 || (post.1 == 1 && pre.1 == 1));
    let connect = connected.map(|(post, pre)| Move::Connect { at: Synapse::new(post.0, pre.0), birth, delay: 0 });
    born.iter().map(add).chain(connect).collect()
}

fn normals(count: usize, purpose: &str) -> Vec<f32> {
    let mut stream = StreamKey::new(3, purpose).stream();
    (0..count).map(|_| stream.normal() as f32).collect()
}

#[test]
fn an_empty_network_runs() {
    let network = groups();
    let mut executor = make(&network, ExecutorSettings::default());
    let window = Window { cycles: 2, lanes: 3, values: &[] };
    assert!(executor.forward(&network, window, None).unwrap().is_empty());
    executor.backward(&network, &[]).unwrap();
    executor
        .update(
            &network,
            &UpdateRule { optimizer: livenet_core::Optimizer::ADAM, rate: 0.1, passes: Vec::new(), step: 0 },
        )
        .unwrap();
    assert!(executor.export(&network).weights.is_empty());
    assert!(executor.signals(&network, &[Signal::Residual]).values(Signal::Residual).is_empty());
}

#[test]
fn a_diverging_network_is_named() {
    let mut network = groups();
    let mut executor = make(&network, ExecutorSettings::default());
    let moves = members(&network, [2, 3, 2]);
    apply(&mut network, &mut *executor, moves).unwrap();
    let window = Window { cycles: 2, lanes: 1, values: &[0.1, 0.2, 0.3, f32::NAN] };
    let neuron = network.id(livenet_core::Row::new(1));
    match executor.forward(&network, window, None) {
        Err(ExecError::NonFinite { what: "output", neuron: found, cycle: 1, .. }) => assert_eq!(found, neuron),
        other => panic!("{other:?}"),
    }
    let window = Window { cycles: 1, lanes: 1, values: &[0.1, 0.2] };
    executor.forward(&network, window, None).unwrap();
    assert!(matches!(
        executor.backward(&network, &[f32::INFINITY, 0.0]),
        Err(ExecError::NonFinite { what: "gradient", cycle: 0, .. })
    ));
    assert!(matches!(executor.backward(&network, &[0.0; 3]), Err(ExecError::Shape { found: 3, expected: 2, .. })));
    executor.backward(&network, &[0.5, 0.5]).unwrap();
    let rule = UpdateRule {
        optimizer: livenet_core::Optimizer::Sgd,
        rate: f32::MAX,
        passes: vec![Pass::ClipValue { value: 1e30 }],
        step: 0,
    };
    assert!(executor.update(&network, &UpdateRule { rate: f32::INFINITY, ..rule }).is_err());
}

/// A sweep leaves nothing behind that a second one would see.
#[test]
fn a_sweep_can_be_repeated() {
    let mut network = groups();
    let mut executor = make(&network, ExecutorSettings { memory: Some(6), ..ExecutorSettings::default() });
    let moves = members(&network, [2, 4, 2]);
    apply(&mut network, &mut *executor, moves).unwrap();
    let values = normals(3 * 5 * 2, "values");
    let dropout = Some(Dropout::new(0.3, StreamKey::new(1, "dropout")));
    let mut gradients = Vec::new();
    for _ in 0..2 {
        let outputs = executor.forward(&network, Window { cycles: 3, lanes: 5, values: &values }, dropout).unwrap();
        executor.backward(&network, &outputs).unwrap();
        gradients.push(executor.signals(&network, &[Signal::Gradient]).values(Signal::Gradient).to_vec());
        executor.backward(&network, &outputs).unwrap();
        gradients.push(executor.signals(&network, &[Signal::Gradient]).values(Signal::Gradient).to_vec());
    }
    assert_eq!(gradients[0], gradients[1]);
    assert_eq!(gradients[2], gradients[3]);
    assert_ne!(gradients[0], gradients[2]);
}

/// A living layer, its network, and the definition of it.
fn layer(device: FlexDevice) -> (Network, Naive, LiveLayer<Cpu>) {
    let mut network = groups();
    let mut naive = Naive::new(&network, ExecutorSettings::default());
    let moves = members(&network, [3, 8, 3]);
    apply(&mut network, &mut naive, moves).unwrap();
    let layer = LiveLayer::new(&network, naive.export(&network).weights, &device);
    (network, naive, layer)
}

#[test]
fn a_living_layer_agrees_with_naive_and_follows_its_network() {
    let device = FlexDevice;
    let (mut network, mut naive, mut layer) = layer(device);
    let mother = network.id(livenet_core::Row::new(4));
    for division in 0..2 {
        let (inputs, blame) = (normals(2 * 5 * 3, "inputs"), normals(2 * 5 * 3, "blame"));
        let cycles: Vec<Tensor<Cpu, 2>> = inputs
            .chunks(15)
            .map(|cycle| Tensor::from_data(TensorData::new(cycle.to_vec(), [5, 3]), &device).require_grad())
            .collect();
        let outputs = Tensor::cat(layer.forward_window(cycles.clone()), 0);
        naive.reset();
        let expected = naive.forward(&network, Window { cycles: 2, lanes: 5, values: &inputs }, None).unwrap();
        close(&outputs.to_data().to_vec::<f32>().unwrap(), &expected);
        let gradients =
            (outputs * Tensor::from_data(TensorData::new(blame.clone(), [10, 3]), &device)).sum().backward();
        naive.backward(&network, &blame).unwrap();
        let pairs =
            [&layer.weights, &layer.bias, &layer.decay, &layer.gain].into_iter().zip(naive.gradients().columns());
        for (found, expected) in pairs {
            let found = found.val().grad(&gradients).unwrap().into_data().to_vec::<f32>().unwrap();
            close(&found, &expected.iter().map(|&value| value as f32).collect::<Vec<_>>());
        }

        // The derivative by the inputs, which the layer before it learns by, against differences.
        let found = cycles[0].grad(&gradients).unwrap().into_data().to_vec::<f32>().unwrap();
        let mut loss = |at: usize, step: f64| {
            let mut values: Vec<f64> = inputs.iter().map(|&value| f64::from(value)).collect();
            values[at] += step;
            naive.reset();
            let outputs = naive.forward_f64(&network, (2, 5), &values, None).unwrap();
            outputs.iter().zip(&blame).map(|(y, &d)| y * f64::from(d)).sum::<f64>()
        };
        let expected: Vec<f32> = (0..15).map(|at| ((loss(at, 1e-5) - loss(at, -1e-5)) / 2e-5) as f32).collect();
        close(&found, &expected);

        let daughter = network.births().clone().next();
        let before = network.synapse_count();
        let commit =
            apply(&mut network, &mut naive, [Move::Divide { mother, daughter, share: 0.25 + 0.25 * division as f32 }])
                .unwrap();
        layer = layer.after(&network, &commit);
        assert!(network.synapse_count() > before);
        close(&layer.weights(), &naive.export(&network).weights);
    }
}

fn close(found: &[f32], expected: &[f32]) {
    let norm = |values: &mut dyn Iterator<Item = f32>| values.map(|value| value * value).sum::<f32>().sqrt();
    let distance = norm(&mut found.iter().zip(expected).map(|(a, b)| a - b));
    assert_eq!(found.len(), expected.len());
    assert!(distance <= 1e-4 * (norm(&mut expected.iter().copied()) + 1e-2), "{found:?} instead of {expected:?}");
}

/// A living network between two layers of burn's own.
#[derive(Module, Debug)]
struct Sandwich<B: Backend> {
    first: Linear<B>,
    living: LiveLayer<B>,
    last: Linear<B>,
}

impl<B: Backend> Sandwich<B> {
    fn forward(&self, x: Tensor<B, 2>) -> Tensor<B, 2> {
        self.last.forward(self.living.forward(self.first.forward(x)))
    }
}

#[test]
fn a_living_layer_trains_between_linear_layers() {
    let device = FlexDevice;
    Flex::seed(&device, 7);
    let (_, _, living) = layer(device);
    let mut model =
        Sandwich { first: LinearConfig::new(2, 3).init(&device), living, last: LinearConfig::new(3, 1).init(&device) };
    // The product of two signs: no linear model gets below a loss of 1.
    let x = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]];
    let x = Tensor::<Cpu, 2>::from_data(x, &device);
    let y = Tensor::<Cpu, 2>::from_data([[1.0], [-1.0], [-1.0], [1.0]], &device);
    let before = model.living.weights();
    let mut optimizer = AdamConfig::new().init();
    let mut losses = Vec::new();
    for _ in 0..200 {
        let error = model.forward(x.clone()) - y.clone();
        let loss = (error.clone() * error).mean();
        losses.push(loss.clone().into_scalar());
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        model = optimizer.step(0.02, model, gradients);
    }
    assert!(losses[0] > 0.5 && losses[199] < 0.02, "{} to {}", losses[0], losses[199]);
    assert_ne!(model.living.weights(), before);
    // Without autodiff, as for inference, it says the same.
    let (with, without) = (model.forward(x.clone()), model.valid().forward(x.inner()));
    assert_eq!(with.into_data(), without.into_data());
}
