//! The events of a run, read one after the other: a method that rewires at every step writes tens of gigabytes of reasons.

use super::{RunDirectory, RunError};
use livenet_train::session::Event;
use std::{
    collections::VecDeque,
    fs::File,
    io::{BufRead as _, BufReader},
};

/// Calls `visit` with each event.
///
/// # Errors
/// [`RunError::Damaged`] names the line; [`RunError::Io`].
pub fn each_event(directory: &RunDirectory, visit: &mut dyn FnMut(Event)) -> Result<(), RunError> {
    let path = directory.file("events.jsonl");
    let io = |source| RunError::Io { what: "read", path: path.clone(), source };
    let (mut file, mut line, mut number) = (BufReader::new(File::open(&path).map_err(io)?), Vec::new(), 0);
    loop {
        line.clear();
        file.read_until(b'\n', &mut line).map_err(io)?;
        number += 1;
        // A line without its end is one that was being written when the process died.
        if line.last() != Some(&b'\n') {
            return Ok(());
        }
        visit(serde_json::from_slice(&line).map_err(|error| RunError::Damaged {
            path: path.clone(),
            what: format!("line {number}: {error}"),
            mend: "give --resume: events after the last checkpoint are written again",
        })?);
    }
}

/// All events, of commits the reasons for the first and for the last `ends` moves alone, or a few more.
///
/// # Errors
/// As for [`each_event`].
pub fn events(directory: &RunDirectory, ends: usize) -> Result<Vec<Event>, RunError> {
    let mut all: Vec<Event> = Vec::new();
    // Moves whose reasons were kept at the beginning; where later ones are, and how many.
    let (mut first, mut late, mut waiting) = (0, VecDeque::<(usize, usize)>::new(), 0);
    each_event(directory, &mut |event| {
        let at = all.len();
        all.push(event);
        let moves = reasons(&mut all[at]).map_or(0, |why| why.len());
        if moves == 0 || first < ends {
            first += moves;
            return;
        }
        late.push_back((at, moves));
        waiting += moves;
        while let Some(&(oldest, moves)) = late.front().filter(|&&(_, moves)| waiting - moves >= ends) {
            if let Some(why) = reasons(&mut all[oldest]) {
                *why = Vec::new();
            }
            waiting -= moves;
            late.pop_front();
        }
    })?;
    Ok(all)
}

fn reasons(event: &mut Event) -> Option<&mut Vec<livenet_train::session::Explained>> {
    if let Event::Committed { why, .. } = event { Some(why) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_at_both_ends_are_kept_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let line = |step: usize, moves: usize| {
            let why = r#"{"what":"connect n1>n2","reason":{"rule":"r","scores":[],"threshold":null,"considered":1}}"#;
            let why = vec![why; moves].join(",");
            format!(
                r#"{{"event":"committed","step":{step},"strategy":"s","entry":1,"epoch":2,"census":{{"born":0,"divided":0,"died":0,"renewed":0,"connected":1,"disconnected":0}},"neurons":3,"connections":4,"change":null,"cut":[],"why":[{why}]}}"#
            )
        };
        let moves = [2, 0, 3, 4, 1, 2, 2];
        let lines: Vec<String> = moves.iter().enumerate().map(|(step, &moves)| line(step, moves) + "\n").collect();
        std::fs::write(folder.path().join("events.jsonl"), lines.concat() + "{\"torn").unwrap();
        for other in ["config.toml", "manifest.json"] {
            std::fs::write(folder.path().join(other), "").unwrap();
        }
        let directory = RunDirectory::open(folder.path()).unwrap();
        let kept = |ends| -> Vec<usize> {
            let mut all = events(&directory, ends).unwrap();
            all.iter_mut().map(|event| reasons(event).unwrap().len()).collect()
        };
        assert_eq!(kept(0), [0; 7]);
        assert_eq!(kept(3), [2, 0, 3, 0, 0, 2, 2]);
        assert_eq!(kept(100), moves);
        std::fs::write(folder.path().join("events.jsonl"), lines[0].clone() + "{\n").unwrap();
        assert!(matches!(events(&directory, 1), Err(RunError::Damaged { what, .. }) if what.starts_with("line 2")));
    }
}
