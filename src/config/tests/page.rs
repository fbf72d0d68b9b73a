//! The tables of `docs/configuration.md` are those of the settings.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{Config, print};

const BEGIN: &str = "<!-- settings -->\n";
const END: &str = "<!-- end -->";

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md")
}

/// The page with the tables of these settings.
fn anew(page: &str) -> String {
    let defaults = print::values(&Config::default()).unwrap();
    let mut tables = String::new();
    for section in Config::SECTIONS {
        let (name, meaning) = (section.name, section.meaning.trim());
        write!(tables, "\n### `[{name}]`\n\n{meaning}\n\n| setting | default | meaning |\n|---|---|---|\n").unwrap();
        for setting in section.settings {
            let default = defaults[name][setting.key].to_string().replace('|', "\\|");
            let meaning = setting.meaning().replace('|', "\\|").replace('<', "&lt;");
            writeln!(tables, "| `{}` | `{default}` | {meaning} |", setting.key).unwrap();
        }
    }
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    format!("{before}{BEGIN}{tables}\n{END}{after}")
}

#[test]
fn the_page_tells_every_setting() {
    let written = fs::read_to_string(page()).unwrap();
    assert!(
        anew(&written) == written,
        "docs/configuration.md differs from the settings; \
         `cargo test --lib write_the_settings_page_anew -- --ignored` writes it"
    );
}

#[test]
#[ignore = "rewrites docs/configuration.md"]
fn write_the_settings_page_anew() {
    fs::write(page(), anew(&fs::read_to_string(page()).unwrap())).unwrap();
}
