//! Any text as a filter: rows, or an error that says what is wrong.

use std::sync::OnceLock;

use polars::prelude::*;
use user360::Error;
use user360::job::Job;
use user360::store::{DataTable, View};

/// Five users with a column of every kind.
fn table() -> &'static DataTable {
    static TABLE: OnceLock<DataTable> = OnceLock::new();
    TABLE.get_or_init(|| {
        DataTable::of_frame(
            df!(
                "user_id" => [1_i64, 2, 3, 4, 5],
                "churn" => [0.1_f32, 0.9, f32::NAN, 0.5, 1.0],
                "segment" => [Some("Loyal"), None, Some("O'Hara \"x\""), Some(""), Some("ёж")],
                "orders" => [0_u32, 1, u32::MAX, 3, 4],
                "spend" => [Some(1.5_f64), None, Some(-0.0), Some(f64::INFINITY), Some(1e300)],
            )
            .expect("a table"),
        )
    })
}

pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let view = View { filter: Some(text.to_owned()), sort: Vec::new() };
    match table().order(&view, &Job::new()) {
        Ok(rows) => assert!(rows.len() <= 5 && rows.rows().all(|row| row < 5)),
        Err(error) => assert!(matches!(error, Error::Query(_) | Error::Table(_)), "{error}"),
    }
}
