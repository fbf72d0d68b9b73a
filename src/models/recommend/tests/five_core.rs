//! Recall on the real RetailRocket 5-core matrix beside Python `implicit` on the same split.

use std::io::Read;
use std::path::Path;

use rayon::prelude::*;

use super::super::{
    AlsSettings, Candidate, Interactions, NormOrder, RecommendSettings, Scorer, Similarity, TopK, fit_als,
};
use crate::job::Job;
use crate::models::metrics::ranking::recall_at_k;

/// The bytes of a member of a zip archive as numpy writes it: deflated or stored, sizes in the central directory.
fn member(archive: &[u8], name: &str) -> Vec<u8> {
    let number =
        |at: usize, bytes: usize| archive[at..at + bytes].iter().rev().fold(0, |n, &b| n << 8 | usize::from(b));
    let end = (0..archive.len() - 21).rev().find(|&at| archive[at..].starts_with(b"PK\x05\x06")).unwrap();
    let mut entry = number(end + 16, 4);
    while archive[entry..].starts_with(b"PK\x01\x02") {
        let name_length = number(entry + 28, 2);
        if &archive[entry + 46..entry + 46 + name_length] == name.as_bytes() {
            let local = number(entry + 42, 4);
            let data = local + 30 + number(local + 26, 2) + number(local + 28, 2);
            let packed = &archive[data..data + number(entry + 20, 4)];
            let mut bytes = Vec::new();
            match number(entry + 10, 2) {
                0 => bytes.extend_from_slice(packed),
                8 => drop(flate2::read::DeflateDecoder::new(packed).read_to_end(&mut bytes).unwrap()),
                other => panic!("compression {other} of {name}"),
            }
            return bytes;
        }
        entry += 46 + name_length + number(entry + 30, 2) + number(entry + 32, 2);
    }
    panic!("no {name}")
}

/// A one-dimensional array of four-byte little-endian numbers in numpy's format 1.
fn array<T>(bytes: &[u8], kind: &str, number: fn([u8; 4]) -> T) -> Vec<T> {
    let header = 10 + usize::from(bytes[8]) + 256 * usize::from(bytes[9]);
    let text = std::str::from_utf8(&bytes[10..header]).unwrap();
    assert!(text.contains(kind), "{text}");
    bytes[header..].chunks_exact(4).map(|bytes| number(bytes.try_into().unwrap())).collect()
}

/// Train and test parts: an entry is test when `crc32("user:item") mod 5 == 0` and the user keeps a train item.
fn split(matrix: &Interactions) -> (Interactions, Interactions) {
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for user in 0..matrix.rows() {
        let (items, weights) = matrix.row(user);
        let entries = items.iter().copied().zip(weights.iter().copied());
        let held_out = |item: u32| crc32fast::hash(format!("{user}:{item}").as_bytes()).is_multiple_of(5);
        let (out, kept): (Vec<_>, Vec<_>) = entries.partition(|entry| held_out(entry.0));
        if kept.is_empty() {
            train.push(out);
            test.push(Vec::new());
        } else {
            train.push(kept);
            test.push(out);
        }
    }
    let made = |rows: Vec<Vec<(u32, f32)>>| Interactions::from_rows(matrix.columns, rows.into_iter());
    (made(train), made(test))
}

fn recall_at_20(alpha: f32, seed: u64, train: &Interactions, test: &Interactions) -> f64 {
    // implicit takes alpha × r as the confidence itself.
    let confidence = train.weighted(|weight| alpha * weight);
    let settings = AlsSettings { rank: 32, regularisation: 0.01, iterations: 15, seed };
    let factors = fit_als(&confidence, &settings, &Job::new()).unwrap();
    let order = NormOrder::new(&factors, |_| true);
    mean_recall_at_20(test, |user| order.top(factors.user(user), train.row(user).0, 20).0)
}

fn mean_recall_at_20(test: &Interactions, top: impl Fn(usize) -> TopK + Sync) -> f64 {
    let users: Vec<usize> = (0..test.rows()).filter(|&user| !test.row(user).0.is_empty()).collect();
    assert_eq!(users.len(), 41_607);
    let recall = |&user: &usize| {
        let ranked: Vec<u32> = top(user).entries().iter().map(|entry| entry.1).collect();
        recall_at_k(&ranked, test.row(user).0, 20)
    };
    let each: Vec<f64> = users.par_iter().map(recall).collect();
    each.iter().sum::<f64>() / each.len() as f64
}

fn matrix() -> Option<Interactions> {
    let folder = match std::env::var_os("USER360_TEST_DATA") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    };
    let file = folder.join("retailrocket-5core/interaction_matrix.npz");
    let Ok(archive) = std::fs::read(&file) else {
        eprintln!("skipped: no {}; USER360_TEST_DATA names another folder", file.display());
        return None;
    };
    let integers = |name| array(&member(&archive, name), "'<i4'", u32::from_le_bytes);
    let (offsets, items) = (integers("indptr.npy"), integers("indices.npy"));
    let weights = array(&member(&archive, "data.npy"), "'<f4'", f32::from_le_bytes);
    let rows = offsets.windows(2).map(|row| {
        let range = row[0] as usize..row[1] as usize;
        let entries = items[range.clone()].iter().zip(&weights[range]);
        let mut row: Vec<(u32, f32)> = entries.map(|(&item, &weight)| (item, weight)).collect();
        row.sort_by_key(|entry| entry.0);
        row.retain(|entry| entry.1 > 0.0);
        row
    });
    let columns = items.iter().max().map_or(0, |&last| last as usize + 1);
    Some(Interactions::from_rows(columns, rows.collect::<Vec<_>>().into_iter()))
}

/// Python implicit 0.7 on this split: 0.390 by ALS of rank 256, 0.376 by its BM25 neighbours.
#[test]
fn item_neighbours_find_more_than_any_factors() {
    let Some(matrix) = matrix() else { return };
    let (train, test) = split(&matrix);
    let similarity = Similarity::CoOccurrence { popularity_discount: 0.1 };
    let (settings, allowed) = (RecommendSettings::default(), vec![true; train.columns]);
    let scorer = Scorer::fit(Candidate::ItemKnn { similarity }, &train, allowed, 1, &settings, &Job::new()).unwrap();
    let recall = mean_recall_at_20(&test, |user| scorer.top(user, &train, train.row(user).0, 20, &mut None).0);
    assert!(recall >= 0.4, "{recall}");
}

/// Python implicit 0.7's `AlternatingLeastSquares(factors=32, alpha=40, regularization=0.01, iterations=15,
/// random_state=42)` on this split, known items left out: recall@20 0.20334, popularity 0.01353.
#[test]
fn recall_is_at_least_that_of_implicit() {
    let Some(matrix) = matrix() else { return };
    let (train, test) = split(&matrix);
    assert_eq!((train.column.len(), test.column.len()), (363_899, 86_528));
    let recall = recall_at_20(40.0, 42, &train, &test);
    assert!(recall >= 0.203_34, "{recall}");
}
