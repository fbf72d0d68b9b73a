//! Segments: users who behave alike, found by K-Means on the transformed features, described and named.
//!
//! linfa-clustering's K-Means finds start centres on a sample and scans k there; the project's own parallel Lloyd
//! ([`super::kmeans`]) refines every distinct start over all users, and the one with the least inertia is kept.
//!
//! A shop's log is lopsided: most users have one event, and few of a hundred ever put anything in a cart. Plain
//! standardisation gives such a rare trait so much weight that K-Means spends its segments on handfuls. Counts
//! therefore go through `log1p`, are clipped at the 0.1 and 99.9 percentiles, and reach no further than
//! [`SegmentSettings::reach`] standard deviations from the mean; a null becomes the median and gets no indicator
//! column, which with 71 % of users without any gap between events would be the strongest trait of all.
//!
//! Segments are ordered by size, largest first.

mod names;
mod profile;
mod settings;
mod start;
mod traits;

use serde::{Deserialize, Serialize};

pub use profile::{Named, SegmentProfile};
pub use settings::{KChoice, SegmentSettings};
use start::Sample;
pub use start::ScanRow;
use traits::Traits;
pub use traits::Users;

use crate::error::{Error, Result};
use crate::features::{FeatureTable, Matrix, Transform, TransformOptions};
use crate::format;
use crate::job::Job;
use crate::models::kmeans::{self, Clustering};
use crate::models::metrics::clustering::silhouette;
use crate::models::pca::Pca;

/// The segments of all users of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segments {
    /// Per row of the table the number of its segment, an index into `profiles`.
    #[serde(skip)]
    pub assignment: Vec<u8>,
    /// How many segments there are.
    pub k: u8,
    /// Sum over all users of the squared distance to their segment's centre, on the model's scale.
    pub inertia: f64,
    /// Mean silhouette over the sample; null where undefined (one segment).
    pub silhouette: Option<f64>,
    /// Users in the sample that silhouettes and the scan were measured on.
    pub sample: usize,
    /// The elbow table, measured on the sample.
    pub scan: Vec<ScanRow>,
    /// One per segment, largest first.
    pub profiles: Vec<SegmentProfile>,
    /// Per row of the table its place on the map: the first two principal components.
    #[serde(skip)]
    pub projection: Vec<[f32; 2]>,
    /// Share of the variance that each of the two components explains.
    pub explained_variance: [f64; 2],
    /// Loadings of the two components: feature and weight.
    pub components: [Vec<(String, f64)>; 2],
    /// What is needed to place other users in these segments.
    pub model: SegmentModel,
    /// What the reader should know: features left out, k lowered, a segment below the least share.
    pub notes: Vec<String>,
}

/// Places users in known segments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentModel {
    /// How features become the model's columns.
    pub transform: Transform,
    /// Centres on the model's scale, one per segment.
    pub centroids: Vec<Vec<f32>>,
    /// Names of the segments.
    pub names: Vec<String>,
    /// The map's projection.
    pub pca: Pca,
}

impl SegmentModel {
    /// The segment of every row of `table`, and its place on the map.
    ///
    /// # Errors
    /// `Error::Cancelled`, or `Error::Model` when the table is empty.
    pub fn place(&self, table: &FeatureTable, job: &Job) -> Result<(Vec<u8>, Vec<[f32; 2]>)> {
        let matrix = self.transform.apply(table);
        let clustering = kmeans::assign(&matrix, &self.centroids, job)?;
        Ok((clustering.labels, self.pca.project(&matrix)?))
    }
}

/// Finds, describes and names the segments of users.
///
/// # Errors
/// `Error::Config` for a setting out of range or an unknown feature; `Error::Model` when the users do not differ in any
/// of the features; `Error::Cancelled`.
pub fn segments(users: Users<'_>, settings: &SegmentSettings, job: &Job) -> Result<Segments> {
    let table = users.table;
    settings.check()?;
    known_features(table, settings)?;
    let mut notes = Vec::new();
    job.begin("segment matrix: columns", settings.features.len() as u64);
    let transform = fit_transform(table, settings, &mut notes)?;
    job.advance(settings.features.len() as u64);
    job.check()?;
    let matrix = transform.apply(table);
    job.check()?;

    let wanted = match settings.k {
        KChoice::Fixed(k) => usize::from(k),
        KChoice::Auto => start::SCAN_TO,
    };
    let distinct = start::distinct_rows(&matrix, wanted.max(start::SCAN_TO)).len();
    let (sample, rows) = Sample::draw(&matrix, distinct, settings)?;
    let scan = sample.scan(distinct, settings, job)?;
    let k = choose_k(&scan, distinct, settings, &mut notes);

    let mut best = refine(&matrix, &sample, k, settings, job)?;
    order_by_size(&mut best);
    let smallest = best.sizes.last().map_or(0.0, |&size| size as f64 / matrix.rows as f64);
    if smallest < settings.min_share {
        notes.push(format!(
            "the smallest segment holds {:.2} % of users, less than min_share = {:.2} %; a smaller k may read better",
            smallest * 100.0,
            settings.min_share * 100.0
        ));
    }
    if !best.converged {
        notes.push(format!("K-Means stopped after max_iterations = {} before it had converged", best.iterations));
    }

    job.begin("segment silhouette: users", rows.len() as u64);
    let sample_labels: Vec<u8> = rows.iter().map(|&row| best.labels[row as usize]).collect();
    let score = silhouette(&sample.matrix, &sample_labels, job)?;
    let pca = Pca::fit(&matrix, job)?;
    let projection = pca.project(&matrix)?;
    job.check()?;
    let profiles = describe(users, &best, job)?;
    notes.extend(profiles.iter().map(told));
    let column_names = || transform.columns.iter().map(|column| column.name.clone());
    Ok(Segments {
        assignment: best.labels,
        k: k as u8,
        inertia: best.inertia,
        silhouette: score,
        sample: rows.len(),
        scan,
        projection,
        explained_variance: pca.explained_variance_ratio,
        components: [0, 1].map(|nth| column_names().zip(pca.components[nth].iter().copied()).collect()),
        model: SegmentModel {
            centroids: best.centroids,
            names: profiles.iter().map(|profile| profile.name.clone()).collect(),
            transform,
            pca,
        },
        profiles,
        notes,
    })
}

fn known_features(table: &FeatureTable, settings: &SegmentSettings) -> Result<()> {
    match settings.features.iter().find(|name| table.feature(name).is_none()) {
        None => Ok(()),
        Some(name) => {
            let known: Vec<_> = table.features.iter().map(|feature| feature.name.as_ref()).collect();
            Err(Error::Config(format!(
                "segments.features: there is no feature \"{name}\"; there are {}",
                known.join(", ")
            )))
        }
    }
}

fn fit_transform(table: &FeatureTable, settings: &SegmentSettings, notes: &mut Vec<String>) -> Result<Transform> {
    let everyone: Vec<u32> = (0..table.len() as u32).collect();
    let options =
        TransformOptions { clip: Some((0.001, 0.999)), only: Some(settings.features.clone()), ..Default::default() };
    if everyone.is_empty() {
        return Err(Error::Model("segments: there are no users".to_owned()));
    }
    let mut transform = Transform::fit(table, &everyone, &options);
    for column in &mut transform.columns {
        let reach = settings.reach as f32 * column.deviation;
        column.low = column.low.max(column.mean - reach);
        column.high = column.high.min(column.mean + reach);
        column.median = column.median.clamp(column.low, column.high);
    }
    for (feature, reason) in &transform.left_out {
        notes.push(format!("{feature} is left out: {reason}"));
    }
    if transform.columns.is_empty() {
        return Err(Error::Model(format!(
            "segments: {} users do not differ in any of {}; name other features in segments.features, or read a longer log",
            table.len(),
            settings.features.join(", ")
        )));
    }
    Ok(transform)
}

fn choose_k(scan: &[ScanRow], distinct: usize, settings: &SegmentSettings, notes: &mut Vec<String>) -> usize {
    match settings.k {
        KChoice::Fixed(k) => {
            let k = usize::from(k);
            if k > distinct {
                notes.push(format!("k lowered from {k} to {distinct}: no more users differ in the features used"));
            }
            k.min(distinct)
        }
        KChoice::Auto => {
            let k = start::best_k(scan, settings.min_share).map_or(distinct.min(2), usize::from);
            notes.push(format!("k = {k} chosen by the silhouette on a sample"));
            k
        }
    }
}

/// Lloyd over all users from every start that is unlike the earlier ones; the least inertia wins, among those without
/// a handful first.
fn refine(matrix: &Matrix, sample: &Sample, k: usize, settings: &SegmentSettings, job: &Job) -> Result<Clustering> {
    job.begin("segment starts", u64::from(settings.restarts));
    let starts = distinct_starts(sample.clusterings(k, settings.restarts, settings, job)?);
    job.begin("segment restarts", starts.len() as u64);
    let least = settings.min_share * matrix.rows as f64;
    let handful = |clustering: &Clustering| clustering.sizes.iter().any(|&size| (size as f64) < least);
    let mut best: Option<Clustering> = None;
    for centres in &starts {
        let clustering = kmeans::lloyd(matrix, centres, settings.stop(), job)?;
        let better = best.as_ref().is_none_or(|best| match (handful(&clustering), handful(best)) {
            (false, true) => true,
            (true, false) => false,
            _ => clustering.inertia < best.inertia,
        });
        if better {
            best = Some(clustering);
        }
        job.advance(1);
    }
    best.ok_or_else(|| Error::Model("segments: no start was found".to_owned()))
}

/// Drops starts whose centres all lie near those of an earlier one: on the sample they reached the same optimum, and
/// over all users they would reach the same again.
fn distinct_starts(starts: Vec<Clustering>) -> Vec<Vec<Vec<f32>>> {
    const NEAR: f32 = 0.01;
    let near = |a: &Vec<f32>, b: &Vec<f32>| a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f32>() < NEAR * NEAR;
    let mut kept: Vec<Vec<Vec<f32>>> = Vec::new();
    for start in starts.into_iter().map(|start| start.centroids) {
        let known = kept.iter().any(|other| start.iter().all(|centre| other.iter().any(|place| near(centre, place))));
        if !known {
            kept.push(start);
        }
    }
    kept
}

/// Renumbers the segments: largest first; of equal ones the one with the smaller centre.
fn order_by_size(clustering: &mut Clustering) {
    let mut order: Vec<usize> = (0..clustering.sizes.len()).collect();
    let smaller = |a: usize, b: usize| {
        let mut columns = clustering.centroids[a].iter().zip(&clustering.centroids[b]);
        columns.find_map(|(x, y)| Some(x.total_cmp(y)).filter(|order| order.is_ne())).unwrap_or(a.cmp(&b))
    };
    order.sort_by(|&a, &b| clustering.sizes[b].cmp(&clustering.sizes[a]).then_with(|| smaller(a, b)));
    let mut new_number = vec![0_u8; order.len()];
    for (new, &old) in order.iter().enumerate() {
        new_number[old] = new as u8;
    }
    clustering.labels.iter_mut().for_each(|label| *label = new_number[usize::from(*label)]);
    clustering.sizes = order.iter().map(|&old| clustering.sizes[old]).collect();
    clustering.centroids = order.iter().map(|&old| clustering.centroids[old].clone()).collect();
}

fn describe(users: Users<'_>, clustering: &Clustering, job: &Job) -> Result<Vec<SegmentProfile>> {
    let portraits = profile::portraits(users.table, &clustering.labels, &clustering.sizes, job)?;
    let traits = Traits::of(users);
    let names = names::names(&traits, &clustering.labels, &clustering.sizes, users.inactive_days);
    let profile = |(at, (portrait, named)): (usize, (profile::Portrait, Option<Named>))| SegmentProfile {
        name: named.as_ref().map_or_else(|| format!("Segment {}", at + 1), |named| named.words.clone()),
        description: names::description(&portrait, named.as_ref()),
        differences: if named.is_some() { Vec::new() } else { names::differences(&portrait) },
        named,
        size: portrait.size,
        share: portrait.share,
        centre: portrait.centre,
        z: portrait.z,
    };
    Ok(portraits.into_iter().zip(names).enumerate().map(profile).collect())
}

/// For whom a segment's name holds, or why it has none.
fn told(profile: &SegmentProfile) -> String {
    let holds = match &profile.named {
        Some(named) => names::holds_for(named),
        None => names::without_name(&profile.differences),
    };
    format!("{}, {} users: {holds}", profile.name, format::thousands(profile.size))
}

#[cfg(test)]
mod tests;
