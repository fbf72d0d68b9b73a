//! The loop: waits for anything to happen, applies all that has, draws if the screen changed.

use std::future::pending;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossterm::event::Event;
use ratatui::layout::Size;
use rustix::process::{Signal, getpid, kill_process};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::pipeline::Board;
use crate::store::RunInfo;
use crate::ui::action::Action;
use crate::ui::ahead::Typed;
use crate::ui::app::App;
use crate::ui::background::BackgroundQuestion;
use crate::ui::editor::Editing;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::ending::{HUNG_UP, exit_code};
use crate::ui::input::{self, Reader};
use crate::ui::output::{self, terminal as terminal_error};
use crate::ui::reading::Reading;
use crate::ui::signals::{Asked, Signals};
use crate::ui::terminal::{self, Screen};
use crate::ui::update::{next_typed, typed, update};

/// Runs the stages on a raw log, all of them where the flag says so; blocks until they have ended.
pub type RunStages = Arc<dyn Fn(&Board, Reading, bool) -> Result<RunInfo> + Send + Sync>;

/// How often a run's counts are looked at.
const TICK: Duration = Duration::from_millis(250);
/// How often the workspace is looked at for a newer run.
const LOOK_FOR_RUN: Duration = Duration::from_secs(5);
/// How long a request may take before the reader is told.
const SLOW: Duration = Duration::from_millis(150);
/// How long after a change the session is saved.
const SAVE_AFTER: Duration = Duration::from_secs(1);
/// How long a notice stays.
const NOTICE: Duration = Duration::from_secs(6);
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

/// The world outside the screen: background work and the run under way.
struct Outside {
    run: RunStages,
    answers: mpsc::Sender<Action>,
    /// Work under way, to be cancelled when the program ends.
    jobs: Vec<(JoinHandle<()>, Job)>,
    progress: Option<Board>,
    progress_changed: Option<watch::Receiver<u64>>,
}

impl Outside {
    fn work(&mut self, work: Work, job: Job) {
        let answers = self.answers.clone();
        self.jobs.retain(|(task, _)| !task.is_finished());
        let kept = job.clone();
        let task = tokio::spawn(async move {
            // A panic of the work is part of its answer; what is left is a runtime that shuts down.
            let Ok(answer) = tokio::task::spawn_blocking(move || work.perform(&job)).await else { return };
            // A closed channel means that the screen is gone, and with it whoever asked.
            let _ = answers.send(Action::Answered(answer)).await;
        });
        self.jobs.push((task, kept));
    }

    /// Asks everything under way to stop.
    fn cancel_all(&self) {
        for (_, job) in &self.jobs {
            job.cancel();
        }
        if let Some(progress) = &self.progress {
            progress.cancel_all();
        }
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

    fn fade_later(&self, notice: u64) {
        let answers = self.answers.clone();
        tokio::spawn(async move {
            sleep(NOTICE).await;
            let _ = answers.send(Action::Faded { notice }).await;
        });
    }

    fn start(&mut self, reading: Reading, force: bool) {
        let answers = self.answers.clone();
        let run = Arc::clone(&self.run);
        let progress = Board::new();
        self.progress_changed = Some(progress.subscribe());
        self.progress = Some(progress.clone());
        tokio::spawn(async move {
            let done =
                tokio::task::spawn_blocking(move || on_a_thread_of_its_own(|| run(&progress, reading, force))).await;
            let result = done.unwrap_or_else(|error| Err(Error::Missing(format!("the run broke down: {error}"))));
            let _ = answers.send(Action::RunEnded(result)).await;
        });
    }

    fn stages(&self) -> Option<Action> {
        self.progress.as_ref().map(|progress| Action::Stages(progress.snapshot()))
    }

    async fn progress_changed(&mut self) {
        let told = match &mut self.progress_changed {
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
    /// Give the terminal to an editor with this text.
    Edit(String),
    /// The end, with this exit code.
    Quit(u8),
}

/// Runs the screen until it is closed, a signal ends it, or the terminal disappears; gives the exit code.
pub async fn drive(
    app: &mut App,
    first: Effects,
    run: RunStages,
    screen: &mut Screen,
    input: &Reader,
    mut signals: Signals,
    mut hang_up: watch::Receiver<bool>,
) -> Result<u8> {
    let (answers, mut answered) = mpsc::channel(ANSWERS);
    let mut outside = Outside { run, answers, jobs: Vec::new(), progress: None, progress_changed: None };
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut runs = interval(LOOK_FOR_RUN);
    runs.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let gap = frame_gap();
    let mut frame_due = Instant::now();
    let mut background = BackgroundQuestion::ask(input, app.asks_for_background)?;
    let mut next = carry_out(app, first, &mut outside, screen)?;
    loop {
        match next {
            Next::Stay => {}
            Next::Quit(code) => {
                outside.cancel_all();
                return Ok(code);
            }
            Next::Edit(text) => {
                let text = match edited(&text, &mut signals, input).await? {
                    Ok(text) => text,
                    Err(code) => {
                        outside.cancel_all();
                        return Ok(code);
                    }
                };
                // The terminal may have another size by now.
                let (width, height) = output::size()?;
                on_event(app, Event::Resize(width, height), &mut outside, screen)?;
                next = apply(app, Action::Edited(text), &mut outside, screen)?;
                continue;
            }
            Next::Suspend => {
                suspend(&mut signals, input).await?;
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
            _ = hang_up.changed() => Next::Quit(HUNG_UP),
            asked = signals.next() => match asked {
                Asked::End(signal) => {
                    // A hang-up may be told while the terminal lives on, and then it is given back.
                    if input::hung_up() {
                        output::gone();
                    }
                    Next::Quit(exit_code(signal))
                }
                Asked::Stop => Next::Suspend,
                Asked::GoOn => {
                    // The shell may have set its own modes while we were stopped.
                    input.pause();
                    terminal::leave();
                    terminal::enter()?;
                    input.resume();
                    screen.forget()?;
                    app.dirty = true;
                    Next::Stay
                }
                Asked::Resize => {
                    let (width, height) = output::size()?;
                    on_event(app, Event::Resize(width, height), &mut outside, screen)?
                }
            },
            event = input.next() => {
                let mut next = on_event(app, event.map_err(terminal_error)?, &mut outside, screen)?;
                // All that waits is applied before the next frame.
                while matches!(next, Next::Stay) {
                    let Some(event) = input.waiting().map_err(terminal_error)? else { break };
                    next = on_event(app, event, &mut outside, screen)?;
                }
                next
            }
            Some(action) = answered.recv() => match apply(app, action, &mut outside, screen)? {
                Next::Stay => go_on(app, &mut outside, screen)?,
                next => next,
            },
            background = background.answer() => {
                app.take_background(background);
                Next::Stay
            }
            () = outside.progress_changed() => poll(app, &mut outside, screen)?,
            _ = tick.tick(), if app.is_watching() => {
                update(app, Action::PollProgress);
                poll(app, &mut outside, screen)?
            }
            _ = runs.tick(), if app.run.is_some() && !app.running => {
                apply(app, Action::LookForRun, &mut outside, screen)?
            }
            () = sleep_until(frame_due), if app.dirty => Next::Stay,
        };
    }
}

fn poll(app: &mut App, outside: &mut Outside, screen: &mut Screen) -> Result<Next> {
    match outside.stages() {
        Some(action) => apply(app, action, outside, screen),
        None => Ok(Next::Stay),
    }
}

fn on_event(app: &mut App, event: Event, outside: &mut Outside, screen: &mut Screen) -> Result<Next> {
    match event {
        Event::Key(key) => typed(app, Typed::Key(key)),
        Event::Paste(text) => typed(app, Typed::Paste(text)),
        Event::Resize(width, height) => {
            // A terminal that was small for a moment has lost what it showed, even where its size is as before.
            screen.forget()?;
            return apply(app, Action::Resize(Size { width, height }), outside, screen);
        }
        Event::Mouse(_) | Event::FocusGained | Event::FocusLost => {}
    }
    go_on(app, outside, screen)
}

/// Does all that was typed and need not wait.
fn go_on(app: &mut App, outside: &mut Outside, screen: &mut Screen) -> Result<Next> {
    let mut next = Next::Stay;
    while let (Next::Stay, Some(action)) = (&next, next_typed(app)) {
        next = apply(app, action, outside, screen)?;
    }
    Ok(next)
}

fn apply(app: &mut App, action: Action, outside: &mut Outside, screen: &mut Screen) -> Result<Next> {
    if matches!(action, Action::RunEnded(_)) {
        outside.progress = None;
        outside.progress_changed = None;
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
            Effect::FadeLater(notice) => outside.fade_later(notice),
            Effect::Copy(bytes) => output::send(&bytes)?,
            Effect::Start { reading, force } => outside.start(*reading, force),
            Effect::Cancel(stage) => {
                if let Some(progress) = &outside.progress {
                    progress.cancel(stage);
                }
            }
            Effect::Redraw => {
                screen.forget()?;
                app.dirty = true;
            }
            Effect::Edit(text) => next = Next::Edit(text),
            Effect::Suspend => next = Next::Suspend,
            Effect::Quit => return Ok(Next::Quit(0)),
        }
    }
    Ok(next)
}

/// Gives the terminal back and stops until the shell continues the program. Nothing is read meanwhile: the keys are the
/// shell's.
async fn suspend(signals: &mut Signals, input: &Reader) -> Result<()> {
    input.pause();
    terminal::leave();
    kill_process(getpid(), Signal::STOP).map_err(|error| terminal_error(error.into()))?;
    // The stop may reach another thread first: go on only when the shell says so.
    signals.go_on().await;
    terminal::enter()?;
    input.resume();
    Ok(())
}

/// How often the editor is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Gives the terminal to the analyst's own editor until it ends; its text, or the exit code of a program that is asked to end
/// meanwhile. The editor stops and goes on with the program.
async fn edited(text: &str, signals: &mut Signals, input: &Reader) -> Result<std::result::Result<Result<String>, u8>> {
    input.pause();
    terminal::leave();
    let written = match Editing::start(text) {
        Ok(mut editing) => loop {
            tokio::select! {
                () = sleep(LOOK) => match editing.has_ended() {
                    Ok(false) => {}
                    Ok(true) => break editing.text(),
                    Err(error) => break Err(error),
                },
                asked = signals.next() => match asked {
                    Asked::End(signal) => {
                        editing.end();
                        return Ok(Err(exit_code(signal)));
                    }
                    Asked::Stop => {
                        kill_process(getpid(), Signal::STOP).map_err(|error| terminal_error(error.into()))?;
                        signals.go_on().await;
                    }
                    Asked::GoOn | Asked::Resize => {}
                },
            }
        },
        Err(error) => Err(error),
    };
    terminal::enter()?;
    input.resume();
    Ok(Ok(written))
}
