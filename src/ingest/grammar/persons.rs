//! Ids of users that are addresses: the same person in any spelling.

use std::borrow::Cow;

/// How many letters and digits of a phone number there are at least, and at most.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What the ids of a column of users are. Decided once for all its cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ingest) enum Persons {
    /// Whatever they are, they are taken as they are written.
    #[default]
    Ids,
    /// E-mail addresses, of which the letter case does not count.
    Emails,
    /// Phone numbers, of which only digits and a leading plus count.
    Phones,
}

/// What the cells of a column of users look like, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ingest) struct Spellings {
    all: usize,
    emails: usize,
    phones: usize,
    /// Those that are written as no other number than a phone's is.
    spelled: usize,
}

impl Spellings {
    pub(in crate::ingest) fn add(&mut self, cell: &str) {
        self.all += 1;
        self.emails += usize::from(is_email(cell));
        self.phones += usize::from(is_phone(cell));
        self.spelled += usize::from(cell.starts_with('+') || cell.contains([' ', '(', '/']));
    }

    pub(in crate::ingest) fn join(&mut self, other: Self) {
        self.all += other.all;
        self.emails += other.emails;
        self.phones += other.phones;
        self.spelled += other.spelled;
    }
}

impl Persons {
    /// What nine of ten of a column's cells are; phone numbers only where some are written as no other number is.
    pub(in crate::ingest) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut spellings = Spellings::default();
        for cell in cells {
            spellings.add(cell);
        }
        Self::told_by(spellings)
    }

    /// As [`Self::of`], of cells that were counted.
    pub(in crate::ingest) fn told_by(ids: Spellings) -> Self {
        let Spellings { all, emails, phones, spelled } = ids;
        match all * 9 {
            0 => Self::Ids,
            most if emails * 10 >= most => Self::Emails,
            most if phones * 10 >= most && spelled * 10 >= all => Self::Phones,
            _ => Self::Ids,
        }
    }

    /// The id in the one spelling that all of a person's have.
    pub(in crate::ingest) fn spelled(self, id: &str) -> Cow<'_, str> {
        match self {
            Self::Emails if id.chars().any(char::is_uppercase) => Cow::Owned(id.to_lowercase()),
            Self::Phones if is_phone(id) && !id.bytes().all(|byte| byte.is_ascii_digit()) => {
                let international = id.starts_with('+');
                let digits: String = id.chars().filter(char::is_ascii_digit).collect();
                Cow::Owned(if international { format!("+{digits}") } else { digits })
            }
            _ => Cow::Borrowed(id),
        }
    }
}

fn is_email(cell: &str) -> bool {
    let Some((name, host)) = cell.split_once('@') else { return false };
    !name.is_empty() && host.contains('.') && !host.contains('@') && !cell.contains(char::is_whitespace)
}

fn is_phone(cell: &str) -> bool {
    let rest = cell.strip_prefix('+').unwrap_or(cell);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    DIGITS.contains(&digits) && rest.bytes().all(|byte| byte.is_ascii_digit() || b" ()-./".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persons(ids: &[&str]) -> Persons {
        Persons::of(ids.iter().copied())
    }

    #[test]
    fn a_person_is_one_in_any_spelling() {
        assert_eq!(persons(&["Ann.Lee@Example.org", "bob@x.de"]), Persons::Emails);
        assert_eq!(Persons::Emails.spelled("Ann.Lee@Example.org"), "ann.lee@example.org");
        let phones = ["+49 (30) 901820", "+4930901820", "030/901820"];
        assert_eq!(persons(&phones), Persons::Phones);
        assert_eq!(Persons::Phones.spelled("+49 (30) 901820"), "+4930901820");
        assert_eq!(Persons::Phones.spelled("030/901820"), "030901820");
    }

    #[test]
    fn other_ids_stay_as_they_are() {
        for ids in [["1234567890", "9876543210"], ["2023-01-01", "U-77"], ["a@b", "@handle"], ["", ""]] {
            assert_eq!(persons(&ids), Persons::Ids, "{ids:?}");
        }
        assert_eq!(Persons::Ids.spelled("Ann@X.org"), "Ann@X.org");
        assert_eq!(Persons::Phones.spelled("call me"), "call me");
    }
}
