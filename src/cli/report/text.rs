//! The run report as text, or as the JSON that scripts read.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::args::{ChartForm, ReportFormat};
use crate::cli::door;
use crate::cli::front_page;
use crate::error::{Error, Result};
use crate::format::{self, counted, thousands};
use crate::plot::Canvas;
use crate::stage::{StageId, StageState, Why};
use crate::store::results::with_intervals;
use crate::store::{FrontPage, OtherStage, RunInfo, StageRecord, charts, news};
use crate::text::shown;

/// Columns of a chart; with its indent it fits a terminal of 80.
const CHART: usize = 76;

/// Prints one run's report, as text with the charts that are asked for.
pub fn print(info: &RunInfo, format: ReportFormat, charts: Option<ChartForm>) -> Result<()> {
    match format {
        ReportFormat::Text => door::text(&as_text(info, charts)),
        ReportFormat::Json => door::json(
            &serde_json::to_string_pretty(&Report::of(info))
                .map_err(|error| Error::Model(format!("the report cannot be written: {error}")))?,
        ),
    }
    Ok(())
}

/// The report that scripts read.
#[derive(Serialize)]
struct Report<'a> {
    format: u32,
    run: &'a str,
    engine: &'a str,
    as_of: String,
    input: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    figures: Option<&'a FrontPage>,
    stages: Vec<Stage<'a>>,
}

/// A stage in that report: its record without what only the screen shows.
#[derive(Serialize)]
#[serde(untagged)]
enum Stage<'a> {
    Known {
        id: StageId,
        state: StageState,
        reason: &'a Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<Why>,
        seconds: f64,
        rows: u64,
        peak_rss_bytes: Option<u64>,
        metrics: &'a Map<String, Value>,
        notes: &'a [String],
    },
    Other(&'a OtherStage),
}

impl<'a> Report<'a> {
    fn of(info: &'a RunInfo) -> Self {
        let known = info.stages.iter().map(|stage| Stage::Known {
            id: stage.id,
            state: stage.state,
            reason: &stage.reason,
            why: stage.why,
            seconds: stage.seconds,
            rows: stage.rows,
            peak_rss_bytes: stage.peak_rss_bytes,
            metrics: &stage.metrics,
            notes: &stage.notes,
        });
        Self {
            format: info.format,
            run: &info.id,
            engine: &info.engine,
            as_of: timestamp(info.as_of),
            input: &info.input,
            figures: info.figures.as_ref(),
            stages: known.chain(info.stages.others.iter().map(Stage::Other)).collect(),
        }
    }
}

fn timestamp(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| milliseconds.to_string(), |at| format!("{at:.3}"))
}

fn as_text(info: &RunInfo, charts: Option<ChartForm>) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut out, info, charts);
    out
}

fn write_text(out: &mut String, info: &RunInfo, charts: Option<ChartForm>) -> std::fmt::Result {
    writeln!(out, "run {}  as of {}", shown(&info.id), timestamp(info.as_of))?;
    let input = info.read_input();
    let events = &input.events;
    let count = |rows: Option<u64>| rows.map_or_else(|| "–".to_owned(), thousands);
    let replaced = events.replaced.map_or_else(String::new, |rows| format!(", {} replaced", thousands(rows)));
    writeln!(
        out,
        "events: {} read, {} accepted, {} duplicates dropped{replaced}; {}, {}",
        count(events.read),
        count(events.accepted),
        count(events.duplicates),
        counted(info.users, "users"),
        counted(info.items, "items")
    )?;
    match input.layout.as_deref() {
        None | Some("retailrocket") => {}
        Some(layout) => writeln!(out, "read in the layout {}", shown(layout))?,
    }
    let ignored: Vec<String> =
        events.ignored.iter().map(|(name, rows)| format!("{} {}", shown(name), thousands(*rows))).collect();
    if !ignored.is_empty() {
        writeln!(out, "ignored rows: {}", ignored.join(", "))?;
    }
    let rejected = events.rejected.iter().filter(|(_, rows)| **rows != 0);
    let reasons: Vec<String> =
        rejected.map(|(reason, rows)| format!("{} {}", shown(reason), thousands(*rows))).collect();
    if !reasons.is_empty() {
        writeln!(out, "rejected rows: {} (the first 1,000 are in quarantine.csv)", reasons.join(", "))?;
    }
    if let Some(page) = &info.figures {
        writeln!(out)?;
        for line in front_page::lines(page) {
            writeln!(out, "{}", shown(&line))?;
        }
    }
    for said in news(info) {
        writeln!(out, "· {}", shown(&said))?;
    }
    for stage in &info.stages {
        writeln!(out)?;
        write!(out, "{:<9} {:<9} {:>7.1} s", stage.id, stage.state, stage.seconds)?;
        if stage.rows > 0 {
            write!(out, "  {}", counted(stage.rows, "rows"))?;
        }
        if let Some(bytes) = stage.peak_rss_bytes {
            write!(out, "  peak {}", format::gibibytes(bytes))?;
        }
        writeln!(out)?;
        if let Some(reason) = &stage.reason {
            writeln!(out, "  {}", shown(reason))?;
        }
        write_metrics(out, &stage.metrics)?;
        for note in &stage.notes {
            writeln!(out, "  · {}", shown(note))?;
        }
        if let Some(form) = charts {
            write_charts(out, stage, form)?;
        }
    }
    for other in &info.stages.others {
        let (id, state) = (shown(&other.id), shown(&other.state));
        writeln!(out, "\n{id:<9} {state:<9}  written by a newer version: this one does not know it")?;
    }
    Ok(())
}

fn write_charts(out: &mut String, stage: &StageRecord, form: ChartForm) -> std::fmt::Result {
    for chart in charts(stage) {
        let canvas = Canvas { width: CHART, height: chart.height(), ascii: form == ChartForm::Ascii };
        writeln!(out, "\n  {}", shown(&chart.title))?;
        for line in chart.plot(&canvas, None).text().lines() {
            writeln!(out, "{}", format!("    {line}").trim_end())?;
        }
    }
    Ok(())
}

fn write_metrics(out: &mut String, metrics: &Map<String, Value>) -> std::fmt::Result {
    if metrics.is_empty() {
        return Ok(());
    }
    let named = with_intervals(metrics, |_, value| metric(value));
    let named = named.map(|(name, told)| format!("{} {}", shown(name), shown(&told)));
    writeln!(out, "  {}", named.collect::<Vec<_>>().join("  "))
}

/// A metric in at most five significant digits; a count in full.
pub fn metric(value: &Value) -> String {
    match value {
        Value::Number(number) if number.is_f64() => {
            let value = number.as_f64().unwrap_or_default();
            if value != 0.0 && value.abs() < 1e-4 {
                format!("{value:.2e}")
            } else if value.abs() >= 1000.0 {
                format!("{value:.1}")
            } else {
                format!("{value:.5}")
            }
        }
        Value::Number(number) => number.as_u64().map_or_else(|| number.to_string(), thousands),
        Value::Null => "–".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => format!("[{}]", values.iter().map(metric).collect::<Vec<_>>().join(", ")),
        Value::Object(_) => value.to_string(),
    }
}
