//! The users of a fit, parted several times into those that trees are grown on and those beside, on whom every choice is
//! made. What one parting sets aside another learns from.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::models::gbt::bins::BinnedTable;
use crate::models::gbt::distinct::{Distinct, Observations};
use crate::models::ltv::settings::LtvSettings;

/// Parts that are set aside, one after the other, of up to so many users: of few each user is, of many a part tells enough.
const PARTS: [(usize, usize); 3] = [(5_000, 5), (20_000, 3), (usize::MAX, 2)];
/// Where fewer users than this come to anything, so many parts are set aside at least, however many users there are.
const FEW: (usize, usize) = (1_000, 3);

/// Rows to learn from, and the part that sets each aside.
pub(super) struct Learning {
    pub(super) rows: Vec<u32>,
    /// How many rows each stands for; empty where that is itself.
    stands_for: Vec<u32>,
    distinct: Distinct,
    part_of: Vec<u8>,
    /// How many parts are set aside, and how many at least where few came to anything.
    parts: (usize, usize),
}

/// Rows to grow trees on and those set aside.
pub(super) struct Part {
    fitting: Side,
    beside: Side,
}

/// What rows hold, and what they came to.
struct Side {
    rows: Distinct,
    amounts: Vec<f32>,
    stands_for: Vec<u32>,
}

impl Learning {
    pub(super) fn of(table: &BinnedTable, rows: Vec<u32>, settings: &LtvSettings) -> Self {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
        let share = settings.validation_share;
        let part_of = rows.iter().map(|_| (random.r#gen::<f64>() / share).min(f64::from(u8::MAX)) as u8).collect();
        // A share of a fifth in floating point may be a hair above it.
        let most = ((1.0 / share + 1e-9) as usize).clamp(1, PARTS[0].1);
        let parts = PARTS.into_iter().find(|(users, _)| rows.len() <= *users).map_or(1, |(_, parts)| parts).min(most);
        let distinct = Distinct::of(table, &rows);
        Self { rows, stands_for: Vec::new(), distinct, part_of, parts: (parts, parts.max(FEW.1.min(most))) }
    }

    /// About `most` of the rows: half of them, or all there are, of those that are `telling`, and every so-many-th of the
    /// others, each of which stands for so many.
    pub(super) fn sample(&self, most: usize, telling: impl Fn(u32) -> bool) -> Self {
        let (told, others): (Vec<u32>, Vec<u32>) =
            (0..self.rows.len() as u32).partition(|&place| telling(self.rows[place as usize]));
        let mut places: Vec<(u32, u32)> = Vec::new();
        for of in [told, others] {
            let stride = of.len().div_ceil((most / 2).max(1)).max(1);
            places.extend(of.into_iter().step_by(stride).map(|place| (place, stride as u32)));
        }
        places.sort_unstable();
        let (places, stands_for): (Vec<u32>, Vec<u32>) = places.into_iter().unzip();
        let rows = places.iter().map(|&place| self.rows[place as usize]).collect();
        let part_of = places.iter().map(|&place| self.part_of[place as usize]).collect();
        let (distinct, (parts, _)) = (self.distinct.part(&places), self.parts);
        Self { rows, stands_for, distinct, part_of, parts: (parts, parts) }
    }

    /// How many parts are set aside, one after the other.
    pub(super) fn parts(&self, amounts: &[f32]) -> usize {
        let positive = self.rows.iter().filter(|&&row| amounts[row as usize] > 0.0).count();
        if positive < FEW.0 { self.parts.1 } else { self.parts.0 }
    }

    /// The places of the rows on either side of a part: those that are learnt from, and those that are set aside.
    fn places(&self, part: usize) -> (Vec<u32>, Vec<u32>) {
        let (mut beside, mut fitting): (Vec<u32>, Vec<u32>) =
            (0..self.rows.len() as u32).partition(|&place| usize::from(self.part_of[place as usize]) == part);
        // Chance may leave one side of a tiny population empty.
        if beside.is_empty() {
            beside.extend(fitting.pop());
        } else if fitting.is_empty() {
            fitting.extend(beside.pop());
        }
        (fitting, beside)
    }

    /// The rows on either side of a part.
    pub(super) fn part(&self, part: usize, amounts: &[f32]) -> Part {
        let (fitting, beside) = self.places(part);
        let side = |places: &[u32]| {
            let amounts = places.iter().map(|&place| amounts[self.rows[place as usize] as usize]).collect();
            let stands_for = places.iter().filter_map(|&place| self.stands_for.get(place as usize).copied()).collect();
            Side { rows: self.distinct.part(places), amounts, stands_for }
        };
        Part { fitting: side(&fitting), beside: side(&beside) }
    }

    /// The rows set aside, part after part.
    pub(super) fn beside(&self, amounts: &[f32]) -> Vec<u32> {
        self.places_beside(amounts).map(|place| self.rows[place as usize]).collect()
    }

    /// What the rows set aside came to, and how many rows each stands for.
    pub(super) fn came(&self, amounts: &[f32]) -> (Vec<f32>, Vec<u32>) {
        let came = self.beside(amounts).into_iter().map(|row| amounts[row as usize]).collect();
        let stands_for = self.places_beside(amounts);
        (came, stands_for.filter_map(|place| self.stands_for.get(place as usize).copied()).collect())
    }

    fn places_beside(&self, amounts: &[f32]) -> impl Iterator<Item = u32> {
        (0..self.parts(amounts)).flat_map(|part| self.places(part).1)
    }

    /// The mean amount.
    pub(super) fn mean(&self, amounts: &[f32]) -> f64 {
        self.rows.iter().map(|&row| f64::from(amounts[row as usize])).sum::<f64>() / self.rows.len().max(1) as f64
    }
}

impl Part {
    /// The rows to learn from.
    pub(super) fn fitting(&self) -> Observations<'_> {
        self.fitting.observed()
    }

    /// The rows set aside.
    pub(super) fn beside(&self) -> Observations<'_> {
        self.beside.observed()
    }

    /// One value for each row set aside, from one for each distinct row.
    pub(super) fn spread(&self, values: &[f32]) -> Vec<f32> {
        self.beside.rows.spread(values)
    }
}

impl Side {
    fn observed(&self) -> Observations<'_> {
        let stands_for = self.stands_for.iter().copied().chain(std::iter::repeat(1));
        Observations::weighted(&self.rows, self.amounts.iter().copied().zip(stands_for))
    }
}
