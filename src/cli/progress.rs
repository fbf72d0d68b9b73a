//! Progress on stderr: a line per finished stage of a run, and a moving line for the work at hand when stderr is a terminal.

use std::io::{IsTerminal, stderr};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::cli::door;
use crate::cli::signals;
use crate::job::{Job, Progress};
use crate::pipeline::{Board, StageStatus};
use crate::stage::StageState;
use crate::text::shown;

/// How often the moving line is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Runs `work` while telling its progress from `board`.
pub fn watch<T: Send>(board: &Board, work: impl FnOnce() -> T + Send) -> T {
    let mut told = Told::default();
    follow(work, |line| told.finished(board, line))
}

/// Runs `work`, one job with a name, while telling its progress.
pub fn watch_job<T: Send>(job: &Job, name: &str, work: impl FnOnce() -> T + Send) -> T {
    let begun = Instant::now();
    follow(work, |line| line.set_message(moving(name, &job.progress(), begun.elapsed())))
}

fn follow<T: Send>(work: impl FnOnce() -> T + Send, mut tell: impl FnMut(&ProgressBar)) -> T {
    let line = if stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    line.set_style(
        ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let result = thread::scope(|scope| {
        let worker = scope.spawn(work);
        while !worker.is_finished() {
            tell(&line);
            line.tick();
            thread::sleep(TICK);
        }
        worker.join()
    });
    tell(&line);
    line.finish_and_clear();
    match result {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Calls `cancel` on Ctrl-C, SIGTERM or a hang-up. A second signal ends the process at once.
pub fn cancel_on_signal(cancel: impl Fn() + Send + 'static) {
    signals::on_signal(cancel);
}

#[derive(Default)]
struct Told {
    stages: Vec<&'static str>,
}

impl Told {
    fn finished(&mut self, board: &Board, line: &ProgressBar) {
        for status in board.snapshot() {
            match status.state {
                StageState::Waiting => {}
                StageState::Running => {
                    line.set_message(moving(status.id.name(), &status.progress, status.elapsed));
                }
                _ if self.stages.contains(&status.id.name()) => {}
                _ => {
                    self.stages.push(status.id.name());
                    line.suspend(|| door::narrate_lines(&ended(&status)));
                }
            }
        }
    }
}

/// The moving line; the bar draws it as it is.
fn moving(name: &str, progress: &Progress, elapsed: Duration) -> String {
    shown(&unescaped(name, progress, elapsed)).into_owned()
}

fn unescaped(name: &str, progress: &Progress, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    let counts_bytes = progress.unit.starts_with("bytes");
    let of_what = progress.unit.trim_start_matches("bytes").trim_start();
    if progress.total == 0 && progress.done > 0 && counts_bytes {
        return format!("{name:<9} {} {of_what}  {seconds} s", HumanBytes(progress.done));
    }
    if progress.total == 0 {
        return format!("{name:<9} {seconds} s");
    }
    let percent = 100 * progress.done.min(progress.total) / progress.total;
    if counts_bytes {
        let (done, total) = (HumanBytes(progress.done), HumanBytes(progress.total));
        return format!("{name:<9} {percent:>3} %  {done} of {total} {of_what}  {seconds} s");
    }
    format!("{name:<9} {percent:>3} %  {} of {} {}  {seconds} s", progress.done, progress.total, progress.unit)
}

fn ended(status: &StageStatus) -> String {
    let reason = status.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{:<9} {:<9} {:>6.1} s{reason}", status.id.name(), status.state.name(), status.elapsed.as_secs_f64())
}
