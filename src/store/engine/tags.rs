//! The column of tags beside the users' ids: made of them as they are read, so that it takes no room.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::arrow::error::ArrowError;
use sqlparser::ast::{BinaryOperator, Expr, Value, VisitMut, VisitorMut};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::Parser;

use crate::store::alike::quoted_text;
use crate::store::columns::TAG;

/// The tags of users by id.
#[derive(Debug, Default)]
pub(super) struct Tags {
    texts: HashMap<String, String>,
    numbers: HashMap<i64, String>,
}

impl Tags {
    /// Those of a workspace.
    pub(super) fn of(tags: BTreeMap<&str, String>) -> Self {
        let mut all = Self::default();
        for (user, tag) in tags {
            if let Ok(number) = user.parse() {
                all.numbers.insert(number, tag.clone());
            }
            all.texts.insert(user.to_owned(), tag);
        }
        all
    }

    /// The tags of these users, null for those without.
    pub(super) fn column(&self, users: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        let tags: StringArray = if users.data_type().is_integer() {
            let users = cast(users, &DataType::Int64)?;
            users.as_primitive::<Int64Type>().iter().map(|user| self.numbers.get(&user?).map(String::as_str)).collect()
        } else {
            let users = cast(users, &DataType::LargeUtf8)?;
            users.as_string::<i64>().iter().map(|user| self.texts.get(user?).map(String::as_str)).collect()
        };
        debug_assert_eq!(tags.len(), users.len(), "a tag a user");
        Ok(std::sync::Arc::new(tags))
    }
}

/// Lets a condition ask for one tag among several: `tag = 'vip'` holds for whoever has it, whatever else the user has, and
/// so do `<>`, `in` and `not in` count each tag by itself. A text of several tags is compared whole.
pub(super) fn one_by_one(condition: &mut Expr) {
    struct Each;
    impl VisitorMut for Each {
        type Break = ();

        fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
            let asked = match expression {
                Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => has(left, &[right]),
                Expr::BinaryOp { left, op: BinaryOperator::NotEq, right } => {
                    has(left, &[right]).map(|asked| format!("not {asked}"))
                }
                Expr::InList { expr, list, negated } => {
                    let asked = has(expr, &list.iter().collect::<Vec<_>>());
                    asked.map(|asked| if *negated { format!("not {asked}") } else { asked })
                }
                _ => None,
            };
            let parsed =
                asked.and_then(|sql| Parser::new(&DuckDbDialect {}).try_with_sql(&sql).ok()?.parse_expr().ok());
            if let Some(parsed) = parsed {
                *expression = Expr::Nested(Box::new(parsed));
            }
            ControlFlow::Continue(())
        }
    }
    let _: ControlFlow<()> = VisitMut::visit(condition, &mut Each);
}

/// The condition that holds for who has one of these tags; `None` where it is not the tags that are compared, or with
/// something else than texts.
fn has(column: &Expr, texts: &[&Expr]) -> Option<String> {
    if !matches!(column, Expr::Identifier(name) if name.value.eq_ignore_ascii_case(TAG)) {
        return None;
    }
    let one = |text: &&Expr| {
        let Expr::Value(value) = text else { return None };
        let Value::SingleQuotedString(text) = &value.value else { return None };
        let whole = format!("{TAG} = {}", quoted_text(text));
        if text.is_empty() || text.contains(' ') {
            return Some(whole);
        }
        Some(format!("{whole} or strpos(concat(' ', {TAG}, ' '), {}) > 0", quoted_text(&format!(" {text} "))))
    };
    let each: Vec<String> = texts.iter().map(one).collect::<Option<_>>()?;
    (!each.is_empty()).then(|| format!("({})", each.join(" or ")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn made(text: &str) -> String {
        let mut read = Parser::new(&DuckDbDialect {}).try_with_sql(text).unwrap().parse_expr().unwrap();
        one_by_one(&mut read);
        read.to_string()
    }

    #[test]
    fn a_tag_is_asked_for_by_itself() {
        let vip = "(tag = 'vip' OR strpos(concat(' ', tag, ' '), ' vip ') > 0)";
        assert_eq!(made("churn > 0.5 and tag = 'vip'"), format!("churn > 0.5 AND ({vip})"));
        for unchanged in ["segment = 'vip'", "tag LIKE '%vip%'", "tag = segment", "tag IS NULL"] {
            assert_eq!(made(unchanged), unchanged);
        }
        assert_eq!(made("tag = 'vip b2b'"), "((tag = 'vip b2b'))");
        assert!(made("tag not in ('vip', 'x')").starts_with("(NOT (tag = 'vip' OR strpos("));
    }
}
