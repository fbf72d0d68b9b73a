//! The workspace on disk and the tables in memory: what fronts read and engines write.
//!
//! May import the engine's types and [`crate::plot`]. Gives [`Workspace`] with its committed [`Run`]s, [`UserTable`] (every per-user result
//! side by side) with [`View`]s of it, [`figures`] of what stages recorded, [`sql`], [`profile`] and [`export`].

mod activity;
mod cell;
mod export;
mod figures;
mod order;
mod profile;
mod query;
mod rank;
mod record;
mod run;
#[cfg(test)]
mod tests;
mod users;
mod workspace;
mod writer;

pub use activity::{Affinity, TimelineEvent, Week, timeline};
pub use cell::{Cell, cell_at};
pub use export::{ExportOptions, Exported, Format, export, write_rows};
pub use figures::{Figure, FigureKind, Length, Scale, Steps, figures};
pub use order::{SortKey, View};
pub use profile::{Attribute, Reason, Recommendation, UserProfile, profile};
pub use query::{condition, sql};
pub use record::{FileRecord, RunInfo, StageRecord};
pub use run::Run;
pub use users::{ColumnInfo, ColumnKind, UserTable};
pub use workspace::{Workspace, Writer, default_root};
pub use writer::NewRun;
