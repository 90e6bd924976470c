//! Room in long columns: how they grow where twice the memory, which a vector takes, would be too much.

/// Of how many values one is to spare.
const SPARE: usize = 64;

/// Lengthens a column to `len` values, those that come each `value`; one that has to move takes little more than it needs.
/// A shorter `len` changes nothing.
pub fn lengthen<T: Clone>(column: &mut Vec<T>, len: usize, value: T) {
    if column.capacity() < len {
        column.reserve_exact(len + len / SPARE - column.len());
    }
    if column.len() < len {
        column.resize(len, value);
    }
}

/// Makes a buffer of `len` values, whatever they then are. One that is too small goes before the next one comes, so that
/// there are never both.
pub fn fit<T: Clone + Default>(buffer: &mut Vec<T>, len: usize) {
    if buffer.capacity() < len {
        *buffer = Vec::new();
        buffer.reserve_exact(len + len / SPARE);
    }
    buffer.resize(len, T::default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_to_spare() {
        let mut column = vec![1_u8; 1000];
        lengthen(&mut column, 1001, 2);
        assert!(column[999] == 1 && column[1000] == 2 && column.len() == 1001 && column.capacity() < 1100);
        lengthen(&mut column, 10, 3);
        assert_eq!(column.len(), 1001);
        fit(&mut column, 2000);
        assert!(column.len() == 2000 && column.capacity() < 2200);
        fit(&mut column, 5);
        assert_eq!(column.len(), 5);
    }
}
