//! What segments record: how many, how well apart, the profile of each.

use serde::{Deserialize, Serialize};

use crate::format;
use crate::models::segments::{ScanRow, SegmentProfile};
use crate::stage::StageId;
use crate::store::charts::build::{bars, curves, scale};
use crate::store::charts::{Chart, Length};
use crate::store::results::part::part;
use crate::store::stages::{Recorded, StageRecord};

/// The results of segments.
#[derive(Clone, Copy, Debug)]
pub enum Segments {}

impl Recorded for Segments {
    const STAGE: StageId = StageId::Segments;
    type Metrics = Metrics;
    type Detail = Detail;
}

/// How well the users fall into segments.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// How many segments there are.
    pub k: Option<u8>,
    /// Sum over all users of the squared distance to their segment's centre.
    pub inertia: Option<f64>,
    /// Mean silhouette over a sample.
    pub silhouette: Option<f64>,
    /// Users per segment, largest first.
    #[serde(default)]
    pub sizes: Vec<u64>,
    /// Share of each segment's users for whom its whole name holds; null for one without a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name_holds: Vec<Option<f64>>,
    /// Share of the variance that each axis of the map explains.
    #[serde(default)]
    pub explained_variance: Vec<Option<f64>>,
}

/// The segments one by one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// One per segment, largest first.
    #[serde(default, deserialize_with = "part")]
    pub profiles: Vec<SegmentProfile>,
    /// The elbow table, measured on the sample.
    #[serde(default, deserialize_with = "part")]
    pub scan: Vec<ScanRow>,
    /// Users in that sample.
    #[serde(default, deserialize_with = "part")]
    pub sample: Option<usize>,
    /// Loadings of the map's axes: feature and weight.
    #[serde(default, deserialize_with = "part")]
    pub components: Vec<Vec<(String, f64)>>,
}

pub(super) fn at_a_glance(metrics: &Metrics) -> Vec<(&'static str, Option<f64>)> {
    vec![("k", metrics.k.map(f64::from)), ("silhouette", metrics.silhouette)]
}

pub(super) fn charts(stage: &StageRecord) -> Vec<Option<Chart>> {
    let (metrics, detail) = (stage.metrics_of::<Segments>(), stage.detail_of::<Segments>());
    let chosen = metrics.k.map(f64::from);
    vec![
        shares(&detail.profiles),
        scan("elbow", "Elbow: inertia by number of segments", "inertia of the sample", &detail.scan, chosen, |row| {
            Some(row.inertia)
        }),
        scan("silhouette", "Silhouette by number of segments", "silhouette (-1 to 1)", &detail.scan, chosen, |row| {
            row.silhouette
        }),
    ]
}

fn shares(profiles: &[SegmentProfile]) -> Option<Chart> {
    let shares = profiles.iter().enumerate().map(|(series, profile)| Length {
        label: profile.name.clone(),
        value: profile.share,
        words: format::percent(profile.share),
        series,
    });
    bars("shares", "Segments", "share of users", shares.collect())
}

fn scan(
    id: &'static str,
    title: &str,
    measure: &str,
    rows: &[ScanRow],
    chosen: Option<f64>,
    value: fn(&ScanRow) -> Option<f64>,
) -> Option<Chart> {
    let points = rows.iter().filter_map(|row| Some((f64::from(row.k), value(row)?))).collect();
    let curve = vec![(measure.to_owned(), points)];
    let mut chart = curves(id, title, scale("k (segments)", None), scale(measure, None), curve)?;
    chart.mark = chosen;
    Some(chart)
}
