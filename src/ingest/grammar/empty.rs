//! Texts that stand for no value.

use crate::text::same_letters;

/// Longer than the longest of them.
const LONGEST: usize = 16;

/// How databases, R, Python and spreadsheets write that there is no value.
const EMPTY: [&str; 23] = [
    "null",
    "\\n",
    "nan",
    "none",
    "n/a",
    "na",
    "nil",
    "undefined",
    "(not set)",
    "-",
    "--",
    "–",
    "—",
    "#n/a",
    "<null>",
    "(null)",
    "[null]",
    "#null!",
    "<na>",
    "(none)",
    "<none>",
    "(blank)",
    "n.a.",
];

/// How shops write that nobody was logged in, in the languages that events are told in.
const NOBODY: [&str; 22] = [
    "guest",
    "anonymous",
    "not set",
    "unknown",
    "not logged in",
    "gast",
    "anonym",
    "unbekannt",
    "invité",
    "anonyme",
    "inconnu",
    "invitado",
    "anónimo",
    "desconocido",
    "ospite",
    "anonimo",
    "sconosciuto",
    "gość",
    "gäst",
    "misafir",
    "гость",
    "аноним",
];

/// How reports call a row that adds up the others.
const SUMS: [&str; 18] = [
    "total",
    "totals",
    "subtotal",
    "sub-total",
    "sub total",
    "grand total",
    "gesamt",
    "gesamtsumme",
    "summe",
    "zwischensumme",
    "somme",
    "sous-total",
    "total general",
    "totale",
    "subtotale",
    "totaal",
    "subtotaal",
    "итого",
];

/// Whether a trimmed cell holds no value. Letter case does not count.
pub(in crate::ingest) fn is_empty(cell: &str) -> bool {
    cell.is_empty() || (cell.len() < LONGEST && is_one_of(cell, &EMPTY))
}

/// Whether a trimmed cell of a column of users names nobody, or is the name of a sum: such a row is no customer's.
pub(in crate::ingest) fn is_nobody(cell: &str) -> bool {
    is_empty(cell) || (cell.len() < LONGEST && (is_one_of(cell, &NOBODY) || is_one_of(cell, &SUMS)))
}

fn is_one_of(cell: &str, known: &[&str]) -> bool {
    // Most cells are numbers or dates, and none of these begins so.
    !cell.as_bytes()[0].is_ascii_digit() && known.iter().any(|text| same_letters(cell, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_write_for_no_value_is_empty_in_any_case() {
        for cell in [
            "",
            "NULL",
            "null",
            "\\N",
            "nan",
            "NaN",
            "None",
            "N/A",
            "NA",
            "undefined",
            "(not set)",
            "-",
            "–",
            "<NULL>",
            "<NA>",
            "(none)",
            "[NULL]",
        ] {
            assert!(is_empty(cell), "{cell}");
        }
        for cell in ["0", "-1", "nancy", "nobody", "nullable", "N", "-a"] {
            assert!(!is_empty(cell), "{cell}");
        }
        assert!(is_nobody("Gast") && is_nobody("Invité") && is_nobody("гость") && !is_nobody("Gaston"));
        assert!(
            is_nobody("ГОСТЬ")
                && is_nobody("Аноним")
                && is_nobody("INVITÉ")
                && is_nobody("Gość")
                && !is_nobody("Гостьева")
        );
        assert!(is_nobody("Guest") && is_nobody("NULL") && !is_nobody("guest42"));
        assert!(!is_empty("guest"), "a guest is nobody only as a user");
    }
}
