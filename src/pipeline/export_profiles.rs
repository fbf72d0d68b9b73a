//! The profiles of exports: those of the settings over those that are built in.

use std::path::Path;

use crate::config::{Config, Extras, ProfileRule, shop_file};
use crate::error::{Error, Result};
use crate::store::{ExportProfile, profiles};
use crate::text::shown;

/// Every profile: the user's own above the machine's, the shop's and the built-in ones, by name.
///
/// # Errors
/// Those of reading the settings.
pub fn export_profiles(workspace: &Path) -> Result<Vec<ExportProfile>> {
    let mut all = profiles();
    let files = [Some(shop_file(workspace)), Config::machine_file(), Config::default_file()];
    for file in files.into_iter().flatten() {
        for (name, rule) in Extras::read(&file)?.export.profiles {
            let ProfileRule { columns, raw, dialect } = rule;
            let profile = ExportProfile::new(&name, &columns, raw, dialect);
            match all.iter_mut().find(|known| known.name == name) {
                Some(known) => *known = profile,
                None => all.push(profile),
            }
        }
    }
    Ok(all)
}

/// The profile of a name.
///
/// # Errors
/// [`Error::Config`] for one that does not exist.
pub fn export_profile(workspace: &Path, name: &str) -> Result<ExportProfile> {
    let all = export_profiles(workspace)?;
    let names: Vec<&str> = all.iter().map(|profile| profile.name.as_str()).collect();
    let wrong = Error::Config(format!("no profile {}; the profiles are {}", shown(name), shown(&names.join(", "))));
    all.into_iter().find(|profile| profile.name == name).ok_or(wrong)
}
