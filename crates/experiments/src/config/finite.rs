//! No number in a config is infinite or not a number.
//!
//! JSON, of which the hash of a config is made, writes both as null: two configs would share a directory.

use super::{document::Document, error::ConfigError, raw::Experiment};
use toml::Value;

/// Refuses every number that is not finite, as it is written and as it was read: what is finite in the file
/// may be too large for the single precision that it is kept in.
pub(super) fn refuse_not_finite(
    document: &Document,
    experiment: &Experiment,
    table: &toml::Table,
) -> Result<(), ConfigError> {
    let read = toml::Table::try_from(experiment).map_err(|error| document.fault("", error.to_string(), None))?;
    for table in [table, &read] {
        if let Some((key, found)) = table.iter().find_map(|(key, value)| not_finite(key, value)) {
            let help = "give a finite number, at most 3.4e38 in size".to_owned();
            return Err(document.fault(&key, format!("found {found}"), help));
        }
    }
    Ok(())
}

/// The dotted key of the first such number.
fn not_finite(key: &str, value: &Value) -> Option<(String, f64)> {
    let inner = |name: &dyn std::fmt::Display, value| not_finite(&format!("{key}.{name}"), value);
    match value {
        Value::Float(number) => (!number.is_finite()).then(|| (key.to_owned(), *number)),
        Value::Array(items) => items.iter().enumerate().find_map(|(at, item)| inner(&at, item)),
        Value::Table(table) => table.iter().find_map(|(name, value)| inner(name, value)),
        _ => None,
    }
}
