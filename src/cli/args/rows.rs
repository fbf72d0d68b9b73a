//! Options of `users`, `user`, `export` and `sql`.

use std::path::PathBuf;

use crate::cli::args::format::ReportFormat;
use crate::cli::args::table_mode::TableMode;
use crate::cli::formats::{self, RowFormat};
use crate::spreadsheet::Dialect;
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
    /// Maximum number of rows; without it a table has 20, and every other format has them all.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only these columns, in this order.
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub columns: Option<Vec<String>>,
    /// How rows are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: RowFormat,
    /// How CSV is written.
    #[arg(long, value_enum, default_value_t)]
    pub dialect: Dialect,
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

/// `user360 note`.
#[derive(Debug, clap::Args)]
pub struct NoteArgs {
    /// The user's id.
    pub id: String,
    /// Words, which take the place of the note, and #tags, which come to the others; -#tag takes one away. Without it, what
    /// stands there is printed.
    #[arg(allow_hyphen_values = true)]
    pub text: Option<String>,
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
    /// What becomes of a database's table that exists: --out may be one, as `postgres://user@host/database/schema.table`
    /// [default: create].
    #[arg(long, value_enum, value_name = "MODE")]
    pub mode: Option<TableMode>,
    /// The format, whatever the file is called; CSV where --out is `-`.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Named columns: `mailing`, `mailchimp`, `klaviyo`, `braze`, or one of your own in `[export.profiles]`.
    #[arg(long, value_name = "NAME", conflicts_with = "columns")]
    pub profile: Option<String>,
    /// How CSV is written [default: plain, or the profile's].
    #[arg(long, value_enum)]
    pub dialect: Option<Dialect>,
    /// Replace the file if it exists.
    #[arg(long)]
    pub overwrite: bool,
    /// Make the file's folder if it is missing.
    #[arg(long)]
    pub make_folder: bool,
    /// Do not neutralise text that a spreadsheet would run as a formula.
    #[arg(long)]
    pub raw: bool,
}

/// `user360 sql`.
#[derive(Debug, clap::Args)]
pub struct SqlArgs {
    /// The query, over the tables users, events, items, features, segments, churn, ltv, uplift, recommendations,
    /// `similar_items`, and those of the runs kept before, such as `previous.users`; `-` reads it from standard input.
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    pub query: Option<String>,
    /// Read the query from a file.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Maximum number of rows; without it a table has 500, and every other format has them all.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// How rows are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: RowFormat,
    #[allow(missing_docs, reason = "its help names the formats there are")]
    #[arg(long, value_name = "FILE", help = formats::help_of_query())]
    pub out: Option<PathBuf>,
    /// What becomes of a database's table that exists: --out may be one, as `postgres://user@host/database/schema.table`
    /// [default: create].
    #[arg(long, value_enum, value_name = "MODE")]
    pub mode: Option<TableMode>,
    /// How CSV is written, to a file or to standard output.
    #[arg(long, value_enum, default_value_t)]
    pub dialect: Dialect,
    /// Replace the file if it exists.
    #[arg(long)]
    pub overwrite: bool,
    /// Make the file's folder if it is missing.
    #[arg(long)]
    pub make_folder: bool,
    /// Do not neutralise text in CSV that a spreadsheet would run as a formula.
    #[arg(long)]
    pub raw: bool,
}
