//! K-Means segments of every user, named, with the PCA projection.

use polars::prelude::*;

use crate::config::Config;
use crate::error::Result;
use crate::job::Job;
use crate::models::segments;
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::Outcome;
use crate::pipeline::tables;

/// Segments the users by their features as of T.
pub fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let found = segments::segments(inputs.now, &config.segments, job)?;
    let names: Vec<&str> = found.profiles.iter().map(|profile| profile.name.as_str()).collect();
    let assigned = found.assignment.iter().map(|&segment| names.get(usize::from(segment)).copied());
    let axis = |axis: usize| found.projection.iter().map(move |point| point[axis]).collect::<Vec<f32>>();
    let table = DataFrame::new_infer_height(vec![
        tables::user_column(inputs.log, inputs.now),
        StringChunked::from_iter_options("segment".into(), assigned).into_column(),
        UInt8Chunked::from_slice("segment_id".into(), &found.assignment).into_column(),
        Float32Chunked::from_vec("pc1".into(), axis(0)).into_column(),
        Float32Chunked::from_vec("pc2".into(), axis(1)).into_column(),
    ])?;
    let sizes: Vec<u64> = found.profiles.iter().map(|profile| profile.size).collect();
    let mut outcome = Outcome {
        rows: found.assignment.len() as u64,
        detail: crate::pipeline::stages::json(
            &serde_json::json!({ "profiles": found.profiles, "scan": found.scan, "sample": found.sample, "components": found.components }),
        )?,
        notes: found.notes.clone(),
        tables: vec![("segments".to_owned(), table)],
        files: vec![("models/segments.json".to_owned(), crate::pipeline::stages::bytes(&found.model)?)],
        ..Outcome::default()
    };
    outcome.metrics.insert("k".to_owned(), found.k.into());
    outcome.metrics.insert("inertia".to_owned(), crate::pipeline::stages::number(found.inertia));
    outcome.metrics.insert(
        "silhouette".to_owned(),
        found.silhouette.map_or(serde_json::Value::Null, crate::pipeline::stages::number),
    );
    outcome.metrics.insert("sizes".to_owned(), sizes.into());
    let explained: Vec<_> =
        found.explained_variance.iter().map(|&share| crate::pipeline::stages::number(share)).collect();
    outcome.metrics.insert("explained_variance".to_owned(), explained.into());
    Ok(outcome)
}
