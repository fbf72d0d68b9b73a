//! Functions and operators that the query engine lacks or means otherwise than other databases do.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, TimestampMillisecondArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, TimeUnit, TimestampMillisecondType};
use datafusion::catalog::TableFunction;
use datafusion::common::{DFSchema, DataFusionError, Result};
use datafusion::execution::SessionStateDefaults;
use datafusion::functions_table::all_default_table_functions;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, ExprSchemable, Operator, ScalarUDF, Signature, Volatility, binary_expr};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sqlparser::ast::BinaryOperator;

use crate::store::engine::own::Own;
use crate::store::engine::{anywhere, letters, spans, whole_numbers};

/// What makes expressions of SQL's: this program's own ways first.
pub(super) fn planners() -> Vec<Arc<dyn ExprPlanner>> {
    let own: Arc<dyn ExprPlanner> = Arc::new(Arithmetic);
    std::iter::once(own).chain(SessionStateDefaults::default_expr_planners()).collect()
}

/// Functions that stand where a table is named: series of numbers and times, which read nothing.
pub(super) fn of_tables() -> Vec<Arc<TableFunction>> {
    all_default_table_functions()
}

/// The names of all functions of values, groups and windows.
pub fn names() -> Vec<String> {
    let scalars = SessionStateDefaults::default_scalar_functions();
    let scalars = scalars.iter().map(|function| function.name().to_owned());
    let groups = SessionStateDefaults::default_aggregate_functions();
    let groups = groups.iter().map(|function| function.name().to_owned());
    let windows = SessionStateDefaults::default_window_functions();
    let windows = windows.iter().map(|function| function.name().to_owned());
    let others = ["len", "strftime", "year", "month", "dayname", "date_diff", anywhere::ANYWHERE].map(str::to_owned);
    scalars.chain(groups).chain(windows).chain(others).collect()
}

/// Functions of values.
pub(super) fn scalars() -> Vec<ScalarUDF> {
    let any = |arguments| Signature::any(arguments, Volatility::Immutable);
    let some = Signature::variadic_any(Volatility::Immutable);
    let truth = |_: &DataType| DataType::Boolean;
    vec![
        ScalarUDF::new_from_impl(Own { name: anywhere::ANYWHERE, signature: some, returns: truth, run: anywhere::run }),
        ScalarUDF::new_from_impl(Own { name: "len", signature: any(1), returns: |_| DataType::Int64, run: len }),
        ScalarUDF::new_from_impl(Own { name: WHOLE, signature: any(1), returns: Clone::clone, run: whole }),
        ScalarUDF::new_from_impl(Own { name: SECONDS, signature: any(1), returns: |_| DataType::Float64, run: epoch }),
        ScalarUDF::new_from_impl(Own { name: LOCAL, signature: any(2), returns: local_type, run: local }),
        ScalarUDF::new_from_impl(Own { name: PART, signature: any(3), returns: Clone::clone, run: letters::part }),
        whole_numbers::widened(),
        whole_numbers::narrowed(),
    ]
}

/// Rounds real numbers to the nearest whole one, ties to the even one, before they are cast; leaves others as they are.
pub(super) const WHOLE: &str = "whole";
/// Seconds of a span, and of a time since 1970, with their fractions.
pub(super) const SECONDS: &str = "epoch_seconds";
/// A time as a clock in a zone shows it; of a time that such a clock shows, the moment.
pub(super) const LOCAL: &str = "at_time_zone";

/// Letters of a text, counted from its end where the first is told by a negative number.
pub(super) const PART: &str = "part_of_text";

/// `/` gives a real number of any two numbers, a day and a span of time a time; what whole numbers outgrow is an error.
#[derive(Debug)]
struct Arithmetic;

impl ExprPlanner for Arithmetic {
    fn plan_binary_op(&self, raw: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let RawBinaryExpr { op, left, right } = raw;
        let numbers = |left: &Expr, right: &Expr| -> Result<bool> {
            let types = [left.get_type(schema)?, right.get_type(schema)?];
            Ok(types.iter().all(|kind| kind.is_numeric() || kind.is_null()))
        };
        match op {
            BinaryOperator::Divide if numbers(&left, &right)? => {
                let types = [left.get_type(schema)?, right.get_type(schema)?];
                let to = if is_single(&types) { DataType::Float32 } else { DataType::Float64 };
                let (left, right) = (left.cast_to(&to, schema)?, right.cast_to(&to, schema)?);
                Ok(PlannerResult::Planned(binary_expr(left, Operator::Divide, right)))
            }
            BinaryOperator::Plus | BinaryOperator::Minus if is_day(&left, schema)? && is_span(&right, schema)? => {
                let operator = if op == BinaryOperator::Plus { Operator::Plus } else { Operator::Minus };
                let left = left.cast_to(&DataType::Timestamp(TimeUnit::Millisecond, None), schema)?;
                Ok(PlannerResult::Planned(binary_expr(left, operator, right)))
            }
            op => match whole_numbers::checked(&op) {
                Some(function) if whole_numbers::are(&[left.get_type(schema)?, right.get_type(schema)?]) => {
                    let (left, right) =
                        (left.cast_to(&DataType::Int64, schema)?, right.cast_to(&DataType::Int64, schema)?);
                    Ok(PlannerResult::Planned(function.call(vec![left, right])))
                }
                _ => Ok(PlannerResult::Original(RawBinaryExpr { op, left, right })),
            },
        }
    }
}

fn is_day(side: &Expr, schema: &DFSchema) -> Result<bool> {
    Ok(side.get_type(schema)? == DataType::Date32)
}

fn is_span(side: &Expr, schema: &DFSchema) -> Result<bool> {
    Ok(matches!(side.get_type(schema)?, DataType::Interval(_) | DataType::Duration(_)))
}

/// Whether a number of single precision meets another or a whole one, and the result is of single precision too.
fn is_single(types: &[DataType; 2]) -> bool {
    types.contains(&DataType::Float32) && types.iter().all(|kind| *kind == DataType::Float32 || kind.is_integer())
}

/// The letters of a text, the values of a list.
fn len(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let column = &columns[0];
    let lengths: Int64Array = match column.data_type() {
        DataType::List(_) => column.as_list::<i32>().iter().map(|list| list.map(|list| list.len() as i64)).collect(),
        DataType::LargeList(_) => {
            column.as_list::<i64>().iter().map(|list| list.map(|list| list.len() as i64)).collect()
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => {
            let text = cast(column, &DataType::LargeUtf8)?;
            text.as_string::<i64>().iter().map(|text| text.map(|text| text.chars().count() as i64)).collect()
        }
        other => return Err(DataFusionError::Plan(format!("len() takes text or a list, not {other}"))),
    };
    Ok(Arc::new(lengths))
}

fn epoch(columns: &[ArrayRef]) -> Result<ArrayRef> {
    spans::seconds(&columns[0])
}

fn whole(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let column = &columns[0];
    if !column.data_type().is_floating() {
        return Ok(Arc::clone(column));
    }
    let real = cast(column, &DataType::Float64)?;
    let rounded: Float64Array = real.as_primitive::<Float64Type>().unary(f64::round_ties_even);
    Ok(cast(&rounded, column.data_type())?)
}

fn local_type(of: &DataType) -> DataType {
    let zone = matches!(of, DataType::Timestamp(_, None) | DataType::Date32).then(|| "UTC".into());
    DataType::Timestamp(TimeUnit::Millisecond, zone)
}

fn local(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let zones = cast(&columns[1], &DataType::Utf8)?;
    let zones = zones.as_string::<i32>();
    let name = zones.iter().flatten().next().unwrap_or("UTC");
    let unknown = |error| DataFusionError::Plan(format!("no time zone {name}: {error}"));
    let zone = TimeZone::get(name).map_err(unknown)?;
    let to = local_type(columns[0].data_type());
    let from = cast(&columns[0], &DataType::Timestamp(TimeUnit::Millisecond, None))?;
    let clock = matches!(columns[0].data_type(), DataType::Timestamp(_, Some(_)));
    let times: TimestampMillisecondArray = from
        .as_primitive::<TimestampMillisecondType>()
        .iter()
        .map(|time| time.and_then(|time| if clock { shown(time, &zone) } else { moment(time, &zone) }))
        .collect();
    Ok(cast(&times, &to)?)
}

/// The milliseconds that a clock in the zone shows at a moment.
fn shown(time: i64, zone: &TimeZone) -> Option<i64> {
    let offset = zone.to_offset(Timestamp::from_millisecond(time).ok()?);
    Some(time + i64::from(offset.seconds()) * 1000)
}

/// The moment at which a clock in the zone shows these milliseconds.
fn moment(time: i64, zone: &TimeZone) -> Option<i64> {
    let civil = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(time).ok()?);
    Some(zone.to_timestamp(civil).ok()?.as_millisecond())
}
