//! What people write who know other databases, put into the query engine's own words before it reads the query. Only what
//! means the same is rewritten.

use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, DateTimeField, Expr, Ident, JoinOperator, Query, Select, SelectItem, SetExpr,
    Statement, TableAlias, TableAliasColumnDef, TableFactor, VisitMut, VisitorMut,
};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::{Parser, ParserError};

use crate::store::engine::calls::{call, called, compared, part_of_text};
use crate::store::engine::functions::{LOCAL, SECONDS, WHOLE};
use crate::store::engine::limits::DEEPEST;
use crate::store::engine::stars;

/// Reads statements of one text.
pub(super) fn parse(text: &str) -> Result<Vec<Statement>, ParserError> {
    Parser::new(&DuckDbDialect {}).with_recursion_limit(DEEPEST).try_with_sql(text)?.parse_statements()
}

/// Rewrites a query.
pub(super) fn rewrite(statement: &mut Statement) {
    let _: ControlFlow<()> = statement.visit(&mut Rewriter);
}

/// Rewrites an expression.
pub(super) fn rewrite_expression(expression: &mut Expr) {
    let _: ControlFlow<()> = expression.visit(&mut Rewriter);
}

/// Calls the columns of a query what it calls them: `sum(price)`, `count(*)`; of the same twice the second has
/// a number.
fn name_columns(query: &mut Query) {
    let Some(select) = leftmost(&mut query.body) else { return };
    let mut names: Vec<String> = Vec::new();
    for item in &mut select.projection {
        let name = match item {
            SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(folded(name)),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => parts.last().map(folded),
            SelectItem::UnnamedExpr(expression) => Some(expression.to_string()),
            SelectItem::ExprWithAlias { alias, .. } => Some(folded(alias)),
            _ => None,
        };
        let Some(name) = name else { continue };
        let before = names.iter().filter(|known| **known == name).count();
        let unnamed = matches!(item, SelectItem::UnnamedExpr(Expr::Identifier(_) | Expr::CompoundIdentifier(_)));
        names.push(name.clone());
        let alias = match before {
            0 if unnamed => continue,
            0 => name,
            _ => format!("{name}_{before}"),
        };
        let (SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. }) = item else {
            continue;
        };
        *item = SelectItem::ExprWithAlias { expr: expression.clone(), alias: Ident::with_quote('"', alias) };
    }
}

pub(super) fn folded(name: &Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

/// The select that names the columns of a query.
fn leftmost(body: &mut SetExpr) -> Option<&mut Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::SetOperation { left, .. } => leftmost(left),
        SetExpr::Query(query) => leftmost(&mut query.body),
        _ => None,
    }
}

struct Rewriter;

impl VisitorMut for Rewriter {
    type Break = ();

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        let rewritten = match expression {
            Expr::Function(function) => {
                compared(function);
                called(function)
            }
            Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type, .. } if is_whole(data_type) => {
                **expr = call(WHOLE, vec![(**expr).clone()]);
                None
            }
            Expr::Substring { expr, substring_from, substring_for, .. } => {
                part_of_text(expr, substring_from.as_deref(), substring_for.as_deref())
            }
            Expr::Extract { field: DateTimeField::Epoch, expr, .. } => Some(call(SECONDS, vec![(**expr).clone()])),
            Expr::AtTimeZone { timestamp, time_zone } => {
                Some(call(LOCAL, vec![(**timestamp).clone(), (**time_zone).clone()]))
            }
            Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. }
                if !matches!(**right, Expr::Subquery(_)) =>
            {
                Some(call("array_has", vec![unnested(right), (**left).clone()]))
            }
            _ => None,
        };
        if let Some(rewritten) = rewritten {
            *expression = rewritten;
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, table: &mut TableFactor) -> ControlFlow<()> {
        // The one column of a series bears the function's name.
        if let TableFactor::Table { name, alias, args: Some(_), .. } = table {
            let function = Ident::new(name.to_string().to_lowercase());
            let column = TableAliasColumnDef::from_name(function.value.clone());
            match alias {
                Some(alias) if alias.columns.is_empty() => alias.columns = vec![column],
                Some(_) => {}
                None => *alias = Some(TableAlias { explicit: true, name: function, columns: vec![column], at: None }),
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        name_columns(query);
        joins(&mut query.body);
        ControlFlow::Continue(())
    }
}

/// `semi join` and `anti join` are those of the left side; stars are written out where tables share columns.
fn joins(body: &mut SetExpr) {
    match body {
        SetExpr::Select(select) => {
            stars::write_out(select);
            for join in select.from.iter_mut().flat_map(|from| &mut from.joins) {
                join.join_operator = match join.join_operator.clone() {
                    JoinOperator::Semi(on) => JoinOperator::LeftSemi(on),
                    JoinOperator::Anti(on) => JoinOperator::LeftAnti(on),
                    other => other,
                };
            }
        }
        SetExpr::SetOperation { left, right, .. } => {
            joins(left);
            joins(right);
        }
        _ => {}
    }
}

fn is_whole(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::TinyInt(_)
            | DataType::SmallInt(_)
            | DataType::Int(_)
            | DataType::Integer(_)
            | DataType::BigInt(_)
            | DataType::Int2(_)
            | DataType::Int4(_)
            | DataType::Int8(_)
            | DataType::Int64
            | DataType::Int32
    )
}

/// A list in brackets of its own.
fn unnested(expression: &Expr) -> Expr {
    match expression {
        Expr::Nested(inner) => unnested(inner),
        other => other.clone(),
    }
}
