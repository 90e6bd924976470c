//! A step allocates nothing once it is warm, but for the outputs that it hands out.
#![expect(unsafe_code, reason = "an allocator that counts is an implementation of an unsafe trait")]
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use livenet_core::testing::apply;
use livenet_core::{
    Activation, Birth, Executor, ExecutorSettings, FireGroup, GroupId, Law, Move, Network, NeuronId, NeuronSpec, Norm,
    Optimizer, Origin, Reach, Role, Schedule, StreamKey, Synapse, Unit, UpdateRule, Window,
};
use livenet_train::{Native, Threads};
use std::alloc::{GlobalAlloc, Layout, System};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, counting.
struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is handed to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is handed on.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise is handed on.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// 40-300-300-5: the middle groups hear half of whom they may, the second one itself as well, a cycle late.
fn network(threads: usize) -> (Network, Native) {
    let group = |name: &str, role, heard: &[u16], norm| FireGroup {
        name: name.into(),
        role,
        unit: Unit::rate(if role == Role::Hidden { Activation::Tanh } else { Activation::Linear }),
        norm,
        reach: Reach::groups(heard.iter().copied().map(GroupId::new)),
    };
    let groups = vec![
        group("in", Role::Input, &[], Norm::None),
        group("first", Role::Hidden, &[0], Norm::Layer),
        group("second", Role::Hidden, &[1, 2], Norm::None),
        group("out", Role::Output, &[2], Norm::None),
    ];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let threads = Threads::Exactly(NonZeroUsize::new(threads).unwrap());
    let mut native = Native::new(&network, ExecutorSettings::default(), threads);
    let (mut moves, mut at) = (Vec::new(), Vec::new());
    let sizes = [0..40_u64, 40..340, 340..640, 640..645];
    for (group, rows) in (0..).zip(sizes) {
        let heard = [0..0, 0..40, 40..640, 340..640][group as usize].clone();
        for post in rows {
            let unit = network.group(GroupId::new(group)).unit;
            let spec = NeuronSpec::of(GroupId::new(group), unit);
            moves.push(Move::Add { neuron: NeuronId::new(post), spec, origin: Origin::Seed });
            let sparse = heard.clone().filter(|pre| (pre * 7 + post * 13) % 4 < 2);
            at.extend(sparse.map(|pre| (Synapse::new(NeuronId::new(post), NeuronId::new(pre)), 0)));
        }
    }
    moves.push(Move::Grow { at, birth: Birth::Random { key: StreamKey::new(1, "a"), law: Law::Normal, scale: 0.05 } });
    apply(&mut network, &mut native, moves).unwrap();
    (network, native)
}

/// How often a step allocates, after some.
fn counted(network: &Network, native: &mut Native, (cycles, lanes): (usize, usize), optimizer: Optimizer) -> usize {
    let mut stream = StreamKey::new(2, "b").stream();
    let values: Vec<f32> = (0..cycles * lanes * 40).map(|_| stream.normal() as f32).collect();
    let d_outputs = vec![1e-3; cycles * lanes * 5];
    let rule = UpdateRule { optimizer, rate: 1e-3, passes: Vec::new(), step: 0 };
    let mut most = 0;
    for step in 0..12 {
        let before = COUNT.load(Ordering::Relaxed);
        let outputs = native.forward(network, Window { cycles, lanes, values: &values }, None).unwrap();
        native.learn(network, &d_outputs, &rule).unwrap();
        let count = COUNT.load(Ordering::Relaxed) - before;
        drop(outputs);
        if step > 5 {
            most = most.max(count);
        }
    }
    most
}

#[test]
fn a_warm_step_allocates_its_outputs_and_nothing_else() {
    for shape in [(1, 1), (1, 64), (7, 20)] {
        for optimizer in [Optimizer::Sgd, Optimizer::ADAM] {
            let (network, mut native) = network(1);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
            let count = pool.install(|| counted(&network, &mut native, shape, optimizer));
            assert_eq!(count, 1, "{shape:?} {optimizer:?}");
        }
    }
}
