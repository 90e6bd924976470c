//! The page: its parts in order, and its style in `page.css` beside this file.

use std::fmt::Write as _;

use super::data::{EventRow, Headline, Illustration, ReportData, StructuralEvents};
use super::markup::{escaped, facts, heading, table};
use crate::plots::{grouped, short};

const STYLE: &str = include_str!("page.css");

/// The report as one HTML document that loads nothing.
pub fn page(data: &ReportData) -> String {
    let mut html = String::new();
    let title = if data.title.is_empty() { "livenet report" } else { &data.title };
    // The policy forbids the page to load or run anything, whatever were to get into it.
    let _ = writeln!(
        html,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<main>\n<header>\n<h1>{}</h1>",
        escaped(title),
        escaped(title),
    );
    if !data.subtitle.is_empty() {
        let _ = writeln!(html, "<p class=\"subtitle\">{}</p>", escaped(&data.subtitle));
    }
    html.push_str("</header>\n");
    headline(&mut html, &data.headline);
    if !data.ending.is_empty() {
        heading(&mut html, "Ending");
        facts(&mut html, &data.ending);
    }
    for further in &data.tables {
        heading(&mut html, &further.title);
        table(&mut html, &further.head, &further.rows);
    }
    illustrations(&mut html, &data.illustrations);
    events(&mut html, &data.events);
    manifest(&mut html, data);
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

/// A figure at the top: name, value and a remark.
type Card = (String, String, String);

fn headline(html: &mut String, figures: &Headline) {
    let cards = cards(figures);
    if cards.is_empty() {
        return;
    }
    html.push_str("<dl class=\"headline\">\n");
    for (name, value, remark) in cards {
        let _ = write!(html, "<div><dt>{}</dt><dd>{}", escaped(&name), escaped(&value));
        if !remark.is_empty() {
            let _ = write!(html, "<small>{}</small>", escaped(&remark));
        }
        html.push_str("</dd></div>\n");
    }
    html.push_str("</dl>\n");
}

fn cards(figures: &Headline) -> Vec<Card> {
    let plain = |name: &str, value: String| (name.to_owned(), value, String::new());
    let mut cards = Vec::new();
    if let Some(accuracy) = figures.accuracy {
        cards.push(plain("test accuracy", percent(accuracy)));
    }
    if let Some(connections) = figures.connections {
        let remark = match figures.dense_connections {
            Some(dense) if dense > 0 => {
                format!("{} of {} dense", percent(connections as f64 / dense as f64), grouped(dense))
            }
            _ => String::new(),
        };
        cards.push(("connections".to_owned(), grouped(connections), remark));
    }
    cards.extend(figures.neurons.map(|count| plain("neurons", grouped(count))));
    cards.extend(figures.steps.map(|count| plain("training steps", grouped(count))));
    cards.extend(figures.seconds.map(|seconds| plain("time", duration(seconds))));
    cards.extend(figures.more.iter().map(|(name, value)| plain(name, value.clone())));
    cards
}

fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.1}\u{202f}%", share * 100.0) } else { "n/a".to_owned() }
}

/// `41.2 s`, `12 min 4 s`, `3 h 12 min`.
fn duration(seconds: f64) -> String {
    if !(60.0..1e15).contains(&seconds) {
        return format!("{}\u{202f}s", short(seconds));
    }
    let whole = seconds.round() as u64;
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{}\u{202f}h {minutes}\u{202f}min", grouped(hours))
    } else {
        format!("{minutes}\u{202f}min {rest}\u{202f}s")
    }
}

fn illustrations(html: &mut String, illustrations: &[Illustration]) {
    if illustrations.is_empty() {
        return;
    }
    heading(html, "Plots");
    for (index, illustration) in illustrations.iter().enumerate() {
        let _ = writeln!(
            html,
            "<figure{}>\n<div class=\"paper\">{}</div>\n<figcaption><b>Figure {}.</b> {}</figcaption>\n</figure>",
            if illustration.is_tall() { " class=\"tall\"" } else { "" },
            illustration.inline(),
            index + 1,
            escaped(illustration.caption()),
        );
    }
}

fn events(html: &mut String, events: &StructuralEvents) {
    if events.counts.is_empty() && events.first.is_empty() && events.last.is_empty() {
        return;
    }
    heading(html, "Structural events");
    if !events.counts.is_empty() {
        let counts: Vec<(String, String)> = events.counts.iter().map(|(kind, n)| (kind.clone(), grouped(*n))).collect();
        facts(html, &counts);
    }
    let cells = |event: &EventRow| vec![grouped(event.step), event.kind.clone(), event.what.clone(), event.why.clone()];
    let mut rows: Vec<Vec<String>> = events.first.iter().map(cells).collect();
    if !events.first.is_empty() && !events.last.is_empty() {
        rows.push(vec!["…".to_owned()]);
    }
    rows.extend(events.last.iter().map(cells));
    if !rows.is_empty() {
        table(html, &["step", "kind", "what", "why"].map(str::to_owned), &rows);
    }
}

fn manifest(html: &mut String, data: &ReportData) {
    if data.manifest.is_empty() && data.config.is_empty() {
        return;
    }
    heading(html, "Manifest");
    if !data.manifest.is_empty() {
        facts(html, &data.manifest);
    }
    if !data.config.is_empty() {
        let config = escaped(data.config.trim_end());
        let _ = writeln!(html, "<details>\n<summary>Config</summary>\n<pre><code>{config}</code></pre>\n</details>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_in_the_units_of_their_size() {
        assert_eq!(duration(41.23), "41.2\u{202f}s");
        assert_eq!(duration(724.0), "12\u{202f}min 4\u{202f}s");
        assert_eq!(duration(11_520.0), "3\u{202f}h 12\u{202f}min");
        assert_eq!(duration(f64::NAN), "n/a\u{202f}s");
    }
}
