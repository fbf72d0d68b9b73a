//! What the values of each type become.

use user360::error::{Error, Result};
use user360::job::Job;
use user360::postgres::{Address, Selected, select};

use crate::postgres::server::Server;

fn csv(server: &Server, query: &str, most: Option<u64>) -> Result<(String, Selected)> {
    let address = Address::parse(&server.address("")).unwrap();
    let mut out = Vec::new();
    let selected = select(&address, query, Some(&server.password_file()), most, &mut out, &Job::new())?;
    Ok((String::from_utf8(out).unwrap(), selected))
}

#[test]
fn every_type_is_written_exactly_or_refused() {
    let Some(server) = Server::start() else { return };
    server.sql("create type mood as enum ('good', 'bad'); create domain cents as bigint");
    let row = |query: &str| csv(&server, query, None).unwrap().0;
    let one = |value: &str| row(&format!("select {value} as v")).strip_prefix("v\n").unwrap().trim_end().to_owned();
    for (value, wanted) in [
        ("true", "true"),
        ("-7::smallint", "-7"),
        ("9223372036854775807", "9223372036854775807"),
        ("0.1::real", "0.1"),
        ("1e-7::float8", "0.0000001"),
        ("'NaN'::float8", "NaN"),
        ("12345678901234567890.123456789::numeric", "12345678901234567890.123456789"),
        ("-0.05::numeric(10,4)", "-0.0500"),
        ("100000000::numeric", "100000000"),
        ("'a,\"b\"'", "\"a,\"\"b\"\"\""),
        ("E'a\\nb'", "\"a\nb\""),
        ("'ab'::char(4)", "\"ab  \""),
        ("null::text", ""),
        ("'good'::mood", "good"),
        ("5::cents", "5"),
        ("'7f3a1b2c-0000-4000-8000-00000000000f'::uuid", "7f3a1b2c-0000-4000-8000-00000000000f"),
        ("'{\"a\": 1}'::json", "\"{\"\"a\"\": 1}\""),
        ("'{\"a\":1}'::jsonb", "\"{\"\"a\"\": 1}\""),
        ("date '2024-02-29'", "2024-02-29"),
        ("time '07:08:09'", "07:08:09"),
        ("timestamp '1999-12-31 23:59:59.5'", "1999-12-31T23:59:59.500000"),
        ("timestamptz '2024-07-01 12:00+02'", "2024-07-01T10:00:00Z"),
        ("timestamptz 'infinity'", "infinity"),
    ] {
        assert_eq!(one(value), wanted, "{value}");
    }
    assert_eq!(row("select 1 as a, 2 as \"b,c\" where false;"), "a,\"b,c\"\n");
    for (value, way_out) in [
        ("array[1, 2]", "array_to_string(\"v\", ' ')"),
        ("'1 day'::interval", "extract(epoch from \"v\")"),
        ("'1.50'::money", "\"v\"::numeric"),
        ("'\\x00'::bytea", "encode(\"v\", 'hex')"),
        ("'10.0.0.1'::inet", "\"v\"::text"),
    ] {
        let error = csv(&server, &format!("select {value} as v"), None).unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{error:?}");
        let error = error.to_string();
        assert!(error.contains("column \"v\"") && error.contains(way_out), "{error}");
    }

    let (text, selected) =
        csv(&server, "select n, repeat('x', 100) from generate_series(1, 100000) n", Some(50_000)).unwrap();
    assert!(selected.cut && selected.rows < 3_000, "{selected:?}");
    assert!(text.ends_with("x\n") && text.lines().count() as u64 == selected.rows + 1);
}
