//! A table as text: columns side by side.

/// Columns side by side, the first row as their heads, a line each; a column of numbers stands to the right.
pub fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let width = |column: usize| cells(column).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let begins_a_number = |cell: &String| cell.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit());
    let numbers: Vec<bool> =
        (0..count).map(|at| rows.get(1).and_then(|row| row.get(at)).is_some_and(begins_a_number)).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let gap = " ".repeat(width - cell.chars().count());
            line += if at == 0 { "" } else { "  " };
            line += &if numbers[at] { gap + cell } else { cell.clone() + &gap };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right() {
        let rows = [vec!["arm", "points"], vec!["a long one", "+1.5"], vec!["b", "-10.25"]];
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        assert_eq!(columns(&rows), "arm         points\na long one    +1.5\nb           -10.25\n");
    }
}
