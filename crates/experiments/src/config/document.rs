//! An experiment file as text: parsing with line and column, overrides, arms.

use super::{
    error::{ConfigError, Place, nearest},
    raw::Experiment,
};
use std::path::{Path, PathBuf};
use toml::de::DeValue;

/// The text of an experiment file with the overrides of the command line.
#[derive(Clone, Debug)]
pub struct Document {
    path: PathBuf,
    /// Where relative paths in it begin.
    folder: PathBuf,
    text: String,
    table: toml::Table,
    /// `key=value` of the command line, as given.
    overrides: Vec<String>,
    /// The arm that it is read as: its position and the keys that it sets.
    arm: Option<(usize, Vec<String>)>,
}

impl Document {
    /// Reads a file and applies `key=value` overrides in TOML syntax (a bare word is a string).
    ///
    /// # Errors
    /// [`ConfigError`] with line and column.
    pub fn read(path: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        let fault = |message: String, help: Option<&str>| ConfigError {
            place: Place::File(path.to_owned()),
            key: None,
            message,
            help: help.map(Into::into),
        };
        let text = std::fs::read_to_string(path).map_err(|error| {
            fault(
                format!("cannot be read: {error}"),
                Some("give the path of an experiment file, such as experiments/quickstart.toml"),
            )
        })?;
        Self::parse(path, text, overrides)
    }

    /// The same from text that was read elsewhere; `path` is named in errors.
    ///
    /// # Errors
    /// [`ConfigError`] with line and column.
    pub fn parse(path: &Path, text: String, overrides: &[String]) -> Result<Self, ConfigError> {
        // The typed parse comes first, since only it can point at line and column.
        let path = path.to_owned();
        // Fails only for an empty path or without a current folder; what is relative then stays so.
        let folder = std::path::absolute(&path).unwrap_or_default().parent().unwrap_or(Path::new("")).to_owned();
        let (table, overrides) = (toml::Table::new(), overrides.to_vec());
        let document = Self { path, folder, text, table, overrides, arm: None };
        if let Err(error) = toml::from_str::<Experiment>(&document.text) {
            return Err(document.explain(&error));
        }
        let mut table: toml::Table = toml::from_str(&document.text).map_err(|error| document.explain(&error))?;
        for text in &document.overrides {
            let (key, value) = text.split_once('=').ok_or_else(|| ConfigError {
                place: Place::Override(format!("--set {text}")),
                key: None,
                message: "there is no `=`".into(),
                help: Some("write --set key=value, such as --set optim.adam.rate=3e-4".into()),
            })?;
            set(&mut table, key.trim(), value_of(value.trim())).map_err(|message| ConfigError {
                place: Place::Override(format!("--set {text}")),
                key: Some(key.trim().into()),
                message,
                help: None,
            })?;
        }
        let document = Self { table, ..document };
        document.typed(&document.table)?;
        Ok(document)
    }

    /// The same with relative paths beginning in another folder than its own.
    #[must_use]
    pub fn in_folder(self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), ..self }
    }

    /// The names of the arms, in order; one empty name where there are none.
    ///
    /// # Errors
    /// As [`Document::arm`].
    pub fn arms(&self) -> Result<Vec<String>, ConfigError> {
        let raw = self.typed(&self.table)?;
        Ok(if raw.arm.is_empty() { vec![String::new()] } else { raw.arm.into_iter().map(|arm| arm.name).collect() })
    }

    /// The experiment as it is in one arm, without the list of arms.
    ///
    /// # Errors
    /// [`ConfigError`] when an override of the arm does not fit.
    pub fn arm(&self, name: &str) -> Result<(Experiment, toml::Table), ConfigError> {
        let mut table = self.table.clone();
        let raw = self.typed(&table)?;
        table.remove("arm");
        let this = self.as_arm(name)?;
        if let Some(arm) = raw.arm.iter().find(|arm| arm.name == name) {
            for (key, value) in &arm.set {
                set(&mut table, key, value.clone()).map_err(|message| this.fault(key, message, None))?;
            }
        }
        Ok((this.typed(&table)?, table))
    }

    /// The same as one of its arms, whose faults are then found where the arm sets them.
    ///
    /// # Errors
    /// As [`Document::arms`].
    pub fn as_arm(&self, name: &str) -> Result<Self, ConfigError> {
        let raw = self.typed(&self.table)?;
        let keys = |arm: &super::raw::Arm| arm.set.keys().cloned().collect();
        let arm = raw.arm.iter().position(|arm| arm.name == name).map(|at| (at, keys(&raw.arm[at])));
        Ok(Self { arm, ..self.clone() })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// Where relative paths in it begin.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn typed(&self, table: &toml::Table) -> Result<Experiment, ConfigError> {
        serde_path_to_error::deserialize(table.clone()).map_err(|error| {
            // `grow[0].when` as everywhere else: `grow.0.when`.
            let key = error.path().to_string().replace('[', ".").replace(']', "");
            let message = error.inner().message().to_owned();
            let help = suggestion(&message);
            self.fault(&key, message, help)
        })
    }

    fn explain(&self, error: &toml::de::Error) -> ConfigError {
        let place = match error.span() {
            Some(span) => self.at(span.start),
            None => Place::File(self.path.clone()),
        };
        ConfigError { place, key: None, message: error.message().to_owned(), help: suggestion(error.message()) }
    }

    fn at(&self, byte: usize) -> Place {
        let before = &self.text[..byte.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        Place::Line(self.path.clone(), line, column)
    }

    /// The place of a key in the file, as near as it can be found. Numbers step into arrays.
    fn place_of(&self, keys: &[&str]) -> Place {
        let Ok(parsed) = toml::de::DeTable::parse(&self.text) else { return Place::File(self.path.clone()) };
        let mut here = DeValue::Table(parsed.into_inner());
        let mut best = None;
        for key in keys {
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

    /// Who set a dotted key last: the arm, the command line, or else the file.
    fn origin_of(&self, key: &str) -> Place {
        let touches = |set: &str| {
            let within = |inner: &str, outer: &str| {
                inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            within(key, set) || within(set, key)
        };
        if let Some((at, keys)) = &self.arm
            && let Some(set) = keys.iter().find(|set| touches(set))
        {
            return self.place_of(&["arm", &at.to_string(), "set", set]);
        }
        let set = |text: &&String| touches(text.split_once('=').map_or("", |(key, _)| key.trim()));
        match self.overrides.iter().rfind(set) {
            Some(text) => Place::Override(format!("--set {text}")),
            None => self.place_of(&key.split('.').collect::<Vec<_>>()),
        }
    }

    /// A fault at a dotted key, with the place that set it.
    pub fn fault(&self, key: &str, message: impl Into<String>, help: impl Into<Option<String>>) -> ConfigError {
        let (message, help) = (message.into(), help.into());
        ConfigError { place: self.origin_of(key), key: Some(key.into()), message, help }
    }
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

fn value_of(text: &str) -> toml::Value {
    // A whole document with one key, so that every TOML value can be written.
    match toml::from_str::<toml::Table>(&format!("value = {text}")) {
        Ok(mut table) => table.remove("value").unwrap_or_else(|| toml::Value::String(text.into())),
        Err(_) => toml::Value::String(text.into()),
    }
}

/// Sets a dotted key; numbers step into arrays.
fn set(table: &mut toml::Table, key: &str, value: toml::Value) -> Result<(), String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = "name = \"x\"\n[task.digits]\n[network]\n[train]\nsteps = 1\n[optim.adam]\nrate = 0.1\n";

    fn parse(text: &str, overrides: &[&str]) -> Result<Document, ConfigError> {
        let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
        Document::parse(Path::new("x.toml"), text.into(), &overrides)
    }

    #[test]
    fn unknown_keys_are_refused_with_line_and_suggestion() {
        let error = parse(&MINIMAL.replace("steps", "stps"), &[]).unwrap_err().to_string();
        assert!(
            error.contains("x.toml:5:1") && error.contains("`stps`") && error.contains("did you mean `steps`?"),
            "{error}"
        );
    }

    #[test]
    fn overrides_reach_nested_keys_and_arrays() {
        let text = format!("{MINIMAL}[[grow]]\nstrategy = \"still\"\n");
        let document = parse(&text, &["optim.adam.rate=3e-4", "grow.0.strategy=set", "seeds=[4, 5]"]).unwrap();
        let (raw, _) = document.arm("").unwrap();
        assert_eq!((raw.optim.adam.unwrap().rate, raw.grow[0].strategy.as_str(), raw.seeds), (3e-4, "set", vec![4, 5]));
        let error = parse(&text, &["optim.adam.rte=1"]).unwrap_err().to_string();
        assert!(error.contains("optim.adam") && error.contains("did you mean `rate`?"), "{error}");
        let error = parse(&text, &["grow.7.strategy=set"]).unwrap_err().to_string();
        assert!(error.contains("`7` is not a position in `grow`"), "{error}");
        assert!(parse(&text, &["seeds"]).unwrap_err().to_string().contains("no `=`"));
    }

    #[test]
    fn arms_change_what_they_name() {
        let text =
            format!("{MINIMAL}[[arm]]\nname = \"a\"\n[[arm]]\nname = \"b\"\nset = {{ \"optim.adam.rate\" = 0.5 }}\n");
        let document = parse(&text, &[]).unwrap();
        assert_eq!(document.arms().unwrap(), ["a", "b"]);
        assert_eq!(document.arm("b").unwrap().0.optim.adam.unwrap().rate, 0.5);
        assert_eq!(document.arm("a").unwrap().0.optim.adam.unwrap().rate, 0.1);
    }
}
