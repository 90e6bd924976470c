//! An axis: a key of the experiment, and the values that it takes.

use super::raw::{AxisTable, Numbers, Range, Scale, Search};

/// A key that takes several values in each setting.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    /// The dotted key of the experiment.
    pub(super) key: String,
    /// Its name in tables.
    pub(super) name: String,
    /// The values that it takes, or
    pub(super) values: Option<Vec<toml::Value>>,
    /// what they are drawn from.
    pub(super) range: Option<Range>,
}

impl Axis {
    pub(super) fn of(table: &AxisTable) -> Self {
        let last = table.key.rsplit('.').next().unwrap_or(&table.key);
        let name = table.name.clone().unwrap_or_else(|| last.to_owned());
        Self { key: table.key.clone(), name, values: table.values.clone(), range: table.range }
    }

    /// The key below the axis that is wrong, what was found, and the mend.
    pub(super) fn check(&self, search: &Search) -> Result<(), (&'static str, String, String)> {
        let wrong = |key, message: &str, help: &str| Err((key, message.to_owned(), help.to_owned()));
        if self.key.is_empty() || self.name.is_empty() {
            return wrong("key", "found no key", "name a key of the experiment, such as optim.adam.rate");
        }
        match (&self.values, &self.range) {
            (None, None) => wrong("key", "it takes no value", "give `values` or a `range`"),
            (Some(_), Some(_)) => wrong("range", "both `values` and `range` are given", "give one of them"),
            (Some(values), None) if values.is_empty() => wrong("values", "found none", "give at least one"),
            (Some(values), None) => match (1..values.len()).find(|&at| values[..at].contains(&values[at])) {
                Some(at) => {
                    Err(("values", format!("{} stands there twice", text(&values[at])), "list each once".into()))
                }
                None => Ok(()),
            },
            (None, Some(_)) if matches!(search, Search::Grid | Search::List) => {
                wrong("range", "a grid or list has no range", "give `values`, or search by lot: [search.random]")
            }
            (None, Some(range)) => {
                let (from, to) = (range.from, range.to);
                if !(from.is_finite() && to.is_finite() && from < to) {
                    return Err((
                        "range",
                        format!("found {from} to {to}"),
                        "give finite bounds, `from` below `to`".into(),
                    ));
                }
                if range.scale == Scale::Log && from <= 0.0 {
                    return Err(("range", format!("found {from} on a logarithmic scale"), "begin above 0".into()));
                }
                if range.numbers == Numbers::Whole && (from.fract() != 0.0 || to.fract() != 0.0) {
                    return Err((
                        "range",
                        format!("found {from} to {to}"),
                        "give whole bounds for whole numbers".into(),
                    ));
                }
                Ok(())
            }
        }
    }
}

/// The label of a setting with these values of the axes: `set, rate=0.003`.
pub(super) fn label(name: &str, axes: &[Axis], values: &[toml::Value]) -> String {
    let named = Some(name.to_owned()).filter(|name| !name.is_empty());
    let varied = axes.iter().zip(values).map(|(axis, value)| format!("{}={}", axis.name, text(value)));
    let parts: Vec<String> = named.into_iter().chain(varied).collect();
    if parts.is_empty() { "base".to_owned() } else { parts.join(", ") }
}

/// A value as labels show it.
fn text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Float(number) => {
            let (plain, short) = (format!("{number}"), format!("{number:e}"));
            if short.len() + 1 < plain.len() { short } else { plain }
        }
        other => other.to_string(),
    }
}

impl Axis {
    /// The value at a place from 0 to 1 along the axis.
    pub(super) fn at(&self, place: f64) -> toml::Value {
        let place = place.clamp(0.0, 1.0_f64.next_down());
        let Some(Range { from, to, scale, numbers }) = self.range else {
            let values = self.values.as_deref().unwrap_or_default();
            return values[(place * values.len() as f64) as usize].clone();
        };
        match numbers {
            Numbers::Real => {
                let value = match scale {
                    Scale::Linear => from + place * (to - from),
                    Scale::Log => from * (to / from).powf(place),
                };
                // Three digits say all that a search can tell apart, and hide what one machine rounds otherwise.
                let rounded: f64 = format!("{value:.2e}").parse().expect("a number that was just written");
                toml::Value::Float(rounded.clamp(from, to))
            }
            // Each whole number has an equal share of the axis, or of its logarithm.
            Numbers::Whole => {
                let value = match scale {
                    Scale::Linear => from + place * (to - from + 1.0),
                    Scale::Log => from * ((to + 1.0) / from).powf(place),
                };
                toml::Value::Integer(value.floor().clamp(from, to) as i64)
            }
        }
    }
}

impl Axis {
    /// A place along the axis that has this value: the middle of a listed value's share, and of a whole number's.
    pub(super) fn place(&self, value: &toml::Value) -> f64 {
        let Some(Range { from, to, scale, numbers }) = self.range else {
            let values = self.values.as_deref().unwrap_or_default();
            let at = values.iter().position(|other| other == value).unwrap_or_default();
            return (at as f64 + 0.5) / values.len().max(1) as f64;
        };
        let number = value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64)).unwrap_or(from);
        let (number, end) = match numbers {
            Numbers::Real => (number, to),
            Numbers::Whole => (number + 0.5, to + 1.0),
        };
        let place = match scale {
            Scale::Linear => (number - from) / (end - from),
            Scale::Log => libm::log(number / from) / libm::log(end / from),
        };
        place.clamp(0.0, 1.0_f64.next_down())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A learning rate between 1e-4 and 1e-1.
    pub(in crate::sweep) fn rate() -> Axis {
        let range = Range { from: 1e-4, to: 1e-1, scale: Scale::Log, numbers: Numbers::Real };
        Axis { key: "optim.adam.rate".into(), name: "rate".into(), values: None, range: Some(range) }
    }

    #[test]
    fn a_range_is_drawn_from_end_to_end() {
        let whole =
            |scale| Axis { range: Some(Range { from: 1.0, to: 9.0, scale, numbers: Numbers::Whole }), ..rate() };
        assert_eq!((rate().at(0.0), rate().at(1.0)), (1e-4.into(), 1e-1.into()));
        assert_eq!(rate().at(0.5), 0.00316.into());
        for scale in [Scale::Linear, Scale::Log] {
            let drawn: Vec<toml::Value> = (0..=900).map(|step| whole(scale).at(f64::from(step) / 900.0)).collect();
            let expected: Vec<toml::Value> = (1..=9).map(toml::Value::from).collect();
            assert!(drawn.is_sorted_by_key(toml::Value::as_integer));
            assert!(
                expected.iter().all(|value| drawn.contains(value))
                    && drawn.iter().all(|value| expected.contains(value))
            );
        }
        let listed = Axis { values: Some(vec!["a".into(), 2.into(), 0.5.into()]), range: None, ..rate() };
        assert_eq!([0.0, 0.34, 1.0].map(|place| listed.at(place)), ["a".into(), 2.into(), 0.5.into()]);
    }

    #[test]
    fn a_value_lies_where_it_is_drawn() {
        let whole =
            |scale| Axis { range: Some(Range { from: 1.0, to: 9.0, scale, numbers: Numbers::Whole }), ..rate() };
        let listed = Axis { values: Some(vec!["a".into(), 2.into(), 0.5.into()]), range: None, ..rate() };
        for axis in [rate(), whole(Scale::Linear), whole(Scale::Log), listed] {
            for step in 0..=100 {
                let value = axis.at(f64::from(step) / 100.0);
                assert_eq!(axis.at(axis.place(&value)), value, "{axis:?}");
            }
        }
    }

    #[test]
    fn labels_are_short() {
        let label = |values: &[toml::Value]| label("set", &[rate()], values);
        assert_eq!(label(&[]), "set");
        assert_eq!(label(&[0.003.into()]), "set, rate=0.003");
        assert_eq!(label(&[0.00003.into()]), "set, rate=3e-5");
        assert_eq!(super::label("", &[], &[]), "base");
    }
}
