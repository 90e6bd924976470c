//! Pieces of HTML. Every text goes through [`escaped`].

use std::fmt::Write as _;

/// Text that is safe in an element and in a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Control characters are not allowed in HTML; a tab and a line end are.
            control if control.is_control() && !matches!(control, '\n' | '\t') => {
                safe.push('\u{fffd}');
            }
            other => safe.push(other),
        }
    }
    safe
}

/// A heading.
pub(super) fn heading(html: &mut String, text: &str) {
    let _ = writeln!(html, "<h2>{}</h2>", escaped(text));
}

/// Names with their values.
pub(super) fn facts(html: &mut String, facts: &[(String, String)]) {
    html.push_str("<div class=\"scroll\"><table class=\"facts\">\n");
    for (name, value) in facts {
        let _ = writeln!(html, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(name), escaped(value));
    }
    html.push_str("</table></div>\n");
}

/// A table; columns of which every cell begins like a number stand to the right.
pub(super) fn table(html: &mut String, head: &[String], rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    let numeric: Vec<bool> = (0..columns).map(|column| is_numeric(rows, column)).collect();
    let class = |column: usize| {
        if numeric[column] { " class=\"number\"" } else { "" }
    };
    html.push_str("<div class=\"scroll\"><table>\n");
    if !head.is_empty() {
        html.push_str("<thead><tr>");
        for column in 0..columns {
            let name = head.get(column).map_or("", String::as_str);
            let _ = write!(html, "<th scope=\"col\"{}>{}</th>", class(column), escaped(name));
        }
        html.push_str("</tr></thead>\n");
    }
    html.push_str("<tbody>\n");
    for row in rows {
        html.push_str("<tr>");
        for column in 0..columns {
            let cell = row.get(column).map_or("", String::as_str);
            let _ = write!(html, "<td{}>{}</td>", class(column), escaped(cell));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table></div>\n");
}

fn is_numeric(rows: &[Vec<String>], column: usize) -> bool {
    let mut cells =
        rows.iter().filter_map(|row| row.get(column)).filter(|cell| !matches!(cell.as_str(), "" | "…")).peekable();
    let begins = |cell: &String| {
        let bare = cell.trim_start_matches(['−', '-', '+', '±', '.']);
        bare.starts_with(|letter: char| letter.is_ascii_digit())
    };
    cells.peek().is_some() && cells.all(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escaped("<b a='1' c=\"2\">&\u{0}\n"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;\u{fffd}\n");
    }

    #[test]
    fn uneven_rows_make_a_whole_table() {
        let mut html = String::new();
        table(&mut html, &["arm".into()], &[vec!["wire".into(), "0.94".into(), "x".into()], vec![]]);
        assert!(html.contains("<td>wire</td><td class=\"number\">0.94</td><td>x</td>"), "{html}");
        assert!(html.contains("<td></td><td class=\"number\"></td><td></td>"), "{html}");
    }
}
