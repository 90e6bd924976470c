//! `livenet bench`.

use super::{output::Output, threads};
use crate::{
    Failure,
    bench::{self, ROWS, Roofline},
};
use clap::{Args, builder::PossibleValuesParser};
use std::num::NonZeroUsize;

/// Which rows, on how many threads.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A row to time; again for more; all if not given
    #[arg(long = "row", value_name = "ROW", num_args = 1.., value_parser = PossibleValuesParser::new(ROWS.map(|row| row.name)))]
    rows: Vec<String>,
    /// Threads; as many as the machine has if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// One JSON object per row
    #[arg(long)]
    json: bool,
    /// Say what the rows are, and time nothing
    #[arg(long)]
    list: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.list {
        let mut out = Output::new();
        for row in ROWS {
            out.line(format_args!("{:4} {}", row.name, row.work))?;
        }
        return out.finish();
    }
    let threads = arguments.threads.map(usize::from).and_then(NonZeroUsize::new);
    threads::inside(threads, || time(arguments))?
}

fn time(arguments: &Arguments) -> Result<(), Failure> {
    if !arguments.json {
        let Roofline { gigaflops, first_level, second_level, memory } = Roofline::measure();
        let mut out = Output::new();
        out.line(format_args!(
            "one core: {gigaflops:.0} GF/s; reads {first_level:.0} GB/s of 16 kB, {second_level:.0} of 256 kB, {memory:.0} of 128 MB"
        ))?;
        out.finish()?;
    }
    let threads = NonZeroUsize::new(rayon::current_num_threads()).unwrap_or(NonZeroUsize::MIN);
    let mut heads = !arguments.json;
    for row in ROWS {
        if !arguments.rows.is_empty() && arguments.rows.iter().all(|name| name != row.name) {
            continue;
        }
        // Each row is handed on when it is known: all of them take minutes.
        let mut out = Output::new();
        if std::mem::take(&mut heads) {
            let [median, least, connections, event] = ["median ms", "least ms", "connections", "ns/event"];
            out.line(format_args!("row  {median:>10} {least:>10} {connections:>12} {event:>9}  work"))?;
        }
        let Some(figure) = bench::measure(row.name, threads)? else { continue };
        if arguments.json {
            out.line(serde_json::to_string(&figure).map_err(std::io::Error::from)?)?;
        } else {
            let peak = figure.peak_bytes_per_connection;
            let memory = peak.map_or_else(String::new, |bytes| format!("; {bytes:.0} bytes a connection at most"));
            let share = figure.share.zip(figure.limit);
            let share = share.map_or_else(String::new, |(share, limit)| format!("; {:.0} % of {limit}", 100.0 * share));
            let input = figure.input.map_or_else(String::new, |input| format!("; on {input}"));
            let ratio = figure.ratio.map_or_else(String::new, |ratio| format!("; {ratio:.2} x a step without"));
            let (name, work) = (row.name, row.work);
            out.line(format_args!(
                "{name:4} {:>10.4} {:>10.4} {:>12} {:>9.4}  {work}{input}{memory}{share}{ratio}",
                figure.ms_per_step, figure.min_ms, figure.connections, figure.ns_per_event
            ))?;
        }
        out.finish()?;
    }
    Ok(())
}
