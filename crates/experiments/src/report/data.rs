//! What a report says, before it is a page.

use crate::plots::{Plot, PlotError};

/// Everything on the page, from above to below; whatever is empty is left out.
#[derive(Clone, Debug, Default)]
pub struct ReportData {
    /// The name of the experiment.
    pub title: String,
    /// One line: task, strategy, seed.
    pub subtitle: String,
    /// The figures at the top.
    pub headline: Headline,
    /// How the run ended: name and value.
    pub ending: Vec<(String, String)>,
    /// Further tables, such as one of all arms.
    pub tables: Vec<Table>,
    /// The plots.
    pub illustrations: Vec<Illustration>,
    /// What happened to the structure.
    pub events: StructuralEvents,
    /// With what the run was made: name and value (versions, processor, digests).
    pub manifest: Vec<(String, String)>,
    /// The checked config, as TOML.
    pub config: String,
}

/// The figures at the top of the page; those that are absent are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Headline {
    /// Test accuracy, 0 to 1.
    pub accuracy: Option<f64>,
    /// Active connections at the end.
    pub connections: Option<u64>,
    /// Connections of the dense network of the same layers.
    pub dense_connections: Option<u64>,
    /// Living neurons at the end.
    pub neurons: Option<u64>,
    /// Training steps.
    pub steps: Option<u64>,
    /// Wall-clock seconds of the run.
    pub seconds: Option<f64>,
    /// Further figures: name and value.
    pub more: Vec<(String, String)>,
}

/// A table with a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Above the table.
    pub title: String,
    /// The names of the columns.
    pub head: Vec<String>,
    /// Rows of cells.
    pub rows: Vec<Vec<String>>,
}

/// A plot with one sentence below it.
#[derive(Clone, Debug)]
pub struct Illustration {
    caption: String,
    svg: String,
    tall: bool,
}

impl Illustration {
    /// Draws a plot for the page.
    ///
    /// # Errors
    /// [`PlotError::Backend`] where painting fails.
    pub fn new(plot: &dyn Plot, caption: impl Into<String>) -> Result<Self, PlotError> {
        let drawing = plot.draw();
        let tall = drawing.height() > 1.3 * drawing.width();
        Ok(Self { caption: caption.into(), svg: drawing.svg()?, tall })
    }

    pub(super) fn caption(&self) -> &str {
        &self.caption
    }

    /// Whether the plot fills a printed page.
    pub(super) fn is_tall(&self) -> bool {
        self.tall
    }

    /// The SVG without its own size: the page sizes it by its view box.
    pub(super) fn inline(&self) -> String {
        let Some((open, rest)) = self.svg.split_once('>') else {
            return String::new();
        };
        let mut tag = open.to_owned();
        for name in [" width=\"", " height=\""] {
            if let Some(start) = tag.find(name) {
                let value = start + name.len();
                let end = tag[value..].find('"').map_or(tag.len(), |length| value + length + 1);
                tag.replace_range(start..end, "");
            }
        }
        format!("{tag}>{rest}")
    }
}

/// What happened to the structure of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StructuralEvents {
    /// How often each kind happened.
    pub counts: Vec<(String, u64)>,
    /// The first events.
    pub first: Vec<EventRow>,
    /// The last events, after those in `first`.
    pub last: Vec<EventRow>,
}

/// One structural event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventRow {
    /// The step before which it happened.
    pub step: u64,
    /// Its kind: `division`.
    pub kind: String,
    /// To whom: `n88 → n417`.
    pub what: String,
    /// The reason, with the number that decided it.
    pub why: String,
}
