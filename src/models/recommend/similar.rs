//! The most similar items of every item.

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::NONE;
use crate::job::Job;
use crate::models::recommend::SIMILAR;
use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::knn::{KnnSettings, Neighbours};
use crate::models::recommend::scorer::Scorer;
use crate::models::recommend::similarity::Similarity;
use crate::models::recommend::top::TopK;
use crate::models::vector::dot;

/// Items looked at per item when factors order them: its nearest by co-occurrence.
const SIMILAR_CANDIDATES: usize = 50;

/// The most similar items of every item: its neighbours by BM25's cosine, ordered by the factors' cosine where
/// the model has factors.
pub fn similar(everything: &Interactions, scorer: &Scorer, job: &Job) -> Result<(Vec<u32>, Vec<f32>)> {
    job.begin("similar items", everything.columns as u64);
    let fitted;
    let cosines = scorer.neighbours().filter(|neighbours| neighbours.similarity() == Similarity::Bm25);
    let neighbours = if let Some(neighbours) = cosines {
        neighbours
    } else {
        let settings = KnnSettings { neighbours: SIMILAR_CANDIDATES, ..KnnSettings::of(Similarity::Bm25) };
        fitted = Neighbours::fit(everything, &settings, job)?;
        &fitted
    };
    let lists: Vec<Vec<(f32, u32)>> = (0..everything.columns)
        .into_par_iter()
        .map(|item| {
            let near = neighbours.of(item);
            let mut top = TopK::new(SIMILAR);
            for &(other, cosine) in near {
                let score = scorer.factors().map_or(cosine, |factors| {
                    let (a, b) = (factors.item(item), factors.item(other as usize));
                    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(f32::MIN_POSITIVE)
                });
                top.offer(other, score);
            }
            top.entries().to_vec()
        })
        .collect();
    let mut items = vec![NONE; lists.len() * SIMILAR];
    let mut scores = vec![f32::NAN; lists.len() * SIMILAR];
    for (item, list) in lists.into_iter().enumerate() {
        for (place, (score, other)) in list.into_iter().enumerate() {
            items[item * SIMILAR + place] = other;
            scores[item * SIMILAR + place] = score;
        }
    }
    Ok((items, scores))
}
