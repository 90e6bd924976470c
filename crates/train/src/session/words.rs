//! A move in words, which are made when somebody reads them: a rewiring names a hundred thousand connections, and whoever
//! only trains asks for none.

use livenet_core::{Move, NeuronId, Synapse};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// See the [module](self).
#[derive(Clone, Debug)]
pub struct Words(Of);

#[derive(Clone, Debug)]
enum Of {
    Move(Box<Move>),
    Text(String),
}

impl Words {
    /// The words for a move.
    pub fn of(what: Move) -> Self {
        Self(Of::Move(Box::new(what)))
    }

    /// The words themselves.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.0 {
            Of::Move(what) => Cow::Owned(in_words(what)),
            Of::Text(text) => Cow::Borrowed(text),
        }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Of::Text(text)))
    }
}

/// Appends a number, without the machinery of formatting: of a list of pairs that was most of the time.
fn number(text: &mut String, mut number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.extend(digits[first..].iter().map(|&digit| char::from(digit)));
}

fn name(text: &mut String, id: NeuronId) {
    text.push('n');
    number(text, id.number());
}

fn pair(text: &mut String, at: Synapse) {
    name(text, at.pre);
    text.push('>');
    name(text, at.post);
}

/// A word with a list behind it.
fn list<T>(word: &str, items: &[T], item: impl Fn(&mut String, &T)) -> String {
    let mut text = String::with_capacity(word.len() + 12 * items.len() + 1);
    text.push_str(word);
    for (at, one) in items.iter().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        item(&mut text, one);
    }
    text
}

fn in_words(what: &Move) -> String {
    match what {
        Move::Connect { at, delay: 0, .. } => format!("connect {at}"),
        Move::Connect { at, delay, .. } => format!("connect {at} ~{delay}"),
        Move::Disconnect { at } => format!("disconnect {at}"),
        Move::Grow { at, .. } => list("connect ", at, |text, &(at, delay)| {
            pair(text, at);
            if delay > 0 {
                text.push('~');
                number(text, delay.into());
            }
        }),
        Move::Prune { at } => list("disconnect ", at, |text, &at| pair(text, at)),
        Move::ConnectAll { post, pres, .. } => list(&format!("connect {post} to "), pres, |text, &pre| name(text, pre)),
        Move::Rewire { from, to, .. } => format!("rewire {from} to {to}"),
        Move::Add { neuron, .. } => format!("add {neuron}"),
        Move::Bear { neuron, dendrites, axon, .. } => {
            format!("bear {neuron}, which hears {} and speaks to {}", dendrites.len(), axon.len())
        }
        Move::Remove { neuron, .. } => format!("remove {neuron}"),
        Move::Renew { old, new, .. } => format!("renew {old} as {new}"),
        Move::Divide { mother, daughter, share } => {
            format!("divide {mother} into {mother} and {daughter} (share {share})")
        }
        Move::InsertOn { at, neuron, .. } => format!("insert {neuron} on {at}"),
        Move::Merge { kept, gone, .. } => format!("merge {gone} into {kept}"),
        Move::Retune { neuron, .. } => format!("retune {neuron}"),
        Move::Mark { at, mark } => format!("mark {at:?} {mark:?}"),
        Move::Scale { at, by } => format!("scale {at} by {by}"),
        Move::Reweigh { at, .. } => format!("reweigh {at}"),
        Move::Rebias { neuron, plus } => format!("rebias {neuron} by {plus}"),
        Move::Perturb { neuron, .. } => format!("perturb {neuron}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use livenet_core::Birth;

    #[test]
    fn lists_read_as_their_items_do() {
        let pair = |pre, post| Synapse::new(NeuronId::new(post), NeuronId::new(pre));
        let at = vec![(pair(0, 10), 0), (pair(9, 1205), 3), (pair(u64::MAX, 7), 0)];
        let grown = Words::of(Move::Grow { at: at.clone(), birth: Birth::Value(0.0) });
        assert_eq!(grown.to_string(), format!("connect {} {}~3 {}", at[0].0, at[1].0, at[2].0));
        let pruned = Words::of(Move::Prune { at: vec![pair(3, 4), pair(5, 6)] });
        assert_eq!(pruned.text(), "disconnect n3>n4 n5>n6");
        let all = Move::ConnectAll { post: NeuronId::new(1), pres: vec![], birth: Birth::Value(0.0) };
        assert_eq!(Words::of(all).text(), "connect n1 to ");
    }
}
