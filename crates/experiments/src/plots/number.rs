//! Numbers as readers want them: grouped digits, few figures, a true minus sign.

/// Between groups of three digits: a space that is narrow and does not break.
const GROUP: char = '\u{202f}';

/// A count with its digits in groups of three from five digits on: `5000`, `12 000`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(GROUP);
        }
        text.push(digit);
    }
    text
}

/// A value in three figures: `0.0123`, `97.2`, `12 345`, `3.2e−7`; `n/a` where it is not finite.
pub fn short(value: f64) -> String {
    if !value.is_finite() {
        return "n/a".to_owned();
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-3..1e9).contains(&size) {
        return scientific(value);
    }
    let decimals = (2 - size.log10().floor() as i32).max(0) as usize;
    let text = fixed(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A count in at most four letters: `999`, `1.2k`, `12k`, `3.4M`.
pub(super) fn compact(count: u64) -> String {
    for (unit, sign) in [(1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")] {
        if count >= unit {
            let value = count as f64 / unit as f64;
            return format!("{}{sign}", trimmed(&fixed(value, usize::from(value < 9.95))));
        }
    }
    count.to_string()
}

/// A share of 1 as percent with one decimal: `97.2 %`.
pub(super) fn percent(share: f64) -> String {
    if share.is_finite() { format!("{}\u{202f}%", fixed(share * 100.0, 1)) } else { "n/a".to_owned() }
}

/// The text with its first letter a capital.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The label of a tick on an axis whose ticks are `step` apart.
pub(super) fn tick(value: f64, step: f64) -> String {
    let value = if value.abs() < step * 1e-6 { 0.0 } else { value };
    let size = value.abs();
    for (unit, sign) in [(1e9, "G"), (1e6, "M")] {
        if step >= unit / 10.0 && size >= unit && size < unit * 1e3 {
            let decimals = usize::from(step < unit);
            return format!("{}{GROUP}{sign}", trimmed(&fixed(value / unit, decimals)));
        }
    }
    if size >= 1e9 || (size > 0.0 && step < 1e-4) {
        return scientific(value);
    }
    fixed(value, (-(step * 1.000_001).log10().floor()).max(0.0) as usize)
}

/// A power of ten for an axis in logarithms.
pub(super) fn power_tick(value: f64) -> String {
    if (1e-3..1e5).contains(&value) {
        return if value >= 1.0 { fixed(value, 0) } else { trimmed(&format!("{value:.3}")).to_owned() };
    }
    let mut text = "10".to_owned();
    for letter in (value.log10().round() as i32).to_string().chars() {
        text.push(match letter {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => char::from_u32('⁰' as u32 + (digit as u32 - '0' as u32)).unwrap_or(digit),
        });
    }
    text
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

fn scientific(value: f64) -> String {
    let text = format!("{value:.1e}");
    text.replace(".0e", "e").replace('-', "−")
}

/// With a true minus and grouped digits before the point.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('−');
    }
    out.push_str(&whole.parse::<u64>().map_or_else(|_| whole.to_owned(), grouped));
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_from_five_digits() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(5000), "5000");
        assert_eq!(grouped(12_000), "12\u{202f}000");
        assert_eq!(grouped(u64::MAX), "18\u{202f}446\u{202f}744\u{202f}073\u{202f}709\u{202f}551\u{202f}615");
    }

    #[test]
    fn compact_counts_are_short() {
        assert_eq!([compact(999), compact(1204), compact(12_345), compact(3_400_000)], ["999", "1.2k", "12k", "3.4M"]);
    }

    #[test]
    fn values_show_three_figures() {
        assert_eq!(short(0.012_34), "0.0123");
        assert_eq!(short(97.24), "97.2");
        assert_eq!(short(-3.0), "−3");
        assert_eq!(short(100.0), "100");
        assert_eq!(short(3.2e-7), "3.2e−7");
        assert_eq!(short(f64::NAN), "n/a");
    }

    #[test]
    fn ticks_have_as_many_decimals_as_their_step_needs() {
        assert_eq!(tick(0.3, 0.1), "0.3");
        assert_eq!(tick(-0.25, 0.05), "−0.25");
        assert_eq!(tick(-1e-18, 0.1), "0.0");
        assert_eq!(tick(20_000.0, 5000.0), "20\u{202f}000");
        assert_eq!(tick(2_500_000.0, 500_000.0), "2.5\u{202f}M");
        assert_eq!(power_tick(1e-6), "10⁻⁶");
        assert_eq!(power_tick(0.01), "0.01");
    }
}
