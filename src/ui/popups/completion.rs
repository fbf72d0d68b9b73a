//! Words that what is being written may go on with: which are wanted at the cursor, and how one is put in.

use tui_input::Input;

/// Offers for the word before the cursor, and which of them stands there now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The letter at which the word begins.
    from: usize,
    offers: Vec<String>,
    at: Option<usize>,
    /// The text and the cursor as this left them: whoever writes on begins anew.
    left: (String, usize),
}

impl Completion {
    /// Completes the word from a letter up to the cursor as far as all offers agree; one alone is put in whole.
    pub fn begin(input: &mut Input, from: usize, offers: Vec<String>) -> Self {
        let word: String = input.value().chars().take(input.cursor()).skip(from).collect();
        let common = common_beginning(&offers);
        let longer = common.chars().count() > word.chars().count();
        let put = if offers.len() == 1 || (longer && common.to_lowercase().starts_with(&word.to_lowercase())) {
            common
        } else {
            word
        };
        let mut completion = Self { from, at: (offers.len() == 1).then_some(0), offers, left: (String::new(), 0) };
        completion.put(input, &put);
        completion
    }

    /// Puts in the next offer, after the last the first; false where something else was written since, or nothing is offered.
    pub fn go_on(&mut self, input: &mut Input) -> bool {
        if !self.stands(input) || self.offers.len() < 2 {
            return false;
        }
        let next = self.at.map_or(0, |at| (at + 1) % self.offers.len());
        self.at = Some(next);
        let offer = self.offers[next].clone();
        self.put(input, &offer);
        true
    }

    /// Whether the text is as this left it.
    pub fn stands(&self, input: &Input) -> bool {
        self.left.0 == input.value() && self.left.1 == input.cursor()
    }

    /// The offers, and the place of the one put in.
    pub fn offers(&self) -> (&[String], Option<usize>) {
        (&self.offers, self.at)
    }

    fn put(&mut self, input: &mut Input, word: &str) {
        let before: String = input.value().chars().take(self.from).collect();
        let after: String = input.value().chars().skip(input.cursor()).collect();
        let cursor = self.from + word.chars().count();
        let value = [before.as_str(), word, after.as_str()].concat();
        *input = std::mem::take(input).with_value(value.clone()).with_cursor(cursor);
        self.left = (value, cursor);
    }
}

fn common_beginning(offers: &[String]) -> String {
    let Some((first, others)) = offers.split_first() else { return String::new() };
    let agree = |at: usize, letter: char| others.iter().all(|other| other.chars().nth(at) == Some(letter));
    first.chars().enumerate().take_while(|(at, letter)| agree(*at, *letter)).map(|(_, letter)| letter).collect()
}

/// Those of the words that go on with what was begun, whatever the case: first those that begin so, then those that hold it.
pub fn matching<'a>(words: impl Iterator<Item = &'a str> + Clone, begun: &str) -> Vec<String> {
    let begun = begun.to_lowercase();
    let starts = |word: &&str| begins(word, &begun);
    let holds = |word: &&str| !starts(word) && word.to_lowercase().contains(&begun);
    words.clone().filter(starts).chain(words.filter(holds)).map(ToOwned::to_owned).collect()
}

/// What is wanted at the end of a condition being written.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The name of a column, of which so many letters are there.
    Name(usize),
    /// A value that this column is compared with, of which so many letters are there.
    Value(String, usize),
    /// Anything.
    Nothing,
}

/// What is wanted at the end of a condition being written over these columns.
pub fn wanted(text: &str, columns: &[&str]) -> Wanted {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let (clause, in_quotes) = last_part(text);
    let lower = clause.to_lowercase();
    // The first sign of comparison decides: what stands before it is the column.
    let signs = ["!=", "<>", "==", "=", " like ", " ilike ", " in (", " in("];
    let sign =
        signs.iter().filter_map(|sign| Some((lower.find(sign)?, sign.len()))).min_by_key(|(at, long)| (*at, 9 - long));
    if let Some((at, long)) = sign.filter(|_| lower.len() == clause.len()) {
        let column = clause[..at].trim().trim_start_matches('(').trim();
        let column = column.strip_prefix("not ").or_else(|| column.strip_suffix(" not")).unwrap_or(column);
        let column = column.trim_start_matches('(').trim().trim_matches('"');
        let Some(column) = columns.iter().find(|name| name.eq_ignore_ascii_case(column)) else {
            return Wanted::Nothing;
        };
        let begun = clause[at + long..].trim_start();
        let begun =
            if lower[at..].starts_with(" in") { begun.rsplit(',').next().unwrap_or("").trim_start() } else { begun };
        return Wanted::Value((*column).to_owned(), begun.chars().count());
    }
    if in_quotes {
        return Wanted::Nothing;
    }
    Wanted::Name(clause.chars().rev().take_while(|letter| word(*letter)).count())
}

/// What of a condition being written tells of one column: behind the last AND or OR, brackets and NOT.
pub fn last_clause(text: &str) -> &str {
    let clause = last_part(text).0.trim_start().trim_start_matches('(').trim_start();
    clause.strip_prefix("not ").unwrap_or(clause).trim_start_matches('(').trim_start()
}

/// Whether a text begins so, whatever the case.
pub fn begins(text: &str, begun: &str) -> bool {
    text.to_lowercase().starts_with(&begun.to_lowercase())
}

/// The text behind the last AND or OR that stands in no quotes, and whether it ends within quotes.
fn last_part(text: &str) -> (&str, bool) {
    let (mut quoted, mut start) = (false, 0);
    for (at, letter) in text.char_indices() {
        if letter == '\'' {
            quoted = !quoted;
        }
        let ahead = |word: &str| text.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word));
        for word in [" and ", " or "] {
            if !quoted && ahead(word) {
                start = at + word.len();
            }
        }
    }
    (&text[start..], quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_follows_from_what_is_written() {
        let of = |text: &str| wanted(text, &["churn", "segment", "active"]);
        let value = |column: &str, letters| Wanted::Value(column.to_owned(), letters);
        assert_eq!(of(""), Wanted::Name(0));
        assert_eq!(of("chu"), Wanted::Name(3));
        assert_eq!(of("churn > 0.8 and seg"), Wanted::Name(3));
        assert_eq!(of("segment = "), value("segment", 0));
        assert_eq!(of("segment = rec"), value("segment", 3));
        assert_eq!(of("churn > 0.8 and not (Segment != 'Rec"), value("segment", 4));
        assert_eq!(of("segment in ('One', re"), value("segment", 2));
        assert_eq!(of("segment not in (re"), value("segment", 2));
        assert_eq!(of("segment like 'a and b"), value("segment", 8));
        assert_eq!(of("vews = a"), Wanted::Nothing);
        assert_eq!(of("segment = 'One' or a"), Wanted::Name(1));
        assert_eq!(last_clause("churn > 1 and not (Likely to le"), "Likely to le");
    }

    #[test]
    fn offers_are_put_in_one_after_the_other() {
        let mut input = Input::new("a and ch and b".to_owned()).with_cursor(8);
        let offers = ["churn_x", "churn_y"].map(ToOwned::to_owned).to_vec();
        let mut completion = Completion::begin(&mut input, 6, offers);
        assert_eq!((input.value(), input.cursor()), ("a and churn_ and b", 12));
        assert!(completion.go_on(&mut input) && completion.go_on(&mut input) && completion.go_on(&mut input));
        assert_eq!((input.value(), completion.offers().1), ("a and churn_x and b", Some(0)));
        input = Input::new("other".to_owned());
        assert!(!completion.go_on(&mut input));
        let words = ["views", "mean_views", "churn"];
        assert_eq!(matching(words.into_iter(), "VI"), ["views", "mean_views"]);
        let mut input = Input::new("seg".to_owned());
        Completion::begin(&mut input, 0, vec!["segment".to_owned()]);
        assert_eq!(input.value(), "segment");
    }
}
