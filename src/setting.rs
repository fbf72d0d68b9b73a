//! A setting, told once: name, type, default, range and meaning stand together in a [`settings!`](crate::settings) block.
//!
//! The struct, its defaults and its range check come out of that block, and so do `user360 config --print`, the table
//! in `docs/configuration.md` and what is said of a wrong value.

use crate::error::{Error, Result};

/// A section of `config.toml`.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub meaning: &'static str,
    /// Its settings, in order.
    pub settings: &'static [Setting],
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The section of `config.toml`.
    pub section: &'static str,
    /// The key in it.
    pub key: &'static str,
    /// The least and the greatest number that it takes, or that an entry of its list takes.
    pub range: Option<(f64, f64)>,
    /// Its documentation.
    pub doc: &'static str,
    /// Its type in Rust.
    pub holds: &'static str,
}

impl Setting {
    /// What it does and what it may be: its documentation, with type and range at the end of the first sentence.
    pub fn meaning(&self) -> String {
        let kind = match self.holds {
            "f64" | "f32" => "a number",
            "usize" | "u64" | "u32" => "a whole number",
            "Vec<usize>" => "a list of whole numbers, each",
            "bool" => "true or false",
            _ => return self.doc.trim().to_owned(),
        };
        let range = self.range.map_or_else(String::new, |(low, high)| format!(" from {low} to {high}"));
        let doc = self.doc.trim();
        let (first, rest) = doc.split_once(". ").unwrap_or((doc.trim_end_matches('.'), ""));
        format!("{first}: {kind}{range}. {rest}").trim_end().to_owned()
    }
}

/// A value, or a list of values, with a range.
pub trait Ranged {
    /// Its numbers.
    fn numbers(&self) -> Vec<f64>;
}

macro_rules! ranged {
    ($($number:ty),*) => {
        $(impl Ranged for $number {
            #[allow(clippy::cast_lossless, clippy::unnecessary_cast, reason = "one way for every type of number")]
            fn numbers(&self) -> Vec<f64> {
                vec![*self as f64]
            }
        })*
    };
}

ranged!(f64, f32, usize, u64, u32);

impl Ranged for Vec<usize> {
    fn numbers(&self) -> Vec<f64> {
        self.iter().map(|number| *number as f64).collect()
    }
}

/// Whether a setting's numbers are in its range.
///
/// # Errors
/// [`Error::Config`], which begins with `section.key`.
pub fn check(section: &str, key: &str, value: &impl Ranged, (low, high): (f64, f64)) -> Result<()> {
    match value.numbers().into_iter().find(|number| !(low..=high).contains(number)) {
        None => Ok(()),
        Some(number) => {
            // A number of 300 digits is not read.
            let given = if number.abs() < 1e15 { number.to_string() } else { format!("{number:e}") };
            Err(Error::Config(format!("{section}.{key} must lie between {low} and {high}, not {given}")))
        }
    }
}

/// A section's struct, from lines of
/// `/// What it does.` `pub key: type = default, from least to greatest;`, the range where it is a number.
///
/// Gives the struct, its `Default`, its `SETTINGS`, and `in_range`, which every `check` begins with.
#[macro_export]
macro_rules! settings {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident in $section:literal {
            $(
                $(#[doc = $doc:literal])+
                $([$attribute:meta])?
                pub $key:ident: $holds:ty = $default:expr $(, from $low:literal to $high:literal)?;
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[allow(clippy::doc_markdown, reason = "the same words stand in a configuration file")]
        pub struct $name {
            $($(#[doc = $doc])+ $(#[$attribute])? pub $key: $holds,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        #[allow(clippy::cast_lossless, clippy::unnecessary_cast, reason = "a constant takes no conversion by From")]
        impl $name {
            /// Every setting of the section, in order.
            pub const SETTINGS: &'static [$crate::setting::Setting] = &[$(
                $crate::setting::Setting {
                    section: $section,
                    key: stringify!($key),
                    range: $crate::settings!(@range $($low, $high)?),
                    doc: concat!($($doc),+),
                    holds: stringify!($holds),
                },
            )+];

            /// Whether every number is in its range; the error begins with `section.key` of the first that is not.
            ///
            /// # Errors
            /// [`Error::Config`]($crate::error::Error::Config).
            pub fn in_range(&self) -> $crate::error::Result<()> {
                $($($crate::setting::check(
                    $section,
                    stringify!($key),
                    &self.$key,
                    ($low as f64, $high as f64),
                )?;)?)+
                Ok(())
            }
        }
    };
    (@range) => { None };
    (@range $low:literal, $high:literal) => { Some(($low as f64, $high as f64)) };
}
