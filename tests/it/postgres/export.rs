//! Rows into tables: made, added to, replaced, and left alone by what fails.

use std::fmt::Write as _;
use std::fs;

use crate::headless::{path, succeeded};
use crate::postgres::server::{PASSWORD, Server};
use crate::sample::workspace;

#[test]
fn an_export_makes_adds_to_or_replaces_a_table_or_leaves_it() {
    let Some(server) = Server::start() else { return };
    server.sql("create schema crm");
    let columns = |columns: &str, more: &[&str]| {
        let out = server.address("crm.targets");
        let args = ["export", "--workspace", path(workspace()), "--out", &out, "--columns", columns];
        server.user360(&[&args[..], more].concat())
    };
    let export = |more: &[&str]| columns("user_id,segment,churn,ltv", more);
    let refused = |more: &[&str]| {
        let output = export(more);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && !said.contains(PASSWORD), "{said}");
        said
    };
    let count = || server.sql("select count(*) from crm.targets").parse::<u64>().unwrap();
    assert!(refused(&["--mode", "append"]).contains("is not there"));
    let told = succeeded(export(&[]));
    let all = count();
    assert!(all > 100, "{all}");
    assert!(told.contains("postgres://shop@/postgres/crm.targets") && told.contains(" rows"), "{told}");
    let kinds = "select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) \
                 from pg_attribute where attrelid = 'crm.targets'::regclass and attnum > 0";
    assert_eq!(server.sql(kinds), "user_id bigint, segment text, churn real, ltv real");
    let truth = succeeded(server.user360(&[
        "sql",
        "select sum(user_id) as s, count(distinct segment) as n from users",
        "--format",
        "csv",
        "--workspace",
        path(workspace()),
    ]));
    let stored = server.sql("select sum(user_id) || ',' || count(distinct segment) from crm.targets");
    assert_eq!(truth.lines().nth(1), Some(stored.as_str()));

    assert!(refused(&[]).contains("is there already"));
    assert!(refused(&["--overwrite"]).contains("--mode replace"));
    succeeded(export(&["--mode", "append"]));
    assert_eq!(count(), 2 * all);
    // Rights stay where the columns do.
    server.sql("create role reader; grant select on crm.targets to reader");
    succeeded(export(&["--mode", "replace", "--where", "churn > 0.5"]));
    let fewer = count();
    assert!(fewer < all, "{fewer}");
    assert_eq!(server.sql("select has_table_privilege('reader', 'crm.targets', 'select')"), "t");

    server.sql(
        "create function refuse() returns trigger language plpgsql as \
         $$begin if new.churn < 0.5 then raise exception 'no room for user %', new.user_id; end if; return new; end$$; \
         create trigger refuse before insert on crm.targets for each row execute function refuse()",
    );
    for mode in ["append", "replace"] {
        let said = refused(&["--mode", mode]);
        assert!(said.contains("no room for user"), "{said}");
        assert_eq!(count(), fewer, "{mode}");
    }
    // Other columns are another table, without the old one's trigger.
    succeeded(columns("user_id,segment", &["--mode", "replace"]));
    assert_eq!(server.sql(kinds), "user_id bigint, segment text");
    assert_eq!(count(), all);
}

#[test]
fn every_table_of_a_run_can_be_written() {
    let Some(server) = Server::start() else { return };
    for table in
        ["users", "events", "items", "features", "segments", "churn", "ltv", "recommendations", "similar_items"]
    {
        let (query, out) = (format!("select * from {table}"), server.address(&format!("run_{table}")));
        let args = ["sql", &query, "--workspace", path(workspace()), "--out", &out];
        succeeded(server.user360(&args));
        let query = format!("select count(*) as n from {table}");
        let counted = ["sql", &query, "--format", "csv", "--workspace", path(workspace())];
        let counted = succeeded(server.user360(&counted));
        let stored = server.sql(&format!("select count(*) from run_{table}"));
        assert_eq!(counted.lines().nth(1), Some(stored.as_str()), "{table}");
    }
    assert_eq!(
        server.sql("select pg_typeof(items) || ' ' || pg_typeof(scores) from run_recommendations limit 1"),
        "bigint[] real[]"
    );
    assert_eq!(
        server.sql("select count(*) from run_recommendations where items[1] is not null"),
        server.sql("select count(*) from run_recommendations where cardinality(items) > 0")
    );
}

#[test]
fn the_ranking_of_a_campaign_goes_into_a_table() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("campaign.csv");
    let mut rows = String::from("user,treatment,outcome,orders\n");
    for user in 0..400_u32 {
        let treated = user % 2;
        writeln!(rows, "{user},{treated},{},{}", u32::from(user % 7 < 2 + treated), user * 13 % 9).unwrap();
    }
    fs::write(&file, rows).unwrap();
    let out = server.address("ranking");
    let uplift =
        |more: &[&str]| server.user360(&[&["uplift", "--campaign", path(&file), "--out", &out][..], more].concat());
    succeeded(uplift(&[]));
    let count = || server.sql("select count(*) || ' ' || count(distinct \"user\") from ranking");
    assert_eq!(count(), "400 400");
    let again = uplift(&[]);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("is there already"));
    succeeded(uplift(&["--mode", "append"]));
    assert_eq!(count(), "800 400");
    succeeded(uplift(&["--mode", "replace"]));
    assert_eq!(count(), "400 400");
}
