//! Settings of a method: an ordered map of typed values that its constructor consumes.
//!
//! Every getter checks type and range, and takes the value out; [`Settings::finish`] refuses what
//! nobody took, with the nearest known name. Whoever reads a file format turns it into this.

use crate::nearest::nearest;
use std::{collections::BTreeMap, fmt, ops::RangeInclusive};

/// A value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Integer(i64),
    /// A real number.
    Real(f64),
    /// A text.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// Several of these.
    List(Vec<Value>),
    /// Several of these by name: the settings of something inside.
    Table(BTreeMap<String, Value>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Real(value) => write!(f, "{value:?}"),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::Flag(value) => write!(f, "{value}"),
            Self::List(values) => {
                let parts: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", parts.join(", "))
            }
            Self::Table(values) if values.is_empty() => write!(f, "{{}}"),
            Self::Table(values) => {
                let parts: Vec<String> = values.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                write!(f, "{{ {} }}", parts.join(", "))
            }
        }
    }
}

/// A setting as lists and the book show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// Its default, as one would write it.
    pub default: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// Why a setting does not fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SettingError {
    /// Another type.
    #[error("setting `{name}` is {found}; expected {expected}")]
    Type {
        /// Which.
        name: String,
        /// Its value.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// Out of range.
    #[error("setting `{name}` is {found}; it must lie between {least} and {most}")]
    Range {
        /// Which.
        name: String,
        /// Its value.
        found: String,
        /// The lower end.
        least: String,
        /// The upper end.
        most: String,
    },
    /// None of the words.
    #[error("setting `{name}` is {found:?}; it must be one of {}{}", .expected.join(", "), mean(.meant.as_deref()))]
    Choice {
        /// Which.
        name: String,
        /// Its value.
        found: String,
        /// The words.
        expected: Vec<String>,
        /// The nearest of them.
        meant: Option<String>,
    },
    /// Nobody knows it.
    #[error("there is no setting `{name}`{}; known are {}", mean(.meant.as_deref()), known(.expected))]
    Unknown {
        /// Which.
        name: String,
        /// The settings that were asked for.
        expected: Vec<String>,
        /// The nearest of them.
        meant: Option<String>,
    },
}

fn mean(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!(" (did you mean `{meant}`?)"))
}

fn known(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

/// Typed values by name, to be consumed.
///
/// ```
/// use livenet_growth::{Settings, Value};
///
/// let mut settings = Settings::from_iter([("alpha".to_owned(), Value::Real(0.3)), ("tpo".to_owned(), Value::Integer(5))]);
/// assert_eq!(settings.real("alpha", 0.1, 0.0..=1.0).unwrap(), 0.3);
/// assert_eq!(settings.integer("top", 100, 1..=1000).unwrap(), 100);
/// assert_eq!(
///     settings.finish().unwrap_err().to_string(),
///     "there is no setting `tpo` (did you mean `top`?); known are alpha, top"
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    left: BTreeMap<String, Value>,
    /// What was asked for, in that order.
    asked: Vec<String>,
}

impl FromIterator<(String, Value)> for Settings {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(values: I) -> Self {
        Self { left: values.into_iter().collect(), asked: Vec::new() }
    }
}

impl Settings {
    /// No settings: every default holds.
    pub fn none() -> Self {
        Self::default()
    }

    /// The same with one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.left.insert(name.to_owned(), value);
        self
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.asked.push(name.to_owned());
        self.left.remove(name)
    }

    /// What was asked for so far.
    #[cfg(test)]
    pub(crate) fn asked(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().map(String::as_str)
    }

    /// Whether a setting is there and still to be taken.
    pub fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`SettingError`] for another type or a value out of range.
    pub fn integer(&mut self, name: &str, default: i64, range: RangeInclusive<i64>) -> Result<i64, SettingError> {
        let value = match self.take(name) {
            None => return Ok(default),
            Some(Value::Integer(value)) => value,
            Some(other) => return Err(type_error(name, &other, "a whole number")),
        };
        in_range(name, value, &range)
    }

    /// A real number; a whole one will do.
    ///
    /// # Errors
    /// [`SettingError`] for another type or a value out of range.
    pub fn real(&mut self, name: &str, default: f64, range: RangeInclusive<f64>) -> Result<f64, SettingError> {
        let value = match self.take(name) {
            None => return Ok(default),
            Some(Value::Real(value)) => value,
            Some(Value::Integer(value)) => value as f64,
            Some(other) => return Err(type_error(name, &other, "a number")),
        };
        in_range(name, value, &range)
    }

    /// A text.
    ///
    /// # Errors
    /// [`SettingError`] for another type.
    pub fn text(&mut self, name: &str, default: &str) -> Result<String, SettingError> {
        match self.take(name) {
            None => Ok(default.to_owned()),
            Some(Value::Text(value)) => Ok(value),
            Some(other) => Err(type_error(name, &other, "a text")),
        }
    }

    /// One of several words, as what it stands for. The first is the default.
    ///
    /// # Errors
    /// [`SettingError`] for another type or word.
    pub fn choice<T: Copy>(&mut self, name: &str, words: &[(&'static str, T)]) -> Result<T, SettingError> {
        let (default, of_default) = words.first().expect("a choice has at least one word");
        let found = self.text(name, default)?;
        if found == *default {
            return Ok(*of_default);
        }
        words.iter().find(|(word, _)| *word == found).map(|(_, stands_for)| *stands_for).ok_or_else(|| {
            SettingError::Choice {
                name: name.to_owned(),
                meant: nearest(&found, words.iter().map(|(word, _)| *word)).map(str::to_owned),
                found,
                expected: words.iter().map(|(word, _)| (*word).to_owned()).collect(),
            }
        })
    }

    /// The same with a default that is not always the first.
    pub(crate) fn word<T: Copy + PartialEq>(
        &mut self,
        name: &str,
        words: &[(&'static str, T)],
        default: T,
    ) -> Result<T, SettingError> {
        let mut words = words.to_vec();
        words.sort_by_key(|&(_, value)| value != default);
        self.choice(name, &words)
    }

    /// Yes or no.
    ///
    /// # Errors
    /// [`SettingError`] for another type.
    pub fn flag(&mut self, name: &str, default: bool) -> Result<bool, SettingError> {
        match self.take(name) {
            None => Ok(default),
            Some(Value::Flag(value)) => Ok(value),
            Some(other) => Err(type_error(name, &other, "true or false")),
        }
    }

    /// A list; empty when it is not given.
    ///
    /// # Errors
    /// [`SettingError`] for another type.
    pub fn list(&mut self, name: &str) -> Result<Vec<Value>, SettingError> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::List(values)) => Ok(values),
            Some(other) => Err(type_error(name, &other, "a list")),
        }
    }

    /// The settings of something inside, to be consumed by it; none when they are not given.
    ///
    /// # Errors
    /// [`SettingError`] for another type.
    pub fn table(&mut self, name: &str) -> Result<Self, SettingError> {
        match self.take(name) {
            None => Ok(Self::none()),
            Some(Value::Table(values)) => Ok(values.into_iter().collect()),
            Some(other) => Err(type_error(name, &other, "a table of settings")),
        }
    }

    /// Refuses what nobody took.
    ///
    /// # Errors
    /// [`SettingError::Unknown`] names the first of them.
    pub fn finish(self) -> Result<(), SettingError> {
        let Some(name) = self.left.into_keys().next() else { return Ok(()) };
        let meant = nearest(&name, self.asked.iter().map(String::as_str)).map(str::to_owned);
        Err(SettingError::Unknown { name, expected: self.asked, meant })
    }
}

fn type_error(name: &str, found: &Value, expected: &'static str) -> SettingError {
    SettingError::Type { name: name.to_owned(), found: found.to_string(), expected }
}

fn in_range<T: PartialOrd + fmt::Debug>(name: &str, value: T, range: &RangeInclusive<T>) -> Result<T, SettingError> {
    if range.contains(&value) {
        return Ok(value);
    }
    let shown = |value: &T| format!("{value:?}");
    Err(SettingError::Range {
        name: name.to_owned(),
        found: shown(&value),
        least: shown(range.start()),
        most: shown(range.end()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, value: Value) -> Settings {
        Settings::none().with(name, value)
    }

    #[test]
    fn types_and_ranges_are_checked() {
        let message = |result: Result<f64, SettingError>| result.unwrap_err().to_string();
        assert_eq!(
            message(of("alpha", Value::Real(1.5)).real("alpha", 0.3, 0.0..=1.0)),
            "setting `alpha` is 1.5; it must lie between 0.0 and 1.0"
        );
        assert_eq!(
            message(of("alpha", Value::Text("x".into())).real("alpha", 0.3, 0.0..=1.0)),
            "setting `alpha` is \"x\"; expected a number"
        );
        assert!(of("alpha", Value::Real(f64::NAN)).real("alpha", 0.3, 0.0..=1.0).is_err());
        assert_eq!(of("alpha", Value::Integer(1)).real("alpha", 0.3, 0.0..=1.0), Ok(1.0));
        assert!(of("n", Value::Real(1.0)).integer("n", 1, 0..=3).is_err());
        assert_eq!(of("f", Value::Flag(true)).flag("f", false), Ok(true));
        assert_eq!(of("l", Value::List(vec![Value::Integer(1)])).list("l"), Ok(vec![Value::Integer(1)]));
    }

    #[test]
    fn tables_are_settings_of_their_own() {
        let inside = Value::Table([("alpha".to_owned(), Value::Real(0.5))].into());
        assert_eq!(inside.to_string(), "{ alpha = 0.5 }");
        let mut inside = of("settings", inside).table("settings").unwrap();
        assert_eq!(inside.real("alpha", 0.1, 0.0..=1.0), Ok(0.5));
        assert_eq!(inside.finish(), Ok(()));
        assert_eq!(Settings::none().table("settings"), Ok(Settings { asked: Vec::new(), ..Settings::none() }));
        let refused = of("settings", Value::Integer(1)).table("settings").unwrap_err();
        assert_eq!(refused.to_string(), "setting `settings` is 1; expected a table of settings");
    }

    #[test]
    fn choices_suggest_the_nearest_word() {
        let words = [("utility", 0), ("gradient", 1)];
        assert_eq!(Settings::none().choice("who", &words), Ok(0));
        assert_eq!(of("who", Value::Text("gradient".into())).choice("who", &words), Ok(1));
        assert_eq!(
            of("who", Value::Text("gradeint".into())).choice("who", &words).unwrap_err().to_string(),
            "setting `who` is \"gradeint\"; it must be one of utility, gradient (did you mean `gradient`?)"
        );
    }
}
