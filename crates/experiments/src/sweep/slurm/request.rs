//! What is asked of Slurm for each trial.

use std::{num::NonZeroUsize, str::FromStr, time::Duration};

/// What a trial gets, and how many of them at once.
#[derive(Clone, Debug)]
pub struct Request {
    /// The partition; by default the cluster's own choice.
    pub partition: Option<String>,
    /// The longest that one sitting may take; by default what the partition gives.
    pub time: Option<TimeLimit>,
    /// The account that pays.
    pub account: Option<String>,
    /// The most tasks in one array; the cluster has a limit of its own.
    pub array_max: Option<NonZeroUsize>,
    /// The most tasks of an array at once.
    pub at_once: Option<NonZeroUsize>,
    /// Cores of each trial, and its worker threads.
    pub threads: NonZeroUsize,
    /// How long before its time limit a trial ends with a checkpoint.
    pub grace: Duration,
    /// More options of `sbatch`, each as a line of the script.
    pub lines: Vec<SbatchLine>,
}

impl Request {
    /// How long before its time limit a trial ends: never more than half of that time, for it must get on.
    pub fn grace(&self) -> Duration {
        self.time.as_ref().map_or(self.grace, |time| self.grace.min(time.duration() / 2))
    }
}

/// A time limit in one of Slurm's forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeLimit {
    text: String,
    seconds: u64,
}

impl TimeLimit {
    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// How long it is.
    pub fn duration(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

impl FromStr for TimeLimit {
    type Err = String;

    /// `minutes`, `minutes:seconds`, `hours:minutes:seconds`, `days-hours`, `days-hours:minutes` or
    /// `days-hours:minutes:seconds`.
    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str| part.parse::<u64>().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()));
        let read = || {
            let (days, rest) = match text.split_once('-') {
                Some((days, rest)) => (Some(number(days)?), rest),
                None => (None, text),
            };
            let parts: Vec<u64> = rest.split(':').map(number).collect::<Option<_>>()?;
            let units: &[u64] = match (days, parts.len()) {
                (Some(_), 1..=3) | (None, 3) => &[3600, 60, 1],
                (None, 1..=2) => &[60, 1],
                _ => return None,
            };
            let mut seconds = days.unwrap_or(0).checked_mul(86_400)?;
            for (part, unit) in parts.iter().zip(units) {
                seconds = seconds.checked_add(part.checked_mul(*unit)?)?;
            }
            Some(seconds).filter(|&seconds| seconds > 0)
        };
        let expected = "give minutes, hours:minutes:seconds or days-hours:minutes:seconds, such as 30 or 1-12:00:00";
        read().map(|seconds| Self { text: text.to_owned(), seconds }).ok_or_else(|| expected.to_owned())
    }
}

/// An option of `sbatch` that is handed on as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SbatchLine(String);

impl SbatchLine {
    /// As it was written.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl FromStr for SbatchLine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // What a sweep needs to be told apart, to be requeued and to be read again.
        const OURS: [&str; 13] = [
            "--array",
            "-a",
            "--dependency",
            "-d",
            "--parsable",
            "--job-name",
            "-J",
            "--output",
            "-o",
            "--signal",
            "--no-requeue",
            "--wrap",
            "--wait",
        ];
        if !text.starts_with('-') || text.contains(['\n', '\r']) {
            return Err("give one option of sbatch, such as --mem=4G".to_owned());
        }
        let option = text.split(['=', ' ']).next().unwrap_or_default();
        match OURS.iter().find(|&&ours| ours == option) {
            Some(ours) => Err(format!("{ours} is set by the sweep itself")),
            None => Ok(Self(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_limits_are_read_as_slurm_reads_them() {
        let seconds = |text: &str| text.parse::<TimeLimit>().map(|time| time.duration().as_secs());
        let cases = [("1", 60), ("1:30", 90), ("2:00:01", 7201), ("1-1", 90_000), ("1-0:5", 86_700), ("0-0:0:9", 9)];
        for (text, expected) in cases {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for text in ["", "0", "x", "1:2:3:4", "-1", "1-", "+1", "1.5", "1-2:3:4:5", "99999999999999999999"] {
            assert!(seconds(text).is_err_and(|error| error.contains("hours:minutes:seconds")), "{text}");
        }
    }

    #[test]
    fn a_trial_keeps_half_of_its_time() {
        let mut request = Request {
            partition: None,
            time: None,
            account: None,
            array_max: None,
            at_once: None,
            threads: NonZeroUsize::MIN,
            grace: Duration::from_mins(1),
            lines: Vec::new(),
        };
        assert_eq!(request.grace().as_secs(), 60);
        request.time = "1".parse().ok();
        assert_eq!(request.grace().as_secs(), 30);
        request.time = "10".parse().ok();
        assert_eq!(request.grace().as_secs(), 60);
    }

    #[test]
    fn an_option_that_would_break_the_sweep_is_refused() {
        assert!("--mem=4G".parse::<SbatchLine>().is_ok() && "-C gpu".parse::<SbatchLine>().is_ok());
        for (text, part) in [("--array=1-2", "--array"), ("mem=4G", "such as"), ("--a\n--b", "one option")] {
            let error = text.parse::<SbatchLine>().unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
