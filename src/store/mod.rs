//! The workspace on disk and its tables: what fronts read and engines write.
//!
//! May import the engine's types and [`crate::plot`]. Gives [`Workspace`] with its committed [`Run`]s, [`DataTable`]
//! (rows with named columns, such as every per-user result side by side) with [`View`]s of it, [`sql`], [`profile`],
//! [`summary`], [`compare`], [`export`](fn@export), and the [`figures`] that a stage recorded.

mod activity;
mod alerts;
mod alike;
mod beside;
mod blocks;
mod cell;
mod charts;
mod checksums;
mod columns;
mod compare;
mod condition;
mod database;
mod engine;
mod erase;
mod export;
mod export_profile;
mod formats;
pub mod front_page;
mod groups;
mod histogram;
mod history;
mod inbox;
mod item;
mod kept;
mod labels;
mod manifest;
mod marks;
mod moves;
mod names;
mod order;
mod parquet;
mod part;
mod profile;
mod rank;
mod record;
mod repair;
pub mod results;
mod run;
mod scratch;
mod spoken;
mod stages;
mod standing;
mod statistics;
mod summary;
mod table;
mod terms;
#[cfg(test)]
mod tests;
mod unknown;
mod verified;
mod wanted_by;
mod workspace;
mod writer;
mod xlsx;

pub use crate::features::Drift;
pub use crate::models::segments::SegmentProfile;
pub use activity::{Affinity, TimelineEvent, Week, timeline};
pub use alerts::{Alert, Status};
pub use alike::{quoted_name, quoted_text};
pub use beside::{Beside, LAST};
pub use blocks::Blocks;
pub use cell::{Cell, cell_at};
pub use charts::{Chart, ChartKind, Length, Scale, Steps, explained as explained_chart};
pub use columns::{
    Better, ColumnEntry, Holds, MetricEntry, Role, SIMULATED, Shown, TableEntry, catalogue, feature_label, metric,
    metrics, other_name, user_column,
};
pub use compare::{Comparison, MetricPair, Migration, compare};
pub use database::export_to_table;
pub use engine::{Answer, remove_spilled, set_query_memory, sql, sql_blocks, sql_counted, sql_functions, sql_of_job};
pub use export::{ExportOptions, Exported, export, write_rows};
pub use export_profile::{ExportProfile, profiles};
pub use formats::{Format, FormatEntry};
pub use front_page::FrontPage;
pub use groups::Groups;
pub use inbox::Brought;
pub use item::{Fact, ItemProfile, item_profile, recommendations};
pub use kept::Removed;
pub use labels::by_name;
pub use marks::Marks;
pub use order::{Order, SortKey, View};
pub use part::Part;
pub use profile::{Attribute, POPULAR, Reason, Recommendation, UserProfile, profile};
pub use record::RunInfo;
pub use repair::Repaired;
pub use results::figures::Figure;
pub use results::{at_a_glance, charts};
pub use run::Run;
pub use scratch::{further_scratch, scratch};
pub use spoken::as_sql;
pub use stages::{FileRecord, OtherStage, Recorded, StageRecord, Stages};
pub use standing::{Standing, standing};
pub use statistics::Statistics;
pub use summary::{Budget, Distribution, Map, Summary, TableInfo, segment_profile, summary};
pub use table::{ColumnInfo, ColumnKind, DataTable};
pub use terms::Terms;
pub use wanted_by::{WantedBy, wanted_by};
pub use workspace::{Workspace, Writer, default_root};
pub use writer::NewRun;
