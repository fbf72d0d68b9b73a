//! Where and with what a measurement was made.

use std::fs;

use serde::Serialize;

/// The machine and the program's build. What the system does not tell is `None`.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The operating system.
    pub system: &'static str,
    /// The processor's architecture.
    pub architecture: &'static str,
    /// The processor's name.
    pub processor: Option<String>,
    /// Threads that the program may use.
    pub threads: usize,
    /// Memory in all.
    pub memory_bytes: Option<u64>,
    /// The kernel's release.
    pub kernel: Option<String>,
    /// Mean number of processes at work in the last minute, when the measurement began.
    pub load: Option<f64>,
    /// The program's version.
    pub version: &'static str,
    /// Version of the table library.
    pub polars: &'static str,
    /// `debug` or `release`.
    pub build: &'static str,
}

impl Machine {
    /// This machine, now.
    pub fn here() -> Self {
        let text = |path: &str| fs::read_to_string(path).ok();
        let field = |path: &str, name: &str| {
            let text = text(path)?;
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let kibibytes = field("/proc/meminfo", "MemTotal")
            .and_then(|value| value.split_ascii_whitespace().next()?.parse::<u64>().ok());
        Self {
            system: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            processor: field("/proc/cpuinfo", "model name"),
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_bytes: kibibytes.map(|value| value * 1024),
            kernel: text("/proc/sys/kernel/osrelease").map(|release| release.trim().to_owned()),
            load: text("/proc/loadavg").and_then(|line| line.split_ascii_whitespace().next()?.parse().ok()),
            version: env!("CARGO_PKG_VERSION"),
            polars: polars::VERSION,
            build: if cfg!(debug_assertions) { "debug" } else { "release" },
        }
    }

    /// Why these measurements say little about the program at its best.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.build == "debug" {
            warnings.push(
                "a debug build: many times slower than a release build; measure with `cargo run --release -- bench`"
                    .to_owned(),
            );
        }
        if let Some(load) = self.load.filter(|load| *load > BUSY * self.threads as f64) {
            warnings.push(format!("the machine was busy: load {load:.1} on {} threads", self.threads));
        }
        warnings
    }
}

/// Above this load per thread others take time away.
const BUSY: f64 = 0.5;
