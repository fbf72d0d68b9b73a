//! A service like Kaggle's on two ports of this machine: one that knows who asks and redirects, one that stores archives
//! and resumes, with faults on demand.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use user360::fetch::{Credentials, FetchRequest, Patience};

/// How one answer of the store differs from a good one.
#[derive(Clone, Debug)]
pub enum Fault {
    /// None: a good answer between bad ones.
    None,
    /// The connection ends after so many bytes of the body.
    CutAfter(usize),
    /// Nothing more is sent after so many bytes of the body, and the connection stands.
    StallAfter(usize),
    /// `Content-Length` claims so many bytes more than there are.
    TooLong(u64),
    /// Another answer altogether: status, further headers, body.
    Answer(u16, &'static str, &'static str),
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub headers: BTreeMap<String, String>,
}

/// What the store holds and how it behaves.
#[derive(Clone, Debug)]
pub struct Store {
    pub archive: Vec<u8>,
    pub etag: &'static str,
    pub resumes: bool,
    /// Whether a range is served although `If-Range` names another version.
    pub careless: bool,
    pub announces_hash: bool,
    pub faults: VecDeque<Fault>,
}

/// The service; its threads end with the test's process.
pub struct Service {
    pub base_url: String,
    pub store: Arc<Mutex<Store>>,
    front_asked: Arc<Mutex<Vec<Asked>>>,
    store_asked: Arc<Mutex<Vec<Asked>>>,
}

impl Service {
    /// A service that lets user `ada` with key `s3cret`, or with token `t0ken`, have `archive`.
    pub fn with(archive: Vec<u8>, faults: impl IntoIterator<Item = Fault>) -> Self {
        let faults = faults.into_iter().collect();
        let store = Store { archive, etag: "\"v1\"", resumes: true, careless: false, announces_hash: true, faults };
        let store = Arc::new(Mutex::new(store));
        let (front_asked, store_asked) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<Mutex<Vec<Asked>>>::default());
        let kept = Arc::clone(&store);
        let storage = serve(Arc::clone(&store_asked), move |asked, stream| {
            let (state, fault) = {
                let mut store = kept.lock().unwrap();
                let fault = store.faults.pop_front().unwrap_or(Fault::None);
                (store.clone(), fault)
            };
            store_answer(&state, &fault, asked, stream);
        });
        let front = serve(Arc::clone(&front_asked), move |asked, stream| {
            let allowed = ["Basic YWRhOnMzY3JldA==", "Bearer t0ken"];
            let known = asked.headers.get("authorization").is_some_and(|header| allowed.contains(&header.as_str()));
            let head = match (known, asked.path.as_str()) {
                (false, _) => "401 Unauthorized\r\nContent-Length: 0".to_owned(),
                (true, "/api/v1/datasets/download/shop/log") => {
                    format!(
                        "302 Found\r\nLocation: http://{storage}/bucket/log.zip?signature=hush\r\nContent-Length: 0"
                    )
                }
                (true, _) => "404 Not Found\r\nContent-Length: 0".to_owned(),
            };
            let _ = write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
        });
        Self { base_url: format!("http://{front}"), store, front_asked, store_asked }
    }

    /// A request to it that is as impatient as a test has to be.
    pub fn request(&self, out: impl Into<std::path::PathBuf>) -> FetchRequest {
        let mut request = FetchRequest::new("shop/log", out);
        request.base_url.clone_from(&self.base_url);
        request.credentials = Some(Credentials::key("ada", "s3cret", "KAGGLE_USERNAME and KAGGLE_KEY"));
        request.patience = quick();
        request
    }

    /// What the front was asked.
    pub fn front(&self) -> Vec<Asked> {
        self.front_asked.lock().unwrap().clone()
    }

    /// What the store was asked.
    pub fn asked(&self) -> Vec<Asked> {
        self.store_asked.lock().unwrap().clone()
    }
}

/// Patience for tests.
pub fn quick() -> Patience {
    use std::time::Duration;
    Patience {
        connect: Duration::from_secs(5),
        stall: Duration::from_millis(300),
        attempts: 3,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_secs(2),
    }
}

/// Answers every connection on a port of its own; one request a connection.
pub fn serve(
    asked: Arc<Mutex<Vec<Asked>>>,
    answer: impl Fn(&Asked, &mut TcpStream) + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
            thread::spawn(move || {
                if let Some(request) = read_request(&stream) {
                    asked.lock().unwrap().push(request.clone());
                    answer(&request, &mut stream);
                }
            });
        }
    });
    address
}

fn read_request(stream: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(stream).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    for line in lines {
        let line = line.ok()?;
        if line.is_empty() {
            return Some(Asked { path, headers });
        }
        let (name, value) = line.split_once(':')?;
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    None
}

fn store_answer(store: &Store, fault: &Fault, asked: &Asked, stream: &mut TcpStream) {
    if let Fault::Answer(status, headers, body) = fault {
        let _ = write!(
            stream,
            "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        return;
    }
    let total = store.archive.len();
    let from =
        asked.headers.get("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let same = store.careless || asked.headers.get("if-range").is_none_or(|tag| tag == store.etag);
    let from: usize = from.filter(|_| same && store.resumes).unwrap_or(0);
    let mut head = String::from("HTTP/1.1 ");
    match from {
        0 => head.push_str("200 OK\r\n"),
        from if from >= total => {
            let _ = write!(
                stream,
                "HTTP/1.1 416 X\r\nContent-Range: bytes */{total}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            return;
        }
        from => write!(head, "206 Partial Content\r\nContent-Range: bytes {from}-{}/{total}\r\n", total - 1).unwrap(),
    }
    let body = &store.archive[from..];
    let claimed = body.len() as u64 + if let Fault::TooLong(more) = fault { *more } else { 0 };
    write!(head, "Content-Type: application/zip\r\nContent-Length: {claimed}\r\nETag: {}\r\n", store.etag).unwrap();
    if store.announces_hash {
        let md5 = base64(&md5::compute(&store.archive).0);
        let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISCSI).checksum(&store.archive);
        write!(head, "x-goog-hash: crc32c={}\r\nx-goog-hash: md5={md5}\r\n", base64(&crc.to_be_bytes())).unwrap();
    }
    let sent = match fault {
        Fault::CutAfter(bytes) | Fault::StallAfter(bytes) => &body[..body.len().min(*bytes)],
        _ => body,
    };
    let _ = write!(stream, "{head}Connection: close\r\n\r\n");
    let _ = stream.write_all(sent);
    let _ = stream.flush();
    if matches!(fault, Fault::StallAfter(_)) {
        // Until the other side has had enough.
        let _ = stream.read(&mut [0]);
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = bytes.iter().map(|byte| format!("{byte:08b}")).collect::<Vec<_>>().concat();
    let digit = |bits: &str| DIGITS[usize::from_str_radix(&format!("{bits:0<6}"), 2).unwrap()] as char;
    let text: String = (0..bits.len()).step_by(6).map(|at| digit(&bits[at..bits.len().min(at + 6)])).collect();
    format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4))
}
