//! What a condition or a query may be: how long, how deep, and which tables it reads. Decided on its own tokens and its own
//! tree before the query engine sees it, since what is too deep ends the engine's whole process.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, ObjectName, Query, SetExpr, Statement, TableFactor, Visit, Visitor};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::{Error, Result};
use crate::store::engine::dialect;
use crate::store::engine::limits::{LONGEST, NESTED, OPERATORS, REPEATED, SELECTS};
use crate::store::engine::stars;
use crate::store::engine::trouble::syntax;
use crate::store::engine::wrong;

/// Refuses a condition that is too deep, or that reads tables.
pub(in crate::store) fn condition(expression: &Expr) -> Result<()> {
    walk(expression, Walker { repeated: 0, queries: 0, tables: false })
}

/// Reads a query; refuses one that is too long or too deep, that does anything but read, or that reads anything but tables
/// by name.
pub(super) fn query(text: &str) -> Result<Statement> {
    tokens(text)?;
    let begins = first_word(text);
    if !["select", "with", "show", "explain", "describe", "desc", "from", "values"].contains(&begins.as_str()) {
        let begins = if begins.is_empty() { String::new() } else { format!(", not {}", begins.to_uppercase()) };
        return refused(format!("a query starts with SELECT or WITH{begins}: the tables are read-only"));
    }
    let mut statements = dialect::parse(text).map_err(|error| Error::Query(syntax(text, &error)))?;
    if statements.len() != 1 {
        return refused(format!("one query at a time, and here are {}", statements.len()));
    }
    let statement = statements.swap_remove(0);
    walk(&statement, Walker { repeated: 0, queries: 0, tables: true })?;
    wrong::refusal(&statement).map_or(Ok(statement), refused)
}

/// The word that a query starts with, in lower case, after brackets and comments.
fn first_word(query: &str) -> String {
    let mut rest = query;
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '(');
        let after = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n')
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/")
        } else {
            break;
        };
        rest = after.map_or("", |(_, after)| after);
    }
    rest.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_lowercase()
}

fn refused<T>(what: String) -> Result<T> {
    Err(Error::Query(what))
}

/// Refuses a text that is too long, or that has too much of what makes it deep.
pub(in crate::store) fn tokens(text: &str) -> Result<()> {
    let letters = text.chars().count();
    if letters > LONGEST {
        return refused(format!("it has {letters} letters; {LONGEST} are the most"));
    }
    // What is no SQL at all the engine refuses itself.
    let Ok(tokens) = Tokenizer::new(&DuckDbDialect {}, text).tokenize() else { return Ok(()) };
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

fn walk(tree: &impl Visit, mut walker: Walker) -> Result<()> {
    match tree.visit(&mut walker) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(what) => refused(what),
    }
}

/// Goes through a tree and stops at the first thing that is not admitted.
struct Walker {
    repeated: usize,
    queries: usize,
    /// Whether tables may be read.
    tables: bool,
}

fn is_repeated(expression: &Expr) -> bool {
    matches!(expression, Expr::Function(_) | Expr::Between { .. } | Expr::Case { .. })
}

impl Visitor for Walker {
    type Break = String;

    /// Also what stands inside another: behind `explain`, or behind the tables of `with`.
    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<String> {
        match statement {
            Statement::Query(_)
            | Statement::ShowTables { .. }
            | Statement::Explain { .. }
            | Statement::ExplainTable { .. } => ControlFlow::Continue(()),
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

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<String> {
        if matches!(query.body.as_ref(), SetExpr::Select(select) if stars::are_refused(select)) {
            return ControlFlow::Break(format!("not supported: {}", stars::NATURAL));
        }
        if !self.tables {
            return ControlFlow::Break(
                "a condition asks about the columns of a row; what needs other tables is a query".to_owned(),
            );
        }
        self.queries += 1;
        if self.queries > SELECTS {
            return ControlFlow::Break(format!("it has over {SELECTS} subqueries; {SELECTS} are the most"));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<String> {
        match table {
            TableFactor::Table { name, args: None, .. } => named(name),
            TableFactor::Table { name, args: Some(_), .. } if is_series(name) => ControlFlow::Continue(()),
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

/// Whether a function in the place of a table makes a series of values and reads nothing.
fn is_series(name: &ObjectName) -> bool {
    ["generate_series", "range", "unnest"].contains(&name.to_string().to_lowercase().as_str())
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
    #![allow(clippy::unwrap_used)]
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
    }

    #[test]
    fn a_query_of_too_many_parts_is_refused() {
        let union = vec!["select 1 as a from users"; 600].join(" union all ");
        assert!(query(&union).unwrap_err().to_string().contains("most"));
    }
}
