//! What every figure of the page is, as the catalogue says it.

use crate::cli::report::content::figures;
use crate::cli::report::content::source::{Source, heading};
use crate::cli::report::page::{Block, Section, Term};
use crate::store::catalogue;

/// The figures of the front page by their names in the catalogue, as the page calls them.
const FRONT: [(&str, &str); 11] = [
    ("active_customers", "Active"),
    ("orders", "Orders"),
    ("revenue", "Revenue"),
    ("at_risk", "At risk of leaving"),
    ("money_at_stake", "Money at stake"),
    ("sentences", "What matters"),
    ("best_customers", "Best customers"),
    ("gone_quiet", "Gone quiet"),
    ("cohorts", "Cohorts"),
    ("funnel", "From view to purchase"),
    ("rfm_grid", "Recency and frequency"),
];

/// The section.
pub fn section(source: &Source<'_>) -> Section {
    let mut terms = Vec::new();
    let figures = catalogue().iter().find(|table| table.name == "figures");
    let meaning = |name: &str| figures.and_then(|table| table.column(name)).map(|column| column.meaning);
    if source.front.is_some() {
        let known = FRONT.iter().filter_map(|(name, label)| Some((label, meaning(name)?)));
        terms.extend(
            known.map(|(label, meaning)| Term { label: (*label).to_owned(), words: sentence(source, meaning) }),
        );
    }
    let mut told: Vec<&str> = Vec::new();
    for record in source.info.stages.iter().filter(|record| record.has_results()) {
        for known in figures::known(record) {
            if told.contains(&known.entry.label) {
                continue;
            }
            told.push(known.entry.label);
            let (definition, formula) = (sentence(source, known.entry.definition), known.entry.formula);
            let label = known.entry.label.to_owned();
            terms.push(Term {
                label,
                words: format!("{definition} How: {}.", source.terms.filled(formula).replace('`', "")),
            });
        }
    }
    let mut made = heading("definitions", "What the figures are");
    made.blocks.push(Block::Terms(terms));
    made
}

/// A meaning as a sentence: the catalogue's marks for names fall away.
fn sentence(source: &Source<'_>, meaning: &str) -> String {
    let words = source.terms.filled(&without_names(meaning).replace('`', ""));
    let mut letters = words.chars();
    let first = letters.next().map_or_else(String::new, |first| first.to_uppercase().collect());
    format!("{first}{}.", letters.as_str())
}

/// A meaning without the names that files have for what it has just told: `in the last 28 days (`last`)`.
fn without_names(meaning: &str) -> String {
    let mut parts = meaning.split(" (`");
    let mut words = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("`)") {
            Some((name, rest)) if !name.contains([' ', '`']) => words.push_str(rest),
            _ => words.extend([" (`", part]),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::without_names;

    #[test]
    fn names_of_files_fall_away() {
        assert_eq!(without_names("orders (`last`), before (`before`)"), "orders, before");
        assert_eq!(without_names("users (`a` or `b`) of `c`"), "users (`a` or `b`) of `c`");
    }
}
