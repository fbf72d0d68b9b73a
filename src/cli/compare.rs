//! `user360 compare`: what changed between two kept runs, and the shop's alerts.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::cli::args::{CompareArgs, ReportFormat};
use crate::cli::{door, output, workbench};
use crate::config::{AlertRule, Extras, shop_file};
use crate::error::Result;
use crate::format::{counted, number, thousands};
use crate::store::{Alert, Cell, Comparison, Migration, Run, Status, Workspace, compare};
use crate::text::shown;

/// Exit code where an alert holds.
const ALERT: u8 = 4;

/// Compares and prints.
pub fn run(args: &CompareArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let root = workbench::workspace(workspace)?;
    let rules = Extras::read(&shop_file(&root))?.alerts;
    let opened = Workspace::open(&root);
    let (before, after) = (opened.run(&opened.run_named(&args.before)?)?, opened.run(&opened.run_named(&args.after)?)?);
    let alerts = asked(&rules, &before, &after)?;
    let comparison = compare(&before, &after)?;
    match args.format {
        ReportFormat::Text => door::text(&as_text(&comparison, &alerts, args.limit)),
        ReportFormat::Json => door::json(&format!("{:#}", as_json(&comparison, &alerts, args.limit))),
    }
    let holds = alerts.iter().any(|(_, alert)| *alert == Alert::Holds);
    Ok(if holds { ExitCode::from(ALERT) } else { ExitCode::SUCCESS })
}

fn asked<'a>(rules: &'a [AlertRule], before: &Run, after: &Run) -> Result<Vec<(&'a AlertRule, Alert)>> {
    let status = Status::of(Some(before.info()), after.info(), Timestamp::now().as_millisecond())?;
    rules.iter().map(|rule| Ok((rule, status.asks(&rule.name, &rule.when)?))).collect()
}

fn word(alert: Alert) -> &'static str {
    match alert {
        Alert::Holds => "holds",
        Alert::Quiet => "does not hold",
        Alert::Unknown => "cannot be told: a figure in it is not known",
    }
}

fn as_json(comparison: &Comparison, alerts: &[(&AlertRule, Alert)], limit: usize) -> Value {
    let [both, gone, new] = comparison.users;
    let migration = comparison.migration.as_ref().map(|migration| {
        json!({
            "from": migration.from, "to": migration.to, "users": migration.users, "moved": migration.moved(),
            "by_clustering": migration.by_clustering, "by_names": migration.by_names,
        })
    });
    let metrics: Vec<Value> = comparison
        .metrics
        .iter()
        .map(|pair| json!({"stage": pair.stage, "metric": pair.metric, "before": pair.before, "after": pair.after}))
        .collect();
    let moved = &comparison.moved;
    let rows: Vec<Value> = (0..moved.len().min(limit))
        .map(|row| {
            let cells = moved.columns().iter().enumerate();
            cells.map(|(at, column)| (column.name.clone(), value(&moved.cell(row, at)))).collect()
        })
        .collect();
    let alerts: Vec<Value> = alerts
        .iter()
        .map(|(rule, alert)| {
            let holds = match alert {
                Alert::Holds => json!(true),
                Alert::Quiet => json!(false),
                Alert::Unknown => Value::Null,
            };
            json!({"name": rule.name, "when": rule.when, "holds": holds})
        })
        .collect();
    json!({
        "format": 1, "before": comparison.before, "after": comparison.after,
        "users": {"both": both, "gone": gone, "new": new},
        "migration": migration, "metrics": metrics, "moved": rows, "alerts": alerts,
    })
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Bool(yes) => json!(yes),
        Cell::Int(value) => json!(value),
        Cell::Float(value) => json!(value),
        Cell::Text(_) | Cell::Unreadable(_) | Cell::Time(_) => json!(cell.to_string()),
    }
}

fn as_text(comparison: &Comparison, alerts: &[(&AlertRule, Alert)], limit: usize) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut out, comparison, alerts, limit);
    out
}

fn write_text(
    out: &mut String,
    comparison: &Comparison,
    alerts: &[(&AlertRule, Alert)],
    limit: usize,
) -> std::fmt::Result {
    writeln!(out, "from run {} to {}", shown(&comparison.before), shown(&comparison.after))?;
    for (rule, alert) in alerts {
        writeln!(out, "alert {}: {} {}", shown(&rule.name), shown(&rule.when), word(*alert))?;
    }
    let [both, gone, new] = comparison.users;
    writeln!(
        out,
        "{} in both runs, {} only in the earlier, {} new",
        counted(both, "users"),
        thousands(gone),
        thousands(new)
    )?;
    match &comparison.migration {
        None => writeln!(out, "one of the runs has no segments")?,
        Some(migration) => write_migration(out, migration)?,
    }
    let rows = comparison.moved.len();
    if rows > 0 && limit > 0 {
        let shown = rows.min(limit);
        let order: Vec<u32> = (0..shown as u32).collect();
        if let Ok(frame) = comparison.moved.select(&order, None) {
            writeln!(out, "\nusers whose churn moved most, {} of {}", thousands(shown as u64), thousands(rows as u64))?;
            let table = output::fitted(&frame);
            out.push_str(&table.lines);
            if let Some(missing) = table.missing {
                writeln!(out, "({missing}; --format json has all)")?;
            }
        }
    }
    writeln!(out, "\n{:<44}{:>12}{:>12}{:>12}", "metric", "before", "after", "change")?;
    for pair in &comparison.metrics {
        let told = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number);
        let change = match (pair.before, pair.after) {
            (Some(before), Some(after)) if before.total_cmp(&after).is_eq() => "same".to_owned(),
            (Some(before), Some(after)) => {
                format!("{}{}", if after > before { "+" } else { "" }, number(after - before))
            }
            _ => "–".to_owned(),
        };
        let name = format!("{} {}", shown(&pair.stage), shown(&pair.metric));
        writeln!(out, "{name:<44}{:>12}{:>12}{change:>12}", told(pair.before), told(pair.after))?;
    }
    Ok(())
}

/// Sentences first, then the whole matrix.
fn write_migration(out: &mut String, migration: &Migration) -> std::fmt::Result {
    const SAID: usize = 5;
    let moves = migration.moves();
    let moved = counted(migration.moved(), "users");
    match (migration.by_clustering, &migration.by_names) {
        (Some(anew), _) => writeln!(
            out,
            "{moved} moved to another segment; {} more do as before: only the segments were drawn anew around them",
            thousands(anew)
        )?,
        (None, Some(why)) => writeln!(out, "{moved} bear another name, moved or clustered anew: {}", shown(why))?,
        (None, None) => writeln!(out, "{moved} bear another name")?,
    }
    for (from, to, users) in moves.iter().take(SAID) {
        writeln!(out, "· {} went from {} to {}", thousands(*users), shown(from), shown(to))?;
    }
    if moves.len() > SAID {
        writeln!(
            out,
            "· and {} between other segments",
            counted(moves[SAID..].iter().map(|(.., n)| n).sum(), "users")
        )?;
    }
    writeln!(out, "\nsegments, from (rows) to (columns)")?;
    for (at, to) in migration.to.iter().enumerate() {
        writeln!(out, "  {} {}", at + 1, shown(to))?;
    }
    let names: Vec<String> = migration.from.iter().map(|name| shown(name).into_owned()).collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let each = migration.users.iter().flatten().map(|users| thousands(*users).len()).max().unwrap_or(1).max(2) + 2;
    let numbers: Vec<String> = (1..=migration.to.len()).map(|at| format!("{at:>each$}")).collect();
    writeln!(out, "  {}{}", " ".repeat(width), numbers.concat())?;
    for (name, users) in names.iter().zip(&migration.users) {
        let cells: Vec<String> = users.iter().map(|users| format!("{:>each$}", thousands(*users))).collect();
        writeln!(out, "  {name}{}{}", " ".repeat(width - name.width()), cells.concat())?;
    }
    Ok(())
}
