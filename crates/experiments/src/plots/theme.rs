//! How every plot looks: sizes, inks and colour maps.
//!
//! The lines use the palette of Okabe and Ito (2008, "Color Universal Design"), which stays apart under the three common
//! forms of colour blindness; yellow is left out, for it vanishes on white. Maps of values use viridis (van der Walt
//! and Smith, 2015, CC0), whose steps look equal and whose lightness alone already orders the values.

/// A colour with its opacity from 0 (nothing) to 1 (covers).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// Red, green, blue.
    pub rgb: (u8, u8, u8),
    /// 0 to 1.
    pub opacity: f64,
}

impl Ink {
    const fn solid(red: u8, green: u8, blue: u8) -> Self {
        Self { rgb: (red, green, blue), opacity: 1.0 }
    }

    /// The same colour, see-through.
    #[must_use]
    pub const fn faded(self, opacity: f64) -> Self {
        Self { rgb: self.rgb, opacity }
    }

    /// The ink for text beside a line of this one: darker where it is too bright to be read on white.
    #[must_use]
    pub fn legible(self) -> Self {
        let light = 0.299 * f64::from(self.rgb.0) + 0.587 * f64::from(self.rgb.1) + 0.114 * f64::from(self.rgb.2);
        let share = if light > 120.0 { 120.0 / light } else { 1.0 };
        let dark = |channel: u8| (f64::from(channel) * share).round() as u8;
        Self { rgb: (dark(self.rgb.0), dark(self.rgb.1), dark(self.rgb.2)), ..self }
    }

    /// The solid colour that this one at `share` of opacity makes over white.
    #[must_use]
    pub fn tinted(self, share: f64) -> Self {
        let blend = |channel: u8| (255.0 - (255.0 - f64::from(channel)) * share).round() as u8;
        Self::solid(blend(self.rgb.0), blend(self.rgb.1), blend(self.rgb.2))
    }
}

/// The ground of every plot.
pub const PAPER: Ink = Ink::solid(255, 255, 255);
/// Titles and values.
pub const TEXT: Ink = Ink::solid(38, 42, 48);
/// Labels of axes and ticks.
pub const QUIET: Ink = Ink::solid(92, 98, 108);
/// The lines of the two axes.
pub const AXIS: Ink = Ink::solid(120, 126, 136);
/// The mesh behind the data.
pub const MESH: Ink = Ink::solid(232, 234, 238);
/// What has no value.
pub const VOID: Ink = Ink::solid(222, 224, 228);
/// The start of a run, a reference, what stands in the back.
pub const REFERENCE: Ink = Ink::solid(140, 146, 156);

/// Blue, the first line.
pub const BLUE: Ink = Ink::solid(0, 114, 178);
/// Vermilion, the second line; deaths, negative weights.
pub const VERMILION: Ink = Ink::solid(213, 94, 0);
/// Bluish green.
pub const GREEN: Ink = Ink::solid(0, 158, 115);
/// Reddish purple.
pub const PURPLE: Ink = Ink::solid(190, 100, 150);
/// Orange.
pub const ORANGE: Ink = Ink::solid(230, 159, 0);
/// Sky blue.
pub const SKY: Ink = Ink::solid(86, 180, 233);
/// Near black.
pub const BLACK: Ink = Ink::solid(50, 50, 50);

const LINES: [Ink; 7] = [BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK];

/// The ink of the line at `index`; after seven they repeat, dashed (see [`dashed`]).
#[must_use]
pub const fn line_ink(index: usize) -> Ink {
    LINES[index % LINES.len()]
}

/// Whether the line at `index` is dashed, to stay apart from the one of the same ink.
#[must_use]
pub const fn dashed(index: usize) -> bool {
    (index / LINES.len()) % 2 == 1
}

/// Width of every plot in points; heights differ.
pub const WIDTH: f64 = 760.0;
/// Size of a title, in points.
pub const TITLE_SIZE: f64 = 17.0;
/// Size of the labels of axes.
pub const LABEL_SIZE: f64 = 14.0;
/// Size of ticks, legends and values in the plot.
pub const TICK_SIZE: f64 = 13.0;
/// Size of a note.
pub const NOTE_SIZE: f64 = 12.0;
/// Width of a line of data.
pub const LINE: f64 = 1.8;
/// Width of the axes.
pub const HAIR: f64 = 1.0;

const VIRIDIS: [(u8, u8, u8); 10] = [
    (0x44, 0x01, 0x54),
    (0x48, 0x28, 0x78),
    (0x3E, 0x49, 0x89),
    (0x31, 0x68, 0x8E),
    (0x26, 0x82, 0x8E),
    (0x1F, 0x9E, 0x89),
    (0x35, 0xB7, 0x79),
    (0x6D, 0xCD, 0x59),
    (0xB4, 0xDE, 0x2C),
    (0xFD, 0xE7, 0x25),
];

/// The colour of a value in a map, `share` from 0 (dark) to 1 (bright); outside it is clamped, NaN is [`VOID`].
#[must_use]
pub fn viridis(share: f64) -> Ink {
    if share.is_nan() {
        return VOID;
    }
    let place = share.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let below = (place.floor() as usize).min(VIRIDIS.len() - 2);
    let rest = place - below as f64;
    let (a, b) = (VIRIDIS[below], VIRIDIS[below + 1]);
    let blend = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * rest).round() as u8;
    Ink::solid(blend(a.0, b.0), blend(a.1, b.1), blend(a.2, b.2))
}
