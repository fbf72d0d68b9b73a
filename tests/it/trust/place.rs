//! A home, a temporary folder and a workspace of their own for one test, and what became of them.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A file under `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The campaign of 0.1.0 with a column that can predict.
pub fn campaign() -> String {
    let text = fs::read_to_string(fixture("0.1.0/campaign.csv")).unwrap();
    let rows = text.lines().enumerate().map(|(row, line)| match row {
        0 => format!("{line},age\n"),
        _ => format!("{line},{}\n", 20 + row * 7 % 50),
    });
    rows.collect()
}

/// Copies a folder, with the modes that the programs before `share` made: 0755 and 0644.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, Permissions::from_mode(0o755)).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), &place).unwrap();
            fs::set_permissions(&place, Permissions::from_mode(0o644)).unwrap();
        }
    }
}

/// Everything below a folder: the contents of files, the targets of links, `None` for folders.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut seen = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        let Ok(entries) = fs::read_dir(&at) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let kind = fs::symlink_metadata(&path).unwrap().file_type();
            let contents = if kind.is_dir() {
                folders.push(path.clone());
                None
            } else if kind.is_symlink() {
                Some(fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes())
            } else if kind.is_file() {
                Some(fs::read(&path).unwrap())
            } else {
                Some(b"neither file nor folder".to_vec())
            };
            seen.insert(path.strip_prefix(folder).unwrap().to_path_buf(), contents);
        }
    }
    seen
}

/// Names of what two trees do not share.
pub fn differences(
    before: &BTreeMap<PathBuf, Option<Vec<u8>>>,
    after: &BTreeMap<PathBuf, Option<Vec<u8>>>,
) -> Vec<PathBuf> {
    let changed = before.iter().filter(|(path, contents)| after.get(*path) != Some(contents));
    let added = after.iter().filter(|(path, _)| !before.contains_key(*path));
    changed.chain(added).map(|(path, _)| path.clone()).collect()
}

/// A home, a temporary folder, a folder to work in, and a workspace `ws` in it.
pub struct Place {
    root: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["home", "config/user360/themes", "state", "tmp", "desk"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        Self { root }
    }

    /// With the workspace of 0.1.0, its log and its settings.
    pub fn of_0_1_0() -> Self {
        let place = Self::new();
        copy(&fixture("0.1.0/workspace"), &place.workspace());
        copy(&fixture("0.1.0/log"), &place.work("log"));
        fs::copy(fixture("0.1.0/config.toml"), place.work("config.toml")).unwrap();
        place
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn workspace(&self) -> PathBuf {
        self.work("ws")
    }

    /// A path in the folder where the program is started.
    pub fn work(&self, name: &str) -> PathBuf {
        self.root.path().join("desk").join(name)
    }

    /// The program, started in the working folder with `ws` as its workspace and nothing of the tester's own around it.
    pub fn command(&self, args: &[&str]) -> Command {
        // The long forms are worth trying on a release build too.
        let other = std::env::var_os("USER360_TEST_BINARY");
        let mut command = Command::new(other.unwrap_or_else(|| env!("CARGO_BIN_EXE_user360").into()));
        command.current_dir(self.root.path().join("desk"));
        command.env("HOME", self.root.path().join("home"));
        command.env("XDG_CONFIG_HOME", self.root.path().join("config"));
        command.env("XDG_STATE_HOME", self.root.path().join("state"));
        command.env("XDG_DATA_HOME", self.root.path().join("home/data"));
        command.env("XDG_CACHE_HOME", self.root.path().join("home/cache"));
        command.env("TMPDIR", self.root.path().join("tmp"));
        command.env("RUST_BACKTRACE", "0");
        command.env_remove("USER360_LOG");
        command.args(["--workspace", "ws"]).args(args);
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs the program, which must succeed; its stdout.
    #[track_caller]
    pub fn answer(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}\n{}", output.status, errors(&output));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// What the program said on stderr.
pub fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Panicked, aborted or was killed: what no input may bring about.
pub fn broke(output: &Output) -> bool {
    let told = errors(output);
    output.status.code().is_none_or(|code| code == 101 || code == 134) || told.contains("panicked at")
}

/// No input and no setting keeps the program busy on 1,800 events for longer.
const PATIENCE: Duration = Duration::from_secs(40);

/// Runs a command to its end, or kills it when patience is at an end. What it prints must fit a pipe.
pub fn patiently(place: &Place, args: &[&str]) -> Result<Output, String> {
    let mut command = place.command(args);
    let mut run = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while run.try_wait().unwrap().is_none() {
        if start.elapsed() > PATIENCE {
            run.kill().unwrap();
            run.wait().unwrap();
            return Err(format!("{args:?} does not end"));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(run.wait_with_output().unwrap())
}
