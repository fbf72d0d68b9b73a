//! Labels of columns within a condition, put back into the columns' names: `Likely to leave > 80 %`.

/// Words behind which a column is compared.
const COMPARING: [&str; 6] = ["in", "is", "like", "ilike", "between", "not"];

/// A condition in which each label that something is compared with is its column's name. `labels` are pairs of a label and
/// a name. What stands in quotes stays, as does a label that is the name of a column.
pub fn by_name(text: &str, labels: &[(&str, &str)]) -> String {
    let mut made = String::with_capacity(text.len());
    let (mut quote, mut in_word, mut at) = (None, false, 0);
    while let Some(letter) = text[at..].chars().next() {
        if quote.is_none() && !in_word {
            let here = labels.iter().filter_map(|&(label, name)| Some((compared(text, at, label)?, label, name)));
            if let Some((length, label, name)) = here.max_by_key(|(length, ..)| *length) {
                let is_name = labels.iter().any(|(_, name)| name.eq_ignore_ascii_case(label));
                made.push_str(if is_name { &text[at..at + length] } else { name });
                at += length;
                continue;
            }
        }
        match quote {
            Some(open) if letter == open => quote = None,
            None if matches!(letter, '\'' | '"') => quote = Some(letter),
            _ => {}
        }
        in_word = letter.is_alphanumeric() || letter == '_';
        made.push(letter);
        at += letter.len_utf8();
    }
    made
}

/// The bytes of a label that stands at a place, whatever its case, and is compared there.
fn compared(text: &str, at: usize, label: &str) -> Option<usize> {
    let mut rest = text[at..].chars();
    let mut length = 0;
    for wanted in label.chars() {
        let letter = rest.next()?;
        if letter != wanted && !letter.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
        length += letter.len_utf8();
    }
    let behind = text[at + length..].trim_start();
    let word = behind.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    let is_compared = behind.starts_with(['=', '<', '>', '!'])
        || (behind.len() < text[at + length..].len() && COMPARING.iter().any(|known| known.eq_ignore_ascii_case(word)));
    is_compared.then_some(length)
}

#[cfg(test)]
mod tests {
    use super::by_name;

    #[test]
    fn labels_that_are_compared_become_names() {
        let labels = [
            ("Likely to leave", "churn"),
            ("Purchases expected, 60 d", "ltv"),
            ("Purchases", "transactions"),
            ("Without (sim.)", "p_control"),
            ("Segment", "segment"),
            ("User", "user_id"),
        ];
        for (said, made) in [
            ("Likely to leave > 80 %", "churn > 80 %"),
            ("likely TO leave>0,8 and purchases expected, 60 d >= 2", "churn>0,8 and ltv >= 2"),
            ("(Purchases > 3 or Without (sim.) < 0.1)", "(transactions > 3 or p_control < 0.1)"),
            ("user is not null", "user_id is not null"),
            ("Segment = Recent", "Segment = Recent"),
            ("name = 'Likely to leave > 1'", "name = 'Likely to leave > 1'"),
            ("segment = likely to leave", "segment = likely to leave"),
            ("my_user = 3", "my_user = 3"),
            ("churn > 0.5", "churn > 0.5"),
        ] {
            assert_eq!(by_name(said, &labels), made, "{said}");
        }
    }
}
