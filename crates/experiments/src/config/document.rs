//! An experiment file as text: overrides, arms, and who set which key.

use super::{
    error::{ConfigError, Place},
    lifecycle,
    raw::{Arm, Experiment},
    source::{Source, key_of, override_with, remove, set, touches, typed},
};
use std::path::{Path, PathBuf};

/// The text of an experiment file with the overrides of the command line.
#[derive(Clone, Debug)]
pub struct Document {
    source: Source,
    /// Where relative paths in it begin.
    folder: PathBuf,
    table: toml::Table,
    /// `key=value` of the command line, as given.
    overrides: Vec<String>,
    /// The arm that it is read as: its position and the keys that it sets.
    arm: Option<(usize, Vec<String>)>,
    /// Keys that somebody else set last, and where that is written.
    varied: Vec<(String, Place)>,
}

impl Document {
    /// Reads a file and applies `key=value` overrides in TOML syntax (a bare word is a string).
    ///
    /// # Errors
    /// [`ConfigError`] with line and column.
    pub fn read(path: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        let help = "give the path of an experiment file, such as experiments/quickstart.toml";
        Self::of(Source::read(path, help)?, overrides)
    }

    /// The same from text that was read elsewhere; `path` is named in errors.
    ///
    /// # Errors
    /// [`ConfigError`] with line and column.
    pub fn parse(path: &Path, text: String, overrides: &[String]) -> Result<Self, ConfigError> {
        Self::of(Source::new(path, text), overrides)
    }

    fn of(source: Source, overrides: &[String]) -> Result<Self, ConfigError> {
        // The typed parse comes first, since only it can point at line and column.
        source.parse::<Experiment>()?;
        let table = source.parse()?;
        Self::of_table(source, table, overrides)
    }

    /// The same of a table that `source` holds.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub(crate) fn of_table(source: Source, table: toml::Table, overrides: &[String]) -> Result<Self, ConfigError> {
        let (folder, arm, varied) = (source.folder(), None, Vec::new());
        let mut document = Self { source, folder, table, overrides: overrides.to_vec(), arm, varied };
        override_with(&mut document.table, overrides)?;
        document.typed(&document.table)?;
        Ok(document)
    }

    /// The same with relative paths beginning in another folder than its own.
    #[must_use]
    pub fn in_folder(self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), ..self }
    }

    /// The same as one of its arms, which it then is for good, with these keys set after the arm's; each comes with
    /// the place where that is written; one without a value is taken out. An empty name leaves the file as it is.
    ///
    /// # Errors
    /// [`ConfigError`] when a value does not fit.
    pub(crate) fn vary(&self, arm: &str, keys: &[(String, Option<toml::Value>, Place)]) -> Result<Self, ConfigError> {
        let (_, mut table) = self.arm(arm)?;
        // They may name the arms that are gone.
        table.remove("claim");
        let mut varied = Self { table, ..self.as_arm(arm)? };
        for (key, value, place) in keys {
            varied.varied.push((key.clone(), place.clone()));
            match value {
                Some(value) => {
                    set(&mut varied.table, key, value.clone()).map_err(|message| varied.fault(key, message, None))?;
                }
                None => remove(&mut varied.table, key),
            }
        }
        varied.typed(&varied.table)?;
        Ok(varied)
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
        lifecycle::unfold(&mut table, &self.folder).map_err(|message| {
            this.fault("lifecycle", message, "`livenet list lifecycles` shows those there are".to_owned())
        })?;
        Ok((this.typed(&table)?, table))
    }

    /// The same as one of its arms, whose faults are then found where the arm sets them.
    ///
    /// # Errors
    /// As [`Document::arms`].
    pub fn as_arm(&self, name: &str) -> Result<Self, ConfigError> {
        let raw = self.typed(&self.table)?;
        let keys = |arm: &Arm| arm.set.keys().cloned().collect();
        let arm = raw.arm.iter().position(|arm| arm.name == name).map(|at| (at, keys(&raw.arm[at])));
        Ok(Self { arm: arm.or_else(|| self.arm.clone()), ..self.clone() })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.source.path()
    }
    /// Where relative paths in it begin.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
    /// The experiment with its overrides, as TOML.
    pub(crate) fn table(&self) -> &toml::Table {
        &self.table
    }

    fn typed(&self, table: &toml::Table) -> Result<Experiment, ConfigError> {
        typed(table, |key, message, help| self.fault(key, message, help))
    }

    /// Who set a dotted key last: whoever varies it, the arm, the command line, or else the file.
    fn origin_of(&self, key: &str) -> Place {
        let touches = |set: &str| touches(key, set);
        if let Some((_, place)) = self.varied.iter().rfind(|(set, _)| touches(set)) {
            return place.clone();
        }
        if let Some((at, keys)) = &self.arm
            && let Some(set) = keys.iter().find(|set| touches(set))
        {
            return self.source.place_of(&["arm", &at.to_string(), "set", set]);
        }
        match self.overrides.iter().rfind(|text| touches(key_of(text))) {
            Some(text) => Place::Override(format!("--set {text}")),
            None => self.source.place_of(&key.split('.').collect::<Vec<_>>()),
        }
    }

    /// A fault at a dotted key, with the place that set it.
    pub fn fault(&self, key: &str, message: impl Into<String>, help: impl Into<Option<String>>) -> ConfigError {
        let (message, help) = (message.into(), help.into());
        ConfigError { place: self.origin_of(key), key: Some(key.into()), message, help }
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
