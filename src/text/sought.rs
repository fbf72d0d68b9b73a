//! A text that is looked for, whatever the case and the accents.

use nucleo_matcher::chars::{normalize, to_lower_case};

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Sought(String);

impl Sought {
    /// A text that is looked for.
    pub fn new(text: &str) -> Self {
        Self(folded(text))
    }

    /// Whether a text holds it.
    pub fn is_in(&self, text: &str) -> bool {
        if text.is_ascii() {
            let (wanted, text) = (self.0.as_bytes(), text.as_bytes());
            return wanted.is_empty() || text.windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted));
        }
        folded(text).contains(&self.0)
    }
}

/// Whether two texts differ in nothing but the case of their letters, of whatever alphabet.
pub fn same_letters(one: &str, other: &str) -> bool {
    if one.is_ascii() || other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
}

/// Without accents, in small letters.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(|letter| to_lower_case(normalize(letter))).collect()
}

#[cfg(test)]
mod tests {
    use super::Sought;

    #[test]
    fn case_and_accents_do_not_count() {
        for (sought, text) in [
            ("muller", "Müller"),
            ("MÜLLER", "anna müller"),
            ("Cart", "cart abandoners"),
            ("café", "CAFE"),
            ("", "anything"),
            ("12", "4123"),
            ("ΑΘΗΝΑ", "αθηνα"),
        ] {
            assert!(Sought::new(sought).is_in(text), "{sought} in {text}");
        }
        assert!(!Sought::new("carts").is_in("Cart"));
        assert!(!Sought::new("é").is_in("i"));
    }
}
