//! `docs/glossary.md`: what everything on screen is called, and what it is, made of the catalogue.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use crate::stage::StageId;
use crate::store::columns::{Better, ColumnEntry, Role, catalogue, metrics};

const HEAD: &str = "# Glossary\n\n\
What stands on the screen, in the words of the screen. `K` tells the same of what is under the cursor.\n\
`{horizon}` is `ltv.horizon_days` of the run, 60 unless set. The points of a column stand under each other: shares in\n\
per cent with one decimal, differences of shares in percentage points (pp), money with two decimals and the currency\n\
where one of `ingest.rates` is worth one, days with one decimal. `<0.1 %` is little but not nothing. Files, filters and\n\
SQL have the names and every digit.\n\n";

fn way(better: Better) -> &'static str {
    match better {
        Better::More => "more is better",
        Better::Less => "less is better",
        Better::Neither => "",
    }
}

fn line(column: &ColumnEntry, text: &mut String) {
    let ColumnEntry { name, label, meaning, formula, better, .. } = column;
    let how = if formula.is_empty() { String::new() } else { format!(" How: {formula}.") };
    writeln!(text, "| {label} | `{name}` | {meaning}.{how} | {} |", way(*better)).unwrap();
}

/// The page as it should be.
fn page() -> String {
    const COLUMNS: &str = "| on screen | name | what it is | |\n|---|---|---|---|\n";
    let mut text = HEAD.to_owned();
    text.push_str("## Users\n\n");
    text.push_str(COLUMNS);
    for table in catalogue().iter().filter(|table| table.of_users) {
        // Whom a row is of is told once.
        let columns = table.columns.iter().filter(|column| column.role != Role::Key || table.name == "features");
        columns.filter(|column| !column.label.is_empty()).for_each(|column| line(column, &mut text));
    }
    for table in catalogue().iter().filter(|table| !table.of_users) {
        let mut shown = table.columns.iter().filter(|column| !column.label.is_empty()).peekable();
        if shown.peek().is_none() || ["figures", "history"].contains(&table.name) {
            continue;
        }
        write!(text, "\n## {}\n\nOne row: {}.\n\n{COLUMNS}", table.name, table.row).unwrap();
        shown.for_each(|column| line(column, &mut text));
    }
    text.push_str("\n## Figures of the models\n");
    for stage in StageId::ALL {
        let mut own = metrics().iter().filter(|entry| entry.stage == stage).peekable();
        if own.peek().is_none() {
            continue;
        }
        write!(text, "\n### {}\n\n{COLUMNS}", stage.name()).unwrap();
        for entry in own {
            let words = format!("{}. How: {}.", entry.definition, entry.formula);
            writeln!(text, "| {} | `{}` | {words} | {} |", entry.label, entry.name, way(entry.better)).unwrap();
        }
    }
    text
}

#[test]
fn the_glossary_is_what_the_catalogue_says() {
    assert!(
        include_str!("../../../docs/glossary.md") == page(),
        "docs/glossary.md is out of date: cargo test --lib write_the_glossary_anew -- --ignored"
    );
}

#[test]
#[ignore = "writes docs/glossary.md"]
fn write_the_glossary_anew() {
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/glossary.md"), page()).unwrap();
}
