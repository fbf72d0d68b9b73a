//! How the page was made: the log, the run, the stages.

use crate::cli::report::content::source::{Source, heading, minute};
use crate::cli::report::page::{Block, Section, Table};
use crate::format::{counted, thousands};

/// The section.
pub fn section(source: &Source<'_>, with_users: bool) -> Section {
    let info = source.info;
    let mut made = heading("made", "How this was computed");
    let input = info.read_input();
    let events = &input.events;
    let mut rows = vec![
        fact("Run", info.id.clone()),
        fact(
            "Computed",
            format!(
                "{} by User360 {}, engine {}",
                minute(info.created_ms, &source.terms.zone),
                info.version,
                info.engine
            ),
        ),
        fact("As of", format!("{}, the log's last event", minute(info.as_of, &source.terms.zone))),
        fact(
            "The log",
            format!(
                "{} of {} on {}",
                events_of(events.accepted),
                counted(info.users, "customers"),
                counted(info.items, "items")
            ),
        ),
    ];
    let rejected: u64 = events.rejected.iter().map(|(_, rows)| rows).sum();
    let ignored: u64 = events.ignored.iter().map(|(_, rows)| rows).sum();
    if let Some(read) = events.read {
        let mut parts = vec![counted(read, "rows read")];
        parts.extend(events.duplicates.map(|rows| format!("{} duplicates dropped", thousands(rows))));
        parts.extend(events.replaced.map(|rows| format!("{} replaced by newer ones", thousands(rows))));
        parts.push(format!("{} rejected", thousands(rejected)));
        parts.push(format!("{} no event of the shop", thousands(ignored)));
        rows.push(fact("Rows", parts.join(", ")));
    }
    if !source.terms.currency.is_empty() {
        rows.push(fact("Money", format!("in {}", source.terms.currency)));
    }
    let stages = info.stages.iter().map(|stage| format!("{} {}", stage.id, stage.state));
    rows.push(fact("Stages", stages.collect::<Vec<_>>().join(", ")));
    made.blocks.push(Block::Table(Table {
        caption: "The run".to_owned(),
        head: vec!["What".to_owned(), String::new()],
        numbers_from: 2,
        rows,
    }));
    let mut how = "Models are judged on users and days that they did not learn from; intervals are of 95 %. What is random is seeded: the \
                   same log and settings give the same page. Each model's card in the run's folder tells its data, dates, choice and limits."
        .to_owned();
    how.push_str(if with_users { "" } else { " Nobody is named here; `user360 report --with-users` names some." });
    made.blocks.push(Block::Aside(how));
    made
}

fn events_of(accepted: Option<u64>) -> String {
    accepted.map_or_else(|| "events".to_owned(), |rows| counted(rows, "events"))
}

fn fact(name: &str, words: String) -> Vec<String> {
    vec![name.to_owned(), words]
}
