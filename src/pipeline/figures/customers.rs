//! Best customers, those gone quiet, those at risk, and what is at stake with them.

use crate::features::{DAY_MS, FeatureTable};
use crate::ingest::EventLog;
use crate::pipeline::figures::history::Buyer;
use crate::store::front_page::{AtRisk, BestCustomers, GapBin, GoneQuiet, RfmCell, Told};

/// Days that tell who the best customers are.
const YEAR: i64 = 365 * DAY_MS;
/// Best customers are one buyer in so many.
const BEST: usize = 10;
/// The quantile of completed gaps above which a buyer has gone quiet.
const QUIET: f64 = 0.9;
/// Gaps of the shop's median that each buyer is given beside the own ones, as `overdue` does.
const MORE: f64 = 3.0;
/// Who leaves more probably than this is counted as if by this: the rest of the revenue cannot be told.
const MOST: f64 = 0.9;

/// The best customers and their codes; `None` where nobody spent anything.
pub(super) fn best(log: &EventLog, buyers: &[Buyer]) -> Option<(BestCustomers, Vec<u32>)> {
    let mut spent: Vec<(f64, u32)> = buyers
        .iter()
        .map(|buyer| (buyer.net_after(log.as_of - YEAR), buyer.user))
        .filter(|(net, _)| *net > 0.0)
        .collect();
    spent.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let count = spent.len().div_ceil(BEST);
    let all: f64 = spent.iter().map(|(net, _)| net).sum();
    let net: f64 = spent.iter().take(count).map(|(net, _)| net).sum();
    let least = spent.get(count.checked_sub(1)?)?.0;
    let mut users: Vec<u32> = spent.iter().take(count).map(|(_, user)| *user).collect();
    users.sort_unstable();
    Some((BestCustomers { users: count as u64, net, share: net / all, least }, users))
}

/// The gaps of every buyer between days with an order, in days.
fn gaps(buyer: &Buyer) -> Vec<f64> {
    buyer.days().windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect()
}

/// Buyers who are overdue beyond what nine in ten gaps of this shop came to; `best` are the codes of the best customers.
pub(super) fn quiet(now: &FeatureTable, buyers: &[Buyer], best: &[u32]) -> Told<GoneQuiet> {
    let all: Vec<Vec<f64>> = buyers.iter().map(gaps).collect();
    let mut lengths: Vec<f64> = all.iter().flatten().copied().collect();
    if lengths.is_empty() {
        return Told::none("nobody has ordered on two days");
    }
    let middle = (lengths.len() - 1) / 2;
    let median = *lengths.select_nth_unstable_by(middle, f64::total_cmp).1;
    let mut ratios: Vec<f64> = all
        .iter()
        .flat_map(|gaps| {
            let mean = (gaps.iter().sum::<f64>() + MORE * median) / (gaps.len() as f64 + MORE);
            gaps.iter().map(move |gap| gap / mean)
        })
        .collect();
    let place = ((ratios.len() - 1) as f64 * QUIET).round() as usize;
    let threshold = *ratios.select_nth_unstable_by(place, f64::total_cmp).1;
    let Some(overdue) = now.feature("overdue") else { return Told::none("the features tell no rhythm") };
    let quiet: Vec<u32> = now
        .users
        .iter()
        .enumerate()
        .filter(|(row, _)| overdue.values.get(*row) > threshold)
        .map(|(_, &user)| user)
        .collect();
    let of_best = quiet.iter().filter(|user| best.binary_search(user).is_ok()).count();
    Told::of(GoneQuiet { users: quiet.len() as u64, best_customers: of_best as u64, threshold })
}

/// Who is active and will probably leave: the rows, and how many there are. `base` is the share that left of those who were
/// active at the cutoff.
pub(super) fn at_risk(churn: &[f32], active: &[bool], base: f64) -> (AtRisk, Vec<usize>) {
    let threshold = (1.5 * base).clamp(0.5, MOST);
    let rows: Vec<usize> = (0..churn.len()).filter(|&row| active[row] && f64::from(churn[row]) >= threshold).collect();
    let active = active.iter().filter(|&&active| active).count() as u64;
    (AtRisk { users: rows.len() as u64, active, threshold }, rows)
}

/// What these would have brought had they stayed, less what is expected of them.
pub(super) fn at_stake(rows: &[usize], churn: &[f32], revenue: &[f32]) -> f64 {
    let of = |&row: &usize| {
        let (leaves, expected) = (f64::from(churn[row]).min(MOST), f64::from(revenue[row]));
        expected / (1.0 - leaves) - expected
    };
    rows.iter().map(of).sum()
}

/// Buyers by recency and frequency, with what they spent on average; empty where there are no scores.
pub(super) fn grid(now: &FeatureTable) -> Vec<RfmCell> {
    let (Some(r), Some(f)) = (now.feature("r"), now.feature("f")) else { return Vec::new() };
    let spend = now.feature("spend");
    let mut cells = [[(0_u64, 0.0, 0_u64); 5]; 5];
    for row in 0..now.len() {
        let (r, f) = (r.values.get(row), f.values.get(row));
        if !(1.0..=5.0).contains(&r) || !(1.0..=5.0).contains(&f) {
            continue;
        }
        let cell = &mut cells[r as usize - 1][f as usize - 1];
        cell.0 += 1;
        if let Some(spent) = spend.map(|spend| spend.values.get(row)).filter(|spent| !spent.is_nan()) {
            (cell.1, cell.2) = (cell.1 + spent, cell.2 + 1);
        }
    }
    let mut told = Vec::new();
    for (r, row) in cells.iter().enumerate() {
        for (f, &(users, spent, priced)) in row.iter().enumerate().filter(|(_, cell)| cell.0 > 0) {
            let mean_spend = (priced > 0).then(|| spent / priced as f64);
            told.push(RfmCell { r: r as u8 + 1, f: f as u8 + 1, users, mean_spend });
        }
    }
    told
}

/// The first and the last length of each bin, in days; whole weeks up to four, then wider.
const BINS: [(u32, u32); 10] =
    [(1, 7), (8, 14), (15, 21), (22, 28), (29, 42), (43, 56), (57, 91), (92, 182), (183, 364), (365, u32::MAX)];

/// How long the gaps between days with an order are; empty where nobody ordered on two days.
pub(super) fn days_between(buyers: &[Buyer]) -> Vec<GapBin> {
    let mut bins = BINS.map(|(from, to)| GapBin { from, to, gaps: 0 });
    for gap in buyers.iter().flat_map(gaps) {
        if let Some(bin) = bins.iter_mut().find(|bin| gap <= f64::from(bin.to)) {
            bin.gaps += 1;
        }
    }
    let last = bins.iter().rposition(|bin| bin.gaps > 0).map_or(0, |last| last + 1);
    bins[..last].to_vec()
}
