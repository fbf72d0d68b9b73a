//! The users of a fit, parted several times into those that trees are grown on and those beside, on whom every choice is
//! made. What one parting sets aside another learns from.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::models::gbt::bins::BinnedTable;
use crate::models::gbt::distinct::{Distinct, Observations};
use crate::models::ltv::settings::LtvSettings;

/// Parts that are set aside, one after the other, of up to so many users: of few each user is, of many a part tells enough.
const PARTS: [(usize, usize); 3] = [(5_000, 5), (20_000, 3), (usize::MAX, 2)];

/// Rows to learn from, parted.
pub(super) struct Learning {
    pub(super) rows: Vec<u32>,
    pub(super) parts: Vec<Part>,
}

/// Rows to grow trees on and those set aside, each ascending.
pub(super) struct Part {
    fitting: (Vec<u32>, Distinct),
    pub(super) beside: (Vec<u32>, Distinct),
}

impl Learning {
    pub(super) fn of(table: &BinnedTable, rows: Vec<u32>, settings: &LtvSettings) -> Self {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
        let share = settings.validation_share;
        let drawn: Vec<usize> = rows.iter().map(|_| (random.r#gen::<f64>() / share) as usize).collect();
        let most = PARTS.into_iter().find(|(users, _)| rows.len() <= *users).map_or(1, |(_, parts)| parts);
        // A share of a fifth in floating point may be a hair above it.
        let parts = ((1.0 / share + 1e-9) as usize).clamp(1, most);
        let part = |part: usize| {
            let set_aside = rows.iter().zip(&drawn).partition::<Vec<_>, _>(|(_, drawn)| **drawn == part);
            let only = |pairs: Vec<(&u32, &usize)>| pairs.into_iter().map(|(row, _)| *row).collect::<Vec<u32>>();
            let (mut beside, mut fitting) = (only(set_aside.0), only(set_aside.1));
            // Chance may leave one side of a tiny population empty.
            if beside.is_empty() {
                beside.extend(fitting.pop());
            } else if fitting.is_empty() {
                fitting.extend(beside.pop());
            }
            let (left, right) = (Distinct::of(table, &fitting), Distinct::of(table, &beside));
            Part { fitting: (fitting, left), beside: (beside, right) }
        };
        let parts = (0..parts).into_par_iter().map(part).collect();
        Self { rows, parts }
    }

    /// Every so-many-th row, at most `most`; `None` where that is all of them.
    pub(super) fn sample(&self, table: &BinnedTable, most: usize, settings: &LtvSettings) -> Option<Self> {
        let stride = self.rows.len().div_ceil(most).max(1);
        (stride > 1).then(|| Self::of(table, self.rows.iter().step_by(stride).copied().collect(), settings))
    }

    /// The rows set aside, part after part.
    pub(super) fn beside(&self) -> impl Iterator<Item = u32> + '_ {
        self.parts.iter().flat_map(|part| part.beside.0.iter().copied())
    }

    /// The mean amount.
    pub(super) fn mean(&self, amounts: &[f32]) -> f64 {
        self.rows.iter().map(|&row| f64::from(amounts[row as usize])).sum::<f64>() / self.rows.len().max(1) as f64
    }
}

impl Part {
    /// The amounts of the rows to learn from and of those set aside.
    pub(super) fn observed(&self, amounts: &[f32]) -> (Observations<'_>, Observations<'_>) {
        (observed(&self.fitting, amounts), observed(&self.beside, amounts))
    }
}

fn observed<'a>((rows, distinct): &'a (Vec<u32>, Distinct), amounts: &[f32]) -> Observations<'a> {
    Observations::new(distinct, rows.iter().map(|&row| amounts[row as usize]))
}
