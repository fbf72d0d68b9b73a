//! The real binary in a real pseudo-terminal: every wait is for a condition, with a deadline.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use crate::shop;

/// The program's binary.
const USER360: &str = env!("CARGO_BIN_EXE_user360");
/// No condition takes this long on a machine that is merely slow.
const DEADLINE: Duration = Duration::from_secs(20);

/// What the program has written so far.
struct Seen {
    parser: vt100::Parser,
    bytes: usize,
}

/// The program in a terminal of its own.
struct Terminal {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    reader: JoinHandle<()>,
    close: Arc<AtomicBool>,
    writer: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    before: String,
}

impl Terminal {
    fn open(workspace: &Path, environment: &[(&str, &str)]) -> Self {
        let size = PtySize { rows: 24, cols: 100, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let mut command = CommandBuilder::new(USER360);
        command.args(["--workspace".as_ref(), workspace.as_os_str()]);
        command.env("TERM", "xterm-256color");
        for name in ["NO_COLOR", "SSH_TTY", "SSH_CONNECTION"] {
            command.env_remove(name);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let rows = NonZeroU16::new(24).unwrap();
        let columns = NonZeroU16::new(100).unwrap();
        let parser = vt100::Parser::new(rows, columns, 0);
        let seen = Arc::new((Mutex::new(Seen { parser, bytes: 0 }), Condvar::new()));
        let close = Arc::new(AtomicBool::new(false));
        let reader = {
            let mut reader = pair.master.try_clone_reader().unwrap();
            let (seen, close) = (Arc::clone(&seen), Arc::clone(&close));
            thread::spawn(move || {
                let mut buffer = vec![0; 65536];
                while let Ok(read) = reader.read(&mut buffer) {
                    if read == 0 || close.load(Ordering::SeqCst) {
                        break;
                    }
                    let mut now = seen.0.lock().unwrap();
                    now.parser.process(&buffer[..read]);
                    now.bytes += read;
                    seen.1.notify_all();
                }
            })
        };
        let writer = pair.master.take_writer().unwrap();
        Self { seen, reader, close, writer, master: pair.master, child, before }
    }

    fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Waits until the screen is as wished and returns its text.
    fn wait(&self, what: &str, wished: impl Fn(&vt100::Screen) -> bool) -> String {
        let (seen, changed) = &*self.seen;
        let mut now = seen.lock().unwrap();
        let start = Instant::now();
        while !wished(now.parser.screen()) {
            let left = DEADLINE.checked_sub(start.elapsed());
            let left = left.unwrap_or_else(|| panic!("no {what} on\n{}", now.parser.screen().contents()));
            now = changed.wait_timeout(now, left).unwrap().0;
        }
        now.parser.screen().contents()
    }

    fn wait_for(&self, words: &str) -> String {
        self.wait(words, |screen| screen.contents().contains(words))
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.process_id().unwrap()).unwrap()).unwrap()
    }

    /// Waits until the program has really stopped: what it writes before that comes too early to wake it on.
    fn wait_stopped(&self) {
        let pid = self.pid();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let stopped = waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT);
            // Nobody waits any more where the time is up.
            let _ = tell.send(stopped);
        });
        let status = told.recv_timeout(DEADLINE).unwrap_or_else(|_| panic!("did not stop within {DEADLINE:?}"));
        assert!(status.unwrap().is_some_and(|status| status.stopped()));
    }

    fn termios(&self) -> String {
        format!("{:?}", self.master.get_termios().unwrap())
    }

    /// Bytes written within a time in which nothing should happen.
    fn bytes_while_idle(&self, time: Duration) -> usize {
        let (seen, changed) = &*self.seen;
        let now = seen.lock().unwrap();
        let before = now.bytes;
        let (now, _) = changed.wait_timeout_while(now, time, |now| now.bytes == before).unwrap();
        now.bytes - before
    }

    /// Waits for the program's end and for the terminal to be as it was before.
    fn assert_restored(mut self) -> ExitStatus {
        let status = ended(&mut self.child, DEADLINE);
        self.wait("main screen", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
        });
        assert_eq!(self.termios(), self.before);
        status
    }
}

/// Waits for a process to end.
fn ended(child: &mut Box<dyn Child + Send + Sync>, within: Duration) -> ExitStatus {
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        let mut killer = child.clone_killer();
        scope.spawn(move || tell.send(child.wait()));
        if let Ok(status) = told.recv_timeout(within) {
            status.unwrap()
        } else {
            killer.kill().unwrap();
            panic!("the program did not end within {within:?}");
        }
    })
}

fn on_shop(environment: &[(&str, &str)]) -> (tempfile::TempDir, Terminal) {
    let root = tempfile::tempdir().unwrap();
    shop::commit(root.path());
    let terminal = Terminal::open(root.path(), environment);
    (root, terminal)
}

#[test]
fn opens_sorts_filters_drills_down_and_gives_the_terminal_back() {
    let (_root, mut terminal) = on_shop(&[]);
    terminal.wait_for("auc 0.7314");
    terminal.wait("alternate screen", |screen| {
        screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste()
    });
    assert_ne!(terminal.termios(), terminal.before, "raw mode");
    terminal.send("2");
    terminal.wait_for("40 users");
    terminal.send("llss");
    terminal.wait_for("churn ▼");
    terminal.send("fchurm > 0.5\r");
    terminal.wait_for("did you mean churn?");
    terminal.send("\u{15}churn > 0.5 and segment = 'One-time'\r");
    let screen = terminal.wait_for("where churn > 0.5");
    assert!(screen.contains("of 40 users"), "{screen}");
    terminal.send("g\r");
    terminal.wait_for("Why this churn score");
    terminal.send("q");
    terminal.wait_for("where churn > 0.5");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}

#[test]
fn keys_pasted_at_once_all_count() {
    let (_root, mut terminal) = on_shop(&[]);
    terminal.wait_for("auc 0.7314");
    terminal.send("2");
    terminal.wait_for("40 users");
    terminal.send(&"j".repeat(25));
    terminal.wait_for("row 26");
    terminal.send("\u{1b}[200~2q\u{1b}[201~k");
    terminal.wait_for("row 25");
    terminal.send("\u{3}");
    assert!(terminal.assert_restored().success());
}

#[test]
fn nothing_is_written_while_idle() {
    let (_root, mut terminal) = on_shop(&[]);
    terminal.wait_for("auc 0.7314");
    terminal.send("2");
    terminal.wait_for("40 users");
    // What was under way may still arrive, but it comes to rest.
    let start = Instant::now();
    while terminal.bytes_while_idle(Duration::from_millis(700)) > 0 {
        assert!(start.elapsed() < DEADLINE, "the screen does not come to rest");
    }
    assert_eq!(terminal.bytes_while_idle(Duration::from_millis(1500)), 0);
    terminal.send("q");
    terminal.assert_restored();
}

#[test]
fn a_terminal_that_disappears_ends_the_program_within_two_seconds() {
    let (_root, mut terminal) = on_shop(&[]);
    terminal.wait_for("auc 0.7314");
    // The reader holds the terminal open too: the next output wakes it and lets it go.
    terminal.close.store(true, Ordering::SeqCst);
    terminal.send("2");
    let Terminal { reader, writer, master, mut child, .. } = terminal;
    reader.join().unwrap();
    drop(writer);
    drop(master);
    ended(&mut child, Duration::from_secs(2));
}

#[test]
fn a_request_to_terminate_gives_the_terminal_back() {
    let (_root, terminal) = on_shop(&[]);
    terminal.wait_for("auc 0.7314");
    kill_process(terminal.pid(), Signal::TERM).unwrap();
    terminal.assert_restored();
}

#[test]
fn stops_and_goes_on() {
    let (_root, mut terminal) = on_shop(&[]);
    terminal.wait_for("auc 0.7314");
    terminal.send("\u{1a}");
    terminal.wait("main screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    terminal.wait_stopped();
    kill_process(terminal.pid(), Signal::CONT).unwrap();
    terminal.wait("alternate screen", |screen| screen.alternate_screen() && screen.contents().contains("auc 0.7314"));
    terminal.send("2");
    terminal.wait_for("40 users");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}

#[test]
fn states_are_told_apart_without_colours() {
    let (_root, mut terminal) = on_shop(&[("NO_COLOR", "1")]);
    terminal.wait_for("auc 0.7314");
    let coloured = |screen: &vt100::Screen| {
        (0..24).any(|row| (0..100).any(|column| screen.cell(row, column).unwrap().fgcolor() != vt100::Color::Default))
    };
    terminal.wait("finished stage", |screen| screen.contents().contains("✓ ingest") && !coloured(screen));
    terminal.send("q");
    terminal.assert_restored();
}

#[test]
fn without_a_terminal_it_names_the_headless_commands() {
    let root = tempfile::tempdir().unwrap();
    let told = Command::new(USER360)
        .args(["--workspace".as_ref(), root.path().as_os_str()])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert_eq!(told.status.code(), Some(1), "{words}");
    assert!(words.contains("needs a terminal") && words.contains("user360 report"), "{words}");
    assert!(told.stdout.is_empty());

    let dumb = Terminal::open(root.path(), &[("TERM", "dumb")]);
    dumb.wait_for("TERM=dumb");
    assert_eq!(dumb.assert_restored().exit_code(), 1);
}
