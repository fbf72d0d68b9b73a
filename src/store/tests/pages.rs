//! The page of one user against hand-counted values.

use polars::prelude::*;

use crate::job::Job;
use crate::stage::StageId;
use crate::store::tests::{frame, info, stage};
use crate::store::{DataTable, Workspace, profile, standing};

#[test]
fn a_profile_gathers_what_the_tables_say_of_one_user() {
    let root = tempfile::tempdir().unwrap();
    let run = Workspace::open(root.path()).writer().unwrap().begin().unwrap();
    let day = 86_400_000_i64;
    let time = Int64Chunked::from_slice("time".into(), &[0, 20 * day, 20 * day + 5, 3])
        .into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC))
        .into_column();
    let mut events = df!(
        "user_id" => [2_i64, 2, 2, 5], "event" => ["view", "view", "transaction", "view"],
        "item_id" => [7_i64, 8, 8, 7], "transaction_id" => [None, None, Some(33_i64), None],
    )
    .unwrap();
    events.with_column(time).unwrap();
    let items = df!("item_id" => [7_i64, 8], "category_path" => ["1/4", "2"], "price" => [Some(9.5), None]).unwrap();
    let churn = df!(
        "user_id" => [1_i64, 2, 5, 9], "up1" => ["recency_days"; 4], "up1_value" => [0.5_f32; 4],
        "down1" => ["views"; 4], "down1_value" => [-1.5_f32; 4],
    )
    .unwrap();
    let lists = |values: [Series; 4], name: &str| Series::new(name.into(), values).into_column();
    let recommendations = DataFrame::new_infer_height(vec![
        Series::new("user_id".into(), [1_i64, 2, 5, 9]).into_column(),
        lists([1, 2, 3, 4].map(|_| Series::new("".into(), [8_i64, 7])), "items"),
        lists([1, 2, 3, 4].map(|_| Series::new("".into(), [0.9_f32, 0.1])), "scores"),
        Series::new("source".into(), ["als"; 4]).into_column(),
    ])
    .unwrap();
    let record = stage(
        &run,
        StageId::Features,
        &[
            ("features", frame()),
            ("events", events),
            ("items", items),
            ("churn", churn),
            ("recommendations", recommendations),
        ],
    );
    let info = info(run.id(), vec![record]);
    let run = run.commit(&info, 1).unwrap();
    let users = DataTable::users(&run).unwrap();
    let row = users.row_of("2").unwrap().unwrap();
    let standing = standing(&users, row, &Job::new()).unwrap();
    let found = profile(&run, &users, row).unwrap().with_standing(&standing);
    assert_eq!(found.id, "2");
    let views = found.attribute("views").unwrap();
    // Of 10, 1, 1, 3: none below 1, two equal; the segment "One-time" has 1 and 1.
    assert_eq!((views.percentile, views.segment_mean), (Some(25.0), Some(1.0)));
    assert_eq!(found.attribute("churn").unwrap().percentile, Some(100.0 * 2.0 / 3.0));
    assert_eq!(found.reasons[0].feature, "views", "strongest first");
    assert_eq!(found.attribute("views").unwrap().largest, Some(10.0));
    assert_eq!(
        found.sentence,
        "A user (segment One-time), seen within the last day; 90.0 % likely to leave; offer: item 8."
    );
    assert_eq!(found.timeline.len(), 3);
    assert_eq!(
        (found.timeline[0].event.as_str(), found.timeline[0].transaction.as_deref()),
        ("transaction", Some("33"))
    );
    // 1970-01-01 lies in the week of Monday 1969-12-29; day 20 is Wednesday, 1970-01-21.
    assert_eq!(found.weeks.len(), 4);
    assert_eq!((found.weeks[0].start, found.weeks[0].events, found.weeks[3].events), (-3 * day, [1, 0, 0], [1, 0, 1]));
    assert_eq!(found.affinity[0].category, "2");
    assert_eq!(found.recommendations[1].item, "7");
    assert_eq!(
        (found.recommendations[1].price, found.recommendations[1].category.as_deref()),
        (Some(9.5), Some("1/4"))
    );
}
