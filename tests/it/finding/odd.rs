//! Logs as exports of the odd kind write them: two heads, sums among the rows, amounts in two currencies, ordinals, places.
//!
//! Each has 400 rows of 40 customers and 30 items, five hours apart from the first of January 2024; row `n` costs
//! `n % 7 + 0.5` a piece for `n % 4 + 1` pieces, so that the sums are those that [`spent`] adds up.

use std::fmt::Write as _;

use jiff::civil::{DateTime, date};
use jiff::{Span, tz};
use serde_json::Value;

use crate::finding::Found;

/// A row: when, who, what, how many pieces, at which price each.
struct Row {
    at: u32,
    time: DateTime,
    user: u32,
    item: u32,
    pieces: u32,
    price: f64,
}

fn rows() -> impl Iterator<Item = Row> {
    (0..400_u32).map(|at| Row {
        at,
        time: date(2024, 1, 1).at(0, 0, 0, 0).checked_add(Span::new().hours(i64::from(at) * 5)).unwrap(),
        user: 1_000 + at * 7 % 40,
        item: at * 11 % 30,
        pieces: at % 4 + 1,
        price: f64::from(at % 7) + 0.5,
    })
}

/// What all rows cost that meet a condition.
fn spent(keep: fn(&Row) -> bool) -> f64 {
    rows().filter(keep).map(|row| row.price * f64::from(row.pieces)).sum()
}

fn log(head: &str, row: impl Fn(&Row) -> String) -> String {
    let mut log = format!("{head}\n");
    for each in rows() {
        writeln!(log, "{}", row(&each)).unwrap();
    }
    log
}

#[track_caller]
fn all_bought(log: &str) -> Found {
    let found = Found::of(log);
    assert_eq!(found.kinds, serde_json::json!({"transaction": 400}), "{}", found.told);
    found
}

#[test]
fn days_are_read_as_people_write_them() {
    let ordinal = |day: i8| match day % 10 {
        _ if (11..=13).contains(&day) => "th",
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
    let weekdays = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];
    let plain = |told: String, row: &Row| format!("{told},{},S{},{:.2}", row.user, row.item, row.price);
    let head = "date,customer,item,price";
    let times: [&dyn Fn(&Row) -> String; 6] = [
        &|row| format!("\"{} {}{}, 2024\"", row.time.strftime("%B"), row.time.day(), ordinal(row.time.day())),
        &|row| format!("{}{} {}", row.time.day(), ordinal(row.time.day()), row.time.strftime("%B %Y")),
        &|row| row.time.strftime("%b-%-d-%y").to_string(),
        &|row| {
            let weekday = weekdays[row.time.weekday().to_monday_zero_offset() as usize];
            format!("\"{weekday}, {}\"", row.time.strftime("%d.%m.%Y %H:%M"))
        },
        &|row| row.time.strftime("%Y-%m-%d %H:%M Europe/Berlin").to_string(),
        &|row| row.time.strftime("%Y-%m-%d %H:%M GMT+1").to_string(),
    ];
    for time in times {
        let found = all_bought(&log(head, |row| plain(time(row), row)));
        let spent: f64 = rows().map(|row| row.price).sum();
        assert!((found.spend - spent).abs() < 1e-6, "{} is not {spent}: {}", found.spend, found.told);
    }
}

#[test]
fn a_places_clock_tells_the_hour_of_its_season() {
    // Noon of each day of half a year: eleven o'clock UTC in winter, ten in summer.
    let mut log = String::from("time,user,event,item\n");
    for at in 0..400_i64 {
        let day = date(2024, 1, 1).checked_add(Span::new().days(at / 2)).unwrap();
        writeln!(log, "{day} 12:{:02} Europe/Berlin,{},view,{}", at % 60, at % 40, at % 30).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let (file, workspace) = (folder.path().join("log.csv"), folder.path().join("workspace"));
    std::fs::write(&file, log).unwrap();
    let space = crate::headless::path(&workspace);
    let user360 = |args: &[&str]| crate::headless::succeeded(crate::headless::user360(args));
    user360(&["init", crate::headless::path(&file), "--yes", "--workspace", space]);
    user360(&["run", "--only", "ingest", "--workspace", space]);
    let query = "SELECT date_part('hour', time) AS hour, count(*) AS n FROM events GROUP BY hour ORDER BY hour";
    let hours: Value =
        serde_json::from_str(&user360(&["sql", query, "--format", "json", "--workspace", space])).unwrap();
    let summer = tz::db().get("Europe/Berlin").unwrap();
    let in_summer = (0..400_i64)
        .filter(|at| {
            let day = date(2024, 1, 1).checked_add(Span::new().days(at / 2)).unwrap();
            summer.to_zoned(day.at(12, 0, 0, 0)).unwrap().offset().seconds() == 7_200
        })
        .count();
    let told: Vec<i64> = hours.as_array().unwrap().iter().map(|row| row["n"].as_i64().unwrap()).collect();
    assert_eq!(told, [in_summer as i64, 400 - in_summer as i64], "{hours}");
}

#[test]
fn sums_among_the_rows_are_no_customers() {
    let mut reported = String::from("Date,Customer,Product,Qty,Amount\n");
    for user in 1_000..1_040_u32 {
        let (mut pieces, mut sum, mut last) = (0, 0.0, String::new());
        for row in rows().filter(|row| row.user == user) {
            let amount = row.price * f64::from(row.pieces);
            (pieces, sum, last) = (pieces + row.pieces, sum + amount, row.time.date().to_string());
            writeln!(reported, "{last},{user},S{},{},{amount:.2}", row.item, row.pieces).unwrap();
        }
        writeln!(reported, "{last},Total,,{pieces},{sum:.2}").unwrap();
    }
    let found = all_bought(&reported);
    assert!((found.spend - spent(|_| true)).abs() < 1e-6, "{}", found.spend);
    assert_eq!(found.input["events"]["ignored"]["row without user"], 40, "{}", found.input);
}

#[test]
fn of_two_heads_the_columns_own_counts() {
    let told = log("Order,,Customer,,Money\nid,date,id,email,total", |row| {
        let total = row.price * f64::from(row.pieces);
        let time = row.time.strftime("%Y-%m-%d %H:%M");
        format!("{},{time},{},c{}@example.org,{total:.2}", 5_000 + row.at, row.user, row.user)
    });
    let found = all_bought(&told);
    assert!((found.spend - spent(|_| true)).abs() < 1e-6, "{}: {}", found.spend, found.told);
}

#[test]
fn amounts_in_one_currency_go_before_those_in_several() {
    let rates = [("EUR", 1.1), ("GBP", 1.3), ("USD", 1.0)];
    let told = log("order_id,created_at,customer_id,sku,amount,currency,amount_usd", |row| {
        let (currency, rate) = rates[row.at as usize % 3];
        let (total, time) = (row.price * f64::from(row.pieces), row.time.strftime("%Y-%m-%d %H:%M"));
        format!("{},{time},{},S{},{:.2},{currency},{total:.2}", 5_000 + row.at, row.user, row.item, total / rate)
    });
    let found = all_bought(&told);
    assert_eq!((found.column("price"), found.column("currency")), ("amount_usd", ""));
    assert!((found.spend - spent(|_| true)).abs() < 1e-6, "{}", found.spend);
}

#[test]
fn a_second_column_of_states_is_named_where_it_says_that_some_were_not_bought() {
    let told = log("order_id,created_at,customer_email,sku,qty,price,order_status,payment_status", |row| {
        let (state, paid) =
            (["complete", "processing"][row.at as usize % 2], ["paid", "failed"][row.at as usize / 2 % 2]);
        let time = row.time.strftime("%Y-%m-%d %H:%M");
        format!(
            "{},{time},c{}@example.org,S{},{},{:.2},{state},{paid}",
            5_000 + row.at,
            row.user,
            row.item,
            row.pieces,
            row.price
        )
    });
    let found = Found::of(&told);
    assert_eq!(found.column("status"), "order_status");
    assert!(
        found.doubts().contains("payment_status is not read, though it tells what became of orders"),
        "{}",
        found.told
    );
}

#[test]
fn heads_of_the_far_east_are_known() {
    let far = |head: &str, time: &str| {
        log(head, |row| {
            let (total, time) = (row.price * f64::from(row.pieces), row.time.strftime(time));
            format!("{time},{},S{},{},{total:.1}", row.user, row.item, row.pieces)
        })
    };
    for (head, time) in [
        ("注文日,顧客ID,商品コード,数量,金額", "%Y/%m/%d"),
        ("주문일자,고객번호,상품코드,수량,금액", "%Y-%m-%d"),
        ("订单日期,客户编号,商品编号,数量,总价", "%Y-%m-%d"),
    ] {
        let found = all_bought(&far(head, time));
        assert!((found.spend - spent(|_| true)).abs() < 1e-6, "{head}: {}, {}", found.spend, found.told);
    }
}

#[test]
fn a_page_of_an_interface_is_its_rows() {
    let charges: Vec<Value> = rows()
        .map(|row| {
            let seconds = row.time.to_zoned(tz::TimeZone::UTC).unwrap().timestamp().as_second();
            serde_json::json!({
                "id": format!("ch_{}", row.at), "object": "charge", "amount": (row.price * 100.0) as i64, "currency": "eur",
                "created": seconds, "customer": format!("cus_{}", row.user), "status": "succeeded",
            })
        })
        .collect();
    let page = serde_json::json!({"object": "list", "url": "/v1/charges", "has_more": false, "data": charges});
    all_bought(&page.to_string());
}
