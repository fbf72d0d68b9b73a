//! The loop: waits for anything to happen, applies all that has, draws if the screen changed.

use std::future::{pending, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use futures::StreamExt;
use ratatui::layout::Size;
use rustix::process::{Signal, getpid, kill_process};
use tokio::signal::unix::{Signal as SignalStream, SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use super::action::{Action, Reading};
use super::app::App;
use super::effect::{Effect, Effects};
use super::terminal::{self, Screen, terminal as terminal_error};
use super::update::{resolve, told_apart, update};
use super::work::Work;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::pipeline::Board;
use crate::store::RunInfo;

/// Runs the stages on a raw log, all of them where the flag says so; blocks until they have ended.
pub type RunStages = Arc<dyn Fn(&Board, Reading, bool) -> Result<RunInfo> + Send + Sync>;

/// How often a run's counts are looked at.
const TICK: Duration = Duration::from_millis(250);
/// How long a request may take before the reader is told.
const SLOW: Duration = Duration::from_millis(150);
/// How long after a change the session is saved.
const SAVE_AFTER: Duration = Duration::from_secs(1);
/// The nice value of threads that must not hold up keys.
#[cfg(target_os = "linux")]
const LESS_URGENT: i32 = 10;
/// Answers that may wait to be applied.
const ANSWERS: usize = 64;

/// The shortest time between two frames: 30 a second, 15 over SSH.
fn frame_gap() -> Duration {
    let remote = ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| std::env::var_os(name).is_some());
    Duration::from_millis(if remote { 66 } else { 33 })
}

/// Signals that a terminal program answers to.
struct Signals {
    terminate: SignalStream,
    hang_up: SignalStream,
    stop: SignalStream,
    go_on: SignalStream,
}

enum Told {
    Terminate,
    HangUp,
    Stop,
    GoOn,
}

impl Signals {
    fn new() -> Result<Self> {
        let on = |kind| signal(kind).map_err(terminal_error);
        Ok(Self {
            terminate: on(SignalKind::terminate())?,
            hang_up: on(SignalKind::hangup())?,
            stop: on(SignalKind::from_raw(Signal::TSTP.as_raw()))?,
            go_on: on(SignalKind::from_raw(Signal::CONT.as_raw()))?,
        })
    }

    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::Terminate,
            _ = self.hang_up.recv() => Told::HangUp,
            _ = self.stop.recv() => Told::Stop,
            _ = self.go_on.recv() => Told::GoOn,
        }
    }
}

/// The world outside the screen: background work and the run under way.
struct Outside {
    run: RunStages,
    answers: mpsc::Sender<Action>,
    board: Option<Board>,
    board_changed: Option<watch::Receiver<u64>>,
}

impl Outside {
    fn work(&self, work: Work, job: Job) {
        let answers = self.answers.clone();
        let broken = work.broken();
        tokio::spawn(async move {
            let done = tokio::task::spawn_blocking(move || work.perform(&job)).await;
            let action = done.unwrap_or_else(|error| broken(error.to_string()));
            // A closed channel means that the screen is gone, and with it whoever asked.
            let _ = answers.send(action).await;
        });
    }

    fn tell_later(&self, generation: u64) {
        let answers = self.answers.clone();
        tokio::spawn(async move {
            sleep(SLOW).await;
            let _ = answers.send(Action::Slow { generation }).await;
        });
    }

    fn save_later(&self) {
        let answers = self.answers.clone();
        tokio::spawn(async move {
            sleep(SAVE_AFTER).await;
            let _ = answers.send(Action::SaveDue).await;
        });
    }

    fn start(&mut self, reading: Reading, force: bool) {
        let answers = self.answers.clone();
        let run = Arc::clone(&self.run);
        let board = Board::new();
        self.board_changed = Some(board.subscribe());
        self.board = Some(board.clone());
        tokio::spawn(async move {
            let done =
                tokio::task::spawn_blocking(move || on_a_thread_of_its_own(|| run(&board, reading, force))).await;
            let result = done.unwrap_or_else(|error| Err(Error::Missing(format!("the run broke down: {error}"))));
            let _ = answers.send(Action::RunEnded(result)).await;
        });
    }

    fn stages(&self) -> Option<Action> {
        self.board.as_ref().map(|board| Action::Stages(board.snapshot()))
    }

    async fn board_changed(&mut self) {
        let told = match &mut self.board_changed {
            Some(changed) => changed.changed().await.is_ok(),
            None => false,
        };
        if !told {
            pending::<()>().await;
        }
    }
}

/// Runs the stages on a thread that gives way to the screen's, and so do the threads that share its work.
fn on_a_thread_of_its_own<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let done = thread::scope(|scope| {
        let worker = scope.spawn(|| {
            give_way();
            rayon::broadcast(|_| give_way());
            work()
        });
        worker.join()
    });
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Lowers the priority of the calling thread.
fn give_way() {
    // Elsewhere than on Linux this would be the priority of the whole process.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, LESS_URGENT) {
        tracing::debug!(%error, "the run keeps its priority");
    }
}

/// What the loop does after applying actions.
enum Next {
    Stay,
    Suspend,
    Quit,
}

/// Runs the screen until it is closed or the terminal disappears.
pub async fn drive(
    app: &mut App,
    first: Effects,
    run: RunStages,
    screen: &mut Screen,
    mut hang_up: watch::Receiver<bool>,
) -> Result<()> {
    let (answers, mut answered) = mpsc::channel(ANSWERS);
    let mut outside = Outside { run, answers, board: None, board_changed: None };
    let mut signals = Signals::new()?;
    let mut events = EventStream::new();
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let gap = frame_gap();
    let mut frame_due = Instant::now();
    let mut next = carry_out(app, first, &mut outside, screen)?;
    loop {
        match next {
            Next::Stay => {}
            Next::Quit => {
                if let Some(board) = &outside.board {
                    board.cancel_all();
                }
                return Ok(());
            }
            Next::Suspend => {
                suspend(&mut signals).await?;
                screen.forget()?;
                app.dirty = true;
            }
        }
        if app.dirty && Instant::now() >= frame_due {
            screen.draw(app)?;
            app.dirty = false;
            frame_due = Instant::now() + gap;
        }
        next = tokio::select! {
            _ = hang_up.changed() => return Ok(()),
            told = signals.next() => match told {
                Told::Terminate => Next::Quit,
                Told::HangUp => {
                    terminal::gone();
                    return Ok(());
                }
                Told::Stop => Next::Suspend,
                Told::GoOn => {
                    // The shell may have set its own modes while we were stopped.
                    terminal::leave();
                    terminal::enter()?;
                    screen.forget()?;
                    app.dirty = true;
                    Next::Stay
                }
            },
            event = events.next() => {
                let mut next = on_event(app, event, &mut outside, screen)?;
                while matches!(next, Next::Stay) {
                    let Poll::Ready(event) = already(&mut events).await else { break };
                    next = on_event(app, event, &mut outside, screen)?;
                }
                next
            }
            Some(action) = answered.recv() => apply(app, action, &mut outside, screen)?,
            () = outside.board_changed() => look(app, &mut outside, screen)?,
            _ = tick.tick(), if app.is_watching() => {
                update(app, Action::Look);
                look(app, &mut outside, screen)?
            }
            () = sleep_until(frame_due), if app.dirty => Next::Stay,
        };
    }
}

/// The event that waits already, if one does. Polls with this task's waker: the stream keeps the waker of the poll that
/// found nothing, so a poll with an idle one (`now_or_never`) would leave the loop asleep for ever.
async fn already(events: &mut EventStream) -> Poll<Option<std::io::Result<Event>>> {
    poll_fn(|context| Poll::Ready(events.poll_next_unpin(context))).await
}

fn look(app: &mut App, outside: &mut Outside, screen: &mut Screen) -> Result<Next> {
    match outside.stages() {
        Some(action) => apply(app, action, outside, screen),
        None => Ok(Next::Stay),
    }
}

fn on_event(
    app: &mut App,
    event: Option<std::io::Result<Event>>,
    outside: &mut Outside,
    screen: &mut Screen,
) -> Result<Next> {
    let Some(event) = event else { return Ok(Next::Quit) };
    let action = match event.map_err(terminal_error)? {
        Event::Key(key) => {
            let mut next = Next::Stay;
            for key in told_apart(app, key) {
                if let (Next::Stay, Some(action)) = (&next, resolve(app, key)) {
                    next = apply(app, action, outside, screen)?;
                }
            }
            return Ok(next);
        }
        Event::Paste(text) => app.context().takes_text().then_some(Action::Paste(text)),
        Event::Resize(width, height) => {
            // A terminal that was small for a moment has lost what it showed, even where its size is as before.
            screen.forget()?;
            Some(Action::Resize(Size { width, height }))
        }
        Event::Mouse(_) | Event::FocusGained | Event::FocusLost => None,
    };
    match action {
        Some(action) => apply(app, action, outside, screen),
        None => Ok(Next::Stay),
    }
}

fn apply(app: &mut App, action: Action, outside: &mut Outside, screen: &mut Screen) -> Result<Next> {
    if matches!(action, Action::RunEnded(_)) {
        outside.board = None;
        outside.board_changed = None;
    }
    let effects = update(app, action);
    carry_out(app, effects, outside, screen)
}

fn carry_out(app: &mut App, effects: Effects, outside: &mut Outside, screen: &mut Screen) -> Result<Next> {
    let mut next = Next::Stay;
    for effect in effects {
        match effect {
            Effect::Work(work, job) => outside.work(work, job),
            Effect::Watch(generation) => outside.tell_later(generation),
            Effect::SaveLater => outside.save_later(),
            Effect::Copy(bytes) => terminal::send(&bytes)?,
            Effect::Start { reading, force } => outside.start(*reading, force),
            Effect::Cancel(stage) => {
                if let Some(board) = &outside.board {
                    board.cancel(stage);
                }
            }
            Effect::Redraw => {
                screen.forget()?;
                app.dirty = true;
            }
            Effect::Suspend => next = Next::Suspend,
            Effect::Quit => return Ok(Next::Quit),
        }
    }
    Ok(next)
}

/// Gives the terminal back and stops until the shell continues the program.
async fn suspend(signals: &mut Signals) -> Result<()> {
    terminal::leave();
    kill_process(getpid(), Signal::STOP).map_err(|error| terminal_error(error.into()))?;
    // The stop may reach another thread first: go on only when the shell says so.
    signals.go_on.recv().await;
    terminal::enter()
}
