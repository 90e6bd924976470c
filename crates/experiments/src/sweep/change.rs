//! What changed in a sweep file since its directory was made, and whether that leaves all trials what they are.
//!
//! The resolved file of then is compared with that of now, key by key; lists of settings and axes by name. What only
//! adds trials is let through: seeds, settings, values of an axis of a grid, points of a random search. Everything
//! else would make the finished trials the answer to another question, and is refused.

use super::{
    file::{SETTING, Sweep},
    raw::Search,
};
use crate::{Failure, run::RunError};
use std::path::Path;
use toml::{Table, Value};

/// A key whose value is another.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    key: String,
    was: Option<Value>,
    is: Option<Value>,
}

/// The file as it is kept: resolved, without what decides nothing.
pub(super) fn resolved(sweep: &Sweep) -> Table {
    let mut table = sweep.table().clone();
    let seeds = sweep.seeds().iter().map(|&seed| Value::Integer(seed as i64)).collect();
    table.insert("seeds".into(), Value::Array(seeds));
    if let Some(Value::Table(experiment)) = table.get_mut("experiment") {
        for key in ["seeds", "claim", "summary"] {
            experiment.remove(key);
        }
    }
    table
}

/// Refuses a sweep that is not the one that was kept as `text`, with the first keys that differ.
///
/// # Errors
/// [`Failure::Usage`] names them, [`RunError::Damaged`] a file that is no TOML.
pub(super) fn refuse(path: &Path, text: &str, sweep: &Sweep) -> Result<(), Failure> {
    let was: Table = toml::from_str(text).map_err(|error| RunError::Damaged {
        path: path.join("sweep.toml"),
        what: error.message().to_owned(),
        mend: "restore it from a copy, or give --out for a new sweep",
    })?;
    let changes = differences(&was, &resolved(sweep));
    let refused: Vec<&Change> = changes.iter().filter(|change| !only_adds(change, sweep)).collect();
    if refused.is_empty() {
        return Ok(());
    }
    let show =
        |value: &Option<Value>| value.as_ref().map_or("absent".to_owned(), |value| shortened(&value.to_string()));
    let lines: Vec<String> = refused
        .iter()
        .take(8)
        .map(|change| format!("  {}: was {}, is {}", change.key, show(&change.was), show(&change.is)))
        .collect();
    let more = if refused.len() > lines.len() {
        format!("\n  and {} more", refused.len() - lines.len())
    } else {
        String::new()
    };
    Err(Failure::Usage(format!(
        "{} belongs to another sweep of the same name; nothing was changed. What differs:\n{}{more}\n  help: seeds and settings can be added; else give the sweep another name, or --out",
        path.display(),
        lines.join("\n")
    )))
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(57).chain("...".chars()).collect() }
}

/// Every leaf that differs. Tables in lists are told apart by their names.
fn differences(was: &Table, is: &Table) -> Vec<Change> {
    let mut changes = Vec::new();
    walk("", &Value::Table(was.clone()), &Value::Table(is.clone()), &mut changes);
    changes
}

fn walk(key: &str, was: &Value, is: &Value, changes: &mut Vec<Change>) {
    let (Some(one), Some(other)) = (by_name(was), by_name(is)) else {
        if was != is {
            changes.push(Change { key: key.to_owned(), was: Some(was.clone()), is: Some(is.clone()) });
        }
        return;
    };
    let names = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
    for name in names {
        let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
        match (one.get(name), other.get(name)) {
            (Some(was), Some(is)) => walk(&key, was, is, changes),
            (was, is) => changes.push(Change { key, was: was.cloned(), is: is.cloned() }),
        }
    }
}

/// A table, or a list of tables with names as one.
fn by_name(value: &Value) -> Option<Table> {
    match value {
        Value::Table(table) => Some(table.clone()),
        Value::Array(items) => {
            let named = |item: &Value| {
                let table = item.as_table()?;
                let name = table.get("name").or_else(|| table.get("key"))?.as_str()?;
                Some((name.to_owned(), item.clone()))
            };
            let named: Option<Table> = items.iter().map(named).collect();
            named.filter(|named| !items.is_empty() && named.len() == items.len())
        }
        _ => None,
    }
}

/// Whether a change leaves every trial that there was.
fn only_adds(change: &Change, sweep: &Sweep) -> bool {
    let Change { key, was, is } = change;
    let untuned = sweep.tune().is_none();
    let decides = untuned && matches!(sweep.search(), Search::Halving(_) | Search::Tpe(_));
    let holds = |was: &Option<Value>, is: &Option<Value>| match (was, is) {
        (Some(Value::Array(was)), Some(Value::Array(is))) => was.iter().all(|value| is.contains(value)),
        _ => false,
    };
    match key.as_str() {
        "summary" | "plots" => true,
        // Scores over other seeds could decide otherwise.
        "seeds" => !decides && holds(was, is),
        "search.random.trials" => {
            let number = |value: &Option<Value>| value.as_ref().and_then(Value::as_integer);
            untuned && number(was) <= number(is)
        }
        _ if key.starts_with("axis.") && key.ends_with(".values") => {
            untuned && matches!(sweep.search(), Search::Grid) && holds(was, is)
        }
        _ => was.is_none() && is.as_ref().is_some_and(|is| is_whole(key, is)),
    }
}

/// Whether a value is a whole setting or arm, at its own key.
fn is_whole(key: &str, value: &Value) -> bool {
    let name = value.get("name").and_then(Value::as_str);
    name.is_some_and(|name| [SETTING, "experiment.arm"].iter().any(|list| key == format!("{list}.{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_keys_and_find_settings_by_name() {
        let was: Table = toml::from_str(
            "name = 'x'\nseeds = [1]\n[experiment.train]\nsteps = 1\n[[setting]]\nname = 'a'\n[[setting]]\nname = 'b'\nset = { x = 1 }\n",
        )
        .unwrap();
        let is: Table = toml::from_str(
            "name = 'x'\nseeds = [2, 1]\n[experiment.train]\nsteps = 2\n[[setting]]\nname = 'b'\nset = { x = 2 }\n[[setting]]\nname = 'a'\n[[setting]]\nname = 'c'\n",
        )
        .unwrap();
        let keys: Vec<String> = differences(&was, &is).into_iter().map(|change| change.key).collect();
        assert_eq!(keys, ["experiment.train.steps", "seeds", "setting.b.set.x", "setting.c"]);
        assert_eq!(differences(&was, &was), []);
    }
}
