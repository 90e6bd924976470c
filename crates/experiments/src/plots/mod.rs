//! Plots of runs: each a plain value with its data, drawn as a pure function of it.
//!
//! Invariant: the same value gives the same bytes, as SVG and as PNG, on every machine and for any thread count; and
//! no data makes a plot fail or panic. Values that are not finite are left out, and a plot without data says so.
//! Start at [`Plot`] and [`save`]; [`Drawing`] is what every plot makes, [`theme`] how all of them look.

mod band;
mod bands;
mod comparison;
mod curve;
mod degrees;
mod drawing;
mod graph;
mod heat;
mod histogram;
mod intervals;
mod learning;
mod legend;
mod letters;
mod lineage;
mod number;
mod panel;
mod pareto;
mod plot;
mod profile;
mod raster;
mod render;
mod rug;
mod scale;
mod series;
mod size;
pub mod theme;
mod weights;
mod wiring;

pub use bands::{BandPanel, Bands};
pub use comparison::{Arm, ArmComparison};
pub use curve::Curve;
pub use degrees::DegreeDistributions;
pub use drawing::Drawing;
pub use graph::{PixelShape, Wire, WiringGroup, WiringState};
pub use intervals::{IntervalRow, Intervals};
pub use learning::LearningCurves;
pub use letters::width as text_width;
pub use lineage::{Life, LineageTree};
pub use number::{capital, grouped, short};
pub use pareto::{Pareto, ParetoPanel, ParetoPoint};
pub use plot::{Plot, PlotError, save};
pub use profile::{ProfileCurve, Profiles};
pub use raster::{ActivityRaster, RasterGroup};
pub use rug::{EventKind, EventMark};
pub use scale::Unit;
pub use series::{Series, SeriesPanel};
pub use size::SizeOverTime;
pub use weights::WeightDistribution;
pub use wiring::Wiring;

#[cfg(test)]
pub(crate) mod tests;
