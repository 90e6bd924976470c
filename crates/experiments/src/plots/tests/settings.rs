//! The plots of settings over their seeds: like those of a sweep, and with what no sweep should give.

use super::fixture::{Fixture, curve};
use super::hostile::{hostile_curves, must_draw};
use crate::plots::*;
use crate::statistics::Better;

const SETTINGS: [(&str, f64, f64); 5] = [
    ("still", 0.861, 474.0),
    ("set", 0.891, 474.0),
    ("rigl", 0.930, 474.0),
    ("wire", 0.938, 470.0),
    ("mitosis from six neurons", 0.939, 1554.0),
];

fn names() -> Vec<String> {
    SETTINGS.iter().map(|(name, ..)| (*name).to_owned()).collect()
}

impl Fixture {
    pub(crate) fn bands(&self) -> Bands {
        let accuracy = SETTINGS.map(|(_, best, _)| {
            (0..5).map(|_| curve(400, |t| best - 0.8 * (-8.0 * t).exp() + 0.01 * self.normal())).collect()
        });
        let size = SETTINGS.map(|(_, _, most)| {
            (0..5).map(|_| curve(100, |t| (most * t.min(0.6)).floor() + 3.0 * self.normal())).collect()
        });
        Bands {
            title: "Learning by setting".to_owned(),
            settings: names(),
            panels: vec![
                BandPanel { label: "validation accuracy (%)".to_owned(), unit: Unit::Share, seeds: accuracy.to_vec() },
                BandPanel { label: "connections".to_owned(), unit: Unit::Count, seeds: size.to_vec() },
            ],
            note: String::new(),
        }
    }

    pub(crate) fn intervals(&self) -> Intervals {
        let row = |(ink, (name, best, _)): (usize, (&str, f64, f64))| {
            let runs: Vec<f64> = (0..5).map(|_| best + 0.01 * self.normal()).collect();
            let text =
                format!("{} [{}, {}]", short(100.0 * best), short(100.0 * best - 1.0), short(100.0 * best + 1.0));
            IntervalRow {
                name: name.to_owned(),
                ink,
                value: Some(best),
                interval: Some((best - 0.01, best + 0.01)),
                runs,
                text,
            }
        };
        Intervals {
            title: "Test accuracy by setting".to_owned(),
            label: "test accuracy (%)".to_owned(),
            unit: Unit::Share,
            head: "IQM, 95 % interval".to_owned(),
            rows: SETTINGS.into_iter().enumerate().map(row).collect(),
            reference: Some((0.861, "still".to_owned())),
            margin: Some(0.01),
            note: "disc: interquartile mean".to_owned(),
        }
    }

    pub(crate) fn profiles() -> Profiles {
        let curve = |(name, best, _): (&str, f64, f64)| {
            let points: Vec<(f64, f64)> = (0..=100)
                .map(|i| 0.8 + 0.0017 * f64::from(i))
                .map(|x| (x, 1.0 / (1.0 + ((x - best) * 300.0).exp())))
                .collect();
            let band = points.iter().map(|(_, y)| ((y - 0.1).max(0.0), (y + 0.1).min(1.0))).collect();
            ProfileCurve { name: name.to_owned(), points, band }
        };
        Profiles {
            label: "threshold of test accuracy (%)".to_owned(),
            unit: Unit::Share,
            share_label: "runs above the threshold (%)".to_owned(),
            settings: SETTINGS.into_iter().map(curve).collect(),
            note: "band: 95 % interval at each threshold".to_owned(),
        }
    }

    pub(crate) fn pareto() -> Pareto {
        let panel = |label: &str, factor: f64| ParetoPanel {
            label: label.to_owned(),
            points: SETTINGS
                .map(|(_, value, cost)| {
                    let cost = cost * factor;
                    Some(ParetoPoint {
                        cost,
                        costs: (cost * 0.97, cost * 1.02),
                        value,
                        interval: Some((value - 0.01, value + 0.01)),
                    })
                })
                .to_vec(),
        };
        Pareto {
            label: "test accuracy (%)".to_owned(),
            unit: Unit::Share,
            better: Better::Higher,
            settings: names(),
            panels: vec![panel("connections at the end", 1.0), panel("multiply-adds of training", 2.3e5)],
            note: "across: median of the runs".to_owned(),
        }
    }
}

#[test]
fn hostile_settings_do_not_break_a_plot() {
    for (index, curve) in hostile_curves().into_iter().enumerate() {
        let name = format!("curve {index}");
        let values: Vec<f64> = curve.iter().map(|point| point.1).collect();
        for unit in [Unit::Plain, Unit::Share, Unit::Count] {
            let panel = BandPanel { label: "value".into(), unit, seeds: vec![vec![curve.clone(), vec![]], vec![]] };
            let settings = vec!["one".to_owned(), "a name that is far too long for a legend ".repeat(9)];
            must_draw(&name, &Bands { title: "t".into(), settings, panels: vec![panel], note: String::new() });
            let row = IntervalRow {
                name: "row ".repeat(90),
                ink: index,
                value: values.first().copied(),
                interval: values.first().copied().zip(values.last().copied()),
                runs: values.clone(),
                text: "text ".repeat(90),
            };
            let rows = vec![row.clone(), IntervalRow { value: None, interval: None, runs: Vec::new(), ..row }];
            let reference = values.first().map(|value| (*value, "reference ".repeat(60)));
            must_draw(
                &name,
                &Intervals { unit, rows, reference, margin: values.last().copied(), ..Intervals::default() },
            );
            let points: Vec<(f64, f64)> = values.iter().map(|value| (*value, *value)).collect();
            let curve = ProfileCurve { name: "curve".into(), band: points.clone(), points };
            must_draw(&name, &Profiles { unit, settings: vec![curve], ..Profiles::default() });
            let point = |value: f64| {
                Some(ParetoPoint { cost: value, costs: (value, -value), value, interval: Some((value, value)) })
            };
            let points = values.iter().copied().map(point).chain([None]).collect();
            let panels = vec![ParetoPanel { label: "cost".into(), points }, ParetoPanel::default()];
            must_draw(
                &name,
                &Pareto { unit, better: Better::Lower, settings: vec!["one".into()], panels, ..Pareto::default() },
            );
        }
    }
}
