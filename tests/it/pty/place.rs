//! Where the program is started: a workspace, and the folders of a reader of one's own.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use portable_pty::CommandBuilder;

use crate::pty::{SMALL, Terminal, USER360};
use crate::sample;

/// A workspace, and beside it the folders of a reader who has no settings, keys, themes or sessions yet.
pub struct Place {
    pub(super) root: tempfile::TempDir,
}

impl Place {
    /// With an empty workspace.
    pub fn empty() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["shop", "config/user360/themes", "state", "files"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        Self { root }
    }

    /// With a run on the sample data.
    pub fn shop() -> Self {
        Self::holding(sample::workspace())
    }

    /// With a workspace of its own like another.
    pub fn holding(workspace: &Path) -> Self {
        let place = Self::empty();
        sample::copy(workspace, &place.workspace());
        place
    }

    pub fn workspace(&self) -> PathBuf {
        self.root.path().join("shop")
    }

    /// The variables that name the reader's folders, so that nobody else's are looked at.
    pub fn folders(&self) -> [(&'static str, PathBuf); 5] {
        let folder = |name: &str| self.root.path().join(name);
        [
            ("HOME", self.root.path().to_path_buf()),
            ("XDG_CONFIG_HOME", folder("config")),
            ("XDG_STATE_HOME", folder("state")),
            ("XDG_DATA_HOME", folder("data")),
            ("XDG_CACHE_HOME", folder("cache")),
        ]
    }

    /// A file in the reader's configuration folder.
    pub fn config(&self, name: &str) -> PathBuf {
        self.root.path().join("config/user360").join(name)
    }

    /// A file in the reader's state folder.
    pub fn state(&self, name: &str) -> PathBuf {
        self.root.path().join("state").join(name)
    }

    /// A file in a folder of its own, for what is exported.
    pub fn file(&self, name: &str) -> PathBuf {
        self.root.path().join("files").join(name)
    }

    /// The program on the workspace.
    pub fn start(&self) -> Start {
        let mut start = Start::of(USER360, self);
        start.command.args(["--workspace".as_ref(), self.workspace().as_os_str()]);
        start
    }

    /// The program on the workspace, in a terminal of this size.
    pub fn open(&self, size: (u16, u16)) -> Terminal {
        self.start().size(size).open()
    }
}

/// A program about to be started.
pub struct Start {
    pub(super) command: CommandBuilder,
    pub(super) size: (u16, u16),
}

impl Start {
    /// A program whose settings and sessions are those of a place, in a small terminal of 256 colours.
    pub fn of(program: impl Into<OsString>, place: &Place) -> Self {
        let mut command = CommandBuilder::new(program.into());
        for name in ["NO_COLOR", "SSH_TTY", "SSH_CONNECTION", "TMUX", "STY", "COLORTERM", "USER360_LOG"] {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        // A panic's own words fit the screen.
        command.env("RUST_BACKTRACE", "0");
        for (name, folder) in place.folders() {
            command.env(name, folder);
        }
        Self { command, size: SMALL }
    }

    /// Rows and columns.
    pub fn size(self, size: (u16, u16)) -> Self {
        Self { size, ..self }
    }

    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.command.arg(argument.into());
        self
    }

    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// Without the terminal as its controlling one: no signal tells it that the terminal is gone.
    pub fn out_of_reach_of_signals(mut self) -> Self {
        self.command.set_controlling_tty(false);
        self
    }
}
