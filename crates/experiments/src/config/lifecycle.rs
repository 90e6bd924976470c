//! Lifecycles: strategies, plasticity, energy and one budget under one name.
//!
//! A lifecycle is a piece of an experiment file. It is unfolded before the file is checked: its strategies come before those of the
//! file, which add to them, and every other key is a default that the file may set otherwise. The `config.toml` of a run holds
//! what came of it.

use super::error::nearest;
use std::path::Path;

/// A lifecycle by name.
#[derive(Clone, Copy, Debug)]
pub struct Lifecycle {
    /// Its name: `lifecycle = "NAME"`.
    pub name: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// What it stands for.
    pub text: &'static str,
}

/// The built-in lifecycles, alphabetically.
pub const ALL: &[Lifecycle] = &[
    Lifecycle {
        name: "adolescence",
        summary: "more connections than will last, of which the useless are pruned, while the young learn faster",
        text: include_str!("lifecycles/adolescence.toml"),
    },
    Lifecycle {
        name: "homeostasis",
        summary: "every neuron grows and retracts synaptic elements until it is as active as it should be",
        text: include_str!("lifecycles/homeostasis.toml"),
    },
    Lifecycle {
        name: "metabolism",
        summary: "neurons live on energy: the useful save and divide, the starving retract and die",
        text: include_str!("lifecycles/metabolism.toml"),
    },
    Lifecycle {
        name: "neurogenesis",
        summary: "as many neurons as ever: newborns learn fast, must prove useful, and take the places of the old",
        text: include_str!("lifecycles/neurogenesis.toml"),
    },
];

/// Keys that a lifecycle may have.
const KEYS: [&str; 4] = ["grow", "energy", "budget", "train"];

/// Puts what a table's `lifecycle` stands for in its place.
pub(super) fn unfold(table: &mut toml::Table, folder: &Path) -> Result<(), String> {
    let name = match table.get("lifecycle") {
        None => return Ok(()),
        Some(toml::Value::String(name)) => name.clone(),
        Some(_) => return Err("found something else than a name".to_owned()),
    };
    let of = |text: &str| text.parse::<toml::Table>().map_err(|error| format!("`{name}`: {}", error.message()));
    let own = Path::new(&name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let life = if own {
        let path = folder.join(&name);
        let text =
            std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        of(&text)?
    } else {
        let Some(life) = ALL.iter().find(|life| life.name == name) else {
            let meant = nearest(&name, ALL.iter().map(|life| life.name));
            let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            return Err(format!("no lifecycle is called `{name}`{meant}"));
        };
        of(life.text)?
    };
    if let Some(key) = life.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("`{name}` says `{key}`, but a lifecycle has {} only", KEYS.join(", ")));
    }
    table.remove("lifecycle");
    for (key, value) in life {
        match (key.as_str(), table.get_mut(&key), value) {
            ("grow", Some(toml::Value::Array(file)), toml::Value::Array(mut grow)) => {
                grow.append(file);
                *file = grow;
            }
            (_, Some(toml::Value::Table(file)), toml::Value::Table(defaults)) => fill(file, defaults),
            (_, Some(_), _) => {}
            (_, None, value) => {
                table.insert(key, value);
            }
        }
    }
    Ok(())
}

/// Sets what is not set.
fn fill(table: &mut toml::Table, defaults: toml::Table) {
    for (key, value) in defaults {
        match (table.get_mut(&key), value) {
            (Some(toml::Value::Table(table)), toml::Value::Table(defaults)) => fill(table, defaults),
            (Some(_), _) => {}
            (None, value) => {
                table.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfolded(text: &str) -> Result<toml::Table, String> {
        let mut table = text.parse().unwrap();
        unfold(&mut table, Path::new("."))?;
        Ok(table)
    }

    #[test]
    fn a_files_own_words_stand_and_its_strategies_come_after() {
        let table = unfolded("lifecycle = \"metabolism\"\n[energy]\nsupply = 7\n[[grow]]\nstrategy = \"set\"").unwrap();
        assert_eq!(table["energy"]["supply"].as_integer(), Some(7));
        let grow = table["grow"].as_array().unwrap();
        assert!(grow.len() > 1 && grow.last().unwrap()["strategy"].as_str() == Some("set"));
        assert!(!table.contains_key("lifecycle"));
        // Unfolding what is unfolded changes nothing.
        assert_eq!(unfolded(&toml::to_string(&table).unwrap()).unwrap(), table);
    }

    #[test]
    fn what_is_no_lifecycle_is_refused() {
        assert!(unfolded("lifecycle = \"metabolsm\"").unwrap_err().contains("did you mean `metabolism`?"));
        assert!(unfolded("lifecycle = \"none.toml\"").unwrap_err().contains("cannot read"));
        assert!(unfolded("lifecycle = 3").is_err());
    }
}
