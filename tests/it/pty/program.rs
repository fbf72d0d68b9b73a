//! The program itself, as a process.

use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use portable_pty::{Child, ExitStatus};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// A process that is killed where a failed test leaves it behind.
pub struct Program {
    pub(super) child: Box<dyn Child + Send + Sync>,
    pub(super) ended: bool,
}

impl Program {
    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.process_id().unwrap()).unwrap()).unwrap()
    }

    /// Waits for the process to end.
    pub fn ends(&mut self, within: Duration) -> ExitStatus {
        self.is_over(within);
        self.ended = true;
        self.child.wait().unwrap()
    }

    /// Waits for the process to be over, without forgetting what it used.
    pub fn is_over(&self, within: Duration) {
        let pid = self.pid();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let ended = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
            let _ = tell.send(ended);
        });
        let told = told.recv_timeout(within).unwrap_or_else(|_| panic!("the program did not end within {within:?}"));
        told.unwrap();
    }

    /// CPU time used so far, also of a process that is over; `None` on a system without `/proc`.
    pub fn cpu(&self) -> Option<Duration> {
        /// A tick of Linux' accounts is a hundredth of a second on every machine.
        const TICK: Duration = Duration::from_millis(10);
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid().as_raw_nonzero())).ok()?;
        // The name, in parentheses, may hold anything; the state is the field after it, the times are the 14th and 15th.
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        let ticks: u32 = fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?;
        Some(TICK * ticks)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if !self.ended {
            // A process that is gone already needs no end.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
