//! What grows in a run, from `[[grow]]`, `[energy]` and `[budget]`, and how the settings of methods are read.

use super::{checked::Checked, document::Document, error::ConfigError};
use crate::Registry;
use livenet_growth::{Budget, Ledger, Settings, When, WhenState};
use livenet_train::session::Grower;

impl Checked {
    /// The strategies, made anew.
    ///
    /// # Errors
    /// [`ConfigError`] for a name or a setting that does not fit.
    pub fn growers(&self, document: &Document, registry: &Registry) -> Result<Vec<Grower>, ConfigError> {
        let mut growers = Vec::new();
        for (at, grow) in self.experiment().grow.iter().enumerate() {
            let key = |rest: &str| format!("grow.{at}.{rest}");
            let entry = registry
                .strategies()
                .find(&grow.strategy)
                .map_err(|error| document.fault(&key("strategy"), error.to_string(), None))?;
            let mut settings =
                settings_of(&grow.settings).map_err(|message| document.fault(&key("settings"), message, None))?;
            let fault = |error: livenet_growth::SettingError| document.fault(&key("settings"), error.to_string(), None);
            let strategy = (entry.build)(&mut settings).map_err(fault)?;
            settings.finish().map_err(fault)?;
            let when = grow.when.unwrap_or(When::Every { steps: 100, from: 0, until: None });
            let budget = grow.budget.unwrap_or_default();
            when.check().map_err(|error| document.fault(&key("when"), error.to_string(), None))?;
            budget.check().map_err(|error| document.fault(&key("budget"), error.to_string(), None))?;
            growers.push(Grower::new(&grow.strategy, strategy, WhenState::new(when), budget));
        }
        Ok(growers)
    }

    /// The energy ledger, if the experiment keeps accounts.
    ///
    /// # Errors
    /// [`ConfigError`] for a setting that does not fit.
    pub fn ledger(&self, document: &Document) -> Result<Option<Ledger>, ConfigError> {
        let Some(table) = &self.experiment().energy else { return Ok(None) };
        let mut settings = settings_of(table).map_err(|message| document.fault("energy", message, None))?;
        let fault = |error: livenet_growth::SettingError| document.fault("energy", error.to_string(), None);
        let ledger = Ledger::build(&mut settings).map_err(fault)?;
        settings.finish().map_err(fault)?;
        Ok(Some(ledger))
    }

    /// What all strategies share.
    ///
    /// # Errors
    /// [`ConfigError`] for a budget that allows nothing.
    pub fn budget(&self, document: &Document) -> Result<Budget, ConfigError> {
        let budget = self.experiment().budget.unwrap_or_default();
        budget.check().map_err(|error| document.fault("budget", error.to_string(), None))?;
        Ok(budget)
    }
}

/// The settings of a method, a task or a ledger.
pub(super) fn settings_of(table: &toml::Table) -> Result<Settings, String> {
    table.iter().map(|(key, value)| Ok((key.clone(), value_of(key, value)?))).collect()
}

fn value_of(key: &str, value: &toml::Value) -> Result<livenet_growth::Value, String> {
    use livenet_growth::Value;
    Ok(match value {
        toml::Value::Integer(number) => Value::Integer(*number),
        toml::Value::Float(number) => Value::Real(*number),
        toml::Value::String(text) => Value::Text(text.clone()),
        toml::Value::Boolean(flag) => Value::Flag(*flag),
        toml::Value::Array(items) => {
            Value::List(items.iter().map(|item| value_of(key, item)).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(table) => Value::Table(
            table
                .iter()
                .map(|(name, value)| Ok((name.clone(), value_of(name, value)?)))
                .collect::<Result<_, String>>()?,
        ),
        toml::Value::Datetime(_) => {
            return Err(format!(
                "`{key}` is a date; a setting is a number, a text, true or false, a list or a table of these"
            ));
        }
    })
}
