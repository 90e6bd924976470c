//! The page with everything, with nothing, and with hostile text.

use super::*;
use crate::plots::tests::fixture::Fixture;

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn realistic() -> ReportData {
    let f = Fixture::new(7);
    let event = |step, kind: &str, what: &str, why: &str| EventRow {
        step,
        kind: kind.into(),
        what: what.into(),
        why: why.into(),
    };
    ReportData {
        title: "digits".into(),
        subtitle: "wire on the 8×8 digits from zero connections, seed 3, native executor".into(),
        headline: Headline {
            accuracy: Some(0.9523),
            connections: Some(5157),
            dense_connections: Some(109_184),
            neurons: Some(213),
            steps: Some(12_000),
            seconds: Some(41.23),
            more: vec![],
        },
        ending: pairs([
            ("ended by", "steps: all 12 000 were taken"),
            ("test loss", "0.163 nats"),
            ("operations", "2.1e9 multiply-adds in training"),
            ("journal", "12 134 moves, digest 3f1c…9ab2"),
        ]),
        tables: vec![Table {
            title: "Arms".into(),
            head: ["arm", "median test accuracy", "connections", "seconds"].map(str::to_owned).to_vec(),
            rows: [["wire", "94.0 %", "5157", "41"], ["random wiring, equal count", "85.8 %", "5157", "38"]]
                .map(|r| r.map(str::to_owned).to_vec())
                .to_vec(),
        }],
        illustrations: vec![
            Illustration::new(
                &f.learning(),
                "Loss and accuracy; each tick below is a structural event, higher where more fell together.",
            )
            .unwrap(),
            Illustration::new(&Fixture::size(), "The network grew to 4.7 % of the dense network's connections.")
                .unwrap(),
            Illustration::new(&f.wiring(), "Connections drift to the middle of the image, where the digits differ.")
                .unwrap(),
            Illustration::new(&f.degrees(), "Few neurons hold many connections.").unwrap(),
            Illustration::new(&f.weights(), "Weights avoid zero, where pruning takes them.").unwrap(),
            Illustration::new(&f.raster(), "Activity over 100 test samples, sorted by class.").unwrap(),
            Illustration::new(
                &f.lineage(),
                "Every division of the run; a branch leaves the mother at the daughter's birth.",
            )
            .unwrap(),
            Illustration::new(&f.comparison(), "Five seeds of each arm.").unwrap(),
        ],
        events: StructuralEvents {
            counts: vec![
                ("connections grown".into(), 9874),
                ("connections pruned".into(), 2301),
                ("divisions".into(), 14),
                ("deaths".into(), 6),
            ],
            first: vec![
                event(200, "grown", "n12 → n70", "gain 0.041 is the largest of 8192 candidates"),
                event(300, "division", "n88 → n202", "gradient variance 3.1 exceeds 2.5 times the median"),
            ],
            last: vec![event(11_800, "death", "n137", "no outgoing connection for 500 steps")],
        },
        manifest: pairs([
            ("livenet", "0.1.0"),
            ("compiler", "rustc 1.95.0"),
            ("processor", "x86-64, AVX2, 2 threads"),
            ("data", "digits, sha256 4d0b…77e1"),
        ]),
        config: "[task]\nname = \"digits\"\n\n[strategy]\nname = \"wire\"   # from zero\nshare = 0.05\n".into(),
    }
}

#[test]
fn the_page_holds_all_that_it_is_given() {
    let html = page(&realistic());
    for word in [
        "<h1>digits</h1>",
        "95.2\u{202f}%",
        "4.7\u{202f}% of 109\u{202f}184 dense",
        "41.2\u{202f}s",
        "12\u{202f}000",
        "Ending",
        "0.163 nats",
        "random wiring, equal count",
        "Figure 8.",
        "Lineage of the neurons",
        "gain 0.041",
        "no outgoing connection",
        "9874",
        "rustc 1.95.0",
        "name = &quot;wire&quot;",
        "<details>",
    ] {
        assert!(html.contains(word), "the page lacks “{word}”");
    }
    assert_eq!(html, page(&realistic()));
    assert_eq!(html.matches("<svg").count(), 8);
    assert_eq!(html.matches("</svg>").count(), 8);
}

#[test]
fn the_page_loads_nothing() {
    let html = page(&realistic());
    let namespace = "http://www.w3.org/2000/svg";
    let rest = html.replace(namespace, "");
    for outside in
        ["http:", "https:", "//", "url(", "@import", "<script", "<link", "<img", "src=", "href=", " id=", "onload"]
    {
        assert!(!rest.contains(outside), "the page holds {outside}");
    }
}

#[test]
fn plots_have_a_view_box_and_no_size_of_their_own() {
    let html = page(&realistic());
    for (index, _) in html.match_indices("<svg") {
        let tag = html[index..].split('>').next().unwrap();
        assert!(tag.contains("viewBox=") && tag.contains("aria-label="), "{tag}");
        assert!(!tag.contains(" width=") && !tag.contains(" height="), "{tag}");
    }
}

#[test]
fn an_empty_report_is_a_page_with_a_title() {
    let html = page(&ReportData::default());
    assert!(html.contains("<title>livenet report</title>") && html.ends_with("</html>\n"));
    for part in ["<h2>", "<table", "<figure", "<dl", "<details>"] {
        assert!(!html.contains(part), "{part}");
    }
}

#[test]
fn hostile_text_stays_text() {
    let bad = || "</style><script>alert('1')</script>&\"".to_owned();
    let pair = || vec![(bad(), bad())];
    let row = || EventRow { step: 1, kind: bad(), what: bad(), why: bad() };
    let plot = crate::plots::Series { title: bad(), ..Default::default() };
    let html = page(&ReportData {
        title: bad(),
        subtitle: bad(),
        headline: Headline {
            more: pair(),
            accuracy: Some(f64::NAN),
            connections: Some(1),
            dense_connections: Some(0),
            ..Headline::default()
        },
        ending: pair(),
        tables: vec![Table { title: bad(), head: vec![bad()], rows: vec![vec![bad()]] }],
        illustrations: vec![Illustration::new(&plot, bad()).unwrap()],
        events: StructuralEvents { counts: vec![(bad(), 1)], first: vec![row()], last: vec![row()] },
        manifest: pair(),
        config: bad(),
    });
    assert!(!html.contains("<script") && !html.contains("alert('"));
    assert_eq!(html.matches("</style>").count(), 1);
    assert_eq!(html.matches("<svg").count(), 1);
}

/// Writes the page where `LIVENET_LOOK` says, to be looked at; without it, nothing.
#[test]
fn look() {
    if let Ok(directory) = std::env::var("LIVENET_LOOK") {
        std::fs::write(std::path::Path::new(&directory).join("report.html"), page(&realistic())).unwrap();
    }
}
