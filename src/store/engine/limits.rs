//! How long and how deep a condition or a query may be.

/// Letters of a condition or a query at most.
pub const LONGEST: usize = 100_000;
/// Operators and words such as `and`, `or`, `not`, `is`, `between` and `when` at most, all together: a chain of them is as
/// deep as it is long.
pub const OPERATORS: usize = 500;
/// Brackets within each other at most.
pub const NESTED: usize = 20;
/// Functions, `between` and `case` within each other at most: the engine writes some of them out twice.
pub const REPEATED: usize = 10;
/// `select`s of a query at most: subqueries, tables of `with`, parts of a `union`.
pub const SELECTS: usize = 50;
/// How deep the parser goes.
pub const DEEPEST: usize = 200;

/// What to say of the parser's own limit of depth.
pub fn too_deep() -> String {
    format!(
        "it is nested too deeply; {NESTED} brackets, functions, `not`s and signs within each other are read, fewer of subqueries"
    )
}
