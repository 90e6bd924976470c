//! Bytes in and out: short integers, and a reader that never runs past the end.

use serde::{Serialize, de::DeserializeOwned};

/// Appends seven bits a byte, the low ones first.
pub(super) fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Appends a signed number, small ones of either sign short.
pub(super) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put_number(bytes, ((number << 1) ^ (number >> 63)) as u64);
}

/// Appends ascending numbers as the gaps between them.
pub(super) fn put_ascending(bytes: &mut Vec<u8>, numbers: impl ExactSizeIterator<Item = u64>) {
    put_number(bytes, numbers.len() as u64);
    let mut next = 0;
    for number in numbers {
        put_number(bytes, number - next);
        next = number + 1;
    }
}

/// Appends plain data.
pub(super) fn put_value(bytes: &mut Vec<u8>, value: &impl Serialize) {
    let taken = std::mem::take(bytes);
    *bytes = postcard::to_extend(value, taken).expect("plain data in memory always serialises");
}

/// What is wrong with bytes, and how far into them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bad {
    pub at: usize,
    pub what: String,
}

/// Takes from the front of bytes.
#[derive(Clone, Debug)]
pub(super) struct Take<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Take<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn bad<T>(&self, what: impl Into<String>) -> Result<T, Bad> {
        Err(Bad { at: self.at, what: what.into() })
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Bad> {
        match self.bytes.get(self.at..).and_then(|rest| rest.get(..count)) {
            Some(found) => {
                self.at += count;
                Ok(found)
            }
            None => self.bad(format!("it ends where {count} more bytes were expected")),
        }
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Bad> {
        self.bytes(N).map(|found| found.try_into().expect("the slice has this length"))
    }

    pub(super) fn byte(&mut self) -> Result<u8, Bad> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn number(&mut self) -> Result<u64, Bad> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        self.bad("a number longer than 64 bits")
    }

    pub(super) fn signed(&mut self) -> Result<i64, Bad> {
        self.number().map(|number| (number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(super) fn ascending(&mut self, below: u64) -> Result<Vec<u64>, Bad> {
        let count = self.number()?;
        // One byte each at least: a count beyond that is not worth an allocation.
        if count > (self.bytes.len() - self.at) as u64 {
            return self.bad(format!("{count} numbers in {} bytes", self.bytes.len() - self.at));
        }
        let (mut numbers, mut next) = (Vec::with_capacity(count as usize), 0u64);
        for _ in 0..count {
            let gap = self.number()?;
            match next.checked_add(gap).filter(|&number| number < below) {
                Some(number) => {
                    numbers.push(number);
                    next = number + 1;
                }
                None => return self.bad(format!("a place beyond the {below} there are")),
            }
        }
        Ok(numbers)
    }

    pub(super) fn value<T: DeserializeOwned>(&mut self) -> Result<T, Bad> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match postcard::take_from_bytes(rest) {
            Ok((value, after)) => {
                self.at += rest.len() - after.len();
                Ok(value)
            }
            Err(error) => self.bad(format!("unreadable data ({error})")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_goes_in_comes_out(number: u64, signed: i64, mut set in proptest::collection::vec(0..u64::MAX, 0..9)) {
            set.sort_unstable();
            set.dedup();
            let mut bytes = vec![9];
            put_number(&mut bytes, number);
            put_signed(&mut bytes, signed);
            put_ascending(&mut bytes, set.iter().copied());
            put_value(&mut bytes, &("x", 7));
            let mut take = Take::new(&bytes, 1);
            prop_assert_eq!((take.number(), take.signed(), take.ascending(u64::MAX)), (Ok(number), Ok(signed), Ok(set)));
            prop_assert_eq!(take.value::<(String, i32)>(), Ok(("x".to_owned(), 7)));
            prop_assert!(take.is_done() && take.byte().is_err());
        }
    }

    #[test]
    fn small_numbers_are_short_and_endless_ones_refused() {
        let size = |number| {
            let mut bytes = Vec::new();
            put_number(&mut bytes, number);
            bytes.len()
        };
        assert_eq!([0, 127, 128, 16_383, 16_384, u64::MAX].map(size), [1, 1, 2, 2, 3, 10]);
        assert!(Take::new(&[0xff; 12], 0).number().is_err());
        assert!(Take::new(&[3, 0, 0], 0).ascending(9).is_err());
        assert!(Take::new(&[2, 0, 9], 0).ascending(9).is_err());
    }
}
