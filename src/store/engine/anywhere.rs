//! `anywhere('text')`: whether any column of the row holds a text, whatever the case and the accents.

use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::{DataFusionError, Result};
use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, VisitMut, VisitorMut};

use crate::text::Sought;

/// Its name.
pub(super) const ANYWHERE: &str = "anywhere";

/// Lets `anywhere('text')` of a condition look in every column of its table.
pub(super) fn in_columns(condition: &mut Expr, columns: &[&str]) {
    struct Spread<'a>(&'a [&'a str]);
    impl VisitorMut for Spread<'_> {
        type Break = ();

        fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
            if let Expr::Function(Function { name, args: FunctionArguments::List(list), .. }) = expression
                && name.to_string().eq_ignore_ascii_case(ANYWHERE)
                && list.args.len() == 1
            {
                let column = |name: &&str| Expr::Identifier(Ident::with_quote('"', *name));
                let columns = self.0.iter().map(column);
                list.args.extend(columns.map(|column| FunctionArg::Unnamed(FunctionArgExpr::Expr(column))));
            }
            ControlFlow::Continue(())
        }
    }
    let _: ControlFlow<()> = VisitMut::visit(condition, &mut Spread(columns));
}

/// For each row whether one of the columns behind the first, which is the text, holds it. Numbers are looked at only where
/// the text could be part of one.
pub(super) fn run(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let [text, columns @ ..] = columns else { return Err(plan("anywhere() of nothing")) };
    if columns.is_empty() {
        return Err(plan("in a query anywhere() names the columns too: anywhere('anna', name, email)"));
    }
    let text = cast(text, &DataType::LargeUtf8)?;
    let rows = text.len();
    let Some(wanted) = text.as_string::<i64>().iter().flatten().next() else {
        return Ok(Arc::new(BooleanArray::from(vec![false; rows])));
    };
    let sought = Sought::new(wanted);
    let is_number =
        wanted.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '+' | 'e' | 'E'));
    let mut found = vec![false; rows];
    for column in columns {
        let kind = column.data_type();
        if kind.is_numeric() && !is_number {
            continue;
        }
        if matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) || kind.is_numeric() {
            let texts = cast(column, &DataType::LargeUtf8)?;
            for (found, cell) in found.iter_mut().zip(texts.as_string::<i64>()) {
                *found |= cell.is_some_and(|cell| sought.is_in(cell));
            }
        } else {
            let options = FormatOptions::default();
            let cells = ArrayFormatter::try_new(column.as_ref(), &options)?;
            for (row, found) in found.iter_mut().enumerate() {
                *found = *found || (column.is_valid(row) && sought.is_in(&cells.value(row).to_string()));
            }
        }
    }
    Ok(Arc::new(BooleanArray::from(found)))
}

fn plan(what: &str) -> DataFusionError {
    DataFusionError::Plan(what.to_owned())
}
