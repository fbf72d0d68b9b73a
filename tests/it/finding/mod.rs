//! Logs of shops, vendors and languages that nobody described: `init --yes` and `run` with no setting give the counts that
//! the rows have by their making.

mod dialects;
mod odd;
mod orders;
mod told;

use std::fs;

use serde_json::Value;

use crate::headless::{path, report, succeeded, user360};

/// What `init --yes` proposed for a log, and what a run made of it.
struct Found {
    told: Value,
    /// Rows of each kind of event.
    kinds: Value,
    orders: Value,
    spend: f64,
    /// What the run's input was.
    input: Value,
}

impl Found {
    /// Looks at a log, writes what is found, and runs by it.
    #[track_caller]
    fn of(log: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (file, workspace) = (folder.path().join("log.csv"), folder.path().join("workspace"));
        fs::write(&file, log).unwrap();
        let space = path(&workspace);
        let args = ["init", path(&file), "--yes", "--format", "json", "--workspace", space];
        let told: Value = serde_json::from_str(&succeeded(user360(&args))).unwrap();
        succeeded(user360(&["run", "--only", "ingest,features", "--workspace", space]));
        let sql = |query: &str| -> Value {
            serde_json::from_str(&succeeded(user360(&["sql", query, "--format", "json", "--workspace", space])))
                .unwrap()
        };
        let of_kinds = sql("SELECT event, count(*) AS n FROM events GROUP BY event");
        let of_kinds = of_kinds.as_array().unwrap().iter();
        let kinds = of_kinds.map(|row| (row["event"].as_str().unwrap().to_owned(), row["n"].clone())).collect();
        let sums = sql("SELECT sum(orders) AS orders, sum(spend) AS spend FROM features");
        let spend = sums[0]["spend"].as_f64().unwrap_or(f64::NAN);
        Self { told, kinds, orders: sums[0]["orders"].clone(), spend, input: report(&workspace)["input"].clone() }
    }

    fn column(&self, role: &str) -> &str {
        self.told["settings"]["columns"][role].as_str().unwrap_or_default()
    }

    /// What is not sure, joined.
    fn doubts(&self) -> String {
        let doubts = self.told["doubts"].as_array().unwrap().iter();
        doubts.map(|doubt| doubt.as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }
}
