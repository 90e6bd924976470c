//! The bundled font: registering it with `plotters`, and measuring text in it.
//!
//! The two files are subsets of `DejaVu Sans`; `assets/fonts/subset.py` says how they were made and why they are altered.

use std::sync::OnceLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

use super::drawing::Weight;

static REGULAR: &[u8] = include_bytes!("../../assets/fonts/livenet-sans.ttf");
static BOLD: &[u8] = include_bytes!("../../assets/fonts/livenet-sans-bold.ttf");

/// `plotters` takes the size of a font as its line height, which in the bundled files is this many em.
const LINE_HEIGHT: f64 = 1.24;

/// The font at `size` (the em, in pixels of the backend).
pub(super) fn font(size: f64, weight: Weight) -> FontDesc<'static> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = *REGISTERED.get_or_init(|| {
        register_font("sans-serif", FontStyle::Normal, REGULAR).is_ok()
            && register_font("sans-serif", FontStyle::Bold, BOLD).is_ok()
    });
    debug_assert!(registered, "the bundled fonts are valid");
    let style = match weight {
        Weight::Regular => FontStyle::Normal,
        Weight::Bold => FontStyle::Bold,
    };
    FontDesc::new(FontFamily::SansSerif, size * LINE_HEIGHT, style)
}

/// The width of a text in points at `size` points, in the regular weight.
pub fn width(text: &str, size: f64) -> f64 {
    // Measured large, for plotters gives whole pixels.
    const FINE: f64 = 16.0;
    match font(size * FINE, Weight::Regular).box_size(text) {
        Ok((width, _)) => f64::from(width) / FINE,
        Err(_) => text.chars().count() as f64 * size * 0.6,
    }
}

/// The text, cut with an ellipsis to at most `room` points at `size`.
pub(super) fn fitted(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    for keep in (1..letters.len()).rev() {
        let cut: String = letters[..keep].iter().collect::<String>().trim_end().to_owned() + "…";
        if width(&cut, size) <= room {
            return cut;
        }
    }
    "…".to_owned()
}
