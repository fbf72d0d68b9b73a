//! `user360 user ID`: everything known about one user.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::cli::args::{ReportFormat, UserArgs};
use crate::cli::door;
use crate::cli::workbench;
use crate::error::{Error, Result};
use crate::format::{counted, percent, thousands};
use crate::job::Job;
use crate::store::{Cell, DataTable, UserProfile, profile, standing};
use crate::text::shown;

/// Prints the profile; the timeline is cut at `--events`, and says so.
pub fn run(args: &UserArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let run = workbench::current_run(workspace)?;
    let users = DataTable::users(&run)?;
    let row = users.row_of(&args.id)?.ok_or_else(|| {
        Error::Missing(format!("no user {} among {}", shown(&args.id), thousands(users.len() as u64)))
    })?;
    let user = profile(&run, &users, row)?.with_standing(&standing(&users, row, &Job::new())?);
    match args.format {
        ReportFormat::Text => door::text(&as_text(&user, args.events)),
        ReportFormat::Json => door::json(&format!("{:#}", as_json(&user, args.events))),
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(user: &UserProfile, events: usize) -> Value {
    let attributes: Map<String, Value> = user
        .attributes
        .iter()
        .map(|attribute| {
            let about = json!({
                "value": cell(&attribute.value), "percentile": attribute.percentile, "segment_mean": attribute.segment_mean,
            });
            (attribute.name.clone(), about)
        })
        .collect();
    let reasons: Vec<Value> = user
        .reasons
        .iter()
        .map(|reason| json!({"feature": reason.feature, "words": reason.words, "contribution": reason.contribution}))
        .collect();
    let why = user.why.as_ref().map(|why| json!({"base": why.base, "log_odds": why.sum, "churn": why.probability}));
    let timeline: Vec<Value> = user
        .timeline
        .iter()
        .take(events)
        .map(|event| {
            json!({
                "time": time(event.time), "event": event.event, "item": event.item, "name": event.name,
                "transaction": event.transaction, "price": event.price,
            })
        })
        .collect();
    let affinity: Vec<Value> = user
        .affinity
        .iter()
        .map(|category| json!({"category": category.category, "events": category.events}))
        .collect();
    let recommendations: Vec<Value> = user
        .recommendations
        .iter()
        .map(|item| json!({"item": item.item, "name": item.name, "score": item.score, "source": item.source, "category": item.category, "price": item.price}))
        .collect();
    let again: Vec<Value> = user
        .again
        .iter()
        .map(|item| json!({"item": item.item, "name": item.name, "chance": item.score, "due_days": item.due_days, "category": item.category, "price": item.price}))
        .collect();
    json!({
        "user_id": user.id, "sentence": user.sentence, "silent_days": user.silent_days, "note": user.note,
        "uplift_simulated": user.uplift_simulated, "attributes": attributes,
        "churn_reasons": reasons, "churn_log_odds": why, "category_affinity": affinity,
        "recommendations": recommendations, "recommendations_source": user.source, "buy_again": again,
        "timeline": timeline, "timeline_total": user.timeline.len(),
    })
}

fn cell(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Bool(yes) => json!(yes),
        Cell::Int(value) => json!(value),
        Cell::Float(value) => json!(value),
        Cell::Text(text) | Cell::Unreadable(text) => json!(text),
        Cell::Time(at) => json!(time(*at)),
    }
}

fn as_text(user: &UserProfile, events: usize) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut out, user, events);
    out
}

fn write_text(out: &mut String, user: &UserProfile, events: usize) -> std::fmt::Result {
    writeln!(out, "user {}\n{}", shown(&user.id), shown(&user.sentence))?;
    if let Some(note) = &user.note {
        writeln!(out, "note: {}", shown(&note.told(&user.zone)))?;
    }
    if let Some(problem) = &user.note_problem {
        writeln!(out, "{}", shown(problem))?;
    }
    if user.uplift_simulated {
        writeln!(out, "uplift is of a simulated campaign")?;
    }
    writeln!(out, "\n{:<26}{:>16}{:>12}{:>16}", "", "value", "percentile", "segment mean")?;
    for attribute in &user.attributes {
        let percentile = attribute.percentile.map_or(String::new(), |percentile| format!("{percentile:.0}"));
        let mean = attribute.segment_mean.map_or(String::new(), |mean| Cell::Float(mean).to_string());
        writeln!(
            out,
            "{:<26}{:>16}{percentile:>12}{mean:>16}",
            shown(&attribute.name),
            shown(&attribute.value.to_string())
        )?;
    }
    write_reasons(out, user)?;
    if !user.affinity.is_empty() {
        writeln!(out, "\ncategories")?;
        for category in user.affinity.iter().take(10) {
            writeln!(out, "  {:<32}{:>14}", shown(&category.category), counted(u64::from(category.events), "events"))?;
        }
        cap(out, 10, user.affinity.len())?;
    }
    if !user.recommendations.is_empty() {
        writeln!(out, "\nrecommended ({})", shown(user.source.as_deref().unwrap_or("source unknown")))?;
        for item in &user.recommendations {
            let price = item.price.map_or(String::new(), |price| format!("price {price}"));
            let score = item.scored(|score| format!("{score:.4}"));
            let category = shown(item.category.as_deref().unwrap_or("–"));
            let name = item.name.as_deref().map_or_else(String::new, |name| format!("{}  ", shown(name)));
            writeln!(out, "  {:<12}{score:>9}  {name}{category}  {price}", shown(&item.item))?;
        }
    }
    if !user.again.is_empty() {
        writeln!(out, "\nto buy again")?;
        for item in &user.again {
            let chance = item.score.map_or_else(|| "–".to_owned(), percent);
            let told = item.name.as_deref().or(item.category.as_deref()).unwrap_or("–");
            writeln!(out, "  {:<12}{chance:>9}  {:<15}  {}", shown(&item.item), item.due(), shown(told))?;
        }
    }
    writeln!(out, "\nevents, newest first")?;
    for event in user.timeline.iter().take(events) {
        let order = event.transaction.as_ref().map_or(String::new(), |id| format!("order {}", shown(id)));
        let item = event.item.as_deref().map_or_else(String::new, |item| format!("item {}", shown(item)));
        let name = event.name.as_deref().map_or_else(String::new, |name| format!("  {}", shown(name)));
        let (time, event) = (user.zone.iso(event.time), shown(&event.event));
        writeln!(out, "{}", format!("  {time}  {event:<12}{item:<17}{order}{name}").trim_end())?;
    }
    cap(out, events, user.timeline.len())
}

/// What moves the churn score, and what it adds up to.
fn write_reasons(out: &mut String, user: &UserProfile) -> std::fmt::Result {
    let Some(why) = &user.why else {
        if !user.reasons.is_empty() {
            writeln!(out, "\nwhat moves the churn score (log-odds)")?;
        }
        return user
            .reasons
            .iter()
            .try_for_each(|reason| writeln!(out, "  {:<44}{:>+8.2}", shown(&reason.words), reason.contribution));
    };
    writeln!(out, "\nwhat moves the churn score (log-odds)")?;
    writeln!(out, "  {:<44}{:>+8.2}", "an average user", why.base)?;
    for part in &why.parts {
        writeln!(out, "  {:<44}{:>+8.2}", shown(&part.words), part.contribution)?;
    }
    writeln!(out, "  {:<44}{:>+8.2}  gives {}", "together", why.sum, percent(why.probability))
}

fn cap(out: &mut String, most: usize, total: usize) -> std::fmt::Result {
    if total > most { writeln!(out, "  first {most} of {}", thousands(total as u64)) } else { Ok(()) }
}

fn time(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| milliseconds.to_string(), |at| format!("{at:.0}"))
}
