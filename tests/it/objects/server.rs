//! A server of objects of the test's own, on this machine alone: as much of S3 and of Azure's blobs as reading needs (lists
//! in pages, HEAD, GET of ranges with `If-Match`), and a web server for who asks without a signature. It can be made to fail.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

pub const KEY: &str = "AKIATEST";
/// An account of Azure's, whose key is the same.
pub const ACCOUNT: &str = "shopaccount";
/// The secret key; no file but the test's own may ever hold it.
pub const SECRET: &str = "geheim-4b1d";
/// Keys of a page of a list.
const PAGE: usize = 2;

/// What goes wrong with answers that hold bytes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// So many answers end in the middle.
    Cut(usize),
    /// So many answers are "503 Slow Down".
    Busy(usize),
    /// Every answer is ten bytes shorter than the range that it says it is.
    Short,
    /// So many answers are well, then the object is another one.
    ChangesAfter(usize),
    /// The same, by a server that does not look at `If-Match`.
    ChangesUnasked(usize),
    /// Ranges are not known: every answer is whole.
    Whole,
    /// Nobody is there any more.
    Gone,
    /// Requests are taken and not answered.
    Silent,
}

struct Object {
    bytes: Arc<Vec<u8>>,
    version: usize,
}

struct State {
    objects: Mutex<BTreeMap<String, Object>>,
    fault: Mutex<Fault>,
    /// Answers so far that hold bytes of an object.
    answers: AtomicUsize,
}

pub struct Server {
    state: Arc<State>,
    port: u16,
    home: TempDir,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (objects, fault) = (Mutex::new(BTreeMap::new()), Mutex::new(Fault::None));
        let state = Arc::new(State { objects, fault, answers: AtomicUsize::new(0) });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || serve(&state, &stream));
            }
        });
        Self { state, port, home: tempfile::tempdir().unwrap() }
    }

    /// Puts an object below a bucket, in place of one that is there.
    pub fn put(&self, place: &str, bytes: impl Into<Vec<u8>>) {
        let mut objects = self.state.objects.lock().unwrap();
        let version = objects.get(place).map_or(1, |there| there.version + 1);
        objects.insert(place.to_owned(), Object { bytes: Arc::new(bytes.into()), version });
    }

    pub fn fail(&self, fault: Fault) {
        *self.state.fault.lock().unwrap() = fault;
        self.state.answers.store(0, Ordering::SeqCst);
    }

    /// Answers that held bytes of an object, since the last [`Server::fail`].
    pub fn answers(&self) -> usize {
        self.state.answers.load(Ordering::SeqCst)
    }

    /// The address of an object for a web client.
    pub fn web(&self, place: &str) -> String {
        format!("http://127.0.0.1:{}/{place}", self.port)
    }

    /// The program with the keys in its environment.
    pub fn user360(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.keyless(args);
        command.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", SECRET);
        command
    }

    /// The program without keys, in a home of its own.
    pub fn keyless(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_user360"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
            command.env_remove(name);
        }
        command
            .args(args)
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
            .env("XDG_STATE_HOME", self.home.path().join("state"))
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port))
            .env("AWS_REGION", "eu-central-1");
        command
    }

    pub fn home(&self) -> &std::path::Path {
        self.home.path()
    }
}

struct Request {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
}

fn serve(state: &State, stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let fault = *state.fault.lock().unwrap();
        if fault == Fault::Gone {
            break;
        }
        if fault == Fault::Silent {
            continue;
        }
        let (answer, goes_on) = answer(state, &request);
        let mut stream = stream;
        if stream.write_all(&answer).is_err() || !goes_on {
            break;
        }
    }
    // Whoever waits for more is told that nothing comes.
    let _ = stream.shutdown(Shutdown::Both);
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length: u64 = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    reader.take(length).read_to_end(&mut Vec::new()).ok()?;
    Some(Request { method, path: decoded(path.trim_start_matches('/')), query, headers })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code.filter(|_| first == b'%') {
            Some(code) => (bytes.push(code), rest = &after[2..]).1,
            None => (bytes.push(first), rest = after).1,
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// An answer, and whether the connection goes on.
fn answer(state: &State, request: &Request) -> (Vec<u8>, bool) {
    let bucket = request.path.split('/').next().unwrap_or_default();
    let by_azure = format!("SharedKey {ACCOUNT}:");
    let signed = request
        .headers
        .get("authorization")
        .is_some_and(|signature| signature.contains(KEY) || signature.starts_with(&by_azure));
    if bucket == "closed" || (bucket != "public" && !signed) {
        return (refusal("403 Forbidden", "AccessDenied", request), true);
    }
    if request.query.contains_key("list-type") {
        return (list(state, request, bucket), true);
    }
    if request.query.get("comp").is_some_and(|wanted| wanted == "list") {
        return (list_of_azure(state, request, bucket), true);
    }
    let fault = *state.fault.lock().unwrap();
    let gets = request.method == "GET";
    let turn = if gets { state.answers.fetch_add(1, Ordering::SeqCst) } else { 0 };
    let mut objects = state.objects.lock().unwrap();
    let Some(object) = objects.get_mut(&request.path) else {
        return (refusal("404 Not Found", "NoSuchKey", request), true);
    };
    match fault {
        Fault::Busy(times) if gets && turn < times => {
            return (refusal("503 Slow Down", "SlowDown", request), true);
        }
        Fault::ChangesAfter(times) | Fault::ChangesUnasked(times) if gets && turn == times => object.version += 1,
        _ => {}
    }
    let (bytes, etag) = (Arc::clone(&object.bytes), format!("\"v{}\"", object.version));
    drop(objects);
    let held = request.headers.get("if-match").is_none_or(|wanted| *wanted == etag);
    if !held && !matches!(fault, Fault::ChangesUnasked(_)) {
        return (refusal("412 Precondition Failed", "PreconditionFailed", request), true);
    }
    let size = bytes.len();
    let asked = request.headers.get("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let range = asked.filter(|_| fault != Fault::Whole).map(|(start, end)| {
        let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
        start..(end + 1).min(size)
    });
    let mut head = match &range {
        Some(range) => {
            format!("HTTP/1.1 206 Partial Content\r\ncontent-range: bytes {}-{}/{size}\r\n", range.start, range.end - 1)
        }
        None => "HTTP/1.1 200 OK\r\n".to_owned(),
    };
    let range = range.unwrap_or(0..size);
    let short = if fault == Fault::Short && gets { 10 } else { 0 };
    let length = range.len() - short;
    write!(head, "content-length: {length}\r\netag: {etag}\r\nlast-modified: Mon, 01 Apr 2024 10:00:00 GMT\r\n\r\n")
        .unwrap();
    let mut out = head.into_bytes();
    let cut = matches!(fault, Fault::Cut(times) if turn < times);
    if gets {
        let sent = if cut { length / 2 } else { length };
        out.extend_from_slice(&bytes[range.start..range.start + sent]);
    }
    (out, !(gets && cut))
}

fn refusal(status: &str, code: &str, request: &Request) -> Vec<u8> {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>No.</Message></Error>");
    let (length, body) = (body.len(), if request.method == "HEAD" { "" } else { body.as_str() });
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

/// The keys below a prefix behind a page that `token` tells, each with its version and its bytes.
fn below(state: &State, request: &Request, bucket: &str, token: &str) -> Vec<(String, usize, usize)> {
    let told = |name: &str| request.query.get(name).cloned().unwrap_or_default();
    let (prefix, after) = (told("prefix"), told(token));
    let objects = state.objects.lock().unwrap();
    let of_bucket = format!("{bucket}/");
    let keys = objects.iter().filter_map(|(place, object)| Some((place.strip_prefix(&of_bucket)?, object)));
    keys.filter(|(key, _)| key.starts_with(&prefix) && (after.is_empty() || **key > *after))
        .map(|(key, object)| (key.replace('&', "&amp;"), object.version, object.bytes.len()))
        .collect()
}

/// A page of a list as S3 writes it.
fn list(state: &State, request: &Request, bucket: &str) -> Vec<u8> {
    let below = below(state, request, bucket, "continuation-token");
    let mut body = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult>");
    for (key, version, bytes) in below.iter().take(PAGE) {
        write!(
            body,
            "<Contents><Key>{key}</Key><LastModified>2024-04-01T10:00:00.000Z</LastModified><ETag>&quot;v{version}&quot;\
             </ETag><Size>{bytes}</Size></Contents>",
        )
        .unwrap();
    }
    if below.len() > PAGE {
        let last = &below[PAGE - 1].0;
        write!(body, "<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken>").unwrap();
    }
    body.push_str("</ListBucketResult>");
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// The same as Azure writes it.
fn list_of_azure(state: &State, request: &Request, bucket: &str) -> Vec<u8> {
    let below = below(state, request, bucket, "marker");
    let mut body = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>");
    for (key, version, bytes) in below.iter().take(PAGE) {
        write!(
            body,
            "<Blob><Name>{key}</Name><Properties><Last-Modified>Mon, 01 Apr 2024 10:00:00 GMT</Last-Modified>\
             <Etag>\"v{version}\"</Etag><Content-Length>{bytes}</Content-Length><Content-Type>text/csv</Content-Type>\
             </Properties></Blob>",
        )
        .unwrap();
    }
    let next = below.get(PAGE - 1).filter(|_| below.len() > PAGE).map_or("", |last| &last.0);
    write!(body, "</Blobs><NextMarker>{next}</NextMarker></EnumerationResults>").unwrap();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
