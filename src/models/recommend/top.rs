//! Ranked lists.

/// A ranked list under construction: at most `k` entries, best first, equal scores by item.
#[derive(Clone, Debug)]
pub struct TopK {
    k: usize,
    entries: Vec<(f32, u32)>,
}

impl TopK {
    /// An empty list of at most `k` entries.
    pub fn new(k: usize) -> Self {
        Self { k, entries: Vec::with_capacity(k + 1) }
    }

    /// The score that a new entry must exceed (or equal, with a smaller item).
    pub fn worst(&self) -> f32 {
        if self.entries.len() < self.k { f32::NEG_INFINITY } else { self.entries[self.k - 1].0 }
    }

    /// Whether an item with this score may belong among the best.
    pub fn takes(&self, score: f32) -> bool {
        score >= self.worst()
    }

    /// Adds an item if it belongs among the best.
    pub fn offer(&mut self, item: u32, score: f32) {
        if !self.takes(score) {
            return;
        }
        let place = self
            .entries
            .partition_point(|&(kept, of)| score.total_cmp(&kept).then(of.cmp(&item)) == std::cmp::Ordering::Less);
        if place < self.k {
            self.entries.insert(place, (score, item));
            self.entries.truncate(self.k);
        }
    }

    /// (score, item), best first.
    pub fn entries(&self) -> &[(f32, u32)] {
        &self.entries
    }
}
