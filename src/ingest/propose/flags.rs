//! Columns that flag what became of a purchase: `is_returned`, `Refunded?`, `cancelled`.

use crate::ingest::propose::profile::Profile;
use crate::ingest::propose::words::words;

/// Words by which a flag says that a purchase is none any more.
const UNDONE: &str = "refunded refund returned return cancelled canceled cancel voided chargeback disputed storniert erstattet \
    retourniert annule annulee rembourse retourne devuelto devuelta cancelado cancelada anulado reembolsado annullato reso \
    rimborsato devolvido estornado geannuleerd geretourneerd zwrocone anulowane";
/// Words that stand beside them.
const BESIDE: &str = "is was has been order item line flag ist bestellung artikel est y n yes no";
/// How yes and no are written.
const FLAGS: [(&str, &str); 10] = [
    ("1", "0"),
    ("1.0", "0.0"),
    ("y", "n"),
    ("yes", "no"),
    ("true", "false"),
    ("t", "f"),
    ("ja", "nein"),
    ("oui", "non"),
    ("si", "no"),
    ("j", "n"),
];

/// What the values of a column say of their purchases, where it is such a flag: one value undoes it, the other does not.
pub(super) fn undoing(profile: &Profile) -> Option<(&'static str, &'static str)> {
    let words = words(&profile.name);
    let holds = |list: &str, word: &String| list.split_ascii_whitespace().any(|known| known == word);
    let is_called = profile.named
        && words.iter().any(|word| holds(UNDONE, word))
        && words.iter().all(|word| holds(UNDONE, word) || holds(BESIDE, word));
    if !is_called || profile.not_listed() > 0 || profile.names.is_empty() {
        return None;
    }
    let is_one = |(yes, no): &(&str, &str)| {
        profile.names.keys().all(|name| name.eq_ignore_ascii_case(yes) || name.eq_ignore_ascii_case(no))
    };
    let flag = FLAGS.iter().copied().find(is_one)?;
    // What most purchases are is not what undoes them.
    let rows = |value: &str| -> u64 {
        profile.names.iter().filter(|(name, _)| name.eq_ignore_ascii_case(value)).map(|(_, rows)| rows).sum()
    };
    (rows(flag.0) < rows(flag.1)).then_some(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_that_undoes_some_purchases_is_told_from_other_columns() {
        let of = |name: &str, cells: &[&str]| {
            let cells: Vec<&str> = cells.iter().copied().cycle().take(40).collect();
            undoing(&Profile::new(name.to_owned(), true, &cells, None, "auto"))
        };
        assert_eq!(of("is_returned", &["N", "N", "Y"]), Some(("y", "n")));
        assert_eq!(of("Refunded?", &["0", "0", "0", "1"]), Some(("1", "0")));
        assert_eq!(of("cancelled", &["false", "true", "false"]), Some(("true", "false")));
        assert_eq!(of("order_canceled", &["no"]), Some(("yes", "no")));
        for (name, cells) in [
            ("refunded", &["0", "12.50", "0"][..]),
            ("return_date", &["0", "1", "0"]),
            ("is_new", &["N", "N", "Y"]),
            ("returned", &["Y", "Y", "N"]),
        ] {
            assert_eq!(of(name, cells), None, "{name}");
        }
    }
}
