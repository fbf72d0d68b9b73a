//! Puts unpacked files in place: the folder at once where it is new, else file by file, and back again if one fails.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::fetch::extract::{Unpacked, sync_folder};
use crate::fetch::place::Place;

/// Where replaced files wait inside the folder aside, to be removed with it.
const REPLACED: &str = ".replaced";

/// Puts the files in place and gives their names and bytes.
///
/// # Errors
/// [`Error::Fetch`] for a target that came to hold files meanwhile; [`Error::Io`]. The target is then as it was.
pub fn install(mut unpacked: Unpacked, place: &Place, overwrite: bool) -> Result<Vec<(String, u64)>> {
    let taken = place.is_taken()?;
    if taken && !overwrite {
        return Err(Error::Fetch(format!(
            "{} came to hold files during the download; replace them with --overwrite, or name another folder with --out",
            place.out.display()
        )));
    }
    if taken || place.home == place.out {
        let mut moves = Moves::default();
        if let Err(error) = moves.all(&unpacked, &place.out) {
            moves.undo();
            return Err(error);
        }
        sync_folder(&place.out)?;
    } else {
        fs::rename(&unpacked.folder, &place.out).map_err(Error::io(&place.out))?;
        sync_folder(&place.home)?;
    }
    Ok(std::mem::take(&mut unpacked.files))
}

/// What was moved so far, from and to.
#[derive(Debug, Default)]
struct Moves(Vec<(PathBuf, PathBuf)>);

impl Moves {
    fn all(&mut self, unpacked: &Unpacked, out: &Path) -> Result<()> {
        let replaced = unpacked.folder.join(free_name(&unpacked.folder));
        for (name, _) in &unpacked.files {
            let to = out.join(name);
            let parent = to.parent().unwrap_or(out);
            require_real_folders(out, parent)?;
            fs::create_dir_all(parent).map_err(Error::io(parent))?;
            match fs::symlink_metadata(&to) {
                Ok(old) if old.is_dir() => {
                    let source = io::Error::from(ErrorKind::IsADirectory);
                    return Err(Error::Io { path: to, source });
                }
                Ok(_) => {
                    let aside = replaced.join(name);
                    let folder = aside.parent().unwrap_or(&replaced);
                    fs::create_dir_all(folder).map_err(Error::io(folder))?;
                    self.one(&to, &aside)?;
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(source) => return Err(Error::Io { path: to, source }),
            }
            self.one(&unpacked.folder.join(name), &to)?;
        }
        Ok(())
    }

    fn one(&mut self, from: &Path, to: &Path) -> Result<()> {
        fs::rename(from, to).map_err(Error::io(to))?;
        self.0.push((from.to_path_buf(), to.to_path_buf()));
        Ok(())
    }

    fn undo(self) {
        for (from, to) in self.0.into_iter().rev() {
            if let Err(error) = fs::rename(&to, &from) {
                tracing::error!(from = %to.display(), to = %from.display(), %error, "a file could not be moved back");
            }
        }
    }
}

/// A name that no unpacked entry has.
fn free_name(folder: &Path) -> String {
    let mut name = REPLACED.to_owned();
    while folder.join(&name).symlink_metadata().is_ok() {
        name.push('_');
    }
    name
}

/// A link among the target's folders would lead the files elsewhere.
fn require_real_folders(out: &Path, folder: &Path) -> Result<()> {
    for above in folder.ancestors().take_while(|above| *above != out) {
        if above.symlink_metadata().is_ok_and(|data| data.is_symlink()) {
            let what = "is a symbolic link, through which no file of an archive is written; remove it";
            return Err(Error::Fetch(format!("{} {what}", above.display())));
        }
    }
    Ok(())
}
