//! Wiring before and after: the groups as columns of neurons, the connections as lines between them.

use super::drawing::{Anchor, Drawing, Pen, Place, Type};
use super::graph::{PixelShape, Wire, WiringState};
use super::heat;
use super::legend::{self, Entry, Sample};
use super::letters;
use super::number;
use super::panel::{self, Frame};
use super::plot::Plot;
use super::scale::{Scale, Unit};
use super::theme::{AXIS, BLUE, LABEL_SIZE, NOTE_SIZE, QUIET, TEXT, TICK_SIZE, VERMILION, WIDTH};

/// The wiring at two moments, side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wiring {
    /// On the left.
    pub before: WiringState,
    /// On the right.
    pub after: WiringState,
    /// Where the input is an image: shows how many connections leave each of its pixels.
    pub image: Option<PixelShape>,
}

const TOP: f64 = 126.0;
const HIGH: f64 = 320.0;
const MARGIN: f64 = 24.0;
const BETWEEN: f64 = 44.0;
/// More wires are not drawn: the strongest stand for all.
const MOST_WIRES: usize = 2000;
/// A taller column is drawn as a bar instead of neurons.
const MOST_DOTS: usize = 90;

impl Plot for Wiring {
    fn draw(&self) -> Drawing {
        let title = "Wiring before and after";
        let image = self.image.filter(|image| (1..100_000).contains(&image.rows.saturating_mul(image.columns)));
        let height = TOP + HIGH + 62.0 + if image.is_some() { 210.0 } else { 0.0 };
        let mut drawing = Drawing::new(WIDTH, height, title);
        panel::title(&mut drawing, title);
        let entries =
            [Entry::new(Sample::Line, BLUE, "positive weight"), Entry::new(Sample::Line, VERMILION, "negative weight")];
        legend::draw(&mut drawing, &entries, (20.0, 42.0), WIDTH);
        let wide = (WIDTH - 2.0 * MARGIN - BETWEEN) / 2.0;
        let left = Frame { left: MARGIN, top: TOP, right: MARGIN + wide, bottom: TOP + HIGH };
        let right = Frame { left: WIDTH - MARGIN - wide, right: WIDTH - MARGIN, ..left };
        // One measure of strength on both sides, so that they can be compared.
        let strongest =
            self.before.drawable().chain(&mut self.after.drawable()).map(|w| w.weight.abs()).fold(0.0, f32::max);
        side(&mut drawing, &left, &self.before, strongest);
        side(&mut drawing, &right, &self.after, strongest);
        if let Some(image) = image {
            pixels(&mut drawing, (&left, &right), self, image);
        }
        drawing
    }
}

fn side(drawing: &mut Drawing, frame: &Frame, state: &WiringState, strongest: f32) {
    let mut wires: Vec<&Wire> = state.drawable().collect();
    let all = wires.len();
    wires.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then(a.pre.cmp(&b.pre)).then(a.post.cmp(&b.post)));
    wires.truncate(MOST_WIRES);
    let count =
        if all == 1 { "1 connection".to_owned() } else { format!("{} connections", number::grouped(all as u64)) };
    let text = letters::fitted(&state.label, LABEL_SIZE, frame.width());
    drawing.text((frame.left, frame.top - 42.0), text, Type::new(LABEL_SIZE, TEXT, Anchor::Start));
    let count = if all > wires.len() { format!("{count}, the strongest {MOST_WIRES} drawn") } else { count };
    drawing.text((frame.left, frame.top - 23.0), count, Type::new(NOTE_SIZE, QUIET, Anchor::Start));
    if state.groups.iter().all(|group| group.neurons == 0) {
        panel::nothing(drawing, frame);
        return;
    }
    let columns = Columns::new(frame, state);
    let crowd = (350.0 / wires.len().max(1) as f64).powf(0.45).clamp(0.3, 1.0);
    for wire in wires.iter().rev() {
        let strength = if strongest > 0.0 { f64::from(wire.weight.abs() / strongest) } else { 1.0 };
        let ink = if wire.weight < 0.0 { VERMILION } else { BLUE };
        let pen = Pen::new(ink.faded((0.1 + 0.85 * strength) * crowd.max(strength * 0.8)), 0.5 + 1.7 * strength);
        drawing.line(columns.course(wire), pen);
    }
    for (index, group) in state.groups.iter().enumerate() {
        columns.neurons(drawing, index, group.neurons);
        let wide = columns.gap.min(frame.width()) - 6.0;
        let name = letters::fitted(&group.name, TICK_SIZE, wide.max(40.0));
        let x = columns.x(index);
        drawing.text((x, frame.bottom + 20.0), name, Type::new(TICK_SIZE, TEXT, Anchor::Middle));
        let count = number::grouped(group.neurons as u64);
        drawing.text((x, frame.bottom + 37.0), count, Type::new(NOTE_SIZE, QUIET, Anchor::Middle));
    }
}

/// Where the neurons of each group stand.
struct Columns<'a> {
    frame: &'a Frame,
    /// From one column to the next.
    gap: f64,
    first: f64,
    /// Half the height of each column.
    halves: Vec<f64>,
    neurons: Vec<usize>,
}

impl<'a> Columns<'a> {
    fn new(frame: &'a Frame, state: &WiringState) -> Self {
        let count = state.groups.len();
        let inset = 34.0_f64.min(frame.width() / 4.0);
        let gap = if count > 1 { (frame.width() - 2.0 * inset) / (count - 1) as f64 } else { frame.width() };
        let first = if count > 1 { frame.left + inset } else { frame.center().0 };
        let largest = state.groups.iter().map(|g| g.neurons).max().unwrap_or(1).max(1) as f64;
        let halves = state
            .groups
            .iter()
            .map(|group| {
                // Few neurons stand closer together than many, yet no closer than they can be told apart.
                let share = (group.neurons as f64 / largest).powf(0.35).clamp(0.3, 1.0);
                let spread = group.neurons.saturating_sub(1) as f64 * 26.0;
                (frame.height() * share).min(spread) / 2.0
            })
            .collect();
        Self { frame, gap, first, halves, neurons: state.groups.iter().map(|g| g.neurons).collect() }
    }

    fn x(&self, group: usize) -> f64 {
        self.first + self.gap * group as f64
    }

    fn place(&self, (group, index): (usize, usize)) -> Place {
        let middle = self.frame.center().1;
        let last = self.neurons[group].saturating_sub(1);
        let share = if last == 0 { 0.5 } else { index as f64 / last as f64 };
        (self.x(group), middle + self.halves[group] * (2.0 * share - 1.0))
    }

    /// Straight between groups, bent within one, so that a connection in a column can be seen at all.
    fn course(&self, wire: &Wire) -> Vec<Place> {
        let (from, to) = (self.place(wire.pre), self.place(wire.post));
        if wire.pre.0 != wire.post.0 {
            return vec![from, to];
        }
        let side = if wire.pre.0 + 1 == self.neurons.len() && self.neurons.len() > 1 { -1.0 } else { 1.0 };
        let far = (to.1 - from.1).abs();
        let bend = side * (10.0 + 0.35 * far).min(self.gap.min(110.0) * 0.75);
        // A connection of a neuron to itself is a small loop.
        let lift = if wire.pre == wire.post { 9.0 } else { 0.0 };
        let (a, b) = ((from.0 + bend, from.1 - lift), (to.0 + bend, to.1 + lift));
        (0..=24).map(|piece| bezier([from, a, b, to], f64::from(piece) / 24.0)).collect()
    }

    fn neurons(&self, drawing: &mut Drawing, group: usize, count: usize) {
        if count == 0 {
            return;
        }
        if count > MOST_DOTS {
            let (x, top) = self.place((group, 0));
            let bottom = self.place((group, count - 1)).1;
            drawing.rectangle((x - 2.5, top - 2.0), (x + 2.5, bottom + 2.0), AXIS);
            return;
        }
        let apart = if count > 1 { 2.0 * self.halves[group] / (count - 1) as f64 } else { 20.0 };
        let radius = (apart * 0.42).clamp(1.2, 4.5);
        for index in 0..count {
            drawing.disc(self.place((group, index)), radius, TEXT);
        }
    }
}

fn bezier(p: [Place; 4], t: f64) -> Place {
    let s = 1.0 - t;
    let mix =
        |a: f64, b: f64, c: f64, d: f64| s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d;
    (mix(p[0].0, p[1].0, p[2].0, p[3].0), mix(p[0].1, p[1].1, p[2].1, p[3].1))
}

/// How many connections leave each pixel, on both sides, in one scale.
fn pixels(drawing: &mut Drawing, (left, right): (&Frame, &Frame), wiring: &Wiring, image: PixelShape) {
    let before = wiring.before.leaving(image);
    let after = wiring.after.leaving(image);
    let most = before.iter().chain(&after).copied().max().unwrap_or(0).max(1);
    let scale = Scale::between(0.0, f64::from(most), Unit::Count);
    let size = 140.0 / image.rows.max(image.columns) as f64;
    let (wide, high) = (size * image.columns as f64, size * image.rows as f64);
    let top = left.bottom + 62.0 + 34.0;
    for (frame, counts) in [(left, &before), (right, &after)] {
        let text = letters::fitted("connections leaving each input pixel", TICK_SIZE, frame.width());
        drawing.text((frame.left, top - 20.0), text, Type::new(TICK_SIZE, TEXT, Anchor::Start));
        let map = Frame { left: frame.left, top, right: frame.left + wide, bottom: top + high };
        heat::cells(drawing, &map, (image.rows, image.columns), |row, column| {
            scale.share(f64::from(counts[row * image.columns + column]))
        });
        let bar = Frame { left: map.right + 14.0, right: map.right + 26.0, ..map };
        heat::bar(drawing, &bar, &scale, "");
    }
}
