//! A small shop's workspace, always the same: 40 users, one page of events, every stage done, its figures round.

use std::path::Path;

use polars::prelude::*;
use serde_json::{Value, json};
use user360::stage::{StageId, StageState, Why};
use user360::store::{NewRun, RunInfo, StageRecord, Workspace};

/// Users of the shop.
pub const USERS: i64 = 40;

const DAY_MS: i64 = 86_400_000;
/// 2015-05-04, a Monday, 00:00 UTC.
const START_MS: i64 = 1_430_697_600_000;

/// How the shop differs from the usual one.
#[derive(Clone, Copy)]
pub struct Shop {
    /// Whether there is a campaign, if only a simulated one; without it the stage is skipped.
    pub campaign: bool,
    /// Whether it is a later run: other scores, and every fifth user in another segment.
    pub later: bool,
}

impl Default for Shop {
    fn default() -> Self {
        Self { campaign: true, later: false }
    }
}

/// Commits one run and returns its id.
pub fn commit(root: &Path) -> String {
    commit_with(root, Shop::default())
}

/// Commits one run of a shop and returns its id.
pub fn commit_with(root: &Path, shop: Shop) -> String {
    let run = Workspace::open(root).writer().unwrap().begin().unwrap();
    let users: Vec<i64> = (1..=USERS).map(|user| user * 7).collect();
    let share = |user: &i64, factor: i64| (user * factor % 101) as f32 / 101.0;
    let segment = |user: &i64| ((user + i64::from(shop.later && user % 5 == 0)) % 3) as usize;
    let churn = if shop.later { 41 } else { 37 };
    let stages = vec![
        stage(&run, StageId::Ingest, &[("events", &mut events(&users)), ("items", &mut items())], ingest_detail(), &json!({})),
        stage(&run, StageId::Features, &[("features", &mut features(&users))], json!({"units": {"mean_gap_hours": "hours", "views": "events"}}), &json!({})),
        stage(
            &run,
            StageId::Segments,
            &[(
                "segments",
                &mut df!(
                    "user_id" => &users,
                    "segment" => users.iter().map(|user| ["Loyal buyers", "One-time", "Browsers"][segment(user)]).collect::<Vec<_>>(),
                    "segment_id" => users.iter().map(|user| segment(user) as u32).collect::<Vec<_>>(),
                    "pc1" => users.iter().map(|user| share(user, 5)).collect::<Vec<_>>(),
                    "pc2" => users.iter().map(|user| share(user, 3)).collect::<Vec<_>>(),
                )
                .unwrap(),
            )],
            segments_detail(),
            &json!({"k": 3, "silhouette": 0.412, "inertia": 61.5, "explained_variance": [0.47, 0.31]}),
        ),
        stage(
            &run,
            StageId::Churn,
            &[(
                "churn",
                &mut df!(
                    "user_id" => &users,
                    "churn" => users.iter().map(|user| share(user, churn)).collect::<Vec<_>>(),
                    "up1" => users.iter().map(|_| "days_since_last").collect::<Vec<_>>(),
                    "up1_value" => users.iter().map(|user| share(user, 11) + 0.5).collect::<Vec<_>>(),
                    "down1" => users.iter().map(|_| "sessions").collect::<Vec<_>>(),
                    "down1_value" => users.iter().map(|user| -share(user, 13)).collect::<Vec<_>>(),
                )
                .unwrap(),
            )],
            churn_detail(),
            &json!({"auc": 0.7314, "base_rate": 0.62, "brier": 0.19}),
        ),
        stage(
            &run,
            StageId::Ltv,
            &[("ltv", &mut df!("user_id" => &users, "ltv" => users.iter().map(|user| share(user, 17) * 4.0).collect::<Vec<_>>()).unwrap())],
            ltv_detail(),
            &json!({"rmse": 0.906, "rmse_mean": 1.2, "gini": 0.55, "spearman": 0.4}),
        ),
        stage(
            &run,
            StageId::Recommend,
            &[("recommendations", &mut recommendations(&users)), ("similar_items", &mut similar_items())],
            Value::Null,
            &json!({"recall@5": 0.05, "popularity_recall@5": 0.01, "recall@20": 0.12, "popularity_recall@20": 0.04, "test_users": 8}),
        ),
        uplift(&run, &users, shop.campaign),
    ];
    let info = RunInfo {
        format: 1,
        id: run.id().to_owned(),
        engine: "local".to_owned(),
        version: "0".to_owned(),
        created_ms: START_MS,
        as_of: START_MS + 60 * DAY_MS,
        config: Value::Null,
        inputs: Value::Null,
        input: json!({"events": {"read": 130, "accepted": 120, "duplicates": 3, "rejected": {"bad_time": 5, "unknown_event": 2}}}),
        users: USERS as u64,
        items: 12,
        stages: stages.into(),
    };
    run.commit(&info, 3).unwrap().info().id.clone()
}

/// Writes a stage's tables and returns its record.
pub fn stage(
    run: &NewRun,
    id: StageId,
    tables: &[(&str, &mut DataFrame)],
    detail: Value,
    metrics: &Value,
) -> StageRecord {
    let files = tables.iter().map(|(name, table)| run.write_table(name, &mut (*table).clone()).unwrap()).collect();
    StageRecord {
        seconds: 1.5,
        rows: tables.first().map_or(0, |(_, table)| table.height() as u64),
        peak_rss_bytes: Some(50 << 20),
        metrics: metrics.as_object().cloned().unwrap(),
        detail,
        notes: if id == StageId::Churn { vec!["few users: read the curve with care".to_owned()] } else { Vec::new() },
        files,
        ..StageRecord::new(id, StageState::Done)
    }
}

fn uplift(run: &NewRun, users: &[i64], campaign: bool) -> StageRecord {
    if !campaign {
        return StageRecord {
            state: StageState::Skipped,
            why: Some(Why::Data),
            reason: Some("no campaign: 21 days after the cutoff are needed, the log has 9".to_owned()),
            ..stage(run, StageId::Uplift, &[], Value::Null, &json!({}))
        };
    }
    // From -0.10 to 0.29 in steps of a hundredth.
    let of = |user: &i64| (user / 7 * 27 % 40) as f32 / 100.0 - 0.1;
    let group = |user: &i64| {
        let uplift = of(user);
        if uplift < 0.0 {
            "sleeping_dog"
        } else if uplift >= 0.05 {
            "persuadable"
        } else {
            "lost_cause"
        }
    };
    let mut table = df!(
        "user_id" => users,
        "uplift" => users.iter().map(of).collect::<Vec<_>>(),
        "p_treated" => users.iter().map(|user| of(user) + 0.2).collect::<Vec<_>>(),
        "p_control" => users.iter().map(|_| 0.2_f32).collect::<Vec<_>>(),
        "uplift_group" => users.iter().map(group).collect::<Vec<_>>(),
    )
    .unwrap();
    let curve: Vec<Value> = (0..=8).map(|step| json!([step, f64::from(step * (14 - step)) / 16.0])).collect();
    let deciles: Vec<Value> = (1..=10)
        .map(|decile| json!({"decile": decile, "rows": 1, "predicted": 0.33 - 0.04 * f64::from(decile), "observed": 0.3 - 0.03 * f64::from(decile)}))
        .collect();
    let detail = json!({
        "simulated": true,
        "qini_curve": curve,
        "deciles": deciles,
        "groups": [["persuadable", 24], ["sure_thing", 0], ["lost_cause", 6], ["sleeping_dog", 10]],
    });
    stage(
        run,
        StageId::Uplift,
        &[("uplift", &mut table)],
        detail,
        &json!({"simulated": true, "ate": 0.09, "qini": 0.21}),
    )
}

fn segments_detail() -> Value {
    let profile = |name: &str, size: u64, z: f64| {
        json!({
            "name": name,
            "description": format!("{size} users"),
            "size": size,
            "share": size as f64 / USERS as f64,
            "centre": [["views", 20.0 + z * 5.0], ["sessions", 4.0 + z], ["days_since_last", 7.5 - z * 3.0]],
            "z": [["views", z], ["sessions", z / 2.0], ["days_since_last", -z * 0.75]],
        })
    };
    let scan: Vec<Value> = (2..=10)
        .map(|k| json!({"k": k, "inertia": 200.0 / f64::from(k), "silhouette": 0.5 - f64::from((k - 3) * (k - 3)) / 200.0}))
        .collect();
    json!({
        "profiles": [profile("One-time", 14, -1.5), profile("Loyal buyers", 13, 2.0), profile("Browsers", 13, 0.25)],
        "scan": scan,
    })
}

fn churn_detail() -> Value {
    let share = |step: i32| f64::from(step) / 10.0;
    let roc: Vec<Value> = (0..=10)
        .map(|step| json!({"false_positive_rate": share(step), "true_positive_rate": share(step).sqrt()}))
        .collect();
    let calibration: Vec<Value> = (0..10)
        .map(|bin| json!({"low": share(bin), "high": share(bin + 1), "predicted": share(bin) + 0.05, "observed": (share(bin) + 0.05).powf(1.2), "count": 4}))
        .collect();
    let deciles: Vec<Value> =
        (1..=10).map(|decile| json!({"decile": decile, "users": 1, "positives": 1.0, "rate": 0.62, "lift": 1.6 - 0.1 * f64::from(decile)})).collect();
    let thresholds: Vec<Value> = (0..=100)
        .map(|step| json!({"threshold": f64::from(step) / 100.0, "users": 100 - step, "precision": 0.6 + f64::from(step) / 300.0, "recall": 1.0 - f64::from(step) / 100.0}))
        .collect();
    json!({
        "evaluation": {"roc": roc, "calibration": calibration, "deciles": deciles, "thresholds": thresholds},
        "coefficients": [
            {"column": "days_since_last", "feature": "days_since_last", "coefficient": 1.25},
            {"column": "sessions", "feature": "sessions", "coefficient": -0.5},
            {"column": "views", "feature": "views", "coefficient": -0.125},
        ],
    })
}

fn ltv_detail() -> Value {
    let deciles: Vec<Value> = (1..=10)
        .map(|decile| json!({"decile": decile, "users": 4, "predicted": 4.4 - 0.4 * f64::from(decile), "actual": 4.0 - 0.35 * f64::from(decile)}))
        .collect();
    json!({"evaluation": {
        "deciles": deciles,
        "importance": [{"feature": "sessions", "share": 0.6}, {"feature": "views", "share": 0.3}, {"feature": "days_since_last", "share": 0.1}],
    }})
}

fn ingest_detail() -> Value {
    let days: Vec<Value> = (0..27)
        .map(|day| {
            let date = format!("2015-05-{:02}", 4 + day);
            json!([date, 20 + (day * 13) % 40, day % 5, day % 3])
        })
        .collect();
    json!({
        "funnel": {"view": 90, "addtocart": 20, "transaction": 10, "users_view": 40, "users_addtocart": 12, "users_transaction": 5},
        "events_by_day": days,
    })
}

fn features(users: &[i64]) -> DataFrame {
    df!(
        "user_id" => users,
        "views" => users.iter().map(|user| (user * 31 % 50) as u32).collect::<Vec<_>>(),
        "sessions" => users.iter().map(|user| (user * 3 % 9 + 1) as u32).collect::<Vec<_>>(),
        "days_since_last" => users.iter().map(|user| (user % 60) as f64 / 4.0).collect::<Vec<_>>(),
        "mean_gap_hours" => users.iter().map(|user| (user % 2 == 0).then_some((user % 11) as f64 * 1.25)).collect::<Vec<_>>(),
        // What a log may hold: wide characters, and what a terminal would obey.
        "top_category" => users.iter().map(|user| ["shoes", "日本/茶", "a\u{1b}[2Jb"][(user % 5 % 3) as usize]).collect::<Vec<_>>(),
    )
    .unwrap()
}

/// Three events a user, and 130 for the first.
fn events(users: &[i64]) -> DataFrame {
    let (mut ids, mut times, mut kinds, mut bought, mut transactions) = (vec![], vec![], vec![], vec![], vec![]);
    for user in users {
        let count = if *user == 7 { 130 } else { 3 };
        for event in 0..count {
            ids.push(*user);
            times.push(START_MS + (event * 9 + user % 5) * (DAY_MS / 24));
            kinds.push(["view", "addtocart", "transaction"][(event % 3) as usize]);
            bought.push(100 + (user + event) % 12);
            transactions.push((event % 3 == 2).then_some(9000 + user));
        }
    }
    let mut events =
        df!("user_id" => ids, "time" => times, "event" => kinds, "item_id" => bought, "transaction_id" => transactions)
            .unwrap();
    let time =
        events.column("time").unwrap().cast(&DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC))).unwrap();
    events.with_column(time).unwrap();
    events
}

fn items() -> DataFrame {
    df!(
        "item_id" => (100..112).collect::<Vec<i64>>(),
        "category" => (100..112).map(|item| item % 4).collect::<Vec<i64>>(),
        "category_path" => (100..112).map(|item| format!("home/{}", ["shoes", "tea", "lamps", "books"][item % 4])).collect::<Vec<_>>(),
        "price" => (100..112).map(|item| f64::from(item) * 1.5).collect::<Vec<f64>>(),
    )
    .unwrap()
}

fn recommendations(users: &[i64]) -> DataFrame {
    let lists = |make: &dyn Fn(i64) -> Series| users.iter().map(|user| make(*user)).collect::<Vec<_>>();
    let items = Column::new(
        "items".into(),
        lists(&|user| Series::new("".into(), (0..5).map(|place| 100 + (user + place) % 12).collect::<Vec<i64>>())),
    );
    let scores = Column::new("scores".into(), lists(&|_| Series::new("".into(), [0.9_f32, 0.8, 0.7, 0.6, 0.5])));
    let mut table = df!("user_id" => users, "source" => users.iter().map(|_| "als").collect::<Vec<_>>()).unwrap();
    table.with_column(items).unwrap();
    table.with_column(scores).unwrap();
    table
}

/// Each item is like the next three.
fn similar_items() -> DataFrame {
    let ids: Vec<i64> = (100..112).collect();
    let items: Vec<Series> = ids
        .iter()
        .map(|item| Series::new("".into(), (1..4).map(|step| 100 + (item - 100 + step) % 12).collect::<Vec<i64>>()))
        .collect();
    let scores: Vec<Series> = ids.iter().map(|_| Series::new("".into(), [0.75_f32, 0.5, 0.25])).collect();
    df!("item_id" => ids, "items" => items, "scores" => scores).unwrap()
}
