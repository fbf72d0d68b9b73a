//! Inputs that nobody would write: known ones with a few things wrong, and sentences of a grammar.

use super::cases::Dice;

/// Parts that have broken readers of text before.
const PARTS: [&[u8]; 30] = [
    b"\0",
    b"\"",
    b"\"\"",
    b"'",
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n",
    b"\n\n\n",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\x1b]52;c;ZXZpbA==\x07",
    b"\x1b[2J",
    b"=1+1",
    b"-1",
    b"1e400",
    b"nan",
    b"99999999999999999999",
    b"0x10",
    b"[",
    b"]",
    b"{",
    b"}",
    b"=",
    b"#",
    "٣".as_bytes(),
    "\u{202e}".as_bytes(),
];

/// A known input with one to six things wrong.
pub fn mutant(dice: &mut Dice, known: &[u8]) -> Vec<u8> {
    let mut bytes = known.to_vec();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + 1 + dice.below(20)).min(bytes.len());
        match dice.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 => drop(bytes.drain(at.min(end)..end)),
            2 => drop(bytes.splice(at..at, PARTS[dice.below(PARTS.len())].iter().copied())),
            3 => bytes.truncate(at),
            4 => {
                let again = bytes[at.min(end)..end].to_vec();
                let place = dice.below(bytes.len() + 1);
                drop(bytes.splice(place..place, again));
            }
            5 => {
                let long = vec![
                    *dice.one(&[b"a".as_slice(), b"9", b"\"", b"("]).first().unwrap_or(&b'a');
                    1 << dice.below(13)
                ];
                drop(bytes.splice(at..at, long));
            }
            6 => {
                let byte = dice.below(256) as u8;
                drop(bytes.splice(at..at, [byte]));
            }
            _ => {
                // Two lines change places.
                let mut lines: Vec<Vec<u8>> = bytes.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
                let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
                lines.swap(a, b);
                bytes = lines.join(&b'\n');
            }
        }
    }
    bytes
}

/// An SQL condition over the users' columns, most of them sound.
pub fn condition(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.below(5) == 0 {
        return comparison(dice, depth);
    }
    let (a, b) = (condition(dice, depth - 1), condition(dice, depth - 1));
    match dice.below(6) {
        0 => format!("not {a}"),
        1 => format!("({a})"),
        2 | 3 => format!("{a} and {b}"),
        4 => format!("({a}) or {b}"),
        _ => format!("case when {a} then {b} else {a} end"),
    }
}

fn comparison(dice: &mut Dice, depth: usize) -> String {
    let (a, b) = (value(dice, depth.min(2)), value(dice, depth.min(2)));
    match dice.below(10) {
        0 => format!("{a} between {b} and {}", value(dice, 0)),
        1 => format!("{a} in ({b}, {})", value(dice, 0)),
        2 => format!("{a} is {}null", dice.one(&["", "not "])),
        3 => format!(
            "{a} {}like {}",
            dice.one(&["", "not ", "i"]),
            dice.one(&["'%s'", "'_'", "'%%'", "''", "'\\'", "1"])
        ),
        4 => dice.one(&["true", "false", "null", "1", "''", "exists (select 1)", "*", "count(*) > 1"]).to_owned(),
        _ => format!("{a} {} {b}", dice.one(&["=", "<>", "!=", "<", "<=", ">", ">=", "<=>", "==", "||"])),
    }
}

fn value(dice: &mut Dice, depth: usize) -> String {
    const LEAVES: [&str; 22] = [
        "churn",
        "segment",
        "orders",
        "spend",
        "user_id",
        "total_events",
        "\"churn\"",
        "chrun",
        "0",
        "-1",
        "0.5",
        "1e308",
        "-9223372036854775808",
        "18446744073709551616",
        "'Loyal'",
        "''",
        "'O''Hara'",
        "null",
        "true",
        "interval '1 day'",
        "date '2024-01-01'",
        "\"\"",
    ];
    if depth == 0 || dice.below(3) > 0 {
        return dice.one(&LEAVES).to_owned();
    }
    let (a, b) = (value(dice, depth - 1), value(dice, depth - 1));
    match dice.below(4) {
        0 => format!(
            "{}({a})",
            dice.one(&[
                "abs",
                "upper",
                "length",
                "round",
                "sqrt",
                "ln",
                "coalesce",
                "cast",
                "sum",
                "min",
                "trim",
                "nofunction"
            ])
        ),
        1 => format!(
            "cast({a} as {})",
            dice.one(&["int", "float", "varchar", "date", "boolean", "decimal(3,1)", "nothing"])
        ),
        2 => format!("substr({a}, {b})"),
        _ => format!("({a} {} {b})", dice.one(&["+", "-", "*", "/", "%", "||", "//", "^"])),
    }
}

/// A query over the run's tables, most of them sound.
pub fn query(dice: &mut Dice) -> String {
    let table = *[
        "users",
        "features",
        "churn",
        "events",
        "items",
        "segments",
        "nothing",
        "users u join churn c on u.user_id = c.user_id",
    ]
    .get(dice.below(8))
    .unwrap_or(&"users");
    let what = match dice.below(6) {
        0 => "*".to_owned(),
        1 => "count(*) as n".to_owned(),
        2 => format!("{} as x", value(dice, 2)),
        3 => format!("sum({}) over (partition by {})", value(dice, 1), value(dice, 0)),
        4 => format!("distinct {}", value(dice, 1)),
        _ => format!("{}, {}", value(dice, 1), value(dice, 2)),
    };
    let mut query = format!("select {what} from {table}");
    for (clause, of) in [("where", 2), ("group by", 4), ("having", 5), ("order by", 3), ("limit", 4)] {
        if dice.below(of) == 0 {
            let text = match clause {
                "where" | "having" => condition(dice, 2),
                "limit" => dice.one(&["0", "5", "-1", "99999999999", "x"]).to_owned(),
                _ => value(dice, 1),
            };
            query = format!("{query} {clause} {text}");
        }
    }
    match dice.below(12) {
        0 => format!("with t as ({query}) select * from t"),
        1 => format!("{query} union all {query}"),
        2 => format!("select * from ({query}) as t"),
        3 => String::from_utf8_lossy(&mutant(dice, query.as_bytes())).into_owned(),
        _ => query,
    }
}
