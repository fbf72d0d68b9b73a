//! The segments: how many users each has, and what holds for them.

use crate::cli::report::content::source::{Source, heading};
use crate::cli::report::page::{Block, Row, Section};
use crate::format::{counted, percent};
use crate::store::SegmentProfile;
use crate::store::results::Segments;

/// The section; `None` without segments, of which the models tell why.
pub fn section(source: &Source<'_>) -> Option<Section> {
    let profiles = source.info.detail::<Segments>().profiles;
    let most = profiles.iter().map(|profile| profile.share).fold(0.0, f64::max);
    if profiles.is_empty() || most <= 0.0 {
        return None;
    }
    let mut made = heading("segments", "Segments");
    made.blocks.push(Block::Words("Customers who behave alike, the largest group first.".to_owned()));
    let row = |(series, profile): (usize, &SegmentProfile)| Row {
        label: profile.name.clone(),
        words: format!("{} · {}", counted(profile.size, "customers"), percent(profile.share)),
        length: profile.share / most,
        note: note(profile),
        series,
    };
    made.blocks.push(Block::Rows(profiles.iter().enumerate().map(row).collect()));
    Some(made)
}

/// For whom the name holds, or what sets a segment without one apart.
fn note(profile: &SegmentProfile) -> String {
    match &profile.named {
        Some(named) => {
            let (holds, elsewhere) = (percent(named.holds), percent(named.elsewhere));
            format!("{holds} of them: {} (elsewhere {elsewhere})", named.meaning)
        }
        None if profile.differences.is_empty() => profile.description.clone(),
        None => format!("No name holds for all; what sets them apart: {}", profile.differences.join(", ")),
    }
}
