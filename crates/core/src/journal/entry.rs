//! One entry: the moves of a commit in as few bytes as they need.
//!
//! Pairs and connections are written as their rows in the network *before* the commit, sorted, as
//! gaps: a pruned connection by its row, a grown one by `listener's row * neurons + heard row`. So a
//! batch comes back in another order. That changes nothing: its connections are distinct, each is
//! born by the same rule named by its own ends, and rows are sorted anyway. Names born in the very
//! draft have no row and are written in full.

use super::codec::{Bad, Take, put_ascending, put_number, put_signed, put_value};
use crate::bulk::{Batch, Pair};
use crate::{Birth, Finished, Law, Move, Network, NeuronId, Row, StreamKey, Synapse};

const PRUNE: u8 = 0;
const GROW: u8 = 1;
const RENEW: u8 = 2;
const OTHER: u8 = 3;

// A birth, in three bits and the bytes after them.
const ZERO: u8 = 0;
const VALUE: u8 = 1;
const NORMAL: u8 = 2;
const UNIFORM: u8 = 3;
const SHARE: u8 = 4;
/// With a draw: the scale of the draw before it.
const SAME_SCALE: u8 = 8;

// What a renewal says beside its birth, which takes the low four bits.
const BY_ROW: u8 = 16;
const NEXT_NAME: u8 = 32;
const WITH_MEAN: u8 = 64;

/// What is remembered from entry to entry, so that it need not be written again. A keyframe resets it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Memory {
    step: u64,
    keys: Vec<StreamKey>,
    scale: f32,
}

/// An entry as it is read.
#[derive(Debug)]
pub(super) struct Entry {
    pub step: u64,
    pub births: u64,
    pub moves: Vec<Move>,
}

impl Memory {
    pub(super) fn encode(&mut self, before: &Network, finished: &Finished) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_signed(&mut bytes, finished.step.wrapping_sub(self.step) as i64);
        self.step = finished.step;
        put_number(&mut bytes, finished.births.peek() - before.births().peek());
        put_number(&mut bytes, finished.proposals.len() as u64);
        let mut next_name = before.births().peek();
        let batches = finished.shadow.bulk.batches(finished.proposals.len());
        for (at, proposal) in finished.proposals.iter().enumerate() {
            match (&proposal.what, batches.map(|batches| &batches[at])) {
                // The draft has found their rows already.
                (Move::Prune { .. }, Some(Batch::Goes(rows))) => {
                    put_pruned(&mut bytes, rows.iter().map(|&row| u64::from(row)), &[]);
                }
                (&Move::Grow { birth, .. }, Some(Batch::Comes(_, pairs))) => {
                    let number = |pair: Pair| number(before, pair.post(), pair.pre());
                    self.put_grown(&mut bytes, birth, pairs.iter().map(|&(pair, delay)| (number(pair), delay)), &[]);
                }
                (what, _) => self.put_move(&mut bytes, before, &mut next_name, what),
            }
        }
        bytes
    }

    fn put_move(&mut self, bytes: &mut Vec<u8>, before: &Network, next_name: &mut u64, what: &Move) {
        match what {
            Move::Prune { at } => {
                let (mut rows, mut named) = (Vec::with_capacity(at.len()), Vec::new());
                for &at in at {
                    match before.synapse_row(at) {
                        Some(row) => rows.push(u64::from(row.get())),
                        None => named.push(at),
                    }
                }
                rows.sort_unstable();
                put_pruned(bytes, rows.into_iter(), &named);
            }
            Move::Grow { at, birth } => {
                let (mut pairs, mut named) = (Vec::with_capacity(at.len()), Vec::new());
                for &(at, delay) in at {
                    match pair(before, at) {
                        Some(pair) => pairs.push((pair, delay)),
                        None => named.push((at, delay)),
                    }
                }
                pairs.sort_unstable();
                self.put_grown(bytes, *birth, pairs.into_iter(), &named);
            }
            &Move::Renew { old, new, birth, mean } => {
                let row = before.row(old);
                bytes.push(RENEW);
                let mut flags = 0;
                for (flag, set) in
                    [(BY_ROW, row.is_some()), (NEXT_NAME, new.number() == *next_name), (WITH_MEAN, mean.to_bits() != 0)]
                {
                    flags |= if set { flag } else { 0 };
                }
                self.put_birth(bytes, flags, birth);
                put_number(bytes, row.map_or(old.number(), |row| u64::from(row.get())));
                if flags & NEXT_NAME == 0 {
                    put_number(bytes, new.number());
                }
                if flags & WITH_MEAN != 0 {
                    bytes.extend(mean.to_le_bytes());
                }
                *next_name = new.number().wrapping_add(1);
            }
            other => {
                bytes.push(OTHER);
                put_value(bytes, other);
                if let Move::Add { neuron: id, .. }
                | Move::InsertOn { neuron: id, .. }
                | Move::Bear { neuron: id, .. }
                | Move::Divide { daughter: id, .. } = other
                {
                    *next_name = id.number().wrapping_add(1);
                }
            }
        }
    }

    /// Writes what comes: numbers of pairs with their delays, ascending, and names.
    fn put_grown(
        &mut self,
        bytes: &mut Vec<u8>,
        birth: Birth,
        pairs: impl ExactSizeIterator<Item = (u64, u16)> + Clone,
        named: &[(Synapse, u16)],
    ) {
        bytes.push(GROW);
        self.put_birth(bytes, 0, birth);
        put_ascending(bytes, pairs.clone().map(|(pair, _)| pair));
        let mut delays = pairs.map(|(_, delay)| delay).peekable();
        while let Some(delay) = delays.next() {
            let mut run = 1;
            while delays.next_if_eq(&delay).is_some() {
                run += 1;
            }
            put_number(bytes, run);
            put_number(bytes, u64::from(delay));
        }
        put_value(bytes, &named);
    }

    /// Writes a byte of `flags` and the kind of birth, and then what belongs to the birth.
    fn put_birth(&mut self, bytes: &mut Vec<u8>, flags: u8, birth: Birth) {
        match birth {
            Birth::Value(value) if value.to_bits() == 0 => bytes.push(flags | ZERO),
            Birth::Value(value) => {
                bytes.push(flags | VALUE);
                bytes.extend(value.to_le_bytes());
            }
            Birth::Random { key, law, scale } => {
                let law = if law == Law::Normal { NORMAL } else { UNIFORM };
                let same = scale.to_bits() == self.scale.to_bits();
                bytes.push(flags | law | if same { SAME_SCALE } else { 0 });
                let known = self.keys.iter().position(|&other| other == key);
                put_number(bytes, known.unwrap_or(self.keys.len()) as u64);
                if known.is_none() {
                    self.remember(key);
                    bytes.extend(key.number().to_le_bytes());
                }
                if !same {
                    bytes.extend(scale.to_le_bytes());
                    self.scale = scale;
                }
            }
            Birth::Share { of, by } => {
                bytes.push(flags | SHARE);
                put_value(bytes, &(of, by));
            }
        }
    }

    /// At most 64 keys are remembered: one whose keys are all different should not pay for them.
    fn remember(&mut self, key: StreamKey) {
        if self.keys.len() == 64 {
            self.keys.clear();
        }
        self.keys.push(key);
    }

    pub(super) fn decode(&mut self, before: &Network, take: &mut Take<'_>) -> Result<Entry, Bad> {
        let step = self.step.wrapping_add(take.signed()? as u64);
        self.step = step;
        let born = take.number()?;
        let Some(births) = before.births().peek().checked_add(born) else {
            return take.bad(format!("{born} births are too many"));
        };
        let count = take.number()?;
        let (mut moves, mut next_name) = (Vec::new(), before.births().peek());
        for _ in 0..count {
            moves.push(self.take_move(before, &mut next_name, take)?);
        }
        if !take.is_done() {
            return take.bad(format!("more bytes than its {count} moves need"));
        }
        Ok(Entry { step, births, moves })
    }

    fn take_move(&mut self, before: &Network, next_name: &mut u64, take: &mut Take<'_>) -> Result<Move, Bad> {
        let neurons = before.neuron_count() as u64;
        match take.byte()? {
            PRUNE => {
                let rows = take.ascending(before.synapse_count() as u64)?;
                let mut at: Vec<Synapse> = rows.into_iter().map(|row| before.synapse(Row::new(row as u32))).collect();
                at.extend(take.value::<Vec<Synapse>>()?);
                Ok(Move::Prune { at })
            }
            GROW => {
                let flags = take.byte()?;
                let birth = self.take_birth(flags, take)?;
                let pairs = take.ascending(neurons * neurons)?;
                let mut at = Vec::with_capacity(pairs.len());
                while at.len() < pairs.len() {
                    let (run, delay) = (take.number()?, take.number()?);
                    let (left, Ok(delay)) = (pairs.len() - at.len(), u16::try_from(delay)) else {
                        return take.bad(format!("a delay of {delay} cycles"));
                    };
                    if run == 0 || run > left as u64 {
                        return take.bad(format!("a run of {run} delays where {left} connections are left"));
                    }
                    for &pair in &pairs[at.len()..at.len() + run as usize] {
                        let name = |row: u64| before.id(Row::new(row as u32));
                        at.push((Synapse::new(name(pair / neurons), name(pair % neurons)), delay));
                    }
                }
                at.extend(take.value::<Vec<(Synapse, u16)>>()?);
                Ok(Move::Grow { at, birth })
            }
            RENEW => {
                let flags = take.byte()?;
                let birth = self.take_birth(flags, take)?;
                let old = take.number()?;
                let old = match flags & BY_ROW != 0 {
                    true if old < neurons => before.id(Row::new(old as u32)),
                    true => return take.bad(format!("row {old} of {neurons} neurons")),
                    false => NeuronId::new(old),
                };
                let new = NeuronId::new(if flags & NEXT_NAME != 0 { *next_name } else { take.number()? });
                let mean = if flags & WITH_MEAN != 0 { f32::from_le_bytes(take.array()?) } else { 0.0 };
                *next_name = new.number().wrapping_add(1);
                Ok(Move::Renew { old, new, birth, mean })
            }
            OTHER => {
                let what = take.value()?;
                if let Move::Add { neuron: id, .. }
                | Move::InsertOn { neuron: id, .. }
                | Move::Bear { neuron: id, .. }
                | Move::Divide { daughter: id, .. } = &what
                {
                    *next_name = id.number().wrapping_add(1);
                }
                Ok(what)
            }
            other => take.bad(format!("a move of unknown kind {other}")),
        }
    }

    fn take_birth(&mut self, flags: u8, take: &mut Take<'_>) -> Result<Birth, Bad> {
        match flags & 7 {
            ZERO => Ok(Birth::Value(0.0)),
            VALUE => Ok(Birth::Value(f32::from_le_bytes(take.array()?))),
            kind @ (NORMAL | UNIFORM) => {
                let law = if kind == NORMAL { Law::Normal } else { Law::Uniform };
                let place = take.number()?;
                let key = match self.keys.get(place as usize) {
                    Some(&key) => key,
                    None if place == self.keys.len() as u64 => {
                        let key = StreamKey::from_number(u64::from_le_bytes(take.array()?));
                        self.remember(key);
                        key
                    }
                    None => return take.bad(format!("stream {place} of {}", self.keys.len())),
                };
                if flags & SAME_SCALE == 0 {
                    self.scale = f32::from_le_bytes(take.array()?);
                }
                Ok(Birth::Random { key, law, scale: self.scale })
            }
            SHARE => take.value().map(|(of, by)| Birth::Share { of, by }),
            other => take.bad(format!("a birth of unknown kind {other}")),
        }
    }
}

fn pair(before: &Network, at: Synapse) -> Option<u64> {
    let (post, pre) = (before.row(at.post)?, before.row(at.pre)?);
    Some(number(before, post.get(), pre.get()))
}

fn number(before: &Network, post: u32, pre: u32) -> u64 {
    u64::from(post) * before.neuron_count() as u64 + u64::from(pre)
}

/// Writes what goes: rows, ascending, and names.
fn put_pruned(bytes: &mut Vec<u8>, rows: impl ExactSizeIterator<Item = u64>, named: &[Synapse]) {
    bytes.push(PRUNE);
    put_ascending(bytes, rows);
    put_value(bytes, &named);
}
