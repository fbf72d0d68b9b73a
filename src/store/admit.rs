//! What a condition or a query may be: how long, how deep, and which tables it reads. Decided on its own tokens and its own
//! tree before the query engine sees it, since what is too deep ends the engine's whole process.

use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use sqlparser::ast::{Expr, ObjectName, Query, Statement, TableFactor, Visit, Visitor};
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::{Error, Result};

/// Letters of a condition or a query at most.
pub const LONGEST: usize = 100_000;
/// Operators and words such as `and`, `or`, `not`, `is`, `between` and `when` at most, all together: a chain of them is as
/// deep as it is long. A list in `in ( )` may be as long as the text.
pub const OPERATORS: usize = 400;
/// Brackets within each other at most.
pub const NESTED: usize = 20;
/// Functions, `between` and `case` within each other at most: the engine writes some of them out twice.
pub const REPEATED: usize = 10;
/// `select`s of a query at most: subqueries, tables of `with`, parts of a `union`.
pub const SELECTS: usize = 50;

/// Stack of the thread that reads and runs conditions and queries: what the limits above admit takes a part of it.
const STACK: usize = 64 << 20;

/// Does work of the query engine on a thread with room for it. What the engine answers with a panic is an error of the
/// query.
///
/// # Errors
/// What the work returns; [`Error::Query`] where the engine gives up; [`Error::Io`] without a thread.
pub(super) fn with_room<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    thread::scope(|scope| {
        let guarded = || panic::catch_unwind(AssertUnwindSafe(work));
        let thread = thread::Builder::new().name("query".to_owned()).stack_size(STACK);
        let running = thread.spawn_scoped(scope, guarded).map_err(Error::io("query thread"))?;
        let ended = running.join().unwrap_or_else(Err);
        ended.unwrap_or_else(|panic| Err(Error::Query(given_up(panic.as_ref()))))
    })
}

fn given_up(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let line = said.and_then(|text| text.lines().next()).unwrap_or_default();
    let short: String = line.chars().take(160).collect();
    let what = if short.is_empty() { String::new() } else { format!(": {short}") };
    format!("the query engine cannot do this with values of these types{what}")
}

/// Refuses a condition that is too long or too deep, or that reads tables of other files.
pub(super) fn condition(text: &str) -> Result<()> {
    tokens(text)?;
    let Ok(expression) = parser(text).and_then(|mut parser| parser.parse_expr()) else { return Ok(()) };
    walk(&expression)
}

/// Refuses a query that is too long or too deep, that does anything but read, or that reads anything but tables by name.
pub(super) fn query(text: &str) -> Result<()> {
    tokens(text)?;
    let Ok(statements) = parser(text).and_then(|mut parser| parser.parse_statements()) else { return Ok(()) };
    // Of several statements the engine runs none.
    let [statement] = statements.as_slice() else { return Ok(()) };
    walk(statement)
}

/// What to say of the parser's own limit of depth.
pub(super) fn too_deep() -> String {
    format!(
        "it is nested too deeply; {NESTED} brackets, functions, `not`s and signs within each other are read, fewer of subqueries"
    )
}

fn refused<T>(what: String) -> Result<T> {
    Err(Error::Query(what))
}

/// The parser as the query engine sets it up.
fn parser(text: &str) -> Result<Parser<'_>, sqlparser::parser::ParserError> {
    let options = ParserOptions { trailing_commas: true, ..ParserOptions::default() };
    Parser::new(&GenericDialect {}).with_options(options).try_with_sql(text)
}

/// Counts what makes a text deep.
fn tokens(text: &str) -> Result<()> {
    let letters = text.chars().count();
    if letters > LONGEST {
        return refused(format!("it has {letters} letters; {LONGEST} are the most"));
    }
    // What is no SQL at all the engine refuses itself.
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, text).tokenize() else { return Ok(()) };
    let (mut operators, mut nested, mut deepest, mut selects) = (0, 0_usize, 0, 0);
    for token in &tokens {
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                nested += 1;
                deepest = deepest.max(nested);
                // A subscript is an operator too.
                operators += usize::from(*token == Token::LBracket);
            }
            Token::RParen | Token::RBracket | Token::RBrace => nested = nested.saturating_sub(1),
            Token::Word(word) if word.quote_style.is_none() => {
                selects += usize::from(word.keyword == Keyword::SELECT);
                operators += usize::from(is_operator(word.keyword));
            }
            other => operators += usize::from(!is_plain(other)),
        }
    }
    if operators > OPERATORS {
        return refused(format!(
            "it has {operators} operators and words such as `and`, `or`, `not`; {OPERATORS} are the most; many values of one \
             column are told by `in (…)`"
        ));
    }
    if deepest > NESTED {
        return refused(format!("its brackets stand {deepest} deep within each other; {NESTED} is the most"));
    }
    if selects > SELECTS {
        return refused(format!("it has {selects} SELECTs; {SELECTS} are the most"));
    }
    Ok(())
}

/// Whether a token makes nothing deeper.
fn is_plain(token: &Token) -> bool {
    matches!(
        token,
        Token::EOF
            | Token::Word(_)
            | Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::DoubleQuotedString(_)
            | Token::NationalStringLiteral(_)
            | Token::EscapedStringLiteral(_)
            | Token::HexStringLiteral(_)
            | Token::Comma
            | Token::Period
            | Token::SemiColon
            | Token::Whitespace(_)
    )
}

/// Whether a keyword can stand between two values or before one; those that only order a query's clauses do not.
fn is_operator(keyword: Keyword) -> bool {
    !matches!(
        keyword,
        Keyword::NoKeyword
            | Keyword::SELECT
            | Keyword::FROM
            | Keyword::WHERE
            | Keyword::GROUP
            | Keyword::ORDER
            | Keyword::HAVING
            | Keyword::BY
            | Keyword::AS
            | Keyword::ASC
            | Keyword::DESC
            | Keyword::NULLS
            | Keyword::FIRST
            | Keyword::LAST
            | Keyword::LIMIT
            | Keyword::OFFSET
            | Keyword::DISTINCT
            | Keyword::NULL
            | Keyword::TRUE
            | Keyword::FALSE
            | Keyword::THEN
            | Keyword::ELSE
            | Keyword::END
    )
}

fn walk(tree: &impl Visit) -> Result<()> {
    let mut walker = Walker { repeated: 0, queries: 0 };
    match tree.visit(&mut walker) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(what) => refused(what),
    }
}

/// Goes through a tree and stops at the first thing that is not admitted.
struct Walker {
    repeated: usize,
    queries: usize,
}

fn is_repeated(expression: &Expr) -> bool {
    matches!(expression, Expr::Function(_) | Expr::Between { .. } | Expr::Case { .. })
}

impl Visitor for Walker {
    type Break = String;

    /// Also what stands inside another: behind `explain`, or behind the tables of `with`.
    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<String> {
        match statement {
            Statement::Query(_) | Statement::ShowTables { .. } | Statement::Explain { .. } => ControlFlow::Continue(()),
            _ => ControlFlow::Break(
                "a query only reads; it starts with SELECT or WITH, and changes nothing after that".to_owned(),
            ),
        }
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<String> {
        self.repeated += usize::from(is_repeated(expression));
        if self.repeated > REPEATED {
            return ControlFlow::Break(format!(
                "functions, `between` and `case` stand over {REPEATED} deep within each other; {REPEATED} is the most"
            ));
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &Expr) -> ControlFlow<String> {
        self.repeated -= usize::from(is_repeated(expression));
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<String> {
        self.queries += 1;
        if self.queries > SELECTS {
            return ControlFlow::Break(format!("it has over {SELECTS} subqueries; {SELECTS} are the most"));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<String> {
        match table {
            TableFactor::Table { name, args: None, .. } => named(name),
            TableFactor::Derived { .. } | TableFactor::NestedJoin { .. } | TableFactor::UNNEST { .. } => {
                ControlFlow::Continue(())
            }
            TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => ControlFlow::Break(format!(
                "{name}( ) stands where a table is named: a query reads the run's own tables by their names, and no files"
            )),
            other => ControlFlow::Break(format!(
                "{other} stands where a table is named: a query reads the run's own tables by their names"
            )),
        }
    }
}

/// Refuses a table's name that is a path or an address.
fn named(name: &ObjectName) -> ControlFlow<String> {
    let path = |part: &str| part.contains(['/', '\\', ':', '*', '.']);
    let parts = name.0.iter().filter_map(|part| part.as_ident());
    if name.0.iter().any(|part| part.as_ident().is_none()) || parts.into_iter().any(|part| path(&part.value)) {
        return ControlFlow::Break(format!(
            "{name} is no table: a query reads the run's own tables by their names, and no files"
        ));
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn other_files_are_not_read_however_they_are_named() {
        for refused in [
            "select * from read_parquet('/etc/passwd')",
            "select * from READ_CSV('x')",
            "select * from read_csv/* b */('x')",
            "select * from \"read_csv\"('x')",
            "select * from a.read_csv('x')",
            "select * from scan_parquet('x') as t",
            "with a as (select * from read_csv('x')) select * from a",
            "select * from (select * from (select * from read_json('x')) a) b",
            "select churn from users where user_id in (select user_id from read_csv('x'))",
            "select churn from users where exists (select 1 from read_csv('x'))",
            "select (select max(a) from read_csv('x')) from users",
            "select 1 from users union all select a from read_ipc('x')",
            "select * from users join read_csv('x') on true",
            "select * from (users join read_csv('x') on true)",
            "select * from users, read_csv('x')",
            "select * from table(read_csv('x'))",
            "select * from users, lateral read_csv('x')",
            "select * from '/etc/passwd'",
            "select * from \"/tmp/a.parquet\"",
            "select * from \"s3://a/b\"",
            "select * from \"*.csv\"",
            "explain select * from read_csv('x')",
            "with a as (select 1) insert into users select * from a",
        ] {
            assert!(query(refused).is_err(), "{refused}");
        }
        assert!(condition("user_id in (select user_id from read_csv('x'))").is_err());
    }

    #[test]
    fn what_people_ask_is_admitted() {
        for asked in [
            "select segment, count(*) as users, avg(churn) from users group by segment order by 2 desc limit 5",
            "with a as (select user_id from events where event = 'view') select count(*) from a join users using (user_id)",
            "select * from (select 'read_csv(x)' as \"read_csv\" from users) t",
            "select unnest(items) from recommendations",
            "show tables",
            "explain select * from users",
            "select case when churn > 0.5 then 'a' when churn > 0.2 then 'b' else 'c' end from users",
        ] {
            query(asked).unwrap();
        }
        let ids = (0..16_000).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        condition(&format!("user_id in ({ids})")).unwrap();
        condition(&format!("churn > {}0{}", "(".repeat(NESTED), ")".repeat(NESTED))).unwrap();
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_refused_with_the_limit() {
        let chain = |link: &str, times: usize| format!("churn{} > 0", link.repeat(times));
        for (text, limit) in [
            (format!("segment = '{}'", "x".repeat(LONGEST)), LONGEST),
            (vec!["churn > 0.5"; 2000].join(" or "), OPERATORS),
            (chain("+1", 3000), OPERATORS),
            (chain("::double", 1000), OPERATORS),
            (chain(" is null", 1000), OPERATORS),
            (format!("{}churn > 0", "not ".repeat(1000)), OPERATORS),
            (format!("{}churn > 0", "- ".repeat(1000)), OPERATORS),
            (format!("{}churn{} > 0", "(".repeat(10_000), ")".repeat(10_000)), NESTED),
            (format!("case {} else false end", "when churn > 0 then true ".repeat(1000)), OPERATORS),
            (chain(" between 0 and 1", 30), REPEATED),
            (format!("{}churn{} > 0", "abs(".repeat(15), ")".repeat(15)), REPEATED),
        ] {
            let told = with_room(|| condition(&text)).unwrap_err().to_string();
            assert!(told.contains(&limit.to_string()), "{told}");
        }
        let union = vec!["select 1 as a from users"; 600].join(" union all ");
        assert!(query(&union).unwrap_err().to_string().contains("most"));
    }

    #[test]
    fn a_panic_of_the_engine_is_an_error_of_the_query() {
        let told = with_room::<()>(|| panic!("no interval is this")).unwrap_err().to_string();
        assert!(told.contains("no interval is this"), "{told}");
    }
}
