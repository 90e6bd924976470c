//! Where two JSON values part: equal to the last bit, or within a tolerance.

use serde::Serialize;
use serde_json::Value;

/// How equal a repetition must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// To the last bit.
    Exact,
    /// Numbers with a fraction within this distance, times the larger of the two where that is above 1; whole numbers
    /// and words equal. What counts an executor's own work, and its seconds, is left out.
    Within(f64),
}

impl Measure {
    /// Another executor sums in another order, and each update builds on the last: its losses and scores agree to about
    /// three digits over a short run.
    pub const OTHER_EXECUTOR: Self = Self::Within(1e-3);
}

/// Where two values part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Departure {
    /// The dotted path of the first part that differs; empty where the values differ as a whole.
    pub place: String,
    /// What was there.
    pub then: Value,
    /// What is there.
    pub now: Value,
}

impl Departure {
    /// The values differ as a whole.
    pub(super) fn whole(then: &Value, now: &Value) -> Self {
        Self { place: String::new(), then: then.clone(), now: now.clone() }
    }
}

/// The first place at which `now` is not what it was.
pub fn departure(then: &Value, now: &Value, measure: Measure) -> Option<Departure> {
    let below = |name: &str, found: Departure| {
        let place = if found.place.is_empty() { name.to_owned() } else { format!("{name}.{}", found.place) };
        Departure { place, ..found }
    };
    match (then, now) {
        (Value::Object(before), Value::Object(after)) => {
            // Keys of both, each once; one that is missing counts as null.
            let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            let own = |key: &str| matches!(measure, Measure::Within(_)) && matches!(key, "operations" | "seconds");
            keys.into_iter().filter(|key| !own(key)).find_map(|key| {
                let (then, now) = (&before.get(key).unwrap_or(&Value::Null), &after.get(key).unwrap_or(&Value::Null));
                departure(then, now, measure).map(|found| below(key, found))
            })
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            let mut pairs = before.iter().zip(after).enumerate();
            pairs.find_map(|(at, (then, now))| departure(then, now, measure).map(|found| below(&at.to_string(), found)))
        }
        _ if then == now => None,
        (Value::Number(before), Value::Number(after)) => {
            let whole = !before.is_f64() && !after.is_f64();
            let near = match (measure, before.as_f64(), after.as_f64()) {
                (Measure::Within(by), Some(a), Some(b)) if !whole => {
                    (a - b).abs() <= by * a.abs().max(b.abs()).max(1.0)
                }
                _ => false,
            };
            (!near).then(|| Departure::whole(then, now))
        }
        _ => Some(Departure::whole(then, now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn place(then: &Value, now: &Value, measure: Measure) -> Option<String> {
        departure(then, now, measure).map(|found| found.place)
    }

    #[test]
    fn the_last_bit_counts_and_its_place_is_named() {
        let then = json!({"event": "trained", "loss": 0.1, "why": [{"score": 1.0}, {"score": 2.0}]});
        assert_eq!(place(&then, &then.clone(), Measure::Exact), None);
        let mut now = then.clone();
        now["why"][1]["score"] = json!(2.0f64.next_up());
        assert_eq!(place(&then, &now, Measure::Exact).as_deref(), Some("why.1.score"));
        assert_eq!(place(&then, &now, Measure::OTHER_EXECUTOR), None);
        now["loss"] = json!(0.103);
        assert_eq!(place(&then, &now, Measure::OTHER_EXECUTOR).as_deref(), Some("loss"));
    }

    #[test]
    fn whole_numbers_words_and_lengths_have_no_tolerance() {
        let within = Measure::Within(0.5);
        assert_eq!(place(&json!({"neurons": 1000}), &json!({"neurons": 1001}), within).as_deref(), Some("neurons"));
        assert_eq!(place(&json!({"rule": "a"}), &json!({"rule": "b"}), within).as_deref(), Some("rule"));
        assert_eq!(place(&json!([1.5]), &json!([1.5, 1.5]), within).as_deref(), Some(""));
        assert_eq!(place(&json!({"a": 1.5}), &json!({}), within).as_deref(), Some("a"));
        assert_eq!(place(&json!({"operations": 5}), &json!({"operations": 6}), within), None);
        assert_eq!(
            place(&json!({"operations": 5}), &json!({"operations": 6}), Measure::Exact).as_deref(),
            Some("operations")
        );
        assert_eq!(place(&json!(1000.0), &json!(1400.0), within), None);
        assert_eq!(place(&json!(1.0), &json!(null), within).as_deref(), Some(""));
    }
}
