//! K-Means segments of every user, named, with the PCA projection.

use polars::prelude::*;
use serde_json::Value;

use crate::config::Config;
use crate::error::Result;
use crate::features;
use crate::job::Job;
use crate::models::segments::{self, Users};
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::{About, OWN, Outcome, json};
use crate::pipeline::tables;
use crate::store::results;
use crate::store::results::segments::{Detail, Metrics};

/// What the pipeline must know of segments.
pub const ABOUT: About = About { version: 8, memory: [OWN, 50, 270], settings, reads_campaign: false, run };

/// What decides the segments, and after how long a silence their users count as lapsed.
fn settings(config: &Config) -> Result<Value> {
    json(&(&config.segments, &config.churn.inactive_days))
}

/// Segments the users by their features as of T.
fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let users = Users {
        table: inputs.now,
        abandoned: &features::abandoned(inputs.log, inputs.now),
        inactive_days: config.churn.inactive_days.days(inputs.log),
    };
    let found = segments::segments(users, &config.segments, job)?;
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
    let metrics = Metrics {
        k: Some(found.k),
        inertia: Some(found.inertia),
        silhouette: found.silhouette,
        sizes: found.profiles.iter().map(|profile| profile.size).collect(),
        explained_variance: found.explained_variance.map(Some).to_vec(),
        name_holds: found.profiles.iter().map(|profile| profile.named.as_ref().map(|named| named.holds)).collect(),
    };
    let files = vec![("models/segments.json".to_owned(), crate::pipeline::stages::bytes(&found.model)?)];
    let users = found.assignment.len();
    let detail = Detail {
        profiles: found.profiles,
        scan: found.scan,
        sample: Some(found.sample),
        components: found.components.to_vec(),
    };
    Ok(Outcome {
        notes: found.notes,
        tables: vec![("segments".to_owned(), table)],
        files,
        ..Outcome::of::<results::Segments>(users, &metrics, &detail)?
    })
}
