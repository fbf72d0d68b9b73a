//! The terminal read on a thread of its own, which also notices when the terminal is gone.

use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::Event;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::{Notify, broadcast};

use crate::ui::input::parser::{Input, Parser};
use crate::ui::input::reply::Reply;

/// Bytes of one read.
const CHUNK: usize = 4096;
/// Events that wait for the event loop may take so much memory, a last paste aside; then the terminal is left unread.
const ROOM: usize = 1 << 20;
/// Replies that wait for a slow listener.
const REPLIES: usize = 64;
/// What is left of a sequence's time when its next byte has come late, for it is there.
const LAST: Duration = Duration::from_millis(1);
/// How long a terminal that has nothing to read, though it said so, is left alone.
const REST: Duration = Duration::from_millis(10);
/// The longest wait for the thread to leave the terminal alone.
const PARKED: Duration = Duration::from_millis(300);

/// What the thread should do.
#[derive(Clone, Copy, PartialEq)]
enum Wish {
    Read,
    Pause,
    End,
}

struct Waiting {
    events: VecDeque<Event>,
    /// The memory they take.
    weight: usize,
    wish: Wish,
    /// Whether the thread leaves the terminal alone.
    parked: bool,
    /// Why it can be read no more.
    broken: Option<io::Error>,
}

struct Shared {
    waiting: Mutex<Waiting>,
    parked: Condvar,
    arrived: Notify,
}

impl Shared {
    /// Nothing is left half done under this lock, so its poison means nothing.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the terminal on stdin until it is dropped.
#[derive(Debug)]
pub struct Reader {
    shared: Arc<Shared>,
    wake: PipeWriter,
    replies: broadcast::Sender<Reply>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("waiting", &self.lock().events.len()).finish_non_exhaustive()
    }
}

impl Reader {
    /// Starts reading. `gone` is called on the reading thread, once, when the terminal has disappeared.
    pub fn start(gone: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            waiting: Mutex::new(Waiting {
                events: VecDeque::new(),
                weight: 0,
                wish: Wish::Read,
                parked: false,
                broken: None,
            }),
            parked: Condvar::new(),
            arrived: Notify::new(),
        });
        let (woken, wake) = io::pipe()?;
        let (replies, _) = broadcast::channel(REPLIES);
        let side = Side { shared: Arc::clone(&shared), woken, replies: replies.clone(), parser: Parser::new() };
        thread::Builder::new().name("terminal reader".to_owned()).spawn(move || {
            if side.read_on() == End::Gone {
                gone();
            }
        })?;
        Ok(Self { shared, wake, replies })
    }

    /// The next event, in the order in which they came. An error where the terminal can be read no more.
    pub async fn next(&self) -> io::Result<Event> {
        loop {
            if let Some(event) = self.waiting()? {
                return Ok(event);
            }
            self.shared.arrived.notified().await;
        }
    }

    /// The event that waits already, if one does.
    pub fn waiting(&self) -> io::Result<Option<Event>> {
        let mut waiting = self.shared.lock();
        let full = waiting.weight > ROOM;
        let Some(event) = waiting.events.pop_front() else {
            return waiting.broken.take().map_or(Ok(None), Err);
        };
        waiting.weight -= weight(&event);
        let room_again = full && waiting.weight <= ROOM;
        drop(waiting);
        if room_again {
            self.wake();
        }
        Ok(Some(event))
    }

    /// The terminal's answers from now on. Without a listener they are dropped.
    pub fn replies(&self) -> broadcast::Receiver<Reply> {
        self.replies.subscribe()
    }

    /// Leaves the terminal alone: what is typed from now on is someone else's.
    pub fn pause(&self) {
        self.wish(Wish::Pause);
    }

    /// Reads again.
    pub fn resume(&self) {
        self.wish(Wish::Read);
    }

    /// Tells the thread what to do; where it should not read, waits until it does not.
    fn wish(&self, wish: Wish) {
        let mut waiting = self.shared.lock();
        waiting.wish = wish;
        self.wake();
        if wish != Wish::Read {
            // Bounded: the thread hangs where another program has taken the bytes that poll saw.
            let waited = self.shared.parked.wait_timeout_while(waiting, PARKED, |waiting| !waiting.parked);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn wake(&self) {
        if let Err(error) = (&self.wake).write_all(b"!") {
            // Its thread is gone, and with it the reading end.
            tracing::debug!(%error, "the terminal's reader cannot be woken");
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.wish(Wish::End);
    }
}

/// Why the thread has ended.
#[derive(PartialEq)]
enum End {
    Asked,
    Gone,
}

/// What came of one read.
enum Found {
    Bytes(usize),
    Nothing,
    Broken(io::Error),
}

/// The thread's side.
struct Side {
    shared: Arc<Shared>,
    woken: PipeReader,
    replies: broadcast::Sender<Reply>,
    parser: Parser,
}

impl Side {
    fn read_on(mut self) -> End {
        let end = self.read_until_it_ends();
        self.shared.lock().parked = true;
        self.shared.parked.notify_all();
        end
    }

    fn read_until_it_ends(&mut self) -> End {
        let mut buffer = [0; CHUNK];
        let mut broken = false;
        loop {
            let reads = match self.wish() {
                (Wish::End, _) => return End::Asked,
                (Wish::Pause, _) => false,
                (Wish::Read, room) => room && !broken,
            };
            match self.wait(reads) {
                Seen::Gone => return End::Gone,
                Seen::Nothing => {}
                Seen::Bytes(passed) => match read(&mut buffer) {
                    Found::Bytes(read) => self.take(&buffer[..read], passed),
                    Found::Nothing => {}
                    Found::Broken(error) => {
                        broken = true;
                        self.shared.lock().broken = Some(error);
                        self.shared.arrived.notify_one();
                    }
                },
                Seen::Silence(passed) => {
                    let mut found = Vec::new();
                    self.parser.pass(passed, &mut found);
                    self.hand_over(found);
                }
            }
        }
    }

    /// What the loop wishes, and whether there is room for more events. Says when the terminal is left alone.
    fn wish(&mut self) -> (Wish, bool) {
        let mut waiting = self.shared.lock();
        let wish = waiting.wish;
        waiting.parked = wish != Wish::Read;
        if waiting.parked {
            self.shared.parked.notify_all();
            // The rest of what is unfinished goes elsewhere.
            self.parser = Parser::new();
        }
        (wish, waiting.weight <= ROOM)
    }

    /// Waits for bytes, for the loop, or for the end of the parser's patience.
    fn wait(&mut self, reads: bool) -> Seen {
        let patience = self.parser.patience().filter(|_| reads);
        let limit = patience.map(|time| Timespec {
            tv_sec: time.as_secs().try_into().unwrap_or(1),
            tv_nsec: time.subsec_nanos().into(),
        });
        let start = Instant::now();
        let stdin = rustix::stdio::stdin();
        let wanted = if reads { PollFlags::IN } else { PollFlags::empty() };
        let woken = self.woken.as_fd();
        let mut watched = [PollFd::new(&stdin, wanted), PollFd::new(&woken, PollFlags::IN)];
        match poll(&mut watched, limit.as_ref()) {
            Ok(0) => return Seen::Silence(patience.unwrap_or_default()),
            Ok(_) => {}
            Err(Errno::INTR) => return Seen::Nothing,
            Err(error) => {
                tracing::warn!(%error, "the terminal cannot be watched");
                // A poll that fails at once must not spin.
                thread::sleep(Duration::from_secs(1));
                return Seen::Nothing;
            }
        }
        let (terminal, woken) = (watched[0].revents(), watched[1].revents());
        if terminal.intersects(LOST) {
            return Seen::Gone;
        }
        if !woken.is_empty() {
            // How often does not matter, and the pipe's other end lives as long as the loop.
            let _ = self.woken.read(&mut [0; 64]);
            return Seen::Nothing;
        }
        let passed = patience.map_or(Duration::ZERO, |most| start.elapsed().min(most.saturating_sub(LAST)));
        Seen::Bytes(passed)
    }

    fn take(&mut self, bytes: &[u8], passed: Duration) {
        let mut found = Vec::new();
        self.parser.pass(passed, &mut found);
        self.parser.feed(bytes, &mut found);
        self.hand_over(found);
    }

    fn hand_over(&self, found: Vec<Input>) {
        let mut waiting = self.shared.lock();
        for input in found {
            match input {
                Input::Event(event) => {
                    waiting.weight += weight(&event);
                    waiting.events.push_back(event);
                }
                // Nobody listens, or someone slow has missed some: both may be.
                Input::Reply(reply) => drop(self.replies.send(reply)),
            }
        }
        if !waiting.events.is_empty() {
            self.shared.arrived.notify_one();
        }
    }
}

/// What the thread was woken by.
enum Seen {
    /// The terminal has disappeared.
    Gone,
    /// Bytes, after so long a time of the unfinished sequence's.
    Bytes(Duration),
    /// The unfinished sequence's time is over.
    Silence(Duration),
    /// The loop has another wish.
    Nothing,
}

fn read(buffer: &mut [u8]) -> Found {
    match rustix::io::read(rustix::stdio::stdin(), buffer) {
        // An end of file typed while another program had the terminal; a hang-up is what poll tells.
        Ok(0) => {
            thread::sleep(REST);
            Found::Nothing
        }
        Ok(read) => Found::Bytes(read),
        Err(Errno::INTR | Errno::AGAIN) => Found::Nothing,
        Err(_) if hung_up() => Found::Nothing,
        Err(error) => Found::Broken(error.into()),
    }
}

/// What poll says of a terminal that has disappeared.
const LOST: PollFlags = PollFlags::HUP.union(PollFlags::ERR).union(PollFlags::NVAL);

/// Whether the terminal on stdin has disappeared.
pub(in crate::ui) fn hung_up() -> bool {
    let stdin = rustix::stdio::stdin();
    let mut watched = [PollFd::new(&stdin, PollFlags::empty())];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    matches!(poll(&mut watched, Some(&now)), Ok(1..)) && watched[0].revents().intersects(LOST)
}

/// The memory that an event takes.
fn weight(event: &Event) -> usize {
    let text = if let Event::Paste(text) = event { text.len() } else { 0 };
    size_of::<Event>() + text
}
