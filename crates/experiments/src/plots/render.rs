//! Painting a drawing: onto any backend of `plotters`, as SVG text, or into a PNG file.
//!
//! Backends of `plotters` have whole pixels only, so a drawing is painted four pixels a point: the SVG is scaled back
//! by its view box, the PNG is averaged down to two pixels a point, which also smooths its edges.

use std::path::Path;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{BitMapBackend, DrawingBackend, IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, RGBAColor, ShapeStyle, TextStyle};

use super::drawing::{Anchor, Drawing, Place, Shape, Turn, Type};
use super::letters;
use super::plot::PlotError;
use super::theme::Ink;

/// Pixels of the backend for one point of the drawing.
const FINE: f64 = 4.0;
/// Pixels of the backend for one pixel of the PNG.
const AVERAGED: usize = 2;

/// What the backend does with text and with thick lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Lines and text stay what they are.
    Vector,
    /// `plotters` fills pixels itself.
    Pixels,
}

impl Drawing {
    /// The size of the backend that the drawing fills, in pixels.
    fn pixels(&self) -> (u32, u32) {
        ((self.width() * FINE).round() as u32, (self.height() * FINE).round() as u32)
    }

    /// Paints onto a drawing area of any backend, four pixels a point.
    ///
    /// # Errors
    /// [`PlotError::Backend`] with the words of the backend.
    pub fn render<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Result<(), PlotError> {
        self.paint(area, Kind::Pixels)
    }

    /// The drawing as one SVG document with a view box, without ids, scripts or outside references.
    ///
    /// # Errors
    /// [`PlotError::Backend`] with the words of the backend.
    pub fn svg(&self) -> Result<String, PlotError> {
        let mut body = String::new();
        self.paint(&SVGBackend::with_string(&mut body, self.pixels()).into_drawing_area(), Kind::Vector)?;
        let (width, height) = self.pixels();
        let inner = body.split_once('\n').map_or("", |(_, rest)| rest);
        // What every element repeats and means nothing; text cannot hold it, for its quotes are escaped.
        let inner = inner.replace(" opacity=\"1\"", "").replace(" stroke=\"none\"", "").replace(" \"/>", "\"/>");
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" \
             stroke-linejoin=\"round\" role=\"img\" aria-label=\"{}\">\n{inner}",
            self.width(),
            self.height(),
            escape(self.description()),
        ))
    }

    /// Writes the drawing as PNG, two pixels a point. The name of the file must end in `.png`.
    ///
    /// # Errors
    /// [`PlotError::Write`] with the path where the file cannot be written.
    pub fn write_png(&self, path: &Path) -> Result<(), PlotError> {
        let (width, height) = self.pixels();
        let mut fine = vec![255_u8; width as usize * height as usize * 3];
        self.paint(&BitMapBackend::with_buffer(&mut fine, (width, height)).into_drawing_area(), Kind::Pixels)?;
        let (pixels, size) = averaged(&fine, width as usize, height as usize);
        let failed = |detail: String| PlotError::Write { path: path.to_owned(), detail };
        let mut file = BitMapBackend::new(path, size);
        file.blit_bitmap((0, 0), size, &pixels).map_err(|e| failed(e.to_string()))?;
        file.present().map_err(|e| failed(e.to_string()))
    }

    fn paint<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>, kind: Kind) -> Result<(), PlotError> {
        for shape in self.shapes() {
            paint_shape(shape, area, kind).map_err(PlotError::Backend)?;
        }
        area.present().map_err(|e| PlotError::Backend(e.to_string()))
    }
}

fn paint_shape<B: DrawingBackend>(shape: &Shape, area: &DrawingArea<B, Shift>, kind: Kind) -> Result<(), String> {
    let drawn = match shape {
        Shape::Line { points, pen } => {
            let width = (pen.width * FINE).round().max(1.0) as u32;
            let style = ShapeStyle { color: color(pen.ink), filled: false, stroke_width: width };
            // The pixel backends join thick lines badly at sharp corners: there each piece is drawn alone, with a round
            // joint. A see-through line would show its joints, so it stays in one.
            if kind == Kind::Pixels && points.len() > 2 && pen.ink.opacity >= 1.0 {
                for pair in points.windows(2) {
                    area.draw(&PathElement::new(vec![pixel(pair[0]), pixel(pair[1])], style))
                        .map_err(|e| e.to_string())?;
                }
                let joint = ShapeStyle { filled: true, ..style };
                for point in &points[1..points.len() - 1] {
                    area.draw(&Circle::new(pixel(*point), width / 2, joint)).map_err(|e| e.to_string())?;
                }
                return Ok(());
            }
            area.draw(&PathElement::new(points.iter().copied().map(pixel).collect::<Vec<_>>(), style))
        }
        Shape::Area { points, ink } => {
            area.draw(&Polygon::new(points.iter().copied().map(pixel).collect::<Vec<_>>(), color(*ink).filled()))
        }
        Shape::Rectangle { from, to, ink } => {
            let (low, mut high) = (pixel(*from), pixel(*to));
            if kind == Kind::Pixels {
                // Pixel backends fill the last row and column too; SVG does not.
                high = ((high.0 - 1).max(low.0), (high.1 - 1).max(low.1));
            }
            area.draw(&Rectangle::new([low, high], color(*ink).filled()))
        }
        Shape::Disc { center, radius, ink } => {
            area.draw(&Circle::new(pixel(*center), (radius * FINE).round().max(1.0) as u32, color(*ink).filled()))
        }
        Shape::Text { at, text, style } => {
            let (place, lettering) = lettering(*at, *style, kind);
            area.draw(&Text::new(text.as_str(), place, lettering))
        }
    };
    drawn.map_err(|e| e.to_string())
}

/// The place and style for `plotters`, so that the capitals stand in the middle of the place on either backend.
fn lettering(at: Place, style: Type, kind: Kind) -> ((i32, i32), TextStyle<'static>) {
    // The capitals of DejaVu Sans are 0.73 em high. Centred text has its baseline half an ex (0.273 em) below the place
    // in the SVG of plotters, and 0.12 em below it where plotters draws the letters itself.
    let baseline = 0.365 - if kind == Kind::Vector { 0.273 } else { 0.12 };
    let shift = baseline * style.size;
    let (place, turn) = match style.turn {
        Turn::Level => ((at.0, at.1 + shift), FontTransform::None),
        Turn::Upward => ((at.0 + shift, at.1), FontTransform::Rotate270),
    };
    let side = match style.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let text = TextStyle {
        font: letters::font(style.size * FINE, style.weight).transform(turn),
        color: color(style.ink).to_backend_color(),
        pos: Pos::new(side, VPos::Center),
    };
    (pixel(place), text)
}

fn pixel(place: Place) -> (i32, i32) {
    ((place.0 * FINE).round() as i32, (place.1 * FINE).round() as i32)
}

fn color(ink: Ink) -> RGBAColor {
    let rounded = (ink.opacity.clamp(0.0, 1.0) * 100.0).round() / 100.0;
    RGBAColor(ink.rgb.0, ink.rgb.1, ink.rgb.2, rounded)
}

/// Averages squares of pixels; what is left over at the right and below is cut.
fn averaged(fine: &[u8], width: usize, height: usize) -> (Vec<u8>, (u32, u32)) {
    let (columns, rows) = (width / AVERAGED, height / AVERAGED);
    let mut pixels = Vec::with_capacity(columns * rows * 3);
    let full = (AVERAGED * AVERAGED) as u32;
    for row in 0..rows {
        for column in 0..columns {
            for channel in 0..3 {
                let mut sum = full / 2;
                for y in 0..AVERAGED {
                    for x in 0..AVERAGED {
                        let index = ((row * AVERAGED + y) * width + column * AVERAGED + x) * 3 + channel;
                        sum += u32::from(fine[index]);
                    }
                }
                pixels.push((sum / full) as u8);
            }
        }
    }
    (pixels, (columns as u32, rows as u32))
}

/// Text for an attribute of XML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}
