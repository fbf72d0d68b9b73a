//! The models, one section each: what it says and how sure, its figures, its charts; or why it says nothing.

use crate::cli::report::content::source::{Source, heading};
use crate::cli::report::content::{figures, sentences};
use crate::cli::report::page::{Block, Figure, Section};
use crate::stage::{StageId, StageState};
use crate::store::{charts, explained_chart};

/// The section of a stage; `None` where the run does not know it.
pub fn section(source: &Source<'_>, stage: StageId) -> Option<Section> {
    let record = source.info.stage(stage)?;
    let simulated = stage == StageId::Uplift && source.info.uplift_is_simulated();
    let (id, title) = title(stage, simulated);
    let mut made = heading(id, title);
    if !record.has_results() {
        made.blocks.push(Block::Words(nothing(record.state, record.reason.as_deref())));
        return Some(made);
    }
    made.blocks.extend(sentences::of(source, record));
    made.blocks.extend(figures::table(source, record, simulated).map(Block::Table));
    // Which segments there are is told above.
    let drawn = charts(record).into_iter().filter(|chart| chart.id != "shares");
    let drawn: Vec<Figure> =
        drawn.map(|chart| Figure { words: explained_chart(chart.id).unwrap_or_default().to_owned(), chart }).collect();
    if !drawn.is_empty() {
        made.blocks.push(Block::Charts(drawn));
    }
    Some(made)
}

/// A stage's name in links, and in the words of whoever asks.
fn title(stage: StageId, simulated: bool) -> (&'static str, &'static str) {
    match stage {
        StageId::Ingest => ("ingest", "The log"),
        StageId::Features => ("features", "What is known of users"),
        StageId::Segments => ("model-segments", "How the segments were found"),
        StageId::Churn => ("churn", "Who will leave?"),
        StageId::Ltv => ("ltv", "What will they buy?"),
        StageId::Recommend => ("recommend", "What to offer them?"),
        StageId::Uplift if simulated => ("uplift", "Whom would a campaign win? (simulated campaign)"),
        StageId::Uplift => ("uplift", "Whom did the campaign win?"),
    }
}

/// Why there is nothing. What made a stage fail is for whoever runs it: it may quote the machine.
fn nothing(state: StageState, reason: Option<&str>) -> String {
    match (state, reason) {
        (StageState::Failed, _) => "This failed in the run; `user360 report` tells how.".to_owned(),
        (_, Some(reason)) => format!("Not told: {}.", reason.trim_end_matches('.')),
        (state, None) => format!("Not told: {state}."),
    }
}
