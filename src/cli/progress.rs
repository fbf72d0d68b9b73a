//! Progress of a run on stderr: a line per finished stage, and a moving line for the one at work when stderr is a terminal.

use std::io::{IsTerminal, stderr};
use std::thread;
use std::time::Duration;

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::pipeline::{Board, StageState, StageStatus};

/// How often the moving line is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Runs `work` while telling its progress from `board`; Ctrl-C and SIGTERM cancel every stage.
pub fn watch<T: Send>(board: &Board, work: impl FnOnce() -> T + Send) -> T {
    let line = if stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    line.set_style(
        ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let mut told = Told::default();
    let result = thread::scope(|scope| {
        let worker = scope.spawn(work);
        while !worker.is_finished() {
            told.finished(board, &line);
            line.tick();
            thread::sleep(TICK);
        }
        worker.join()
    });
    told.finished(board, &line);
    line.finish_and_clear();
    match result {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Calls `cancel` on Ctrl-C or SIGTERM. A second signal ends the process at once.
pub fn cancel_on_signal(cancel: impl Fn() + Send + 'static) -> crate::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(crate::Error::io("signal handler"))?;
    thread::spawn(move || {
        runtime.block_on(async {
            wait_for_signal().await;
            eprintln!("cancelling; again to end at once");
            cancel();
            wait_for_signal().await;
            std::process::exit(130);
        });
    });
    Ok(())
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
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
                StageState::Running => line.set_message(moving(&status)),
                _ if self.stages.contains(&status.id.name()) => {}
                _ => {
                    self.stages.push(status.id.name());
                    line.suspend(|| eprintln!("{}", ended(&status)));
                }
            }
        }
    }
}

fn moving(status: &StageStatus) -> String {
    let progress = &status.progress;
    let seconds = status.elapsed.as_secs();
    if progress.total == 0 {
        return format!("{:<9} {seconds} s", status.id.name());
    }
    let percent = 100 * progress.done.min(progress.total) / progress.total;
    if progress.unit.starts_with("bytes") {
        let (done, total) = (HumanBytes(progress.done), HumanBytes(progress.total));
        return format!(
            "{:<9} {percent:>3} %  {done} of {total} {}  {seconds} s",
            status.id.name(),
            progress.unit.trim_start_matches("bytes").trim_start()
        );
    }
    format!(
        "{:<9} {percent:>3} %  {} of {} {}  {seconds} s",
        status.id.name(),
        progress.done,
        progress.total,
        progress.unit
    )
}

fn ended(status: &StageStatus) -> String {
    let reason = status.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{:<9} {:<9} {:>6.1} s{reason}", status.id.name(), status.state.name(), status.elapsed.as_secs_f64())
}
