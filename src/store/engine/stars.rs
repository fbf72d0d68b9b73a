//! `select *` after joins by columns of one name: those columns stand once, where the left table has them. The engine on
//! its own would keep them where the table comes whose name is first in the alphabet.

use sqlparser::ast::{
    ExcludeSelectItem, Ident, Join, JoinConstraint, JoinOperator, ObjectName, Select, SelectItem,
    SelectItemQualifiedWildcardKind, TableFactor, WildcardAdditionalOptions,
};

/// Why the stars of a select cannot be written out.
pub(super) const NATURAL: &str =
    "`*` after a natural join, or after a right or full join by `using`: name the columns wanted";

/// Whether a select's stars would put columns in another order than is usual.
pub(super) fn are_refused(select: &Select) -> bool {
    has_star(select) && joins(select).any(|join| named(join) == Named::Unknown)
}

/// Writes the star of a select out, table by table.
pub(super) fn write_out(select: &mut Select) {
    if !has_star(select) || !joins(select).any(|join| matches!(named(join), Named::These(_))) {
        return;
    }
    let mut parts = Vec::new();
    for from in &select.from {
        let tables = std::iter::once((&from.relation, Vec::new()));
        let joined = from.joins.iter().map(|join| match named(join) {
            Named::These(columns) => (&join.relation, columns),
            _ => (&join.relation, Vec::new()),
        });
        for (table, columns) in tables.chain(joined) {
            let Some(name) = name(table) else { return };
            let options = WildcardAdditionalOptions {
                opt_exclude: (!columns.is_empty()).then(|| {
                    ExcludeSelectItem::Multiple(columns.into_iter().map(|column| vec![column].into()).collect())
                }),
                ..WildcardAdditionalOptions::default()
            };
            parts.push(SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options));
        }
    }
    let items = std::mem::take(&mut select.projection);
    let written = items.into_iter().flat_map(|item| if is_star(&item) { parts.clone() } else { vec![item] });
    select.projection = written.collect();
}

/// The columns by which tables are joined.
#[derive(Debug, PartialEq)]
enum Named {
    /// By a condition, or not at all.
    None,
    /// By these, and the left table's are those of the result.
    These(Vec<Ident>),
    /// By columns that only the tables tell, or that neither table has whole.
    Unknown,
}

fn named(join: &Join) -> Named {
    let (constraint, left) = match &join.join_operator {
        JoinOperator::Join(on) | JoinOperator::Inner(on) | JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => {
            (on, true)
        }
        JoinOperator::Right(on) | JoinOperator::RightOuter(on) | JoinOperator::FullOuter(on) => (on, false),
        _ => return Named::None,
    };
    match constraint {
        JoinConstraint::Using(columns) if left => {
            Named::These(columns.iter().filter_map(|column| column.0.last()?.as_ident().cloned()).collect())
        }
        JoinConstraint::Using(_) | JoinConstraint::Natural => Named::Unknown,
        _ => Named::None,
    }
}

fn joins(select: &Select) -> impl Iterator<Item = &Join> {
    select.from.iter().flat_map(|from| &from.joins)
}

fn has_star(select: &Select) -> bool {
    select.projection.iter().any(is_star)
}

fn is_star(item: &SelectItem) -> bool {
    matches!(item, SelectItem::Wildcard(options) if options.opt_exclude.is_none() && options.opt_replace.is_none() && options.opt_except.is_none() && options.opt_rename.is_none())
}

/// The name by which a query knows a table.
fn name(table: &TableFactor) -> Option<ObjectName> {
    match table {
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
            Some(vec![alias.name.clone()].into())
        }
        TableFactor::Table { name, .. } => Some(name.clone()),
        _ => None,
    }
}
