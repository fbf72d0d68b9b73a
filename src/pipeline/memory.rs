//! Memory: the peak of the process, what may still be taken of the machine's, and whether a stage fits into it. Read from
//! the operating system's files; where it has none, nothing is known and nothing refused.
//!
//! What a stage takes stands beside its code. It was measured as the peak resident set of each stage on generated logs of
//! 275,721 events of 140,758 users, 826,436 of 422,274 and 761,847 of 140,758; on 2,757,240 events of 1,407,580 users the
//! largest comes to 0.85 GiB, where 0.80 were seen.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::pipeline::stages::about;
use crate::stage::StageId;

/// Starts a new peak: what [`peak_bytes`] reads afterwards is the peak since now. Without effect where the system has no such switch.
pub fn reset_peak() {
    // Linux only; elsewhere, and where it is forbidden, the peak stays that of the whole process.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The peak resident set in bytes; `None` where the system does not tell.
pub fn peak_bytes() -> Option<u64> {
    status(Path::new("/"), "VmHWM:")
}

/// A line of the process's status, in bytes.
fn status(root: &Path, name: &str) -> Option<u64> {
    kibibytes(&fs::read_to_string(root.join("proc/self/status")).ok()?, name)
}

fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// Refuses a stage that would not fit into the memory that is left, before it starts: a system without memory ends the
/// process without a word. Of a log that is not yet read the users are unknown, 0.
///
/// # Errors
/// [`Error::Memory`] with what is needed, what there is, and what to do.
pub fn fits(stage: StageId, events: u64, users: u64) -> Result<()> {
    let root = Path::new("/");
    // Pages of files give way and are counted as free already; what the process holds itself is not.
    match (Room::of(root), status(root, "RssAnon:")) {
        (Some(room), Some(own)) => room.takes(stage, events, users, own),
        _ => Ok(()),
    }
}

/// Memory that may still be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Room {
    bytes: u64,
    /// What sets the bound.
    bound: String,
}

impl Room {
    /// The narrowest of the machine's, the control groups' and the process's own bounds. `root` is where the system's
    /// files lie.
    fn of(root: &Path) -> Option<Self> {
        let all = [machine(root), process(root)].into_iter().flatten();
        all.chain(groups(root)).min_by_key(|room| room.bytes)
    }

    /// Whether a stage fits, with what the process takes already.
    fn takes(&self, stage: StageId, events: u64, users: u64, own: u64) -> Result<()> {
        let [process, event, user] = about(stage).memory;
        let needed = [event.saturating_mul(events), user.saturating_mul(users)];
        let needed = needed.into_iter().fold(process, u64::saturating_add);
        let there = self.bytes.saturating_add(own);
        if needed <= there {
            return Ok(());
        }
        let of_what = if users == 0 { format!("{events} events") } else { format!("{events} events of {users} users") };
        Err(Error::Memory(format!(
            "{} would need about {} of memory for {of_what}, and there are {} ({}); raise that limit, end other programs, \
             or read a shorter log",
            stage.name(),
            mebibytes(needed),
            mebibytes(there),
            self.bound
        )))
    }
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1 << 20))
}

/// What the machine has left.
fn machine(root: &Path) -> Option<Room> {
    let text = fs::read_to_string(root.join("proc/meminfo")).ok()?;
    let bytes = kibibytes(&text, "MemAvailable:")?;
    Some(Room { bytes, bound: "the machine's free memory".to_owned() })
}

/// What `ulimit -v` leaves.
fn process(root: &Path) -> Option<Room> {
    let text = fs::read_to_string(root.join("proc/self/limits")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    let limit: u64 = line.split_ascii_whitespace().next()?.parse().ok()?;
    let bytes = limit.saturating_sub(status(root, "VmSize:")?);
    Some(Room { bytes, bound: format!("the process's address space is limited to {}", mebibytes(limit)) })
}

/// What each control group that the process is in leaves, of version 1 and 2.
fn groups(root: &Path) -> Vec<Room> {
    let Ok(text) = fs::read_to_string(root.join("proc/self/cgroup")) else { return Vec::new() };
    let mut rooms = Vec::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let path = path.trim_start_matches('/');
        if controllers.is_empty() {
            for mount in ["sys/fs/cgroup", "sys/fs/cgroup/unified"] {
                rooms.extend(above(&root.join(mount), path, &VERSION_2));
            }
        } else if controllers.split(',').any(|controller| controller == "memory") {
            rooms.extend(above(&root.join("sys/fs/cgroup/memory"), path, &VERSION_1));
        }
    }
    rooms
}

/// The files of a control group: its limit, what is taken of it, and the lines of `memory.stat` that tell how much of
/// that is cached files, which give way.
struct Names {
    limit: &'static str,
    usage: &'static str,
    cached: [&'static str; 2],
}

const VERSION_1: Names = Names {
    limit: "memory.limit_in_bytes",
    usage: "memory.usage_in_bytes",
    cached: ["total_inactive_file", "total_active_file"],
};
const VERSION_2: Names =
    Names { limit: "memory.max", usage: "memory.current", cached: ["inactive_file", "active_file"] };

/// A group and those above it. Inside a container the path may be that of the machine outside: what is not there is
/// passed over.
fn above(mount: &Path, path: &str, names: &Names) -> Vec<Room> {
    let folder = mount.join(path);
    folder
        .ancestors()
        .take_while(|folder| folder.starts_with(mount))
        .filter_map(|folder| group(folder, names))
        .collect()
}

fn group(folder: &Path, names: &Names) -> Option<Room> {
    let number = |name: &str| fs::read_to_string(folder.join(name)).ok()?.trim().parse::<u64>().ok();
    // "max" is no number; version 1 writes no limit as one that no machine has.
    let limit = number(names.limit).filter(|&limit| limit < 1 << 60)?;
    let stat = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let cached = |name: &&str| -> u64 {
        let line = stat.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|bytes| bytes.trim().parse().ok()).unwrap_or(0)
    };
    let taken = number(names.usage)?.saturating_sub(names.cached.iter().map(cached).sum());
    Some(Room {
        bytes: limit.saturating_sub(taken),
        bound: format!("its control group is limited to {}", mebibytes(limit)),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const MIB: u64 = 1 << 20;

    /// A system's files below a folder of their own.
    fn system(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn room(files: &[(&str, &str)]) -> Option<(u64, String)> {
        Room::of(system(files).path()).map(|room| (room.bytes / MIB, room.bound))
    }

    #[test]
    fn the_narrowest_bound_counts() {
        let meminfo = ("proc/meminfo", "MemTotal: 9000 kB\nMemAvailable:    1048576 kB\n");
        assert_eq!(room(&[]), None);
        assert_eq!(room(&[meminfo]), Some((1024, "the machine's free memory".to_owned())));
        let version_2 = [
            meminfo,
            ("proc/self/cgroup", "0::/shop/run\n"),
            ("sys/fs/cgroup/shop/run/memory.max", "max\n"),
            ("sys/fs/cgroup/shop/run/memory.current", "1000\n"),
            ("sys/fs/cgroup/shop/memory.max", "419430400\n"),
            ("sys/fs/cgroup/shop/memory.current", "209715200\n"),
            ("sys/fs/cgroup/shop/memory.stat", "anon 1\ninactive_file 52428800\nactive_file 52428800\n"),
        ];
        assert_eq!(room(&version_2), Some((300, "its control group is limited to 400 MiB".to_owned())));
        let version_1 = [
            meminfo,
            ("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/outside/unseen\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "104857600\n"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "94371840\n"),
            ("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 10485760\n"),
        ];
        assert_eq!(room(&version_1), Some((20, "its control group is limited to 100 MiB".to_owned())));
        let unlimited = [
            meminfo,
            ("proc/self/cgroup", "4:memory:/\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "94371840\n"),
            ("proc/self/limits", "Limit  Soft  Hard\nMax address space   unlimited   unlimited   bytes\n"),
        ];
        assert_eq!(room(&unlimited).unwrap().0, 1024);
        let address_space = [
            meminfo,
            ("proc/self/limits", "Max address space         524288000            524288000            bytes\n"),
            ("proc/self/status", "VmSize:   102400 kB\nVmRSS:    51200 kB\n"),
        ];
        assert_eq!(room(&address_space), Some((400, "the process's address space is limited to 500 MiB".to_owned())));
    }

    #[test]
    fn a_stage_fits_or_says_what_it_lacks() {
        let room = Room { bytes: 100 * MIB, bound: "a bound".to_owned() };
        // 64 MiB and 58 bytes an event: 1,800,000 events are 163.6 MiB.
        assert!(room.takes(StageId::Ingest, 1_800_000, 0, 64 * MIB).is_ok());
        let refused = room.takes(StageId::Ingest, 1_900_000, 0, 64 * MIB).unwrap_err().to_string();
        assert_eq!(
            refused,
            "ingest would need about 170 MiB of memory for 1900000 events, and there are 164 MiB (a bound); raise that \
             limit, end other programs, or read a shorter log"
        );
        let refused = room.takes(StageId::Uplift, 1_000, 1_000_000, 0).unwrap_err().to_string();
        assert!(refused.contains("599 MiB of memory for 1000 events of 1000000 users"), "{refused}");
        assert!(room.takes(StageId::Uplift, u64::MAX, u64::MAX, u64::MAX).is_ok(), "saturates");
    }

    #[test]
    fn this_machine_has_room_for_a_small_log() {
        fits(StageId::Ingest, 1_000, 0).unwrap();
    }
}
