//! How the query engine is set up: its memory, its threads, its functions, and what it may read.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::thread;

use datafusion::catalog::CatalogProvider;
use datafusion::common::DataFusionError;
use datafusion::common::config::Dialect;
use datafusion::execution::SessionStateDefaults;
use datafusion::execution::TempFileFactory;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use tokio::runtime::Runtime;

use crate::error::{Error, Result};
use crate::store::engine::functions;
use crate::store::engine::rules::CooperativeJoins;
use crate::store::engine::spill::Spilled;

/// Stack of a thread that plans and runs queries: what the limits of depth admit takes a part of it.
const STACK: usize = if cfg!(debug_assertions) { 64 << 20 } else { 16 << 20 };

/// The catalogue's name in the query engine.
pub(super) const CATALOG: &str = "user360";

/// Memory of queries where the machine does not tell its own.
const UNKNOWN: u64 = 2 << 30;

static MEMORY: AtomicU64 = AtomicU64::new(0);

/// Sets the memory that all queries of this process take together, in bytes; 0 for a quarter of what the process may
/// have. Without effect once a query has run.
pub fn set_query_memory(bytes: u64) {
    MEMORY.store(bytes, Ordering::Relaxed);
}

/// The memory that queries take together at most, in bytes.
pub(super) fn memory() -> u64 {
    match MEMORY.load(Ordering::Relaxed) {
        0 => quarter(Path::new("/")),
        bytes => bytes,
    }
}

/// A quarter of the machine's memory, or of the control group's where that is less.
fn quarter(root: &Path) -> u64 {
    let kibibytes = |text: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        line.split_ascii_whitespace().next()?.parse::<u64>().ok()
    };
    let machine = fs::read_to_string(root.join("proc/meminfo")).ok().and_then(|text| Some(kibibytes(&text)? * 1024));
    let group = group(root);
    let whole = machine.into_iter().chain(group).min().unwrap_or(UNKNOWN * 4);
    whole / 4
}

/// The limit of the control group that the process is in, or of one above it.
fn group(root: &Path) -> Option<u64> {
    let text = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let limits = text.lines().filter_map(|line| {
        let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
        let (mount, file) = match controllers {
            "" => ("sys/fs/cgroup", "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => return None,
        };
        let places = Path::new(path.trim_start_matches('/')).ancestors();
        let limits = places.map(|place| root.join(mount).join(place).join(file));
        limits.filter_map(|file| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok()).min()
    });
    limits.min()
}

/// The threads of queries: their own, so that no query holds up the screen.
pub(super) fn threads() -> Result<&'static Runtime> {
    static THREADS: OnceLock<Runtime> = OnceLock::new();
    if let Some(threads) = THREADS.get() {
        return Ok(threads);
    }
    let made = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(parts())
        .thread_name("query")
        .thread_stack_size(STACK)
        .on_thread_start(crate::caught::quiet_thread)
        .enable_time()
        .build();
    let made = made.map_err(Error::io("query threads"))?;
    Ok(THREADS.get_or_init(|| made))
}

/// Into how many parts a table is read at once.
fn parts() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// The memory that all queries share, and where they put what it does not hold.
fn environment() -> Result<Arc<RuntimeEnv>, DataFusionError> {
    static POOL: LazyLock<Arc<dyn MemoryPool>> = LazyLock::new(|| Arc::new(FairSpillPool::new(memory() as usize)));
    static DISK: LazyLock<Arc<Spilled>> = LazyLock::new(Arc::default);
    let files = DiskManagerMode::Custom(Arc::clone(&*DISK) as Arc<dyn TempFileFactory>);
    RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::clone(&*POOL))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(files))
        .build_arc()
}

/// A session that reads the tables of a catalogue and nothing else.
pub(super) fn session(tables: Arc<dyn CatalogProvider>, schema: &str) -> Result<SessionState, DataFusionError> {
    let mut config = SessionConfig::new()
        .with_target_partitions(parts())
        .with_information_schema(false)
        .with_create_default_catalog_and_schema(false)
        .with_default_catalog_and_schema(CATALOG, schema);
    let options = config.options_mut();
    options.sql_parser.dialect = Dialect::DuckDB;
    "nulls_last".clone_into(&mut options.sql_parser.default_null_ordering);
    options.sql_parser.collect_spans = true;
    options.sql_parser.map_string_types_to_utf8view = false;
    options.optimizer.expand_views_at_output = false;
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(environment()?)
        .with_expr_planners(functions::planners())
        .with_scalar_functions(SessionStateDefaults::default_scalar_functions())
        .with_higher_order_functions(SessionStateDefaults::default_higher_order_functions())
        .with_aggregate_functions(SessionStateDefaults::default_aggregate_functions())
        .with_window_functions(SessionStateDefaults::default_window_functions())
        .with_table_function_list(functions::of_tables())
        .with_physical_optimizer_rule(Arc::new(CooperativeJoins))
        .build();
    let context = SessionContext::new_with_state(state);
    for function in functions::scalars() {
        context.register_udf(function);
    }
    context.register_catalog(CATALOG, tables);
    Ok(context.state())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn memory_is_a_quarter_of_the_machine_s_or_of_the_group_s() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(quarter(root.path()), UNKNOWN);
        let write = |name: &str, text: &str| {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB\n");
        assert_eq!(quarter(root.path()), 4 << 20);
        write("proc/self/cgroup", "0::/shop/run\n");
        write("sys/fs/cgroup/shop/run/memory.max", "max\n");
        assert_eq!(quarter(root.path()), 4 << 20);
        write("sys/fs/cgroup/shop/memory.max", "8388608\n");
        assert_eq!(quarter(root.path()), 2 << 20);
    }
}
