//! The loops that a run spends its time in, each alone, on a made log of a twentieth of RetailRocket's size.
//!
//! `cargo bench` runs all of them, `cargo bench -- als` those whose name holds a word. The log is made anew each time from
//! the same seed, so two versions of the program are timed on the same bytes.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tempfile::TempDir;
use user360::features::{self, FeatureTable, Matrix, Transform, TransformOptions};
use user360::ingest::synth::{SynthSettings, generate};
use user360::ingest::{IngestSettings, Ingested, discover, ingest};
use user360::job::Job;
use user360::models::gbt::bins::{BinnedTable, Bins};
use user360::models::gbt::distinct::{Distinct, Observations};
use user360::models::gbt::{BoostSettings, Loss, boost};
use user360::models::kmeans::{Stop, lloyd};
use user360::models::logistic::{Sample, fit_newton};
use user360::models::recommend::{AlsSettings, Asked, Interactions, NormOrder, RecommendSettings, fit_als};
use user360::models::uplift::{Forest, Growing};

/// Share of RetailRocket's size: some 138,000 events of 70,000 users.
const SCALE: f64 = 0.05;
/// A gap that ends a session.
const GAP_MINUTES: f64 = 30.0;

/// The made log, as files and as read.
struct Shop {
    _folder: TempDir,
    events: PathBuf,
    read: Ingested,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = SynthSettings { scale: SCALE, ..SynthSettings::default() };
        generate(folder.path(), &settings, &Job::new()).unwrap();
        let events = folder.path().join("events.csv");
        let read = read(&events);
        Self { _folder: folder, events, read }
    }

    fn features(&self) -> FeatureTable {
        let (log, category) = (&self.read.log, &self.read.catalogue.category);
        features::build(log, category, log.as_of, GAP_MINUTES, &Job::new()).unwrap()
    }

    fn interactions(&self) -> Interactions {
        Interactions::until(&self.read.log, self.read.log.as_of, &RecommendSettings::default())
    }
}

fn read(events: &std::path::Path) -> Ingested {
    let settings = IngestSettings::default();
    ingest(&discover(events, &settings).unwrap(), &settings, &Job::new()).unwrap()
}

/// The table as a model sees it: standardised columns.
fn standardised(table: &FeatureTable) -> Matrix {
    Transform::fit(table, &all(table), &TransformOptions::default()).apply(table)
}

/// The table as trees see it.
fn binned(table: &FeatureTable) -> BinnedTable {
    let columns: Vec<_> = table.features.iter().collect();
    let names: Vec<String> = columns.iter().map(|feature| feature.name.to_string()).collect();
    Bins::fit(&columns, &all(table), &Job::new()).unwrap().apply(&names, table, &Job::new()).unwrap()
}

fn all(table: &FeatureTable) -> Vec<u32> {
    (0..table.len() as u32).collect()
}

/// A label that the features can learn: more events than half of the users have.
fn lively(table: &FeatureTable) -> Vec<bool> {
    let events = table.feature("total_events").unwrap();
    (0..table.len()).map(|row| events.values.get(row) > 1.0).collect()
}

fn ingest_events(criterion: &mut Criterion) {
    let shop = Shop::new();
    let mut group = criterion.benchmark_group("ingest");
    group.throughput(Throughput::Bytes(std::fs::metadata(&shop.events).unwrap().len()));
    group.bench_function("events", |bencher| bencher.iter(|| read(black_box(&shop.events))));
    group.finish();
}

fn feature_rows(criterion: &mut Criterion) {
    let shop = Shop::new();
    let mut group = criterion.benchmark_group("features");
    group.throughput(Throughput::Elements(shop.read.log.len() as u64));
    group.bench_function("build", |bencher| bencher.iter(|| black_box(&shop).features()));
    group.finish();
}

fn clusters(criterion: &mut Criterion) {
    let matrix = standardised(&Shop::new().features());
    let mut group = criterion.benchmark_group("kmeans");
    group.throughput(Throughput::Elements(matrix.rows as u64));
    for k in [4_usize, 8] {
        let start: Vec<Vec<f32>> = (0..k).map(|at| matrix.row(at * matrix.rows / k).to_vec()).collect();
        // One step: every row to its nearest centre, the centres to their means.
        let stop = Stop { max_iterations: 1, tolerance: 0.0 };
        group.bench_with_input(BenchmarkId::new("lloyd step", k), &start, |bencher, start| {
            bencher.iter(|| lloyd(black_box(&matrix), start, stop, &Job::new()).unwrap());
        });
    }
    group.finish();
}

fn odds(criterion: &mut Criterion) {
    let table = Shop::new().features();
    let (matrix, labels, rows) = (standardised(&table), lively(&table), all(&table));
    let mut group = criterion.benchmark_group("logistic");
    group.throughput(Throughput::Elements(rows.len() as u64));
    let sample = Sample { matrix: &matrix, labels: &labels, rows: &rows };
    // Newton's steps on the log odds are iteratively reweighted least squares.
    group.bench_function("irls step", |bencher| {
        bencher.iter(|| fit_newton(black_box(sample), 1.0, 1, None, &Job::new()).unwrap());
    });
    group.finish();
}

fn trees(criterion: &mut Criterion) {
    let table = Shop::new().features();
    let (codes, labels) = (binned(&table), lively(&table));
    let target: Vec<f32> = labels.iter().map(|&label| f32::from(u8::from(label))).collect();
    let (validation, training): (Vec<u32>, Vec<u32>) = all(&table).into_iter().partition(|row| row % 5 == 0);
    let mut group = criterion.benchmark_group("trees");
    group.sample_size(10);
    group.throughput(Throughput::Elements(training.len() as u64));
    let boosting = BoostSettings {
        loss: Loss::SquaredError,
        trees: 10,
        learning_rate: 0.1,
        leaves: 31,
        depth: 5,
        min_rows: 20,
        telling: None,
        l2: 0.0,
        rows_per_tree: training.len(),
        patience: 10,
        seed: 42,
    };
    let (fitted, validated) = (Distinct::of(&codes, &training), Distinct::of(&codes, &validation));
    let observed = |rows, of: &[u32]| Observations::new(rows, of.iter().map(|&row| target[row as usize]));
    let (fitting, checking) = (observed(&fitted, &training), observed(&validated, &validation));
    group.bench_function("distinct rows", |bencher| {
        bencher.iter(|| Distinct::of(black_box(&codes), &training));
    });
    group.bench_function("boosting, 10 trees", |bencher| {
        bencher.iter(|| boost(&fitting, &checking, black_box(&boosting), &Job::new()).unwrap());
    });
    let everyone = Distinct::of_all(&codes);
    let growing = Growing { trees: 10, max_depth: 8, min_leaf: 20, rows_per_tree: training.len(), seed: 42 };
    group.bench_function("forest, 10 trees", |bencher| {
        bencher.iter(|| Forest::fit(&everyone, &training, &labels, black_box(&growing), &Job::new()).unwrap());
    });
    let forest = Forest::fit(&everyone, &training, &labels, &growing, &Job::new()).unwrap();
    group.bench_function("forest, scoring", |bencher| {
        bencher.iter(|| forest.predict(black_box(&everyone), &Job::new()).unwrap());
    });
    group.finish();
}

fn recommender(criterion: &mut Criterion) {
    let pairs = Shop::new().interactions();
    let confidence = pairs.weighted(|weight| 1.0 + 10.0 * weight);
    let settings = AlsSettings { rank: 32, regularisation: 0.01, iterations: 1, seed: 42 };
    let mut group = criterion.benchmark_group("als");
    group.sample_size(10);
    group.throughput(Throughput::Elements(confidence.column.len() as u64));
    group.bench_function("a round: users, then items", |bencher| {
        bencher.iter(|| fit_als(black_box(&confidence), &settings, &Job::new()).unwrap());
    });
    let factors = fit_als(&confidence, &AlsSettings { iterations: 15, ..settings }, &Job::new()).unwrap();
    let order = NormOrder::new(&factors, |_| true);
    let users: Vec<Asked<'_>> = (0..pairs.rows())
        .step_by(70)
        .map(|user| Asked { factor: factors.user(user), known: pairs.row(user).0 })
        .collect();
    group.throughput(Throughput::Elements(users.len() as u64));
    group.bench_function("exact top-5", |bencher| {
        bencher.iter(|| order.tops(&factors, black_box(&users), 5).1);
    });
    group.finish();
}

criterion_group!(kernels, ingest_events, feature_rows, clusters, odds, trees, recommender);
criterion_main!(kernels);
