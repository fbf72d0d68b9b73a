//! Peak memory of the process, read from the operating system.

use std::fs;

/// Starts a new peak: what [`peak_bytes`] reads afterwards is the peak since now. Without effect where the system has no such switch.
pub fn reset_peak() {
    // Linux only; elsewhere, and where it is forbidden, the peak stays that of the whole process.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The peak resident set in bytes; `None` where the system does not tell.
pub fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
