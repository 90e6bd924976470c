//! An HTTP server for tests: one thread, one request a connection, told what to answer by a function.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What a request asks for.
pub(crate) struct Request {
    /// Start of the `Range`, when there is one.
    pub(crate) from: Option<usize>,
    /// How many requests came before.
    pub(crate) earlier: usize,
}

/// What the server sends.
pub(crate) struct Reply {
    status: &'static str,
    headers: String,
    body: Vec<u8>,
    sent: usize,
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn status(status: &'static str) -> Self {
        Self { status, headers: "Content-Length: 0\r\n".to_owned(), body: Vec::new(), sent: 0 }
    }

    /// The file from the start, whatever was asked for.
    pub(crate) fn whole(file: &[u8]) -> Self {
        let headers = format!("Content-Length: {}\r\n", file.len());
        Self { status: "200 OK", headers, body: file.to_owned(), sent: file.len() }
    }

    /// The part of the file that was asked for.
    pub(crate) fn range(file: &[u8], request: &Request) -> Self {
        let Some(from) = request.from else {
            return Self::whole(file);
        };
        let (last, length) = (file.len() - 1, file.len());
        let mut reply = Self::whole(&file[from..]);
        reply.status = "206 Partial Content";
        let range = format!("Content-Range: bytes {from}-{last}/{length}\r\n");
        reply.headers.push_str(&range);
        reply
    }

    /// The same, with the connection cut after `sent` bytes of the body.
    pub(crate) fn cut(mut self, sent: usize) -> Self {
        self.sent = sent.min(self.sent);
        self
    }

    /// The same, without saying how long the body is.
    pub(crate) fn without_length(mut self) -> Self {
        self.headers.clear();
        self
    }
}

/// A running server; it stops when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    starts: Arc<Mutex<Vec<Option<usize>>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves on a free local port.
    pub(crate) fn start(answer: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let starts = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (seen, stopped) = (Arc::clone(&starts), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                serve(stream.unwrap(), &answer, &seen);
            }
        });
        Self { address, starts, stop, thread: Some(thread) }
    }

    /// The address below which files are served, with a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The start of the `Range` of each request so far.
    pub(crate) fn starts(&self) -> Vec<Option<usize>> {
        self.starts.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server panicked");
        }
    }
}

fn serve(mut stream: TcpStream, answer: &impl Fn(&Request) -> Reply, seen: &Mutex<Vec<Option<usize>>>) {
    let mut from = None;
    for line in BufReader::new(&stream).lines() {
        let line = line.unwrap().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.strip_prefix("range: bytes=") {
            from = Some(range.strip_suffix('-').unwrap().parse().unwrap());
        }
    }
    let earlier = {
        let mut seen = seen.lock().unwrap();
        seen.push(from);
        seen.len() - 1
    };
    let reply = answer(&Request { from, earlier });
    let head = format!("HTTP/1.1 {}\r\n{}Connection: close\r\n\r\n", reply.status, reply.headers);
    // A client may rightly hang up early, when it has seen enough.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&reply.body[..reply.sent]));
}
