//! Every setting as a commented configuration file.

use std::fmt::Write as _;

use toml::Table;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::setting::Section;

/// Letters in a line of a comment at most.
const WIDTH: usize = 100;

impl Config {
    /// The settings as a configuration file that reads back to the same: above each its meaning and its default.
    ///
    /// # Errors
    /// [`Error::Config`] for a number that TOML cannot hold.
    pub fn to_toml(&self) -> Result<String> {
        let (now, defaults) = (values(self)?, values(&Self::default())?);
        let value = |values: &Table, section: &str, key: &str| {
            values
                .get(section)
                .and_then(|settings| settings.get(key))
                .map(ToString::to_string)
                .ok_or_else(|| Error::Config(format!("{section}.{key} cannot be written as TOML")))
        };
        let mut out = String::new();
        for Section { name: section, meaning, settings } in Self::SECTIONS {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{}[{section}]", comment(meaning.trim()));
            for setting in *settings {
                let (key, meaning) = (setting.key, comment(&setting.meaning()));
                let (now, default) = (value(&now, section, key)?, value(&defaults, section, key)?);
                let _ = write!(out, "\n{meaning}# Default: {default}\n{key} = {now}\n");
            }
            out.push('\n');
        }
        out.truncate(out.trim_end().len() + 1);
        Ok(out)
    }
}

/// The settings by section and key.
///
/// By way of their text, so that a single-precision 1.2 is 1.2 and not the double nearest to it.
pub fn values(config: &Config) -> Result<Table> {
    let unwritable = |what: String| Error::Config(format!("the settings cannot be written as TOML: {what}"));
    let text = toml::to_string(config).map_err(|error| unwritable(error.to_string()))?;
    toml::from_str(&text).map_err(|error| unwritable(error.to_string()))
}

/// A text as comment lines, broken between words.
fn comment(text: &str) -> String {
    let mut out = String::from("#");
    let mut used = 1;
    for word in text.split(' ') {
        let letters = word.chars().count();
        if used > 1 && used + 1 + letters > WIDTH {
            out.push_str("\n#");
            used = 1;
        }
        out.push(' ');
        out.push_str(word);
        used += 1 + letters;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Config {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn what_is_printed_reads_back() {
        let mut other = Config::default();
        other.ingest.rejected_limit = 1e-9;
        other.recommend.alpha = 1.2;
        other.uplift.features = Vec::new();
        other.ui.export_folder = "C:\\a \"b\"\n[run]\nkeep = 1\t'''\"\"\"".to_owned();
        other.ui.restore = false;
        for config in [Config::default(), other, read("[segments]\nk = \"auto\"\n")] {
            let text = config.to_toml().unwrap();
            assert_eq!(read(&text), config, "{text}");
            assert_eq!(read(&text).to_toml().unwrap(), text);
        }
    }

    #[test]
    fn each_setting_stands_below_its_meaning_and_default() {
        let text = read("[recommend]\nalpha = 1.2\n").to_toml().unwrap();
        let alpha = "# The confidence of a user and an item is 1 + alpha · weight: a number from 0 to 1000000. Where the\n\
                     # model is \"auto\", other values are tried beside it.\n# Default: 10.0\nalpha = 1.2\n";
        assert!(text.contains(alpha), "{text}");
        assert!(text.starts_with("# How raw files are read.\n[ingest]\n\n# The share of event rows"), "{text}");
        assert!(text.ends_with("\nsql_rows = 1000000\n"), "{text}");
        assert!(
            text.lines()
                .all(|line| !line.starts_with('#') || line.chars().count() <= WIDTH || line.contains("Default"))
        );
        let settings = text.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')).count();
        assert_eq!(settings, Config::settings().count());
    }
}
