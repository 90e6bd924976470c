//! Downloads from servers that behave, cut, lie and are dead.

use std::net::TcpListener;

use super::super::catalogue::Kind;
use super::super::places::Places;
use super::super::verify::{Status, verify};
use super::server::{Reply, Server};
use super::*;

/// A published file of 200 000 bytes that do not repeat.
fn contents() -> Vec<u8> {
    (0..50_000_u32).flat_map(|word| word.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

fn entry() -> Entry {
    let contents = contents();
    let file = SourceFile { name: "some.gz", bytes: contents.len() as u64, sha256: digest::of_bytes(&contents).leak() };
    Entry {
        name: "some",
        summary: "a test",
        source: "here",
        licence: "none",
        kind: Kind::Series,
        folder: "some",
        files: vec![file].leak(),
        mirrors: &[],
    }
}

struct Folder {
    root: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.root.path().join("some")
    }

    fn file(&self) -> PathBuf {
        self.path().join("some.gz")
    }

    fn part(&self) -> PathBuf {
        self.path().join("some.gz.part")
    }

    fn leave(&self, path: &Path, bytes: &[u8]) {
        fs::create_dir_all(self.path()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn fetch(&self, mirrors: &[&str]) -> Result<Vec<Fetched>, DataError> {
        // A proxy of the environment would not know the local servers.
        let agent = configured().proxy(None).build().into();
        fetch(&entry(), &self.path(), &agent, mirrors, &mut |_| {})
    }

    fn assert_complete(&self) {
        assert!(fs::read(self.file()).unwrap() == contents(), "other bytes");
        assert!(!self.part().exists());
        let states = verify(&entry(), &Places::new(vec![self.root.path().to_owned()])).unwrap();
        assert_eq!(states[0].status, Status::Good);
    }
}

/// An address where nobody listens.
fn dead() -> String {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("http://{address}/")
}

#[test]
fn a_file_is_fetched_once_and_then_left_alone() {
    let server = Server::start(|request| Reply::range(&contents(), request));
    let folder = Folder::new();
    let first = folder.fetch(&[&server.url()]).unwrap();
    assert_eq!(first, [Fetched { path: folder.file(), downloaded: true }]);
    folder.assert_complete();
    assert!(!folder.fetch(&[&server.url()]).unwrap()[0].downloaded);
    assert_eq!(server.starts(), [None]);
}

#[test]
fn progress_grows_to_the_whole() {
    let server = Server::start(|request| Reply::range(&contents(), request));
    let (folder, mut seen) = (Folder::new(), Vec::new());
    let agent = configured().proxy(None).build().into();
    fetch(&entry(), &folder.path(), &agent, &[&server.url()], &mut |progress| seen.push(progress)).unwrap();
    assert!(seen.windows(2).all(|pair| pair[0].done < pair[1].done));
    assert_eq!(*seen.last().unwrap(), Progress { file: "some.gz", done: 200_000, total: 200_000 });
}

#[test]
fn a_cut_connection_is_resumed_where_it_ended() {
    let server = Server::start(|request| {
        let reply = Reply::range(&contents(), request);
        if request.earlier == 0 { reply.cut(70_000) } else { reply }
    });
    let folder = Folder::new();
    folder.fetch(&[&server.url()]).unwrap();
    folder.assert_complete();
    assert_eq!(server.starts(), [None, Some(70_000)]);
}

#[test]
fn a_body_of_unknown_length_that_ends_early_counts_as_cut() {
    let server = Server::start(|request| {
        let reply = Reply::range(&contents(), request);
        if request.earlier == 0 { reply.without_length().cut(70_000) } else { reply }
    });
    let folder = Folder::new();
    folder.fetch(&[&server.url()]).unwrap();
    folder.assert_complete();
    assert_eq!(server.starts(), [None, Some(70_000)]);
}

#[test]
fn a_part_of_an_earlier_call_is_gone_on_with() {
    let server = Server::start(|request| Reply::range(&contents(), request));
    let folder = Folder::new();
    folder.leave(&folder.part(), &contents()[..123_456]);
    folder.fetch(&[&server.url()]).unwrap();
    folder.assert_complete();
    assert_eq!(server.starts(), [Some(123_456)]);
}

#[test]
fn a_whole_part_needs_no_server() {
    let folder = Folder::new();
    folder.leave(&folder.part(), &contents());
    folder.fetch(&[&dead()]).unwrap();
    folder.assert_complete();
}

#[test]
fn a_server_without_ranges_starts_the_part_anew() {
    let server = Server::start(|_| Reply::whole(&contents()));
    let folder = Folder::new();
    folder.leave(&folder.part(), &[9; 1000]);
    folder.fetch(&[&server.url()]).unwrap();
    folder.assert_complete();
}

#[test]
fn a_spoiled_part_is_thrown_away_and_fetched_again() {
    for spoiled in [vec![9; 1000], vec![9; 200_000], vec![9; 300_000]] {
        let server = Server::start(|request| Reply::range(&contents(), request));
        let folder = Folder::new();
        folder.leave(&folder.part(), &spoiled);
        folder.fetch(&[&server.url()]).unwrap();
        folder.assert_complete();
        assert_eq!(server.starts().last(), Some(&None));
    }
}

#[test]
fn a_dead_mirror_and_a_missing_file_are_passed_over() {
    let empty = Server::start(|_| Reply::status("404 Not Found"));
    let server = Server::start(|request| Reply::range(&contents(), request));
    let folder = Folder::new();
    folder.fetch(&[&dead(), &empty.url(), &server.url()]).unwrap();
    folder.assert_complete();
}

#[test]
fn what_one_mirror_began_another_ends() {
    let cutting =
        Server::start(|request| Reply::range(&contents(), request).cut(if request.earlier == 0 { 50_000 } else { 0 }));
    let server = Server::start(|request| Reply::range(&contents(), request));
    let folder = Folder::new();
    folder.fetch(&[&cutting.url(), &server.url()]).unwrap();
    folder.assert_complete();
    assert_eq!(server.starts(), [Some(50_000)]);
}

#[test]
fn a_wrong_file_is_refused_with_both_hashes_and_nothing_is_kept() {
    let wrong = vec![7_u8; 200_000];
    let hash = digest::of_bytes(&wrong);
    let server = Server::start(move |request| Reply::range(&wrong, request));
    let folder = Folder::new();
    let error = folder.fetch(&[&server.url()]).unwrap_err().to_string();
    for said in [&hash, entry().files[0].sha256, "some.gz", &server.url(), "nothing of it is kept"] {
        assert!(error.contains(said), "`{said}` is not in: {error}");
    }
    assert!(!folder.file().exists() && !folder.part().exists());
    assert_eq!(server.starts(), [None]);
}

#[test]
fn after_a_wrong_file_the_next_mirror_is_asked() {
    let wrong = Server::start(|request| Reply::range(&vec![7; 200_000], request));
    let server = Server::start(|request| Reply::range(&contents(), request));
    let folder = Folder::new();
    folder.fetch(&[&wrong.url(), &server.url()]).unwrap();
    folder.assert_complete();
}

#[test]
fn a_file_of_another_length_is_refused() {
    let longer = || [contents(), vec![0]].concat();
    let announced = Server::start(move |request| Reply::range(&longer(), request));
    let silent = Server::start(move |request| Reply::range(&longer(), request).without_length());
    let folder = Folder::new();
    let error = folder.fetch(&[&announced.url(), &silent.url()]).unwrap_err().to_string();
    assert!(error.contains("offers 200001 bytes, expected 200000"), "{error}");
    assert!(error.contains("sent more than the 200000 bytes"), "{error}");
    assert!(!folder.file().exists() && !folder.part().exists());
}

#[test]
fn an_answer_to_another_range_is_refused() {
    let server = Server::start(|request| {
        let shifted = super::server::Request { from: request.from.map(|from| from + 1), earlier: 0 };
        Reply::range(&contents(), &shifted)
    });
    let folder = Folder::new();
    folder.leave(&folder.part(), &contents()[..1000]);
    let error = folder.fetch(&[&server.url()]).unwrap_err().to_string();
    assert!(error.contains("from 1000 on and answered with the range `bytes 1001-"), "{error}");
    assert!(error.contains("its first 1000 bytes are kept"), "{error}");
}

#[test]
fn a_mirror_that_only_cuts_is_given_up_and_the_part_kept() {
    let server = Server::start(|request| Reply::range(&contents(), request).cut(100));
    let folder = Folder::new();
    let error = folder.fetch(&[&server.url()]).unwrap_err().to_string();
    assert_eq!(server.starts().len(), CUTS);
    assert!(error.contains("its first 2000 bytes are kept") && error.contains("some.gz.part"), "{error}");
    assert_eq!(fs::read(folder.part()).unwrap(), contents()[..2000]);
    assert!(!folder.file().exists());
}

#[test]
fn a_wrong_file_in_place_is_replaced_only_by_the_right_one() {
    let folder = Folder::new();
    folder.leave(&folder.file(), b"old");
    folder.fetch(&[&dead()]).unwrap_err();
    assert_eq!(fs::read(folder.file()).unwrap(), b"old");
    let server = Server::start(|request| Reply::range(&contents(), request));
    folder.fetch(&[&server.url()]).unwrap();
    folder.assert_complete();
}

#[test]
fn a_second_fetch_into_the_folder_has_to_wait() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path()).unwrap();
    let held = lock(&folder.path()).unwrap();
    let error = folder.fetch(&[&dead()]).unwrap_err();
    assert!(matches!(error, DataError::Busy { .. }), "{error}");
    drop(held);
    assert!(matches!(folder.fetch(&[&dead()]), Err(DataError::Fetch { .. })));
}

#[test]
fn what_is_embedded_is_not_fetched() {
    assert!(matches!(Folder::new().fetch(&[]), Err(DataError::Embedded { name: "some" })));
}
