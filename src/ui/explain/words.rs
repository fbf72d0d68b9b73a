//! Words made sentences.

/// Words that begin with a capital letter.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map_or_else(String::new, |first| first.to_uppercase().collect());
    first + letters.as_str()
}

/// Words as a sentence.
pub(super) fn sentence(words: &str) -> String {
    format!("{}.", capital(words))
}
