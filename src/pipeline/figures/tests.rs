#![allow(clippy::unwrap_used, clippy::float_cmp)]

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::features::{DAY_MS, build};
use crate::ingest::{EventKind, EventLog, Ids, NONE};
use crate::job::Job;
use crate::pipeline::figures::{Said, front_page};
use crate::store::front_page::{Compared, FrontPage, Funnel};

/// Monday, 1 January 2024.
const START: i64 = 1_704_067_200_000;

/// A log of purchases: of each user the days, counted from `START`, and prices.
fn log(users: &[Vec<(f64, f64)>], days: i64) -> EventLog {
    let mut offsets = vec![0];
    let (mut time, mut price) = (Vec::new(), Vec::new());
    for user in users {
        for &(day, paid) in user {
            time.push(START + (day * DAY_MS as f64) as i64);
            price.push(paid);
        }
        offsets.push(time.len() as u32);
    }
    let events = time.len();
    EventLog {
        users: Ids::Integer((0..users.len() as i64).collect()),
        items: Ids::Integer(vec![0]),
        transactions: Ids::Integer(Vec::new()),
        offsets,
        active_until: Vec::new(),
        kind: vec![EventKind::Transaction; events],
        item: vec![0; events],
        transaction: vec![NONE; events],
        price,
        session: Vec::new(),
        as_of: START + days * DAY_MS,
        zone: crate::zone::ShopZone::default(),
        late: crate::ingest::LateLinks::default(),
        time,
    }
}

fn page(log: &EventLog) -> FrontPage {
    let now = build(log, &[], log.as_of, 30.0, &Job::new()).unwrap();
    let none = "churn was left out".to_owned();
    front_page(log, &now, &Said { churn: Err(none.clone()), revenue: Err(none) })
}

/// A shop in which nothing happens: new customers come evenly, order at rates of their own and drop out, from long before the
/// log begins. `until_fall` gives the day from which only half of the orders are made.
fn stationary(seed: u64, until_fall: Option<f64>) -> EventLog {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let days = 420.0;
    let mut users = Vec::new();
    for _ in 0..900 {
        let (first, rate) = (random.gen_range(-400.0..days), random.gen_range(0.01..0.05_f64));
        let stays = -(1.0 - random.r#gen::<f64>()).ln() * 300.0;
        let (mut day, mut orders) = (first, Vec::new());
        while day < days && day < first + stays {
            let falls_out = until_fall.is_some_and(|fall| day > fall) && random.gen_bool(0.5);
            if day >= 0.0 && !falls_out {
                orders.push((day, 10.0 + 40.0 * random.r#gen::<f64>()));
            }
            day += 1.0 - (1.0 - random.r#gen::<f64>()).ln() / rate;
        }
        if !orders.is_empty() {
            users.push(orders);
        }
    }
    log(&users, days as i64)
}

/// At most one in twenty says anything, and whatever is said of these is false.
#[test]
fn of_200_shops_where_nothing_happens_few_say_anything() {
    let silent = (0..200).filter(|&seed| {
        let log = stationary(seed, None);
        let buyers = crate::pipeline::figures::history::buyers(&log);
        let periods = crate::pipeline::figures::Periods::of(&log, &buyers);
        let mut page = empty();
        page.cohorts.value = crate::pipeline::figures::cohorts::cohorts(&log, &buyers);
        crate::pipeline::figures::sentences::sentences(&page, &periods).is_empty()
    });
    let silent = silent.count();
    assert!(silent >= 190, "{} of 200 say something false", 200 - silent);
}

fn empty() -> FrontPage {
    page(&log(&[vec![(0.0, 1.0)]], 1))
}

#[test]
fn a_shop_that_loses_half_its_orders_hears_of_it() {
    let page = page(&stationary(3, Some(392.0)));
    assert!(page.sentences.iter().any(|said| said.starts_with("Orders fell by ")), "{:?}", page.sentences);
}

/// Ten buyers of one order each but the first, who has three; by hand.
#[test]
fn figures_by_hand() {
    let mut users = vec![vec![(0.5, 10.0), (10.5, 10.0), (60.5, 100.0)]];
    users.extend((1..10).map(|user| vec![(f64::from(user), 5.0)]));
    users.push(vec![(59.0, 5.0)]);
    let page = page(&log(&users, 61));
    let best = page.best_customers.value.unwrap();
    // Eleven buyers: the top tenth, rounded up, is two.
    assert_eq!((best.users, best.net, best.least), (2, 125.0, 5.0));
    assert!((best.share - 125.0 / 170.0).abs() < 1e-12);
    assert_eq!(page.orders.value.unwrap(), Compared { last: 2.0, before: Some(5.0), year_ago: None });
    assert_eq!(page.revenue.value.unwrap().last, 105.0);
    assert_eq!(page.active_customers.value.unwrap().last, 2.0);
    let gaps = page.days_between_orders.value.unwrap();
    assert_eq!(
        gaps.iter().map(|bin| (bin.from, bin.gaps)).filter(|bin| bin.1 > 0).collect::<Vec<_>>(),
        [(8, 1), (43, 1)]
    );
    let cohorts = page.cohorts.value.unwrap();
    assert_eq!((cohorts.period.as_str(), cohorts.by.as_str()), ("week", "order"));
    let first = &cohorts.rows[0];
    assert_eq!((first.start.as_str(), first.users), ("2024-01-01", 7));
    // Of the seven one came again in the week after the next gap of ten days, and in the ninth week after.
    assert!((first.shares[0] - 1.0 / 7.0).abs() < 1e-12 && (first.shares[7] - 1.0 / 7.0).abs() < 1e-12, "{first:?}");
    assert!((first.net_per_user[0] - 40.0 / 7.0).abs() < 1e-9 && first.net_per_user.len() == 9, "{first:?}");
    assert_eq!(page.at_risk.value, None);
    assert_eq!(page.at_risk.reason.as_deref(), Some("churn was left out"));
    assert_eq!(page.funnel.reason.as_deref(), Some("the log tells no views"));
    let grid = page.rfm_grid.value.unwrap();
    assert_eq!(grid.iter().map(|cell| cell.users).sum::<u64>(), 11);
}

#[test]
fn at_risk_and_at_stake_by_hand() {
    let log = log(&[vec![(1.0, 5.0)], vec![(2.0, 5.0)], vec![(3.0, 5.0)], vec![(40.0, 5.0)]], 41);
    let now = build(&log, &[], log.as_of, 30.0, &Job::new()).unwrap();
    let churn = (vec![0.95, 0.5, 0.7, 0.99], vec![true, true, true, false], 0.4);
    let page = front_page(&log, &now, &Said { churn: Ok(churn), revenue: Ok(vec![2.0, 9.0, 3.0, 8.0]) });
    let at_risk = page.at_risk.value.unwrap();
    // 1.5 times the base rate is .6: the first and the third, of three who are active.
    assert_eq!((at_risk.users, at_risk.active), (2, 3));
    assert!((at_risk.threshold - 0.6).abs() < 1e-12);
    // 2 / (1 − .9) − 2, and 3 / (1 − .7) − 3.
    assert!((page.money_at_stake.value.unwrap() - (18.0 + 7.0)).abs() < 1e-4, "{:?}", page.money_at_stake);
}

#[test]
fn the_funnel_counts_users_of_the_last_week() {
    let mut log = log(&[vec![(1.0, 5.0), (30.0, 5.0)], vec![(29.0, 5.0)], vec![(30.5, 5.0)], vec![(10.0, 5.0)]], 31);
    log.kind =
        [EventKind::View, EventKind::View, EventKind::AddToCart, EventKind::Transaction, EventKind::View].to_vec();
    assert_eq!(page(&log).funnel.value, Some(Funnel { view: 1, cart: 1, purchase: 1 }));
}
