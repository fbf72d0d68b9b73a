//! Who a model learns from, and whom it is judged on.

use crate::ingest::Ids;

/// Folds of users.
pub const FOLDS: u8 = 5;

/// Up to this many users every fold is judged by a model of the others; above, the first fold alone.
const ALL_FOLDS: usize = 100_000;

/// The fold of each user: `crc32(utf8(id)) mod 5` of the household where that is known, else of the user's own id; the same
/// in every engine. `households` has an entry a user, or none.
pub fn folds(users: &Ids, households: &[Option<Box<str>>]) -> Vec<u8> {
    let fold = |user: u32| {
        let household = households.get(user as usize).and_then(Option::as_deref);
        let hash = household.map_or_else(
            || crc32fast::hash(users.text(user).as_bytes()),
            |household| crc32fast::hash(household.as_bytes()),
        );
        (hash % u32::from(FOLDS)) as u8
    };
    (0..users.len() as u32).map(fold).collect()
}

/// The number by which users are drawn into a sample, smallest first: `crc32("fit:" ‖ id)`.
pub fn draws(ids: &Ids) -> Vec<u32> {
    let draw = |code| {
        let mut hash = crc32fast::Hasher::new();
        hash.update(b"fit:");
        hash.update(ids.text(code).as_bytes());
        hash.finalize()
    };
    (0..ids.len() as u32).map(draw).collect()
}

/// The rows of a population by fold, and the samples drawn from them.
#[derive(Clone, Debug)]
pub struct Split {
    /// The fold of each row.
    fold: Vec<u8>,
    /// The number by which each row is drawn.
    draw: Vec<u32>,
    /// The most rows of a sample.
    most: usize,
}

impl Split {
    /// The rows of `users`, codes of ids whose [`folds`] and [`draws`] are given; samples have at most `most` rows.
    pub fn new(users: &[u32], folds: &[u8], draws: &[u32], most: usize) -> Self {
        Self {
            fold: users.iter().map(|&user| folds[user as usize]).collect(),
            draw: users.iter().map(|&user| draws[user as usize]).collect(),
            most,
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.fold.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fold.is_empty()
    }

    /// The folds that are judged: all of them where the population is small.
    pub fn judged(&self) -> std::ops::Range<u8> {
        0..if self.len() <= ALL_FOLDS { FOLDS } else { 1 }
    }

    /// The fold of a row.
    pub fn fold(&self, row: u32) -> u8 {
        self.fold[row as usize]
    }

    /// The rows to learn from where `fold` is judged, ascending.
    pub fn training(&self, fold: u8) -> Vec<u32> {
        self.sample(|row| self.fold[row as usize] != fold, self.most)
    }

    /// The rows of a fold that are judged, ascending.
    pub fn test(&self, fold: u8) -> Vec<u32> {
        self.sample(|row| self.fold[row as usize] == fold, self.most)
    }

    /// The rows to learn from once all is judged, ascending.
    pub fn everyone(&self) -> Vec<u32> {
        self.sample(|_| true, self.most)
    }

    /// The `most` rows among `rows` with the smallest draws, ties by row; ascending.
    pub fn smaller(&self, rows: &[u32], most: usize) -> Vec<u32> {
        let mut drawn = rows.to_vec();
        if drawn.len() > most {
            if most > 0 {
                drawn.select_nth_unstable_by_key(most - 1, |&row| (self.draw[row as usize], row));
            }
            drawn.truncate(most);
            drawn.sort_unstable();
        }
        drawn
    }

    fn sample(&self, belongs: impl Fn(u32) -> bool, most: usize) -> Vec<u32> {
        let rows: Vec<u32> = (0..self.len() as u32).filter(|&row| belongs(row)).collect();
        self.smaller(&rows, most)
    }
}
