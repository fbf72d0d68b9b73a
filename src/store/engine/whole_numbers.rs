//! Whole numbers that outgrow 64 bits: an error, where the engine would go on from the other end of the scale.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::compute::kernels::numeric::{add, mul, sub};
use datafusion::arrow::datatypes::{DataType, Decimal128Type};
use datafusion::arrow::error::ArrowError;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{ScalarUDF, Signature, Volatility};
use sqlparser::ast::BinaryOperator;

use crate::store::engine::own::Own;

/// Makes decimals of whole numbers before they are summed; leaves others as they are.
pub(super) const WIDENED: &str = "widened";
/// Makes a whole number of a sum of such decimals; leaves others as they are.
pub(super) const NARROWED: &str = "narrowed";

/// Digits of the decimals that are summed: the engine gives a sum ten more, which no count of rows fills.
const DIGITS: u8 = 28;
const OUTGROWN: &str = "whole numbers outgrow 64 bits here (beyond 9,223,372,036,854,775,807); make real numbers of them \
                        first: cast(… as double)";

/// Whether all types are those of whole numbers that 64 bits hold.
pub(super) fn are(types: &[DataType]) -> bool {
    types.iter().all(is_whole)
}

fn is_whole(kind: &DataType) -> bool {
    kind.is_integer() && *kind != DataType::UInt64
}

/// The function of an operator that tells an overflow; `None` for one that cannot overflow.
pub(super) fn checked(operator: &BinaryOperator) -> Option<&'static ScalarUDF> {
    static PLUS: LazyLock<ScalarUDF> = LazyLock::new(|| of_two("plus", |two| told(add(&two[0], &two[1]))));
    static MINUS: LazyLock<ScalarUDF> = LazyLock::new(|| of_two("minus", |two| told(sub(&two[0], &two[1]))));
    static TIMES: LazyLock<ScalarUDF> = LazyLock::new(|| of_two("times", |two| told(mul(&two[0], &two[1]))));
    match operator {
        BinaryOperator::Plus => Some(&PLUS),
        BinaryOperator::Minus => Some(&MINUS),
        BinaryOperator::Multiply => Some(&TIMES),
        _ => None,
    }
}

fn of_two(name: &'static str, run: fn(&[ArrayRef]) -> Result<ArrayRef>) -> ScalarUDF {
    let signature = Signature::exact(vec![DataType::Int64, DataType::Int64], Volatility::Immutable);
    ScalarUDF::new_from_impl(Own { name, signature, returns: |_| DataType::Int64, run })
}

fn told(result: Result<ArrayRef, ArrowError>) -> Result<ArrayRef> {
    result.map_err(|error| match error {
        ArrowError::ArithmeticOverflow(_) => outgrown(),
        error => error.into(),
    })
}

fn outgrown() -> DataFusionError {
    DataFusionError::Execution(OUTGROWN.to_owned())
}

/// [`WIDENED`].
pub(super) fn widened() -> ScalarUDF {
    fn returns(kind: &DataType) -> DataType {
        if is_whole(kind) { DataType::Decimal128(DIGITS, 0) } else { kind.clone() }
    }
    fn run(columns: &[ArrayRef]) -> Result<ArrayRef> {
        let to = returns(columns[0].data_type());
        Ok(if to == *columns[0].data_type() { Arc::clone(&columns[0]) } else { cast(&columns[0], &to)? })
    }
    of_one(WIDENED, returns, run)
}

/// [`NARROWED`].
pub(super) fn narrowed() -> ScalarUDF {
    fn returns(kind: &DataType) -> DataType {
        if *kind == DataType::Decimal128(DIGITS + 10, 0) { DataType::Int64 } else { kind.clone() }
    }
    fn run(columns: &[ArrayRef]) -> Result<ArrayRef> {
        if returns(columns[0].data_type()) != DataType::Int64 || columns[0].data_type().is_integer() {
            return Ok(Arc::clone(&columns[0]));
        }
        let sums = columns[0].as_primitive::<Decimal128Type>().iter();
        let narrow = |sum: Option<i128>| sum.map(|sum| i64::try_from(sum).map_err(|_| outgrown())).transpose();
        Ok(Arc::new(sums.map(narrow).collect::<Result<Int64Array>>()?))
    }
    of_one(NARROWED, returns, run)
}

fn of_one(
    name: &'static str,
    returns: fn(&DataType) -> DataType,
    run: fn(&[ArrayRef]) -> Result<ArrayRef>,
) -> ScalarUDF {
    let signature = Signature::any(1, Volatility::Immutable);
    ScalarUDF::new_from_impl(Own { name, signature, returns, run })
}
