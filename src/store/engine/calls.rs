//! Functions that other databases have, in the query engine's words.

use std::ops::ControlFlow;

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, DataType, ExactNumberInfo, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgOperator, FunctionArgumentList, FunctionArguments, Ident, Value, VisitMut, VisitorMut,
};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::Parser;

use crate::store::engine::functions::{PART, SECONDS};
use crate::store::engine::whole_numbers::{NARROWED, WIDENED};

/// Parts of a time that are functions elsewhere.
const PARTS: [&str; 13] = [
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "quarter",
    "week",
    "dayofyear",
    "dayofweek",
    "isodow",
    "dayofmonth",
    "weekofyear",
];

/// Makes comparisons of what was read as arguments by name: `count_if(event = 'view')`.
pub(super) fn compared(function: &mut Function) {
    let FunctionArguments::List(list) = &mut function.args else { return };
    for argument in &mut list.args {
        let (name, value) = match argument {
            FunctionArg::Named { name, arg: FunctionArgExpr::Expr(value), operator: FunctionArgOperator::Equals } => {
                (Expr::Identifier(name.clone()), value.clone())
            }
            FunctionArg::ExprNamed {
                name,
                arg: FunctionArgExpr::Expr(value),
                operator: FunctionArgOperator::Equals,
            } => (name.clone(), value.clone()),
            _ => continue,
        };
        let (left, right) = (Box::new(name), Box::new(value));
        let compared = Expr::BinaryOp { left, op: BinaryOperator::Eq, right };
        *argument = FunctionArg::Unnamed(FunctionArgExpr::Expr(compared));
    }
}

/// What a call is in the query engine's words; `None` where it is the same.
pub(super) fn called(function: &Function) -> Option<Expr> {
    let name = function.name.to_string().to_lowercase();
    let arguments = arguments(function)?;
    let plain = function.over.is_none() && function.filter.is_none() && function.within_group.is_empty();
    match (name.as_str(), arguments.as_slice()) {
        ("epoch", [of]) => Some(call(SECONDS, vec![of.clone()])),
        ("date_part" | "datepart", [part, of]) if is_text(part, "epoch") => Some(call(SECONDS, vec![of.clone()])),
        // An error tells where a sum outgrows 64 bits.
        ("sum", [of]) => Some(call(NARROWED, vec![again(function, "sum", vec![call(WIDENED, vec![of.clone()])])])),
        ("substr" | "substring", [of, first]) => part_of_text(of, Some(first), None),
        ("substr" | "substring", [of, first, count]) => part_of_text(of, Some(first), Some(count)),
        ("sign", [of]) => Some(cast(call("signum", vec![of.clone()]), DataType::BigInt(None))),
        (part, [of]) if plain && PARTS.contains(&part) => {
            let part = match part {
                "dayofyear" => "doy",
                "dayofweek" => "dow",
                "dayofmonth" => "day",
                "weekofyear" => "week",
                other => other,
            };
            Some(call("date_part", vec![text(part), of.clone()]))
        }
        ("dayname", [of]) => Some(call("to_char", vec![of.clone(), text("%A")])),
        ("monthname", [of]) => Some(call("to_char", vec![of.clone(), text("%B")])),
        ("strftime", [format @ Expr::Value(_), of] | [of, format]) => {
            Some(call("to_char", vec![of.clone(), format.clone()]))
        }
        ("mod", [left, right]) => Some(Expr::Nested(Box::new(Expr::BinaryOp {
            left: Box::new(Expr::Nested(Box::new(left.clone()))),
            op: BinaryOperator::Modulo,
            right: Box::new(Expr::Nested(Box::new(right.clone()))),
        }))),
        ("date_diff" | "datediff", [part, from, to]) => difference(part, from, to),
        ("regexp_matches", [of, pattern]) => Some(call("regexp_like", vec![of.clone(), pattern.clone()])),
        ("median", [of]) => Some(again(function, "median", vec![real(of)])),
        ("any_value", [_]) => Some(again(function, "min", arguments)),
        ("list", _) => Some(again(function, "array_agg", arguments)),
        ("approx_count_distinct", _) => Some(again(function, "approx_distinct", arguments)),
        ("count_if" | "countif", [of]) => {
            let counted = Expr::Case {
                case_token: AttachedToken::empty(),
                end_token: AttachedToken::empty(),
                operand: None,
                conditions: vec![CaseWhen { condition: of.clone(), result: number(1) }],
                else_result: None,
            };
            Some(again(function, "count", vec![counted]))
        }
        _ => None,
    }
}

/// Whether an expression is this word in quotes, in letters of any size.
fn is_text(expression: &Expr, word: &str) -> bool {
    let Expr::Value(value) = expression else { return false };
    value.value.clone().into_string().is_some_and(|text| text.eq_ignore_ascii_case(word))
}

/// Letters of a text from one on; `None` where both numbers are written out and the engine counts as others do.
pub(super) fn part_of_text(of: &Expr, first: Option<&Expr>, count: Option<&Expr>) -> Option<Expr> {
    let written = |number: &Expr| match number {
        Expr::Value(value) => matches!(&value.value, Value::Number(digits, _) if digits != "0"),
        _ => false,
    };
    if first.is_none_or(written) && count.is_none_or(written) {
        return None;
    }
    let number = |text: &str| Expr::Value(Value::Number(text.to_owned(), false).into());
    let first = first.cloned().unwrap_or_else(|| number("1"));
    let count = count.cloned().unwrap_or_else(|| number("9223372036854775807"));
    Some(call(PART, vec![of.clone(), first, count]))
}

/// How many bounds of a part lie between two times.
fn difference(part: &Expr, from: &Expr, to: &Expr) -> Option<Expr> {
    let Expr::Value(value) = part else { return None };
    let name = value.value.clone().into_string()?.to_lowercase();
    let template = match name.trim_end_matches('s') {
        "year" => "date_part('year', b) - date_part('year', a)",
        "quarter" => {
            "(date_part('year', b) - date_part('year', a)) * 4 + date_part('quarter', b) - date_part('quarter', a)"
        }
        "month" => "(date_part('year', b) - date_part('year', a)) * 12 + date_part('month', b) - date_part('month', a)",
        "day" => "cast((epoch_seconds(date_trunc('day', b)) - epoch_seconds(date_trunc('day', a))) / 86400 as bigint)",
        "hour" => {
            "cast((epoch_seconds(date_trunc('hour', b)) - epoch_seconds(date_trunc('hour', a))) / 3600 as bigint)"
        }
        "minute" => {
            "cast((epoch_seconds(date_trunc('minute', b)) - epoch_seconds(date_trunc('minute', a))) / 60 as bigint)"
        }
        "second" => "cast(epoch_seconds(date_trunc('second', b)) - epoch_seconds(date_trunc('second', a)) as bigint)",
        _ => return None,
    };
    let mut made = Parser::new(&DuckDbDialect {}).try_with_sql(template).ok()?.parse_expr().ok()?;
    let _: ControlFlow<()> = made.visit(&mut Put { from, to });
    Some(Expr::Nested(Box::new(made)))
}

/// Puts expressions in the place of `a` and `b`.
struct Put<'a> {
    from: &'a Expr,
    to: &'a Expr,
}

impl VisitorMut for Put<'_> {
    type Break = ();

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::Identifier(name) = expression {
            match name.value.as_str() {
                "a" => *expression = self.from.clone(),
                "b" => *expression = self.to.clone(),
                _ => {}
            }
        }
        ControlFlow::Continue(())
    }
}

/// The plain arguments of a call; `None` where one is named or a star.
fn arguments(function: &Function) -> Option<Vec<Expr>> {
    let FunctionArguments::List(list) = &function.args else { return None };
    let plain = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression.clone()),
        _ => None,
    };
    list.args.iter().map(plain).collect()
}

/// The same call of another function.
fn again(function: &Function, name: &str, arguments: Vec<Expr>) -> Expr {
    let mut function = function.clone();
    function.name = vec![Ident::new(name)].into();
    if let FunctionArguments::List(list) = &mut function.args {
        list.args =
            arguments.into_iter().map(|argument| FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))).collect();
    }
    Expr::Function(function)
}

/// A call of a function of values.
pub(super) fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    Expr::Function(Function {
        name: vec![Ident::new(name)].into(),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: arguments.into_iter().map(|argument| FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))).collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

fn real(expression: &Expr) -> Expr {
    cast(expression.clone(), DataType::Double(ExactNumberInfo::None))
}

fn cast(expression: Expr, data_type: DataType) -> Expr {
    Expr::Cast { kind: CastKind::Cast, expr: Box::new(expression), data_type, array: false, format: None }
}

fn text(value: &str) -> Expr {
    Expr::Value(Value::SingleQuotedString(value.to_owned()).into())
}

fn number(value: u8) -> Expr {
    Expr::Value(Value::Number(value.to_string(), false).into())
}
