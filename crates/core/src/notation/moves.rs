//! Moves as text.

use super::{NotationError, network::PLAIN, scan::Scan};
use crate::{Birth, Draft, End, GroupId, Law, Move, NeuronId, NeuronSpec, Origin, Role, Scope, StreamKey, Synapse};

/// The moves of a line of notation. Names for newborns come from the draft, in the order of the line;
/// nothing is proposed yet.
///
/// ```text
/// connect 0>3 0.5 ~1        disconnect 0>2            rewire 0>2 1>2 0.3 ~1
/// grow 0>2 0>3 ~1 : 0.5     prune 0>2 0>3             listen 3 0 1 2 : 0.5
/// add 1:tanh=0.5<0,2        remove 3 0.1              renew 2 0.5 0.1
/// divide 2 0.5              insert 0>2 1:tanh         merge 2 3 1.0
/// retune 2:tanh<0,1         mark 0>2 silent           mark 2 frozen
/// scale 0>2 2               reweigh 0>2 0.1           rebias 2 0.1        perturb 2 0.1
/// bear 1:tanh hears 0 0.5 2 -0.1 ~1 speaks 3 0.2
/// ```
///
/// `add` and `insert` name a fire group by its order; `insert` without one takes the listener's
/// group, or else the heard one's, or else the first hidden one. The numbers behind `remove` and
/// `renew` are the mean output, and before it the birth of the incoming weights; both are optional and
/// 0. A birth is a number, `0>2*0.5` for a share, or `normal 0.1` and `uniform 0.1` for draws of a
/// stream fixed by the notation.
///
/// # Errors
/// [`NotationError`] says where the line is wrong and what may stand there.
pub fn parse_moves(text: &str, draft: &mut Draft<'_>) -> Result<Vec<Move>, NotationError> {
    let mut scan = Scan::new(text);
    let mut moves = Vec::new();
    while !scan.is_done() {
        moves.push(one(&mut scan, draft)?);
        if !scan.sign(';') && !scan.is_done() {
            return scan.unexpected("`;` before the next move");
        }
    }
    Ok(moves)
}

const VERBS: &str = "a move: connect, disconnect, grow, prune, listen, rewire, add, remove, bear, renew, divide, insert, \
                     merge, retune, mark, scale, reweigh, rebias or perturb";

fn one(scan: &mut Scan<'_>, draft: &mut Draft<'_>) -> Result<Move, NotationError> {
    let before = scan.clone();
    Ok(match scan.word() {
        "connect" => {
            let at = scan.synapse()?;
            Move::Connect { at, birth: birth(scan)?, delay: scan.delay()? }
        }
        "disconnect" => Move::Disconnect { at: scan.synapse()? },
        "grow" => {
            let mut at = Vec::new();
            while !scan.sign(':') {
                at.push((scan.synapse()?, scan.delay()?));
            }
            Move::Grow { at, birth: birth(scan)? }
        }
        "prune" => {
            let mut at = vec![scan.synapse()?];
            while scan.sees_number() {
                at.push(scan.synapse()?);
            }
            Move::Prune { at }
        }
        "listen" => {
            let post = scan.neuron()?;
            let mut pres = Vec::new();
            while !scan.sign(':') {
                pres.push(scan.neuron()?);
            }
            Move::ConnectAll { post, pres, birth: birth(scan)? }
        }
        "rewire" => {
            let (from, to) = (scan.synapse()?, scan.synapse()?);
            Move::Rewire { from, to, birth: birth(scan)?, delay: scan.delay()? }
        }
        "add" => {
            let spec = spec(scan)?;
            Move::Add { neuron: draft.name(), spec, origin: Origin::Fresh }
        }
        "bear" => {
            let spec = spec(scan)?;
            let (mut dendrites, mut axon) = (Vec::new(), Vec::new());
            for (word, ends) in [("hears", &mut dendrites), ("speaks", &mut axon)] {
                if !scan.keyword(word) {
                    continue;
                }
                while scan.sees_number() {
                    let at = scan.neuron()?;
                    ends.push(End { at, weight: scan.number("a weight")?, delay: scan.delay()? });
                }
            }
            Move::Bear { neuron: draft.name(), spec, origin: Origin::Fresh, dendrites, axon }
        }
        "remove" => Move::Remove { neuron: scan.neuron()?, mean: optional(scan)? },
        "renew" => {
            let old = scan.neuron()?;
            let birth = if scan.is_done() || scan.clone().sign(';') { Birth::Value(0.0) } else { birth(scan)? };
            Move::Renew { old, new: draft.name(), birth, mean: optional(scan)? }
        }
        "divide" => {
            let mother = scan.neuron()?;
            let share = scan.number("the daughter's share of the axon")?;
            Move::Divide { mother, daughter: draft.name(), share }
        }
        "insert" => {
            let at = scan.synapse()?;
            let spec = if scan.sees_number() { spec(scan)? } else { NeuronSpec::of(between(draft, at), PLAIN) };
            Move::InsertOn { at, neuron: draft.name(), spec }
        }
        "merge" => {
            let (kept, gone) = (scan.neuron()?, scan.neuron()?);
            Move::Merge { kept, gone, by: scan.number("the factor from the one's output to the other's")? }
        }
        "retune" => {
            let neuron = scan.neuron()?;
            let mut spec = now(draft, neuron);
            let about = scan.about()?;
            spec.unit = about.unit.unwrap_or(spec.unit);
            spec.bias = about.bias.unwrap_or(spec.bias);
            spec.listens_to = about.list.map(Into::into).or(spec.listens_to);
            Move::Retune { neuron, spec }
        }
        "mark" => {
            let at = match scan.clone().synapse() {
                Ok(_) => Scope::Synapse(scan.synapse()?),
                Err(_) => Scope::Neuron(scan.neuron()?),
            };
            match scan.mark() {
                Some(mark) => Move::Mark { at, mark },
                None => return scan.unexpected("silent, active, frozen or free"),
            }
        }
        "scale" => Move::Scale { at: scan.synapse()?, by: scan.number("a factor")? },
        "reweigh" => Move::Reweigh { at: scan.synapse()?, plus: birth(scan)? },
        "rebias" => Move::Rebias { neuron: scan.neuron()?, plus: scan.number("what is added to the bias")? },
        "perturb" => Move::Perturb { neuron: scan.neuron()?, by: birth(scan)? },
        _ => {
            *scan = before;
            return scan.unexpected(VERBS);
        }
    })
}

fn optional(scan: &mut Scan<'_>) -> Result<f32, NotationError> {
    if scan.sees_number() { scan.number("a mean output") } else { Ok(0.0) }
}

fn birth(scan: &mut Scan<'_>) -> Result<Birth, NotationError> {
    if let Ok(of) = scan.clone().synapse() {
        scan.synapse()?;
        scan.need('*')?;
        return Ok(Birth::Share { of, by: scan.number("a factor")? });
    }
    for (word, law) in [("normal", Law::Normal), ("uniform", Law::Uniform)] {
        if scan.keyword(word) {
            let key = StreamKey::new(0, "notation");
            return Ok(Birth::Random { key, law, scale: scan.number("a standard deviation or half width")? });
        }
    }
    Ok(Birth::Value(scan.number("a weight, a share like `0>2*0.5`, or `normal 0.1`")?))
}

fn spec(scan: &mut Scan<'_>) -> Result<NeuronSpec, NotationError> {
    let group = GroupId::new(scan.whole("the order of a fire group")?);
    let about = scan.about()?;
    Ok(NeuronSpec {
        bias: about.bias.unwrap_or_default(),
        listens_to: about.list.map(Into::into),
        ..NeuronSpec::of(group, about.unit.unwrap_or(PLAIN))
    })
}

/// The fire group for a neuron on this connection.
fn between(draft: &Draft<'_>, at: Synapse) -> GroupId {
    let network = draft.network();
    let hidden = |&group: &GroupId| network.group(group).role == Role::Hidden;
    let of = |id| draft.spec(id).map(|spec| spec.group).filter(hidden);
    of(at.post).or_else(|| of(at.pre)).or_else(|| network.group_ids().find(hidden)).unwrap_or(GroupId::new(0))
}

/// What a neuron is now; a plain one if nobody of this name is there, which the draft will refuse.
fn now(draft: &Draft<'_>, id: NeuronId) -> NeuronSpec {
    draft.spec(id).cloned().unwrap_or_else(|| NeuronSpec::of(GroupId::new(0), PLAIN))
}
