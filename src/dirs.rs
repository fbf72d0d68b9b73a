//! The program's own folders on this platform. May import nothing.

use std::path::PathBuf;

use directories::ProjectDirs;

fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "user360")
}

/// The user's own folder.
pub fn home() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_path_buf())
}

/// Where workspaces lie unless told otherwise; `None` on a system without a home folder, here and below.
pub fn data() -> Option<PathBuf> {
    project().map(|dirs| dirs.data_dir().to_path_buf())
}

/// Settings, keys and themes.
pub fn config() -> Option<PathBuf> {
    project().map(|dirs| dirs.config_dir().to_path_buf())
}

/// Sessions and the log.
pub fn state() -> Option<PathBuf> {
    project().map(|dirs| dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_path_buf())
}

/// What can be made again: the demo's data and workspace.
pub fn cache() -> Option<PathBuf> {
    project().map(|dirs| dirs.cache_dir().to_path_buf())
}
