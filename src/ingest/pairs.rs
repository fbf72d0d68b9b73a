//! Pairs of user and item with a weight, in two files: one to learn from, one to judge by. No times.

use std::collections::HashMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::ingest::campaign::{csv_refusal, open};
use crate::ingest::seen::Seen;
use crate::ingest::shape::shown;
use crate::job::Job;

/// The columns of both files, in any order; others are not read.
const COLUMNS: [&str; 3] = ["user", "item", "weight"];

/// Rows between two looks at the cancel flag.
const ROWS_PER_CHECK: u64 = 4096;

/// A pair of codes and its weight, above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The user's code.
    pub user: u32,
    /// The item's code.
    pub item: u32,
    /// How much.
    pub weight: f32,
}

/// Users and items by code, numbered as they first appear, training pairs first.
#[derive(Debug, Default)]
pub struct Pairs {
    /// Users in all.
    pub users: u32,
    /// Items in all.
    pub items: u32,
    /// The pairs to learn from, in the file's order.
    pub train: Vec<Pair>,
    /// The pairs to judge by, in the file's order.
    pub test: Vec<Pair>,
}

/// Reads both files: CSV, plain or compressed (`.gz`, `.zst`).
///
/// # Errors
/// [`Error::Input`] with the line for a column that is missing and for a cell that is not what its column should hold.
pub fn read_pairs(train: &Path, test: &Path, job: &Job) -> Result<Pairs> {
    let (mut users, mut items) = (Codes::default(), Codes::default());
    let seen = Seen::of([train, test])?;
    let train = seen.judge(read(train, &mut users, &mut items, job))?;
    let test = seen.judge(read(test, &mut users, &mut items, job))?;
    Ok(Pairs { users: users.0.len() as u32, items: items.0.len() as u32, train, test })
}

#[derive(Default)]
struct Codes(HashMap<String, u32>);

impl Codes {
    fn of(&mut self, name: &str) -> u32 {
        if let Some(&code) = self.0.get(name) {
            return code;
        }
        let code = self.0.len() as u32;
        self.0.insert(name.to_owned(), code);
        code
    }
}

fn read(path: &Path, users: &mut Codes, items: &mut Codes, job: &Job) -> Result<Vec<Pair>> {
    job.begin("pairs", 0);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(open(path, job)?);
    let header = reader.headers().map_err(|error| csv_refusal(path, error, job))?.clone();
    let place = |name: &str| {
        header.iter().position(|column| column == name).ok_or_else(|| {
            let held: Vec<&str> = header.iter().collect();
            let what = format!("no column `{name}`; the header has: {}; expected {}", shown(&held), COLUMNS.join(","));
            Error::Input { path: path.to_path_buf(), line: Some(1), what }
        })
    };
    let [user, item, weight] = COLUMNS;
    let (user, item, weight) = (place(user)?, place(item)?, place(weight)?);
    let mut pairs = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| csv_refusal(path, error, job))? {
        let wrong = |what: String| {
            Err(Error::Input { path: path.to_path_buf(), line: record.position().map(csv::Position::line), what })
        };
        if (pairs.len() as u64).is_multiple_of(ROWS_PER_CHECK) {
            job.check()?;
        }
        for (name, at) in [("user", user), ("item", item)] {
            if record[at].is_empty() {
                return wrong(format!("{name} is empty; every row names a user and an item"));
            }
        }
        let weight = match record[weight].parse::<f32>() {
            Ok(weight) if weight.is_finite() && weight > 0.0 => weight,
            _ => return wrong(format!("weight is {:?}; a weight is a number above 0", &record[weight])),
        };
        pairs.push(Pair { user: users.of(&record[user]), item: items.of(&record[item]), weight });
        job.advance(1);
    }
    if pairs.is_empty() {
        return Err(Error::Input {
            path: path.to_path_buf(),
            line: None,
            what: "holds no row below its header".to_owned(),
        });
    }
    Ok(pairs)
}
