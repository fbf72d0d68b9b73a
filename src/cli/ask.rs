//! Questions to whoever sits before the terminal.

use std::io::{self, BufRead as _, IsTerminal as _};

use crate::cli::door;
use crate::error::{Error, Result};

/// Whether the answer is yes; without a terminal there is nobody to say so.
///
/// # Errors
/// Where the answer cannot be read.
pub fn accepted(question: &str) -> Result<bool> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(false);
    }
    door::narrate_lines(&format!("{question} [y/N]"));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(Error::io("stdin"))?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}
