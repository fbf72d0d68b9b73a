//! Conditions as people write them, put into SQL: `churn > 80 %`, `churn > 0,8`, `segment = recent browsers`.
//!
//! Only what SQL would not take is rewritten; the rest of the text stays as it was typed.

use sqlparser::dialect::DuckDbDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, Tokenizer, Whitespace, Word};

/// A condition in SQL. `columns` are the names that are no values; `texts` gives what the cells of a column of texts may hold,
/// none where that is not known, and `None` for any other column: a value that is one of them in other case, or the
/// beginning of one alone, is that one.
pub fn as_sql(text: &str, columns: &[&str], texts: &dyn Fn(&str) -> Option<Vec<String>>) -> String {
    // What cannot be taken apart, such as a quote that never ends, is for the reader of conditions to complain about.
    let Ok(located) = Tokenizer::new(&DuckDbDialect {}, text).tokenize_with_location() else { return text.to_owned() };
    let starts: Vec<usize> = located.iter().map(|token| place(text, token.span.start)).chain([text.len()]).collect();
    let written = starts.windows(2).map(|ends| text.get(ends[0]..ends[1]).unwrap_or_default()).collect();
    let tokens = located.into_iter().map(|token| token.token).collect();
    let sql = String::with_capacity(text.len());
    let mut spoken = Spoken { tokens, written, columns, texts, at: 0, sql, lists: Vec::new() };
    while spoken.at < spoken.tokens.len() {
        spoken.step();
    }
    spoken.sql
}

/// The byte at which a place, told by line and letter from 1 on, is.
fn place(text: &str, at: Location) -> usize {
    let line = text.split_inclusive('\n').take((at.line as usize).saturating_sub(1)).map(str::len).sum::<usize>();
    let mut letters = text[line..].char_indices().map(|(byte, _)| byte);
    letters.nth((at.column as usize).saturating_sub(1)).map_or(text.len(), |byte| line + byte)
}

struct Spoken<'a> {
    tokens: Vec<Token>,
    /// Each as it was written.
    written: Vec<&'a str>,
    columns: &'a [&'a str],
    texts: &'a dyn Fn(&str) -> Option<Vec<String>>,
    at: usize,
    sql: String,
    /// Of each open bracket, whether commas part values in it.
    lists: Vec<bool>,
}

impl Spoken<'_> {
    /// Writes what begins at the token of now.
    fn step(&mut self) {
        match &self.tokens[self.at] {
            Token::LParen => {
                let joins = |word: &Word| matches!(word.keyword, Keyword::AND | Keyword::OR | Keyword::NOT);
                let parts = matches!(self.before(self.at), Some(Token::Word(word)) if !joins(word));
                self.lists.push(parts);
                let of_values = matches!(self.before(self.at), Some(Token::Word(word)) if word.keyword == Keyword::IN);
                let column = of_values.then(|| self.column_before(self.at)).flatten();
                self.copy();
                if let Some(known) = column.and_then(|column| (self.texts)(&column)) {
                    self.in_list(&known);
                }
            }
            Token::RParen => {
                self.lists.pop();
                self.copy();
            }
            Token::Number(..) => self.number(),
            token if compares(token) => {
                let known = self.column_before(self.at).and_then(|column| (self.texts)(&column));
                self.copy();
                if let Some(known) = known {
                    self.value(&known);
                }
            }
            Token::Word(word) if matches!(word.keyword, Keyword::LIKE | Keyword::ILIKE) => {
                self.copy();
                self.value(&[]);
            }
            _ => self.copy(),
        }
    }

    /// Writes a token as it is.
    fn copy(&mut self) {
        self.sql.push_str(self.written[self.at]);
        self.at += 1;
    }

    /// Writes white space as it is.
    fn blanks(&mut self) {
        while matches!(self.tokens.get(self.at), Some(Token::Whitespace(_))) {
            self.copy();
        }
    }

    /// The token before a place that is no white space.
    fn before(&self, place: usize) -> Option<&Token> {
        self.tokens[..place].iter().rev().find(|token| !matches!(token, Token::Whitespace(_)))
    }

    /// The place of the next token from a place on that is no white space.
    fn after(&self, place: usize) -> usize {
        let blanks = self.tokens[place..].iter().take_while(|token| matches!(token, Token::Whitespace(_)));
        place + blanks.count()
    }

    /// The column that is compared at a place: the word before it, but for NOT and IN.
    fn column_before(&self, place: usize) -> Option<String> {
        let mut words = self.tokens[..place].iter().rev().filter_map(|token| match token {
            Token::Word(word) => Some(word),
            _ => None,
        });
        let word = words.find(|word| !matches!(word.keyword, Keyword::NOT | Keyword::IN))?;
        self.is_column(word).then(|| word.value.clone())
    }

    fn is_column(&self, word: &Word) -> bool {
        word.quote_style.is_some() || self.columns.iter().any(|column| column.eq_ignore_ascii_case(&word.value))
    }

    /// A number: with a decimal comma where no commas part values, and as a share where it is in per cent.
    fn number(&mut self) {
        let mut number = self.written[self.at].to_owned();
        self.at += 1;
        let is_list = self.lists.last().copied().unwrap_or(false);
        if let (false, Some(Token::Comma), Some(Token::Number(decimals, false))) =
            (is_list, self.tokens.get(self.at), self.tokens.get(self.at + 1))
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && decimals.bytes().all(|byte| byte.is_ascii_digit())
        {
            number = format!("{number}.{decimals}");
            self.at += 2;
        }
        let sign = self.after(self.at);
        if self.tokens.get(sign) == Some(&Token::Mod) && self.ends(self.after(sign + 1)) {
            self.at = sign + 1;
            number = share(&number);
        }
        self.sql.push_str(&number);
    }

    /// Whether what began before a place is at its end there.
    fn ends(&self, place: usize) -> bool {
        match self.tokens.get(place) {
            None | Some(Token::RParen | Token::Comma) => true,
            Some(Token::Word(word)) => {
                matches!(word.keyword, Keyword::AND | Keyword::OR | Keyword::THEN | Keyword::ELSE | Keyword::END)
                    && word.quote_style.is_none()
            }
            Some(_) => false,
        }
    }

    /// A value that is compared with: words that are no column, no function and no word of SQL's become a text.
    fn value(&mut self, known: &[String]) {
        self.blanks();
        let Some(Token::Word(first)) = self.tokens.get(self.at) else { return };
        let all = self.tokens.len();
        let end = (self.at..all).find(|&place| self.ends(place)).unwrap_or(all);
        let part = &self.tokens[self.at..end];
        let is_sql = matches!(
            first.keyword,
            Keyword::NULL
                | Keyword::TRUE
                | Keyword::FALSE
                | Keyword::CASE
                | Keyword::CAST
                | Keyword::INTERVAL
                | Keyword::DATE
                | Keyword::TIMESTAMP
                | Keyword::TIME
                | Keyword::ANY
                | Keyword::ALL
                | Keyword::SELECT
                | Keyword::NOT
        );
        // Words, numbers and what joins them: `Cart abandoners`, `one-time`, `B2B`.
        let plain = |token: &Token| match token {
            Token::Word(word) => word.quote_style.is_none(),
            Token::Number(..)
            | Token::Minus
            | Token::Period
            | Token::Ampersand
            | Token::Div
            | Token::Plus
            | Token::Whitespace(Whitespace::Space) => true,
            _ => false,
        };
        if is_sql || self.is_column(first) || !part.iter().all(plain) {
            return;
        }
        let said = self.written[self.at..end].concat();
        let (said, blanks) = (said.trim_end().to_owned(), said.len() - said.trim_end().len());
        let meant = meant(known, &said);
        self.sql.push('\'');
        self.sql.push_str(&meant.replace('\'', "''"));
        self.sql.push('\'');
        self.sql.push_str(&" ".repeat(blanks));
        self.at = end;
    }

    /// The values behind `in (`.
    fn in_list(&mut self, known: &[String]) {
        loop {
            self.value(known);
            let comma = self.after(self.at);
            if self.tokens.get(comma) != Some(&Token::Comma) {
                return;
            }
            while self.at <= comma {
                self.copy();
            }
        }
    }
}

/// The one of the known values that was meant, else what was said.
fn meant(known: &[String], said: &str) -> String {
    let lower = said.to_lowercase();
    if known.iter().any(|value| value == said) {
        return said.to_owned();
    }
    if let Some(value) = known.iter().find(|value| value.to_lowercase() == lower) {
        return value.clone();
    }
    let mut beginning = known.iter().filter(|value| value.to_lowercase().starts_with(&lower));
    match (beginning.next(), beginning.next()) {
        (Some(value), None) => value.clone(),
        _ => said.to_owned(),
    }
}

fn compares(token: &Token) -> bool {
    matches!(token, Token::Eq | Token::DoubleEq | Token::Neq)
}

/// A number in per cent as a share, exactly: the decimal point moves by two places.
fn share(number: &str) -> String {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole:0>3}{decimals}");
    let (whole, decimals) = digits.split_at(digits.len() - decimals.len() - 2);
    let (whole, decimals) = (whole.trim_start_matches('0'), decimals.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    if decimals.is_empty() { whole.to_owned() } else { format!("{whole}.{decimals}") }
}

#[cfg(test)]
mod tests {
    use super::as_sql;

    fn sql(text: &str) -> String {
        let columns = ["churn", "segment", "views", "name", "mod"];
        let values = |column: &str| match column {
            "segment" => Some(["Recent browsers", "Cart abandoners", "One-time"].map(ToOwned::to_owned).to_vec()),
            "name" => Some(Vec::new()),
            _ => None,
        };
        as_sql(text, &columns, &values)
    }

    #[test]
    fn shares_commas_and_words_are_put_into_sql() {
        for (said, wanted) in [
            ("churn > 80%", "churn > 0.8"),
            ("churn > 80 % and views > 3", "churn > 0.8 and views > 3"),
            ("churn > 7.5 %", "churn > 0.075"),
            ("churn > 7,5 %", "churn > 0.075"),
            ("churn > 0.5%", "churn > 0.005"),
            ("churn <= 100%", "churn <= 1"),
            ("churn > 0,8", "churn > 0.8"),
            ("(churn > 0,8)", "(churn > 0.8)"),
            ("views > 3 and (churn > 0,8 or not (churn > 5 %))", "views > 3 and (churn > 0.8 or not (churn > 0.05))"),
            ("churn between 5 % and 10 %", "churn between 0.05 and 0.1"),
            ("segment = Recent browsers", "segment = 'Recent browsers'"),
            ("segment = Recent", "segment = 'Recent browsers'"),
            ("segment != recent BROWSERS or churn > 0.1", "segment != 'Recent browsers' or churn > 0.1"),
            ("segment = one-time", "segment = 'One-time'"),
            ("segment in (Recent, One-time)", "segment in ('Recent browsers', 'One-time')"),
            ("segment not in (cart)", "segment not in ('Cart abandoners')"),
            ("name = Ann", "name = 'Ann'"),
            ("name like Ann", "name like 'Ann'"),
        ] {
            assert_eq!(sql(said), wanted);
        }
    }

    #[test]
    fn what_is_sql_already_stays() {
        for text in [
            "churn > 0.8",
            "views % 2 = 0",
            "views % mod = 1",
            "views = vews",
            "views in (1,2)",
            "views in (1, 2)",
            "round(churn,2) = 0.5",
            "segment = 'Recent'",
            "segment = name",
            "name = null or name is null",
            "name = lower('X')",
            "segment = \"name\"",
            "name like 'A%'",
            "coalesce(views,0) > 1 and churn is not null",
            "case when views > 1 then churn else 0 end > 0.5",
            "name = 'it''s, 80 %'",
            "name = 'no end",
        ] {
            assert_eq!(sql(text), text);
        }
    }
}
