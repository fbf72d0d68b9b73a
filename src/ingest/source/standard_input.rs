//! Standard input, which can be read once.

use std::io::{IsTerminal as _, Read as _, Write};
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::error::{Error, Result};
use crate::job::Job;

/// What it is called in errors.
const NAME: &str = "standard input";
/// Bytes that are copied at a time.
const PIECE: usize = 256 << 10;
/// Between two looks at the cancel flag.
const LOOK: Duration = Duration::from_millis(200);

/// Copies all of standard input and returns its bytes, which are counted on `job`.
///
/// # Errors
/// [`Error::Refused`] for a terminal, where nobody could end a log; [`Error::Input`] where nothing comes; [`Error::Io`];
/// [`Error::Cancelled`].
pub(super) fn copy(out: &mut dyn Write, job: &Job) -> Result<u64> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let what = "is the terminal; put a log into it: zcat log.csv.gz | user360 run --input -".to_owned();
        return Err(Error::Refused { path: Path::new(NAME).to_path_buf(), what });
    }
    job.begin("bytes of standard input", 0);
    let mut piece = vec![0; PIECE];
    let mut bytes = 0;
    loop {
        wait(&stdin, job)?;
        let count = match stdin.lock().read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::io(NAME)(error)),
        };
        out.write_all(&piece[..count]).map_err(Error::io(NAME))?;
        bytes += count as u64;
        job.advance(count as u64);
    }
    if bytes == 0 {
        let what = "is empty: nothing was put into it".to_owned();
        return Err(Error::Input { path: NAME.into(), line: None, what });
    }
    Ok(bytes)
}

/// Waits until there is something to read, or an end; gives up when the job is cancelled.
fn wait(stdin: &std::io::Stdin, job: &Job) -> Result<()> {
    let look = Timespec { tv_sec: 0, tv_nsec: i64::from(LOOK.subsec_nanos()) };
    loop {
        job.check()?;
        let mut watched = [PollFd::new(stdin, PollFlags::IN)];
        match poll(&mut watched, Some(&look)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(Error::io(NAME)(error.into())),
        }
    }
}
