//! A cursor over one line of notation.

use crate::{Activation, EditError, Mark, NetworkError, NeuronId, Synapse, Unit, UnitKind};

/// Why a line of notation cannot be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotationError {
    /// Something else was expected here.
    #[error("at character {position}: found {found:?}, expected {expected}")]
    Unexpected {
        /// Byte offset in the line, from 0.
        position: usize,
        /// The text found there, up to the next space or semicolon.
        found: String,
        /// What may stand there.
        expected: String,
    },
    /// It can be read, but a network cannot be like this.
    #[error("at character {position}: {why}")]
    Refused {
        /// Byte offset in the line, from 0.
        position: usize,
        /// Why.
        why: EditError,
    },
    /// The groups do not make a network.
    #[error("the fire groups before the colon: {0}")]
    Groups(#[from] NetworkError),
}

#[derive(Clone, Debug)]
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Where the next thing begins.
    pub(super) fn position(&mut self) -> usize {
        self.space();
        self.at
    }

    pub(super) fn is_done(&mut self) -> bool {
        self.space();
        self.rest().is_empty()
    }

    pub(super) fn unexpected<T>(&mut self, expected: impl Into<String>) -> Result<T, NotationError> {
        self.space();
        let found = self.rest().split([' ', ';', '\t', '\n']).next().unwrap_or_default();
        let found = if found.is_empty() { self.rest().chars().take(1).collect() } else { found.to_owned() };
        Err(NotationError::Unexpected { position: self.at, found, expected: expected.into() })
    }

    /// Takes `sign` if it is the very next character.
    pub(super) fn tight(&mut self, sign: char) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len_utf8() } else { 0 };
        found
    }

    /// Takes `sign` if it comes after any space.
    pub(super) fn sign(&mut self, sign: char) -> bool {
        let from = self.at;
        self.space();
        let found = self.tight(sign);
        if !found {
            self.at = from;
        }
        found
    }

    pub(super) fn need(&mut self, sign: char) -> Result<(), NotationError> {
        if self.tight(sign) { Ok(()) } else { self.unexpected(format!("`{sign}`")) }
    }

    fn run(&self, part: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find(|c| !part(c)).unwrap_or(rest.len())]
    }

    /// Whether a number comes next.
    pub(super) fn sees_number(&mut self) -> bool {
        self.space();
        self.rest().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))
    }

    pub(super) fn sees_letter(&self) -> bool {
        self.rest().starts_with(|c: char| c.is_ascii_alphabetic())
    }

    pub(super) fn whole<N: std::str::FromStr>(&mut self, expected: &str) -> Result<N, NotationError> {
        self.space();
        let digits = self.run(|c| c.is_ascii_digit());
        let Ok(number) = digits.parse() else { return self.unexpected(expected) };
        self.at += digits.len();
        Ok(number)
    }

    pub(super) fn number(&mut self, expected: &str) -> Result<f32, NotationError> {
        self.space();
        let digits = self.run(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'));
        let Ok(number) = digits.parse() else { return self.unexpected(expected) };
        self.at += digits.len();
        Ok(number)
    }

    pub(super) fn word(&mut self) -> &'a str {
        self.space();
        let word = self.run(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        self.at += word.len();
        word
    }

    /// Takes `word` if it comes next.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        let from = self.at;
        let found = self.word() == word;
        if !found {
            self.at = from;
        }
        found
    }

    pub(super) fn neuron(&mut self) -> Result<NeuronId, NotationError> {
        // The largest number stays free, so that there is always a next birth.
        let from = self.at;
        match self.whole("the birth number of a neuron")? {
            u64::MAX => {
                self.at = from;
                self.unexpected("a birth number below 18446744073709551615")
            }
            number => Ok(NeuronId::new(number)),
        }
    }

    pub(super) fn synapse(&mut self) -> Result<Synapse, NotationError> {
        let pre = self.neuron()?;
        self.need('>')?;
        Ok(Synapse::new(self.neuron()?, pre))
    }

    pub(super) fn delay(&mut self) -> Result<u16, NotationError> {
        if self.sign('~') { self.whole("a delay in cycles, at most 65535") } else { Ok(0) }
    }

    pub(super) fn mark(&mut self) -> Option<Mark> {
        [("silent", Mark::Silent), ("frozen", Mark::Frozen), ("active", Mark::Active), ("free", Mark::Free)]
            .into_iter()
            .find_map(|(word, mark)| self.keyword(word).then_some(mark))
    }

    pub(super) fn unit(&mut self) -> Result<Unit, NotationError> {
        let from = self.at;
        let word = self.word();
        let (kind, name) = match word.strip_prefix("leaky-") {
            Some(name) => (UnitKind::Leaky, name),
            None => (UnitKind::Rate, word),
        };
        match Activation::parse(name, &[]) {
            Ok(activation) => Ok(Unit { kind, activation }),
            Err(unknown) => {
                self.at = from;
                self.unexpected(format!("one of {}, with `leaky-` before it for a low-pass unit", unknown.expected))
            }
        }
    }

    /// What may follow a neuron's number: `:unit`, `=bias`, `<list`, each optional.
    pub(super) fn about(&mut self) -> Result<About, NotationError> {
        let mut about = About::default();
        let before = self.clone();
        if self.tight(':') {
            if self.sees_letter() {
                about.unit = Some(self.unit()?);
            } else {
                // The colon that ends the groups.
                *self = before;
                return Ok(about);
            }
        }
        if self.tight('=') {
            about.bias = Some(self.number("a bias")?);
        }
        if self.tight('<') {
            let mut list = Vec::new();
            if self.rest().starts_with(|c: char| c.is_ascii_digit()) {
                list.push(self.neuron()?);
                while self.tight(',') {
                    list.push(self.neuron()?);
                }
            }
            about.list = Some(list);
        }
        Ok(about)
    }
}

/// What notation says of a neuron.
#[derive(Debug, Default)]
pub(super) struct About {
    pub unit: Option<Unit>,
    pub bias: Option<f32>,
    pub list: Option<Vec<NeuronId>>,
}
