#![allow(clippy::unwrap_used)]

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::models::population::{Population, on_threads, population, table};

fn split(folds: &[u8]) -> Split {
    let users: Vec<u32> = (0..folds.len() as u32).collect();
    Split::new(&users, folds, &users, 500_000)
}

/// Every fifth user is a fold.
fn fifths(rows: usize) -> Split {
    split(&(0..rows).map(|row| (row % 5) as u8).collect::<Vec<_>>())
}

fn fit_table(table: &FeatureTable, left: &[bool], settings: &ChurnSettings) -> Result<Churn> {
    let (active, split) = (vec![true; left.len()], fifths(left.len()));
    churn(Past { table, left, active: &active, split: &split, inactive_days: 30.0 }, table, settings, &Job::new())
}

fn fit(people: &Population, settings: &ChurnSettings) -> Result<Churn> {
    fit_table(&people.table, &people.left, settings)
}

fn plain() -> ChurnSettings {
    ChurnSettings { l2: Penalty::Fixed(1.0), ..ChurnSettings::default() }
}

fn within(own: Option<f64>, reference: f64, share: f64) -> bool {
    own.is_some_and(|own| (own / reference - 1.0).abs() <= share)
}

/// scikit-learn's `LogisticRegression(C=1)` on the same rows, each fifth predicted from the others, all pooled:
/// `roc_auc_score`, `average_precision_score`, `log_loss`, `brier_score_loss`.
#[test]
fn quality_is_that_of_scikit_learn() {
    let people = population();
    for linfa_rows in [0, 50_000] {
        let settings = ChurnSettings { linfa_rows, ..plain() };
        let churn = fit(&people, &settings).unwrap();
        assert_eq!(churn.solver, if linfa_rows == 0 { Solver::Irls } else { Solver::Linfa });
        let at = &churn.evaluation;
        assert!(within(at.auc, 0.859_562_52, 1e-4), "{:?}", at.auc);
        assert!(within(at.pr_auc, 0.852_679_33, 1e-4), "{:?}", at.pr_auc);
        assert!(within(at.log_loss, 0.466_879_78, 1e-4), "{:?}", at.log_loss);
        assert!(within(at.brier, 0.152_406_84, 1e-4), "{:?}", at.brier);
        assert_eq!((at.train_rows, at.test_rows, at.thresholds.len(), at.calibration.len()), (3200, 4000, 101, 10));
        assert!(at.roc.len() <= 101);
        assert!(at.deciles[0].lift > 1.7 && at.deciles[9].lift < 0.3, "{:?}", at.deciles);
        let row = &at.thresholds[50];
        assert_eq!(row.users, at.confusion.true_positives + at.confusion.false_positives);
    }
}

/// What is left of the old order: the planted drivers, and the parts that add up.
#[test]
fn planted_drivers_are_found_in_order_and_the_parts_add_up() {
    let people = population();
    let churn = fit(&people, &plain()).unwrap();
    let weight = |name: &str| churn.coefficients.iter().find(|c| c.column == name).unwrap().coefficient;
    assert!(weight("a") > -weight("b") && -weight("b") > weight("c") && weight("c") > weight("d").abs());
    add_up(&churn);
    // Features that no group knows are told together.
    assert!(churn.because.iter().all(|because| because.groups.iter().all(|group| group.is_nan())));
}

fn add_up(churn: &Churn) {
    for (because, &p) in churn.because.iter().zip(&churn.probability) {
        let told: f64 = because.groups.iter().filter(|told| !told.is_nan()).map(|&told| f64::from(told)).sum();
        let odds = f64::from(churn.base) + told + f64::from(because.rest);
        assert!((logistic(odds) - f64::from(p)).abs() < 1e-6, "{because:?} {p}");
    }
}

/// How long ago each was here decides, and three columns tell it with noise of their own. The difference of two of them
/// matters as well, so that one of the two has a weight against its own correlation.
fn collinear() -> (FeatureTable, Vec<bool>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
    let mut columns = vec![Vec::new(); 5];
    let mut left = Vec::new();
    for _ in 0..3_000 {
        let [away, first, second, other]: [f64; 4] = std::array::from_fn(|_| random.r#gen());
        let (week, month) = (1.0 - away + 0.2 * first, 1.0 - away + 0.2 * second);
        for (column, value) in columns.iter_mut().zip([away, week, month, random.r#gen(), other]) {
            column.push(value as f32);
        }
        left.push(random.gen_bool((0.2 + 0.5 * away + 0.8 * (month - week)).clamp(0.0, 1.0)));
    }
    let names = ["recency_days", "events_7d", "events_30d", "sessions", "spend"];
    (table(names.into_iter().zip(columns).collect()), left)
}

/// Of single columns a quarter and more contradict what is seen; of groups less than one user in ten.
#[test]
fn a_reason_lies_on_the_side_of_what_is_seen() {
    let (people, left) = collinear();
    let churn = fit_table(&people, &left, &plain()).unwrap();
    add_up(&churn);
    let recency: Vec<f64> = (0..left.len()).map(|row| people.features[0].values.get(row)).collect();
    let matrix = churn.model.transform.apply(&people);
    let (mut told, mut wrong, mut wrong_columns) = (0, 0, 0);
    for (row, because) in churn.because.iter().enumerate() {
        let away = recency[row] > 0.51;
        if !because.groups[0].is_nan() && (recency[row] - 0.51).abs() > 0.1 {
            told += 1;
            wrong += usize::from((because.groups[0] > 0.0) != away);
            // The single column that would be named first, and what its own values go along with.
            let parts = churn.coefficients.iter().zip(matrix.row(row));
            let (column, part) = parts
                .map(|(coefficient, &x)| (&coefficient.feature, coefficient.coefficient * f64::from(x)))
                .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
                .unwrap();
            wrong_columns += usize::from(column != "spend" && (part > 0.0) != away);
        }
    }
    assert!(told > 2_000 && 10 * wrong < told, "{wrong} of {told}");
    assert!(wrong_columns > 2 * wrong, "{wrong_columns} by single columns, {wrong} by groups");
    // What is at random is no reason for most.
    let money = churn.because.iter().filter(|because| !because.groups[4].is_nan()).count();
    assert!(money < 3_000);
}

/// 200 users and 30 columns of noise beside one that tells: a weak penalty learns the noise.
#[test]
fn the_penalty_is_chosen_where_noise_outnumbers_users() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(8);
    let names: [&'static str; 31] = std::array::from_fn(|at| &"abcdefghijklmnopqrstuvwxyzABCDE"[at..=at]);
    let mut columns: Vec<(&'static str, Vec<f32>)> = names.map(|name| (name, Vec::new())).to_vec();
    let mut left = Vec::new();
    for _ in 0..200 {
        for (_, values) in &mut columns {
            values.push(random.r#gen());
        }
        left.push(random.gen_bool(0.2 + 0.6 * f64::from(columns[0].1[left.len()])));
    }
    let people = table(columns);
    let (fixed, chosen) =
        (fit_table(&people, &left, &plain()).unwrap(), fit_table(&people, &left, &ChurnSettings::default()).unwrap());
    assert!(chosen.l2 > 1.0, "{}", chosen.l2);
    let loss = |churn: &Churn| churn.evaluation.log_loss.unwrap();
    assert!(loss(&chosen) < loss(&fixed), "{} {}", loss(&chosen), loss(&fixed));
}

/// The folds' own users reach none of the models that judge them: their labels turned round turn the figures round.
#[test]
fn a_fold_is_judged_by_models_that_never_saw_it() {
    let people = population();
    // Labels that the features cannot tell: whoever is judged on what was learnt by heart would do well.
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    let left: Vec<bool> = people.left.iter().map(|_| random.r#gen()).collect();
    let auc = fit_table(&people.table, &left, &plain()).unwrap().evaluation.all.unwrap().auc.unwrap();
    assert!(auc.low.unwrap() < 0.5 && auc.value < 0.53, "{auc:?}");
}

/// Of 2,000 users gone for months nearly all stay away, which anybody can tell; among the 1,000 who were here last
/// month, nothing tells who will leave.
#[test]
fn those_long_gone_do_not_flatter_the_headline() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(6);
    let recency: Vec<f32> = (0..3_000).map(|row| if row < 2_000 { 90.0 } else { 1.0 + (row % 29) as f32 }).collect();
    let left: Vec<bool> = (0..3_000).map(|row| random.gen_bool(if row < 2_000 { 0.97 } else { 0.4 })).collect();
    let active: Vec<bool> = recency.iter().map(|&days| days <= 30.0).collect();
    let people = table(vec![("recency_days", recency)]);
    let split = fifths(3_000);
    let past = Past { table: &people, left: &left, active: &active, split: &split, inactive_days: 30.0 };
    let churn = churn(past, &people, &plain(), &Job::new()).unwrap();
    let (all, active) = (churn.evaluation.all.unwrap(), churn.evaluation.active.unwrap());
    assert!(all.auc.unwrap().value > 0.8, "{all:?}");
    assert!(active.auc.unwrap().low.unwrap() < 0.5 && active.users == 1_000, "{active:?}");
}

#[test]
fn few_stayers_are_too_few_and_where_nearly_all_leave_the_ranking_is_of_returns() {
    let mut people = population();
    people.left = (0..4_000).map(|row| row % 100 != 0).collect();
    let churn = fit(&people, &plain()).unwrap();
    let auc = churn.evaluation.all.as_ref().unwrap().auc.unwrap();
    assert!(!auc.enough && auc.rough, "40 stayers: {auc:?}");
    assert!(
        churn.notes.iter().any(|note| note == "too few to tell: of 4000 all held-out users 40 stayed"),
        "{:?}",
        churn.notes
    );
    assert!(churn.evaluation.returning);
    let back: f64 = churn.evaluation.deciles.iter().map(|decile| decile.positives).sum();
    assert!((back - 40.0).abs() < 1e-9, "{:?}", churn.evaluation.deciles);
}

/// What the last event alone cannot tell beyond its terciles, bends can.
#[test]
fn time_bends() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
    let recency: Vec<f32> = (0..4_000).map(|_| random.r#gen::<f32>() * 3.0).collect();
    // Few leave in the middle: a straight line sees nothing.
    let left: Vec<bool> =
        recency.iter().map(|&days| random.gen_bool(if (1.0..2.0).contains(&days) { 0.1 } else { 0.6 })).collect();
    let churn = fit_table(&table(vec![("recency_days", recency)]), &left, &plain()).unwrap();
    let judged = churn.evaluation.all.unwrap();
    assert!(judged.auc.unwrap().value > 0.7 && judged.auc_gain.unwrap().low.unwrap() > 0.1, "{judged:?}");
}

#[test]
fn one_class_is_an_error_that_advises() {
    let mut people = population();
    for (class, advice) in [(false, "smaller churn.inactive_days"), (true, "larger churn.inactive_days")] {
        people.left.fill(class);
        let error = fit(&people, &plain()).unwrap_err().to_string();
        assert!(error.contains(advice), "{error}");
    }
}

#[test]
fn degenerate_tables_are_errors_not_panics() {
    let settings = ChurnSettings::default();
    let run = |rows: usize, value: f32| {
        let left: Vec<bool> = (0..rows).map(|row| row % 2 == 0).collect();
        fit_table(&table(vec![("a", vec![value; rows])]), &left, &settings)
    };
    for (rows, value) in [(0, 0.0), (1, 0.0), (4, 1.0), (4, f32::NAN)] {
        let error = run(rows, value).unwrap_err();
        assert!(matches!(error, Error::Model(_)), "{error}");
    }
    let people = population();
    let (active, split) = ([true; 4_000], fifths(4_000));
    let past = Past { table: &people.table, left: &[true], active: &active, split: &split, inactive_days: 30.0 };
    assert!(churn(past, &people.table, &settings, &Job::new()).is_err());
    let bad = ChurnSettings { l2: Penalty::Fixed(-1.0), ..settings };
    assert!(matches!(fit(&people, &bad), Err(Error::Config(_))));
}

/// Three users in one fold and one elsewhere: whatever a fold cannot learn from the others is their rate.
#[test]
fn a_handful_of_users_is_judged_without_panic() {
    let people = table(vec![("a", vec![0.0, 1.0, 2.0, 3.0])]);
    let split = split(&[1, 1, 1, 2]);
    let past = Past {
        table: &people,
        left: &[true, false, true, false],
        active: &[true; 4],
        split: &split,
        inactive_days: 30.0,
    };
    let churn = churn(past, &people, &ChurnSettings::default(), &Job::new()).unwrap();
    assert_eq!(churn.evaluation.test_rows, 4);
    assert!(churn.notes.iter().any(|note| note.contains("too few to tell")), "{:?}", churn.notes);
}

#[test]
fn the_thread_count_changes_no_bit_and_the_model_survives_json() {
    let people = population();
    let settings = ChurnSettings { linfa_rows: 0, ..plain() };
    let run = |threads| on_threads(threads, || fit(&people, &settings).unwrap());
    let (one, three) = (run(1), run(3));
    assert_eq!(one.model, three.model);
    assert_eq!(one.probability, three.probability);
    let again: ChurnModel = serde_json::from_str(&serde_json::to_string(&one.model).unwrap()).unwrap();
    assert_eq!(again.predict(&people.table), one.probability);
}
