//! The name that was probably meant.

/// The known name closest to a mistyped one, if any is close.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .iter()
        .map(|&candidate| (strsim::jaro_winkler(&name, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_close_name_is_offered() {
        let known = ["sort", "filter", "search"];
        assert_eq!(nearest("Sortt", &known), Some("sort"));
        assert_eq!(nearest("fliter", &known), Some("filter"));
        assert_eq!(nearest("palette", &known), None);
    }
}
