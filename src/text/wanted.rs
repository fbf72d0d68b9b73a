//! How well a few typed words name something: by its words before any letters in order.

use crate::text::sought::folded;

/// What is typed to find something by its name.
#[derive(Clone, Debug)]
pub struct Wanted {
    words: Vec<String>,
}

/// How well a name fits, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The name is what is typed.
    Name,
    /// Words of the name begin with what is typed.
    NameWords,
    /// Words of name or title do.
    Words,
    /// Name or title hold what is typed.
    Parts,
    /// The name has the letters in order.
    Letters,
}

/// Whether a word is found.
type Holds<'a> = &'a dyn Fn(&str) -> bool;

impl Wanted {
    /// Words, with a blank between them.
    pub fn new(typed: &str) -> Self {
        Self { words: folded(typed).split_whitespace().map(str::to_owned).collect() }
    }

    /// How well a thing of this name and title fits, whatever the case, the accents and the order of the words; `None`
    /// where it does not.
    pub fn rank(&self, name: &str, title: &str) -> Option<Rank> {
        let (name, title) = (folded(name), folded(title));
        let begins = |text: &str, word: &str| {
            text.split(|letter: char| !letter.is_alphanumeric()).any(|part| part.starts_with(word))
        };
        let all = |holds: Holds<'_>| self.words.iter().all(|word| holds(word));
        if self.words.len() == 1 && self.words[0] == name {
            return Some(Rank::Name);
        }
        let tests: [(Rank, Holds<'_>); 4] = [
            (Rank::NameWords, &|word| begins(&name, word)),
            (Rank::Words, &|word| begins(&name, word) || begins(&title, word)),
            (Rank::Parts, &|word| name.contains(word) || title.contains(word)),
            (Rank::Letters, &|word| in_order(&name, word)),
        ];
        tests.into_iter().find(|(_, holds)| all(*holds)).map(|(rank, _)| rank)
    }
}

/// Whether a text has these letters in this order, the first of them at its beginning: `fcell` finds `filter-cell`.
fn in_order(text: &str, letters: &str) -> bool {
    let mut left = text.chars();
    text.chars().next() == letters.chars().next() && letters.chars().all(|letter| left.any(|found| found == letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_before_parts_and_parts_before_letters() {
        let rank = |typed: &str| Wanted::new(typed).rank("filter-cell", "Filter rows by the cell under the cursor");
        assert_eq!(rank("Filter-Cell"), Some(Rank::Name));
        assert_eq!(rank("cell filter"), Some(Rank::NameWords));
        assert_eq!(rank("rows cel"), Some(Rank::Words));
        assert_eq!(rank("ilter"), Some(Rank::Parts));
        assert_eq!(rank("fcell"), Some(Rank::Letters));
        assert_eq!((rank("ecell"), rank("x")), (None, None));
        assert_eq!(rank(""), Some(Rank::NameWords));
        assert_eq!(Wanted::new("save").rank("sql", "SQL: a query over the run's tables"), None);
        assert_eq!(Wanted::new("ücre").rank("Café Ucrème", ""), Some(Rank::NameWords));
    }
}
