//! Lineage tree: who divided from whom. Time runs to the right, each neuron is a line from its birth to its death.
//!
//! Invariant: no branch crosses a life. Below its mother the last born stands first, so that the branch to an elder
//! sister passes only lives that begin later.

use std::collections::BTreeMap;

use super::drawing::{Anchor, Drawing, Pen, Type};
use super::legend::{self, Entry, Sample};
use super::number;
use super::panel::{self, FOOT, Frame, Labels};
use super::plot::Plot;
use super::scale::{Scale, Unit};
use super::theme::{HAIR, MESH, NOTE_SIZE, QUIET, TEXT, WIDTH, line_ink};

/// The lives of all neurons of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineageTree {
    /// In any order.
    pub lives: Vec<Life>,
    /// The names of the groups, for the legend.
    pub groups: Vec<String>,
    /// The last step of the run.
    pub end: u64,
}

/// The life of one neuron.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// The birth number of the neuron.
    pub neuron: u64,
    /// The neuron from which it divided; `None` for a founder and for one born otherwise.
    pub mother: Option<u64>,
    /// The step of its birth.
    pub born: u64,
    /// The step of its death; `None` where it lived on.
    pub died: Option<u64>,
    /// The index of its group.
    pub group: usize,
}

const LEFT: f64 = 70.0;
const RIGHT: f64 = 62.0;
/// Below this many lives all are drawn; above, founders that only lived are counted in a note.
const DRAW_ALL: usize = 60;
/// Height of a name.
const NAME: f64 = 12.5;
/// More rows are not drawn.
const MOST_ROWS: usize = 400;

/// A life in its row.
struct Row {
    life: Life,
    /// The row of the mother.
    mother: Option<usize>,
    /// How many rows the family has that begins here; zero inside a family.
    family: usize,
}

impl Plot for LineageTree {
    fn draw(&self) -> Drawing {
        let title = "Lineage of the neurons over training steps";
        let (rows, hidden) = self.shown();
        let step = (900.0 / rows.len().max(1) as f64).clamp(4.4, 18.0);
        let entries: Vec<Entry> = self.legend(&rows);
        let top = 52.0 + legend::height(&entries, WIDTH - 40.0) + 14.0;
        let levels = levels(&rows, step);
        let tall = levels.last().map_or(160.0, |last| last + step).max(160.0);
        let note_room = if hidden.is_empty() { 0.0 } else { 20.0 };
        let mut drawing = Drawing::new(WIDTH, top + tall + FOOT + note_room, title);
        panel::title(&mut drawing, title);
        let frame = Frame { left: LEFT, top, right: WIDTH - RIGHT, bottom: top + tall };
        if rows.is_empty() {
            panel::nothing(&mut drawing, &frame);
        }
        legend::draw(&mut drawing, &entries, (20.0, 42.0), WIDTH - 40.0);
        let first = rows.iter().map(|row| row.life.born).min().unwrap_or(0);
        let last = rows.iter().map(|row| row.life.died.unwrap_or(0).max(row.life.born)).fold(self.end, u64::max);
        let steps = Scale::between(first.min(last) as f64, last.max(first + 1) as f64, Unit::Count);
        tree(&mut drawing, &frame, &steps, (&rows, &levels), (step, last));
        panel::x_axis(&mut drawing, &frame, &steps, Labels::Full("training step"));
        panel::note(&mut drawing, (frame.right, frame.bottom + FOOT + 6.0), Anchor::End, &hidden);
        drawing
    }
}

fn tree(
    drawing: &mut Drawing,
    frame: &Frame,
    steps: &Scale,
    (rows, levels): (&[Row], &[f64]),
    (step, last): (f64, u64),
) {
    let level = |row: usize| frame.top + levels[row];
    let x = |at: u64| frame.left + steps.share(at as f64) * frame.width();
    for (value, _) in steps.ticks((frame.width() / 95.0).round() as usize) {
        let x = frame.left + steps.share(value) * frame.width();
        drawing.line(vec![(x, frame.top), (x, frame.bottom)], Pen::new(MESH, HAIR));
    }
    let width = (step * 0.3).clamp(1.25, 2.5);
    let named = named(rows, levels);
    for (index, row) in rows.iter().enumerate() {
        let (life, y) = (&row.life, level(index));
        let ink = line_ink(life.group);
        let end = life.died.unwrap_or(last).max(life.born);
        let (from, to) = (x(life.born), x(end));
        if let Some(mother) = row.mother {
            drawing.line(vec![(from, level(mother)), (from, y)], Pen::new(ink, (width * 0.6).max(0.9)));
            drawing.disc((from, level(mother)), width * 1.1, line_ink(rows[mother].life.group));
        }
        drawing.line(vec![(from, y), (to.max(from + 1.0), y)], Pen::new(ink, width));
        if life.died.is_some() {
            let arm = (step * 0.32).clamp(2.2, 4.0);
            for side in [-1.0, 1.0] {
                drawing.line(vec![(to - arm, y - side * arm), (to + arm, y + side * arm)], Pen::new(TEXT, 1.3));
            }
        }
        if named[index] {
            let style = Type::new(NOTE_SIZE, QUIET, Anchor::End);
            drawing.text((from - 7.0, y), format!("n{}", life.neuron), style);
        }
        if step >= NAME && row.mother.is_some() {
            let right = if life.died.is_some() { to + 8.0 } else { frame.right + 8.0 };
            drawing.text((right, y), format!("n{}", life.neuron), Type::new(NOTE_SIZE, QUIET, Anchor::Start));
        }
    }
}

/// The middle of each row below the top, with a gap between families.
fn levels(rows: &[Row], step: f64) -> Vec<f64> {
    let mut level = -step / 2.0;
    let mut before = 1;
    rows.iter()
        .map(|row| {
            level += step;
            if row.family > 0 {
                level += if before > 1 || row.family > 1 { step * 0.6 } else { 0.0 };
                before = row.family;
            }
            level
        })
        .collect()
}

/// Which founders have room for their name, the larger families first.
fn named(rows: &[Row], levels: &[f64]) -> Vec<bool> {
    let mut founders: Vec<usize> = (0..rows.len()).filter(|index| rows[*index].mother.is_none()).collect();
    founders.sort_by_key(|index| (std::cmp::Reverse(rows[*index].family), *index));
    let mut named = vec![false; rows.len()];
    for founder in founders {
        let level = levels[founder];
        let from = levels.partition_point(|other| *other <= level - NAME);
        let to = levels.partition_point(|other| *other < level + NAME);
        named[founder] = !named[from..to].contains(&true);
    }
    named
}

impl LineageTree {
    /// The rows to draw, and a word on those that are not.
    fn shown(&self) -> (Vec<Row>, String) {
        let mut rows = self.rows();
        let mut notes = Vec::new();
        if rows.len() > DRAW_ALL {
            // A founder that neither divided nor died tells nothing; in a wide input there are hundreds.
            let founded = rows.iter().map(|row| row.life.born).min().unwrap_or(0);
            let idle = |row: &Row| row.family == 1 && row.life.died.is_none() && row.life.born == founded;
            let count = rows.iter().filter(|row| idle(row)).count();
            if count > 0 && count < rows.len() {
                rows = kept(rows, |row| !idle(row));
                notes.push(format!(
                    "{} founders that neither divided nor died are not drawn",
                    number::grouped(count as u64)
                ));
            }
        }
        if rows.len() > MOST_ROWS {
            let mut sizes: Vec<usize> = rows.iter().map(|row| row.family).filter(|size| *size > 0).collect();
            sizes.sort_unstable_by(|a, b| b.cmp(a));
            let mut budget = MOST_ROWS;
            let fitting = sizes
                .iter()
                .take_while(|size| {
                    budget.checked_sub(**size).is_some_and(|rest| {
                        budget = rest;
                        true
                    })
                })
                .count();
            let least = if fitting == sizes.len() { 0 } else { sizes[fitting] + 1 };
            let before = rows.len();
            let larger = kept_families(&rows, least);
            rows = if larger.is_empty() { rows.into_iter().take(MOST_ROWS).collect() } else { kept_at(rows, &larger) };
            rows.truncate(MOST_ROWS);
            let gone = number::grouped((before - rows.len()) as u64);
            notes.push(format!("{gone} neurons of the smaller families are not drawn"));
        }
        (rows, notes.join("; "))
    }

    /// All lives, each family from its founder down.
    fn rows(&self) -> Vec<Row> {
        let mut lives = self.lives.clone();
        lives.sort_by_key(|life| (life.born, life.neuron));
        lives.dedup_by_key(|life| life.neuron);
        let index: BTreeMap<u64, usize> = lives.iter().enumerate().map(|(i, life)| (life.neuron, i)).collect();
        let mother = |life: &Life| life.mother.filter(|m| *m != life.neuron).and_then(|m| index.get(&m).copied());
        let mut daughters = vec![Vec::new(); lives.len()];
        for (i, life) in lives.iter().enumerate() {
            if let Some(mother) = mother(life) {
                daughters[mother].push(i);
            }
        }
        let mut rows: Vec<Row> = Vec::with_capacity(lives.len());
        let mut placed = vec![false; lives.len()];
        // Founders first; what is then left over stands in a circle of mothers, and is drawn all the same.
        let founders = (0..lives.len()).filter(|i| mother(&lives[*i]).is_none());
        for founder in founders.chain(0..lives.len()) {
            let begin = rows.len();
            let mut waiting = vec![(founder, None)];
            while let Some((next, mother)) = waiting.pop() {
                if std::mem::replace(&mut placed[next], true) {
                    continue;
                }
                let row = rows.len();
                rows.push(Row { life: lives[next], mother, family: 0 });
                // In order of birth, so that the last born is taken first.
                waiting.extend(daughters[next].iter().map(|daughter| (*daughter, Some(row))));
            }
            let family = rows.len() - begin;
            if let Some(row) = rows.get_mut(begin) {
                row.family = family;
            }
        }
        rows
    }

    fn legend(&self, rows: &[Row]) -> Vec<Entry> {
        let mut groups: Vec<usize> = rows.iter().map(|row| row.life.group).collect();
        groups.sort_unstable();
        groups.dedup();
        let name = |group: usize| self.groups.get(group).cloned().unwrap_or_else(|| format!("group {group}"));
        let mut entries: Vec<Entry> =
            groups.into_iter().map(|group| Entry::new(Sample::Line, line_ink(group), name(group))).collect();
        if rows.iter().any(|row| row.life.died.is_some()) {
            entries.push(Entry::new(Sample::Cross, TEXT, "death"));
        }
        entries
    }
}

/// Keeps some rows, and finds the mothers again.
fn kept(rows: Vec<Row>, keep: impl Fn(&Row) -> bool) -> Vec<Row> {
    let chosen: Vec<usize> = rows.iter().enumerate().filter(|(_, row)| keep(row)).map(|(index, _)| index).collect();
    kept_at(rows, &chosen)
}

fn kept_at(rows: Vec<Row>, chosen: &[usize]) -> Vec<Row> {
    let place = |index: usize| chosen.binary_search(&index).ok();
    rows.into_iter()
        .enumerate()
        .filter(|(index, _)| place(*index).is_some())
        .map(|(_, row)| Row { mother: row.mother.and_then(place), ..row })
        .collect()
}

/// The rows of the families with at least so many members.
fn kept_families(rows: &[Row], least: usize) -> Vec<usize> {
    let mut family = 0;
    let mut chosen = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if row.family > 0 {
            family = row.family;
        }
        if family >= least {
            chosen.push(index);
        }
    }
    chosen
}
