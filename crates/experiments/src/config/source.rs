//! A TOML file as text: where in it a key stands, so that a fault can be shown with line and column.

use super::error::{ConfigError, Place, nearest};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use toml::de::DeValue;

/// A file that was read, or the one table of it that counts.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    path: PathBuf,
    text: String,
    /// The key of the table that counts, where it is not the whole file.
    within: Option<&'static str>,
}

impl Source {
    /// A file; `help` says what to give where it cannot be read.
    ///
    /// # Errors
    /// [`ConfigError`] with the system's words.
    pub(crate) fn read(path: &Path, help: &str) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
            place: Place::File(path.to_owned()),
            key: None,
            message: format!("cannot be read: {error}"),
            help: Some(help.to_owned()),
        })?;
        Ok(Self::new(path, text))
    }

    /// Text that was read elsewhere; `path` is named in errors.
    pub(crate) fn new(path: &Path, text: String) -> Self {
        Self { path: path.to_owned(), text, within: None }
    }

    /// The same, of which only the table at `key` counts.
    pub(crate) fn within(&self, key: &'static str) -> Self {
        Self { within: Some(key), ..self.clone() }
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
    /// The folder that it lies in.
    pub(crate) fn folder(&self) -> PathBuf {
        // Fails only for an empty path or without a current folder; what is relative then stays so.
        std::path::absolute(&self.path).unwrap_or_default().parent().unwrap_or(Path::new("")).to_owned()
    }

    /// The whole text as a `T`; only this can point at line and column of whatever is wrong.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        toml::from_str(&self.text).map_err(|error| {
            let place = match error.span() {
                Some(span) => self.at(span.start),
                None => Place::File(self.path.clone()),
            };
            ConfigError { place, key: None, message: error.message().to_owned(), help: suggestion(error.message()) }
        })
    }

    fn at(&self, byte: usize) -> Place {
        let before = &self.text[..byte.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        Place::Line(self.path.clone(), line, column)
    }

    /// The place of a key in the file, as near as it can be found. Numbers step into arrays.
    pub(crate) fn place_of(&self, keys: &[&str]) -> Place {
        let Ok(parsed) = toml::de::DeTable::parse(&self.text) else { return Place::File(self.path.clone()) };
        let mut here = DeValue::Table(parsed.into_inner());
        let mut best = None;
        for key in self.within.iter().chain(keys) {
            let found = match &here {
                DeValue::Table(table) => table
                    .iter()
                    .find(|(name, _)| name.get_ref() == key)
                    .map(|(name, value)| (name.span().start, value.get_ref().clone())),
                DeValue::Array(items) => key
                    .parse::<usize>()
                    .ok()
                    .and_then(|at| items.get(at))
                    .map(|item| (item.span().start, item.get_ref().clone())),
                _ => None,
            };
            let Some((start, value)) = found else { break };
            best = Some(start);
            here = value;
        }
        best.map_or_else(|| Place::File(self.path.clone()), |start| self.at(start))
    }
}

/// A table as a `T`; `fault` makes the error from a dotted key, what is wrong with it and the mend.
///
/// # Errors
/// What `fault` makes.
pub(crate) fn typed<T: DeserializeOwned>(
    table: &toml::Table,
    fault: impl Fn(&str, String, Option<String>) -> ConfigError,
) -> Result<T, ConfigError> {
    serde_path_to_error::deserialize(table.clone()).map_err(|error| {
        // `grow[0].when` as everywhere else: `grow.0.when`.
        let key = error.path().to_string().replace('[', ".").replace(']', "");
        let message = error.inner().message().to_owned();
        let help = suggestion(&message);
        fault(&key, message, help)
    })
}

/// "unknown field `lrr`, expected `rate` or `beta`" → "did you mean `rate`?"
fn suggestion(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next()?;
    if !message.starts_with("unknown") {
        return None;
    }
    nearest(found, quoted).map(|meant| format!("did you mean `{meant}`?"))
}

/// The key of `key=value` as it stands on a command line.
pub(crate) fn key_of(text: &str) -> &str {
    text.split_once('=').map_or("", |(key, _)| key.trim())
}

/// Whether a fault at `key` can come from setting `set`: one of them holds the other.
pub(crate) fn touches(key: &str, set: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    within(key, set) || within(set, key)
}

/// Applies `key=value` in TOML syntax; a bare word is a string.
///
/// # Errors
/// [`ConfigError`] names the override.
pub(crate) fn override_with(table: &mut toml::Table, overrides: &[String]) -> Result<(), ConfigError> {
    for text in overrides {
        let (key, value) = text.split_once('=').ok_or_else(|| ConfigError {
            place: Place::Override(format!("--set {text}")),
            key: None,
            message: "there is no `=`".into(),
            help: Some("write --set key=value, such as --set optim.adam.rate=3e-4".into()),
        })?;
        set(table, key.trim(), value_of(value.trim())).map_err(|message| ConfigError {
            place: Place::Override(format!("--set {text}")),
            key: Some(key.trim().into()),
            message,
            help: None,
        })?;
    }
    Ok(())
}

fn value_of(text: &str) -> toml::Value {
    // A whole document with one key, so that every TOML value can be written.
    match toml::from_str::<toml::Table>(&format!("value = {text}")) {
        Ok(mut table) => table.remove("value").unwrap_or_else(|| toml::Value::String(text.into())),
        Err(_) => toml::Value::String(text.into()),
    }
}

/// Sets a dotted key; numbers step into arrays.
///
/// # Errors
/// What is in the way, in words.
pub(crate) fn set(table: &mut toml::Table, key: &str, value: toml::Value) -> Result<(), String> {
    let (first, rest) = key.split_once('.').map_or((key, None), |(first, rest)| (first, Some(rest)));
    let Some(rest) = rest else {
        table.insert(first.into(), value);
        return Ok(());
    };
    match table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new())) {
        toml::Value::Table(inner) => set(inner, rest, value),
        toml::Value::Array(items) => {
            let (index, rest) = rest.split_once('.').map_or((rest, None), |(index, rest)| (index, Some(rest)));
            let count = items.len();
            let item = index.parse::<usize>().ok().and_then(|index| items.get_mut(index)).ok_or_else(|| {
                format!("`{index}` is not a position in `{first}`, which has {count} entries, counted from 0")
            })?;
            match (item, rest) {
                (toml::Value::Table(inner), Some(rest)) => set(inner, rest, value),
                (item, None) => {
                    *item = value;
                    Ok(())
                }
                _ => Err(format!("`{first}.{index}` is not a table")),
            }
        }
        other => Err(format!("`{first}` is a {}, not a table", other.type_str())),
    }
}

/// Takes a dotted key out of tables, if it is there.
pub(crate) fn remove(table: &mut toml::Table, key: &str) {
    match key.split_once('.') {
        None => drop(table.remove(key)),
        Some((first, rest)) => {
            if let Some(toml::Value::Table(inner)) = table.get_mut(first) {
                remove(inner, rest);
            }
        }
    }
}
