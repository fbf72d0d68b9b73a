//! A small shop's workspace, always the same: 40 users, one page of events, every stage but one done.

use std::path::Path;

use polars::prelude::*;
use serde_json::{Value, json};
use user360::store::{NewRun, RunInfo, StageRecord, Workspace};

/// Users of the shop.
pub const USERS: i64 = 40;

const DAY_MS: i64 = 86_400_000;
/// 2015-05-04, a Monday, 00:00 UTC.
const START_MS: i64 = 1_430_697_600_000;

/// Commits one run and returns its id.
pub fn commit(root: &Path) -> String {
    let run = Workspace::open(root).writer().unwrap().begin().unwrap();
    let users: Vec<i64> = (1..=USERS).map(|user| user * 7).collect();
    let share = |user: &i64, factor: i64| (user * factor % 101) as f32 / 101.0;
    let stages = vec![
        stage(&run, "ingest", &[("events", &mut events(&users)), ("items", &mut items())], ingest_detail(), &json!({})),
        stage(&run, "features", &[("features", &mut features(&users))], json!({"units": {"mean_gap_hours": "hours", "views": "events"}}), &json!({})),
        stage(
            &run,
            "segments",
            &[(
                "segments",
                &mut df!(
                    "user_id" => &users,
                    "segment" => users.iter().map(|user| ["Loyal buyers", "One-time", "Browsers"][(user % 3) as usize]).collect::<Vec<_>>(),
                    "segment_id" => users.iter().map(|user| (user % 3) as u32).collect::<Vec<_>>(),
                    "pc1" => users.iter().map(|user| share(user, 5)).collect::<Vec<_>>(),
                    "pc2" => users.iter().map(|user| share(user, 3)).collect::<Vec<_>>(),
                )
                .unwrap(),
            )],
            Value::Null,
            &json!({"k": 3, "silhouette": 0.412}),
        ),
        stage(
            &run,
            "churn",
            &[(
                "churn",
                &mut df!(
                    "user_id" => &users,
                    "churn" => users.iter().map(|user| share(user, 37)).collect::<Vec<_>>(),
                    "up1" => users.iter().map(|_| "days_since_last").collect::<Vec<_>>(),
                    "up1_value" => users.iter().map(|user| share(user, 11) + 0.5).collect::<Vec<_>>(),
                    "down1" => users.iter().map(|_| "sessions").collect::<Vec<_>>(),
                    "down1_value" => users.iter().map(|user| -share(user, 13)).collect::<Vec<_>>(),
                )
                .unwrap(),
            )],
            Value::Null,
            &json!({"auc": 0.7314, "base_rate": 0.62}),
        ),
        stage(
            &run,
            "ltv",
            &[("ltv", &mut df!("user_id" => &users, "ltv" => users.iter().map(|user| share(user, 17) * 4.0).collect::<Vec<_>>()).unwrap())],
            Value::Null,
            &json!({"rmse": 0.906, "rmse_mean": 1.2}),
        ),
        stage(&run, "recommend", &[("recommendations", &mut recommendations(&users))], Value::Null, &json!({"recall@5": 0.05, "popularity_recall@5": 0.01})),
        StageRecord {
            state: "skipped".to_owned(),
            reason: Some("no campaign: 21 days after the cutoff are needed, the log has 9".to_owned()),
            ..stage(&run, "uplift", &[], Value::Null, &json!({}))
        },
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
        stages,
    };
    run.commit(&info, 3).unwrap().info().id.clone()
}

fn stage(run: &NewRun, id: &str, tables: &[(&str, &mut DataFrame)], detail: Value, metrics: &Value) -> StageRecord {
    let files = tables.iter().map(|(name, table)| run.write_table(name, &mut (*table).clone()).unwrap()).collect();
    StageRecord {
        id: id.to_owned(),
        state: "done".to_owned(),
        reason: None,
        seconds: 1.5,
        rows: tables.first().map_or(0, |(_, table)| table.height() as u64),
        peak_rss_bytes: Some(50 << 20),
        key: String::new(),
        metrics: metrics.as_object().cloned().unwrap(),
        detail,
        notes: if id == "churn" { vec!["few users: read the curve with care".to_owned()] } else { Vec::new() },
        files,
    }
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
