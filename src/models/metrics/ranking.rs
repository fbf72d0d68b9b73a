//! How well a ranked list finds the items a user went on to touch.
//!
//! Each function takes the ranked items (best first, no item twice) and the relevant ones (not empty, ascending).

use std::ops::Add;

/// Share found among the first `k`, of the `min(k, relevant)` that could be.
pub fn recall_at_k(ranked: &[u32], relevant: &[u32], k: usize) -> f64 {
    hits(ranked, relevant, k).count() as f64 / relevant.len().min(k) as f64
}

/// Normalised discounted cumulative gain with binary relevance (Järvelin & Kekäläinen 2002).
pub fn ndcg_at_k(ranked: &[u32], relevant: &[u32], k: usize) -> f64 {
    let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    // An empty sum of floats is −0.
    let found: f64 = hits(ranked, relevant, k).map(discount).fold(0.0, f64::add);
    let ideal: f64 = (0..relevant.len().min(k)).map(discount).sum();
    found / ideal
}

/// Average precision at `k`: mean over the relevant items that could be found of the precision where each was found.
pub fn average_precision_at_k(ranked: &[u32], relevant: &[u32], k: usize) -> f64 {
    let precisions =
        hits(ranked, relevant, k).enumerate().map(|(found, place)| (found + 1) as f64 / (place + 1) as f64);
    precisions.fold(0.0, f64::add) / relevant.len().min(k) as f64
}

/// Places of the hits among the first `k`.
fn hits<'a>(ranked: &'a [u32], relevant: &'a [u32], k: usize) -> impl Iterator<Item = usize> + 'a {
    let first = ranked.iter().take(k).enumerate();
    first.filter(|(_, item)| relevant.binary_search(item).is_ok()).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use crate::models::metrics::ranking::{average_precision_at_k, ndcg_at_k, recall_at_k};

    /// Items 7, 1, 9, 4, 2 ranked; 1, 2 and 30 relevant: hits at places 2 and 5.
    #[test]
    fn a_list_computed_by_hand() {
        let (ranked, relevant) = ([7, 1, 9, 4, 2], [1, 2, 30]);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} ≠ {b}");
        close(recall_at_k(&ranked, &relevant, 5), 2.0 / 3.0);
        close(recall_at_k(&ranked, &relevant, 2), 1.0 / 2.0);
        close(average_precision_at_k(&ranked, &relevant, 5), (1.0 / 2.0 + 2.0 / 5.0) / 3.0);
        // sklearn.metrics.ndcg_score([[0,1,0,0,1,1]], [[6,5,4,3,2,0]], k=5) with the third relevant item ranked last.
        close(ndcg_at_k(&ranked, &relevant, 5), 0.477_623_703_503_217_9);
    }
}
