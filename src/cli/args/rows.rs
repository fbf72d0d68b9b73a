//! Options of `users`, `user`, `export` and `sql`.

use std::path::PathBuf;

use crate::cli::args::format::ReportFormat;
use crate::cli::formats::{self, RowFormat};
use crate::store::Format;

/// `user360 users`.
#[derive(Debug, clap::Args)]
pub struct UsersArgs {
    /// An SQL condition over the columns, such as "churn > 0.8 and segment = 'Loyal buyers'".
    #[arg(long = "where", value_name = "SQL")]
    pub condition: Option<String>,
    /// Sort by a column, descending with `:desc`; repeat for further keys.
    #[arg(long, value_name = "COL[:desc]")]
    pub sort: Vec<String>,
    /// Maximum number of rows.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Only these columns, in this order.
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub columns: Option<Vec<String>>,
    /// How rows are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: RowFormat,
    /// Do not neutralise text in CSV that a spreadsheet would run as a formula.
    #[arg(long)]
    pub raw: bool,
}

/// `user360 user`.
#[derive(Debug, clap::Args)]
pub struct UserArgs {
    /// The user's id.
    pub id: String,
    /// Number of newest events to list.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub events: usize,
    /// Format of the answer.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// `user360 export`.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// An SQL condition over the columns; without it, every user.
    #[arg(long = "where", value_name = "SQL")]
    pub condition: Option<String>,
    /// Sort by a column, descending with `:desc`; repeat for further keys.
    #[arg(long, value_name = "COL[:desc]")]
    pub sort: Vec<String>,
    /// Only these columns, in this order.
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub columns: Option<Vec<String>>,
    #[allow(missing_docs, reason = "its help names the formats there are")]
    #[arg(long, value_name = "FILE", help = formats::help_of_export())]
    pub out: PathBuf,
    /// The format, whatever the file is called.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Replace the file if it exists.
    #[arg(long)]
    pub overwrite: bool,
    /// Do not neutralise text that a spreadsheet would run as a formula.
    #[arg(long)]
    pub raw: bool,
}

/// `user360 sql`.
#[derive(Debug, clap::Args)]
pub struct SqlArgs {
    /// The query, over the tables users, events, items, features, segments, churn, ltv, uplift, recommendations and
    /// `similar_items`.
    pub query: String,
    /// Maximum number of rows.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub limit: usize,
    /// How rows are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: RowFormat,
    /// Do not neutralise text in CSV that a spreadsheet would run as a formula.
    #[arg(long)]
    pub raw: bool,
}
