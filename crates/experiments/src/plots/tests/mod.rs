//! Every plot on data like a run's, on no data and on hostile data.

pub(crate) mod fixture;
mod hostile;
mod settings;

use super::*;
use fixture::Fixture;

/// A plot's name, the plot, and words that its SVG must hold.
type Case = (&'static str, Box<dyn Plot>, Vec<&'static str>);

fn realistic() -> Vec<Case> {
    let f = Fixture::new(7);
    vec![
        (
            "learning",
            Box::new(f.learning()),
            vec![
                "Loss and accuracy over training steps",
                "training step",
                "accuracy (%)",
                "divisions",
                "connections pruned",
                "validation",
            ],
        ),
        (
            "size",
            Box::new(Fixture::size()),
            vec!["Neurons and active connections", "dense 109\u{202f}184", "of dense)"],
        ),
        (
            "degrees",
            Box::new(f.degrees()),
            vec!["incoming connections", "outgoing connections", "median", "start", "end"],
        ),
        ("weights", Box::new(f.weights()), vec!["Weights of the active connections", "negative", "positive", "beyond"]),
        (
            "raster",
            Box::new(f.raster()),
            vec!["Activation of every neuron by sample", "hidden", "activation", "sample"],
        ),
        (
            "wiring",
            Box::new(f.wiring()),
            vec![
                "Wiring before and after",
                "positive weight",
                "connections leaving each input pixel",
                "the strongest 2000 drawn",
            ],
        ),
        (
            "lineage",
            Box::new(f.lineage()),
            vec!["Lineage of the neurons", "death", "founders that neither divided nor died", "training step"],
        ),
        (
            "comparison",
            Box::new(f.comparison()),
            vec!["Validation accuracy and test accuracy by arm", "random wiring, equal count", "median"],
        ),
        ("energy", Box::new(f.energy()), vec!["Energy stored, earned and spent", "store (energy)", "income"]),
        (
            "bands",
            Box::new(f.bands()),
            vec!["Learning by setting", "validation accuracy (%)", "quartile to quartile, of up to 5 seeds", "rigl"],
        ),
        (
            "intervals",
            Box::new(f.intervals()),
            vec!["Test accuracy by setting", "IQM, 95 % interval", "93.8 [92.8, 94.8]"],
        ),
        (
            "profiles",
            Box::new(Fixture::profiles()),
            vec!["Performance profile", "runs above the threshold (%)", "wire"],
        ),
        (
            "pareto",
            Box::new(Fixture::pareto()),
            vec!["against what it costs", "connections at the end", "no other is better"],
        ),
    ]
}

fn empty() -> Vec<(&'static str, Box<dyn Plot>)> {
    vec![
        ("learning", Box::new(LearningCurves::default())),
        ("size", Box::new(SizeOverTime::default())),
        ("degrees", Box::new(DegreeDistributions::default())),
        ("weights", Box::new(WeightDistribution::default())),
        ("raster", Box::new(ActivityRaster::default())),
        ("wiring", Box::new(Wiring::default())),
        ("lineage", Box::new(LineageTree::default())),
        ("comparison", Box::new(ArmComparison::default())),
        ("series", Box::new(Series::default())),
        ("bands", Box::new(Bands::default())),
        ("intervals", Box::new(Intervals::default())),
        ("profiles", Box::new(Profiles::default())),
        ("pareto", Box::new(Pareto::default())),
    ]
}

#[test]
fn realistic_plots_say_what_they_show() {
    for (name, plot, words) in realistic() {
        let svg = plot.draw().svg().unwrap();
        for word in words {
            assert!(svg.contains(word), "{name} lacks “{word}”");
        }
        assert!(!svg.contains("NaN"), "{name}");
        assert!(svg.len() < 1_500_000, "{name} has {} bytes", svg.len());
    }
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    let directory = tempfile::tempdir().unwrap();
    for (name, plot, _) in realistic() {
        let (svg, png) = save(plot.as_ref(), directory.path(), name).unwrap();
        let (again_svg, again_png) = save(plot.as_ref(), directory.path(), &format!("{name}-again")).unwrap();
        assert_eq!(std::fs::read(svg).unwrap(), std::fs::read(again_svg).unwrap(), "{name}");
        let png = std::fs::read(png).unwrap();
        assert!(png.starts_with(b"\x89PNG") && png == std::fs::read(again_png).unwrap(), "{name}");
    }
}

#[test]
fn a_plot_without_data_says_so() {
    let directory = tempfile::tempdir().unwrap();
    for (name, plot) in empty() {
        assert!(plot.draw().svg().unwrap().contains("no data"), "{name}");
        save(plot.as_ref(), directory.path(), name).unwrap();
    }
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("absent");
    let error = save(&SizeOverTime::default(), &missing, "size").unwrap_err();
    assert!(matches!(&error, PlotError::Write { path, .. } if path.ends_with("absent/size.svg")), "{error}");
    let error = SizeOverTime::default().draw().write_png(&missing.join("size.png")).unwrap_err();
    assert!(matches!(&error, PlotError::Write { path, .. } if path.ends_with("absent/size.png")), "{error}");
}

/// Writes every plot where `LIVENET_LOOK` says, to be looked at; without it, nothing.
#[test]
fn look() {
    let Ok(directory) = std::env::var("LIVENET_LOOK") else {
        return;
    };
    for (name, plot, _) in realistic() {
        save(plot.as_ref(), directory.as_ref(), name).unwrap();
    }
    let f = Fixture::new(3);
    save(&f.lineage_of(30, 24), directory.as_ref(), "lineage-small").unwrap();
    save(&f.wide_wiring(), directory.as_ref(), "wiring-wide").unwrap();
    save(&f.recall(), directory.as_ref(), "learning-recall").unwrap();
    for (name, plot) in empty() {
        save(plot.as_ref(), directory.as_ref(), &format!("empty-{name}")).unwrap();
    }
}
