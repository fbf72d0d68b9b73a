//! Times that stand alone in the future: typing errors that would make T a day on which nobody has bought for years.

use crate::ingest::append::FileRead;
use crate::ingest::log::EventLog;

/// Why such events are left out.
pub(super) const FUTURE: &str = "time in the future";

const DAY_MS: i64 = 86_400_000;
/// At most one event in so many stands alone.
const FEW: usize = 100;
/// At most one event in so many is dated as what stands for no date, such as 31 December 2099.
const STAND_INS: usize = 5;
/// So far from all others it stands alone, in days.
const APART: i64 = 30;
/// So far ahead a day that many events share stands for no date, in days.
const FAR: i64 = 365;
/// Times that are named.
const NAMED: usize = 3;

/// Leaves out events dated a day or more after their files were last written, where they are few and far behind all
/// others; how many, and what a reader should know.
pub(super) fn leave_out<R: Copy>(log: &mut EventLog, read: &[FileRead], rows: &mut Vec<R>) -> Option<(u64, String)> {
    let written = read.iter().map(|file| file.print.modified_ms).max()?;
    let is_future = |time: i64| time > written + DAY_MS;
    if !is_future(log.as_of) {
        return None;
    }
    let mut late: Vec<i64> = log.time.iter().copied().filter(|&time| is_future(time)).collect();
    late.sort_unstable();
    let last = log.time.iter().copied().filter(|&time| !is_future(time)).max()?;
    let is_few = late.len() * FEW <= log.len() && late[0] - last >= APART * DAY_MS;
    let latest = late.last().copied().unwrap_or_default();
    let share_a_day =
        latest - late[0] < DAY_MS && late[0] - last >= FAR * DAY_MS && late.len() * STAND_INS <= log.len();
    if !is_few && !share_a_day {
        return None;
    }
    let keep: Vec<bool> = log.time.iter().map(|&time| !is_future(time)).collect();
    let left_out = log.keep_events(&keep, rows);
    let instant =
        |time: i64| jiff::Timestamp::from_millisecond(time).map_or_else(|_| time.to_string(), |at| at.to_string());
    let named: Vec<String> = late.iter().take(NAMED).map(|&time| instant(time)).collect();
    let more = if late.len() > NAMED { format!(" and {} more", late.len() - NAMED) } else { String::new() };
    let note = format!(
        "{left_out} events lie in the future and far behind all others, {}{more}: they are left out; the latest other one is {}",
        named.join(", "),
        instant(last)
    );
    Some((left_out, note))
}
