//! Names of months as people write them.

use crate::ingest::grammar::plain;

/// Month names in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Danish,
/// Norwegian, Finnish, Turkish and Russian, as
/// far as no two months of different languages begin alike; accents are taken off.
const MONTHS: [&[&str]; 12] = [
    &[
        "january",
        "tammikuuta",
        "tammikuu",
        "tammi",
        "januar",
        "janvier",
        "enero",
        "gennaio",
        "janeiro",
        "januari",
        "stycznia",
        "styczen",
        "ocak",
        "января",
        "jan",
        "janv",
        "ene",
        "gen",
        "sty",
        "oca",
        "янв",
    ],
    &[
        "february",
        "helmikuuta",
        "helmikuu",
        "helmi",
        "februar",
        "fevrier",
        "febrero",
        "febbraio",
        "fevereiro",
        "februari",
        "lutego",
        "luty",
        "subat",
        "февраля",
        "feb",
        "fev",
        "fevr",
        "lut",
        "sub",
        "фев",
        "февр",
    ],
    &[
        "march",
        "maaliskuuta",
        "maaliskuu",
        "maalis",
        "marts",
        "marz",
        "maerz",
        "mars",
        "marzo",
        "marco",
        "maart",
        "marca",
        "marzec",
        "mart",
        "марта",
        "mar",
        "mrz",
        "mrt",
        "мар",
    ],
    &[
        "april",
        "huhtikuuta",
        "huhtikuu",
        "huhti",
        "avril",
        "abril",
        "aprile",
        "kwietnia",
        "kwiecien",
        "nisan",
        "апреля",
        "apr",
        "avr",
        "abr",
        "kwi",
        "nis",
        "апр",
    ],
    &[
        "may",
        "toukokuuta",
        "toukokuu",
        "touko",
        "mai",
        "mayo",
        "maggio",
        "maio",
        "mei",
        "maja",
        "maj",
        "mayis",
        "мая",
        "mag",
        "май",
    ],
    &[
        "june",
        "kesakuuta",
        "kesakuu",
        "kesa",
        "juni",
        "juin",
        "junio",
        "giugno",
        "junho",
        "czerwca",
        "czerwiec",
        "haziran",
        "июня",
        "jun",
        "giu",
        "cze",
        "haz",
        "июн",
    ],
    &[
        "july",
        "heinakuuta",
        "heinakuu",
        "heina",
        "juli",
        "juillet",
        "julio",
        "luglio",
        "julho",
        "lipca",
        "lipiec",
        "temmuz",
        "июля",
        "jul",
        "juil",
        "lug",
        "lip",
        "tem",
        "июл",
    ],
    &[
        "august",
        "elokuuta",
        "elokuu",
        "elo",
        "aout",
        "agosto",
        "augustus",
        "augusti",
        "sierpnia",
        "sierpien",
        "agustos",
        "августа",
        "aug",
        "ago",
        "sie",
        "agu",
        "авг",
    ],
    &[
        "september",
        "syyskuuta",
        "syyskuu",
        "syys",
        "septembre",
        "septiembre",
        "settembre",
        "setembro",
        "wrzesnia",
        "wrzesien",
        "eylul",
        "сентября",
        "sep",
        "sept",
        "set",
        "wrz",
        "eyl",
        "сен",
        "сент",
    ],
    &[
        "october",
        "lokakuuta",
        "lokakuu",
        "loka",
        "oktober",
        "octobre",
        "octubre",
        "ottobre",
        "outubro",
        "pazdziernika",
        "pazdziernik",
        "ekim",
        "октября",
        "oct",
        "okt",
        "ott",
        "out",
        "paz",
        "eki",
        "окт",
    ],
    &[
        "november",
        "marraskuuta",
        "marraskuu",
        "marras",
        "novembre",
        "noviembre",
        "novembro",
        "listopada",
        "listopad",
        "kasim",
        "ноября",
        "nov",
        "lis",
        "kas",
        "ноя",
        "нояб",
    ],
    &[
        "december",
        "joulukuuta",
        "joulukuu",
        "joulu",
        "des",
        "dezember",
        "decembre",
        "diciembre",
        "dicembre",
        "dezembro",
        "desember",
        "grudnia",
        "grudzien",
        "aralik",
        "декабря",
        "dec",
        "dez",
        "dic",
        "gru",
        "ara",
        "дек",
    ],
];

/// A month's number by its name at the start of `rest`, taken off it with a point behind.
pub(super) fn month_name(rest: &mut &str) -> Option<i64> {
    let name: String = letters(rest)?.chars().flat_map(char::to_lowercase).map(plain).collect();
    *rest = rest.strip_prefix('.').unwrap_or(rest);
    let month = MONTHS.iter().position(|names| names.contains(&name.as_str()))?;
    Some(month as i64 + 1)
}

/// The letters at the start of `rest`, taken off it.
pub(super) fn letters<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let end = rest.find(|letter: char| !letter.is_alphabetic()).unwrap_or(rest.len());
    let (letters, after) = rest.split_at(end);
    *rest = after;
    (!letters.is_empty()).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_known_in_several_languages() {
        for (text, month, behind) in [
            ("Mar 1", 3, " 1"),
            ("März 2023", 3, " 2023"),
            ("Août", 8, ""),
            ("sept. 3", 9, " 3"),
            ("ENERO", 1, ""),
            ("października", 10, ""),
            ("Ağustos", 8, ""),
            ("мая", 5, ""),
        ] {
            let mut rest = text;
            assert_eq!((month_name(&mut rest), rest), (Some(month), behind), "{text}");
        }
        assert_eq!(month_name(&mut "Montag"), None);
    }

    #[test]
    fn no_name_is_that_of_two_months() {
        for (at, names) in MONTHS.iter().enumerate() {
            for other in &MONTHS[at + 1..] {
                assert!(names.iter().all(|name| !other.contains(name)), "{names:?} {other:?}");
            }
        }
    }
}
