//! What a network starts with: its wiring and its first weights, by name.

use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Initial wirings.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WiringName {
    /// No connection at all.
    #[default]
    None,
    /// Every pair in reach.
    Dense,
    /// This share of the pairs in reach, per pair of groups.
    Uniform(f64),
    /// This many of the pairs in reach.
    Count(u64),
    /// This share in total, spread as by Erdős and Rényi: small pairs of groups are denser.
    ErdosRenyi(f64),
    /// This many for every neuron that listens, or all in its reach.
    FanIn(u64),
    /// Bipartite receptive fields: each neuron of the smaller group hears around its place in the larger, the more blurred
    /// the greater the randomness.
    ReceptiveField {
        /// The share of the pairs between two groups.
        density: f64,
        /// From 0, the nearest, to 1, anybody.
        #[serde(default = "quarter")]
        randomness: f64,
    },
    /// A bipartite small world: the nearest, and each connection anywhere with a probability.
    SmallWorld {
        /// The share of the pairs between two groups.
        density: f64,
        /// The probability.
        #[serde(default = "quarter")]
        randomness: f64,
    },
    /// The wiring that another run ended with: `{ run = "runs/NAME/HASH-s1" }`, the control of whatever claims to find a
    /// wiring.
    Run(
        #[serde(deserialize_with = "run_or_its_directory")]
        #[schemars(with = "RunWritten")]
        RunWiring,
    ),
}

fn quarter() -> f64 {
    0.25
}

/// The wiring at the end of another run; its directory alone says as much as `{ directory = ".." }`.
///
/// Groups are those of that run by name, each with as many neurons as it had at its end, whatever `neurons` says. Positions,
/// units and delays are that run's, the active connections those that count; weights are drawn by `init`, biases and decays
/// are those of birth. `wiring_seed` has nothing to draw.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunWiring {
    /// The directory of that run, from the folder of the experiment file. `{seed}` in it stands for the seed of the run that
    /// is begun, so that each seed has the wiring that the same seed found.
    pub directory: String,
    /// Whether weights are `drawn` anew, by `init`, or `kept` as that run trained them, with biases and decays.
    #[serde(default)]
    pub weights: WeightsName,
    /// The digest of what is read there, as the `config.toml` of a run has it: anything else is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// What stands for the seed in the directory of a run.
const SEED: &str = "{seed}";

impl RunWiring {
    /// The directory for a seed; relative ones begin in `folder`.
    pub(super) fn directory_for(&self, seed: u64, folder: &Path) -> PathBuf {
        folder.join(self.directory.replace(SEED, &seed.to_string()))
    }

    /// Whether each seed has a run of its own.
    pub(crate) fn differs_by_seed(&self) -> bool {
        self.directory.contains(SEED)
    }
}

/// Where the weights of a wiring that was found come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightsName {
    /// Anew, by `network.init`.
    #[default]
    Drawn,
    /// They are those at the end of that run.
    Kept,
}

/// Reads a [`RunWiring`], or its directory alone, which an untagged enum would do with poorer errors.
fn run_or_its_directory<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RunWiring, D::Error> {
    struct Either;
    impl<'de> Visitor<'de> for Either {
        type Value = RunWiring;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the directory of a run, or a table with `directory`")
        }
        fn visit_str<E>(self, text: &str) -> Result<RunWiring, E> {
            Ok(RunWiring { directory: text.to_owned(), weights: WeightsName::default(), digest: None })
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RunWiring, A::Error> {
            RunWiring::deserialize(MapAccessDeserializer::new(map))
        }
    }
    deserializer.deserialize_any(Either)
}

/// How either is written, for the schema.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the schema is made of it, and no value is")]
enum RunWritten {
    /// The directory of the run.
    Directory(String),
    /// More than that.
    Table(RunWiring),
}

/// First weights by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum InitName {
    /// Normal, variance 2 / fan-in.
    #[default]
    He,
    /// Normal, variance 2 / (fan-in + fan-out).
    Glorot,
    /// Uniform with the same variance.
    GlorotUniform,
    /// Uniform, variance gain² / fan-in: gain² is 2 for rectifiers, 25/9 for tanh, 1 for others.
    KaimingUniform,
    /// Normal with this standard deviation.
    Normal(f32),
    /// Uniform within ± this.
    Uniform(f32),
}
