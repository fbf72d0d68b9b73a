//! What a shop's owner answers to the questions after `init`, written into the configuration line by line: whatever else
//! stands there, comments included, stays.

use std::io::Write as _;
use std::path::Path;

use toml::Value;

use crate::config::print::values;
use crate::config::{Config, Source};
use crate::error::{Error, Result};
use crate::files::{self, NewFile, Share};

/// An answer: a section, a key in it, and the value.
pub type Answer = (&'static str, &'static str, Value);

/// Writes answers into the configuration `path`, whole or not at all, after reading it back.
///
/// # Errors
/// [`Error::Config`] where an answer is refused as a setting, [`Error::Io`].
pub fn write_answers(path: &Path, answers: &[Answer], share: Share) -> Result<()> {
    if answers.is_empty() {
        return Ok(());
    }
    files::refuse_link(path)?;
    let mut text = Source::read(path)?.text().to_owned();
    for (section, key, value) in answers {
        text = with(&text, section, key, value);
    }
    let mut new = NewFile::beside(path, share)?;
    new.write_all(text.as_bytes()).map_err(Error::io(path))?;
    let read = values(&Config::load(Some(new.temporary()))?)?;
    for (section, key, value) in answers {
        let told = read.get(*section).and_then(|section| section.get(*key));
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
        let same = told == Some(value)
            || told.and_then(number).zip(number(value)).is_some_and(|(told, value)| close(told, value));
        if !same {
            return Err(Error::Config(format!("{}: {section}.{key} = {value} does not read back", path.display())));
        }
    }
    new.commit().map(|_| ())
}

/// A number, or that of a share such as `30%`.
fn number(value: &Value) -> Option<f64> {
    let share = || value.as_str()?.strip_suffix('%')?.trim().parse().ok();
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64)).or_else(share)
}

/// A configuration with `key = value` in a section: in the place of the line that says otherwise, else below the head of
/// the section, else in a section of its own at the end.
fn with(text: &str, section: &str, key: &str, value: &Value) -> String {
    let line = format!("{key} = {value}");
    let head = format!("[{section}]");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let bare = |line: &String| line.split('#').next().unwrap_or_default().trim().to_owned();
    let Some(start) = lines.iter().position(|line| bare(line) == head) else {
        let end = text.trim_end();
        let between = if end.is_empty() { "" } else { "\n\n" };
        return format!("{end}{between}{head}\n{line}\n");
    };
    let end = lines.iter().skip(start + 1).position(|line| bare(line).starts_with('['));
    let end = end.map_or(lines.len(), |further| start + 1 + further);
    let is_key = |line: &String| line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
    match lines[start + 1..end].iter().position(is_key) {
        Some(at) => lines[start + 1 + at] = line,
        None => lines.insert(start + 1, line),
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_answer_takes_the_place_of_the_line_that_says_otherwise() {
        let text = "# mine\n[churn]\n# told\ninactive_days = \"auto\"\nl2 = 1.0\n\n[run]\nkeep = 4\n";
        let days = with(text, "churn", "inactive_days", &Value::Float(45.0));
        assert_eq!(days, "# mine\n[churn]\n# told\ninactive_days = 45.0\nl2 = 1.0\n\n[run]\nkeep = 4\n");
        let further = with(&days, "run", "share", &Value::String("group".to_owned()));
        assert!(further.ends_with("[run]\nshare = \"group\"\nkeep = 4\n"), "{further}");
        let new = with(text, "shop", "currency", &Value::String("EUR".to_owned()));
        assert!(
            new.starts_with("# mine\n[churn]") && new.ends_with("keep = 4\n\n[shop]\ncurrency = \"EUR\"\n"),
            "{new}"
        );
    }

    #[test]
    fn answers_are_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("user360.toml");
        std::fs::write(&file, "[run]\nkeep = 4\n").unwrap();
        let margin = |text: &str| ("campaign", "margin", Value::String(text.to_owned()));
        let currency = ("shop", "currency", Value::String("EUR".to_owned()));
        assert!(write_answers(&file, &[currency.clone(), margin("much")], Share::Private).is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "[run]\nkeep = 4\n");
        write_answers(&file, &[currency, margin("40%")], Share::Private).unwrap();
        let read = Config::load(Some(&file)).unwrap();
        assert_eq!((read.shop.currency.as_str(), read.run.keep), ("EUR", 4));
    }
}
