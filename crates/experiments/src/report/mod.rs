//! The report of a run or a comparison: one HTML page that needs nothing else.
//!
//! Invariant: the page is a pure function of [`ReportData`], every text in it is escaped, and it loads nothing: no
//! script, no font, no picture from elsewhere. Its plots are SVG in the page itself.

mod columns;
mod data;
mod markup;
mod page;

pub use columns::columns;
pub use data::{EventRow, Headline, Illustration, ReportData, StructuralEvents, Table};
pub use page::page;

#[cfg(test)]
mod tests;
