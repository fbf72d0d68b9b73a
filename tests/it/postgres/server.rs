//! A PostgreSQL server of the test's own: on a socket in a folder of its own, without TCP, ended with the test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

use crate::unchecked::unchecked;

/// The password of the server's only user; no file but the test's own may ever hold it.
pub const PASSWORD: &str = "geheim-7f31";
/// The server refuses to run as root: this user does it then.
const SYSTEM_USER: &str = "postgres";

pub struct Server {
    folder: TempDir,
    programs: PathBuf,
    child: Child,
}

impl Server {
    /// A server, or `None` with the reason on the screen where none is installed.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            unchecked("PostgreSQL", "no server is installed (apt-get install postgresql)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // The server's user must get through, and into its own part.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let (own, password) = (folder.path().join("server"), folder.path().join("password"));
        fs::create_dir(&own).unwrap();
        fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
        let told = folder.path().join("told");
        fs::copy(&password, &told).unwrap();
        if geteuid().is_root() {
            let owned = Command::new("chown").arg(SYSTEM_USER).args([&own, &told]).status().unwrap();
            assert!(owned.success());
        }
        let data = own.join("data");
        let made = as_server(&programs.join("initdb"))
            .args(["-U", "shop", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .arg("--pwfile")
            .arg(&told)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        fs::remove_file(&told).unwrap();
        let mut child = as_server(&programs.join("postgres"))
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "lc_messages=C", "-k"])
            .arg(&own)
            .arg("-D")
            .arg(&data)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        let ready = said.by_ref().map_while(Result::ok).any(|line| line.contains("ready to accept connections"));
        assert!(ready, "the server ended before it was ready");
        // Nobody reads what it says from now on, and it must not wait for that.
        std::thread::spawn(move || said.for_each(drop));
        Some(Self { folder, programs, child })
    }

    /// The address of its database, or of a table there.
    pub fn address(&self, table: &str) -> String {
        let table = if table.is_empty() { String::new() } else { format!("/{table}") };
        format!("postgres:///postgres{table}?user=shop&host={}", self.folder.path().join("server").display())
    }

    /// A file that holds the password.
    pub fn password_file(&self) -> PathBuf {
        self.folder.path().join("password")
    }

    /// Runs statements and returns what they print, cells divided by `|`.
    #[track_caller]
    pub fn sql(&self, statements: &str) -> String {
        let output = Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "shop", "-d", "postgres", "-c", statements])
            .arg("-h")
            .arg(self.folder.path().join("server"))
            .env("PGPASSWORD", PASSWORD)
            .env("PGTZ", "UTC")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Waits until so many queries of this program are running.
    pub fn wait_for_queries(&self, count: usize) {
        let running = "select count(*) from pg_stat_activity where application_name = 'user360' and state = 'active'";
        while self.sql(running) != count.to_string() {
            std::thread::yield_now();
        }
    }

    /// Ends it at once, as a crash does.
    pub fn kill(&self) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::QUIT).unwrap();
    }

    /// The program with the password in its environment.
    pub fn user360(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_user360"));
        command
            .args(args)
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .env("XDG_STATE_HOME", self.state())
            .env("PGPASSWORD", PASSWORD);
        command
    }

    /// Where the program keeps its log.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        self.child.wait().unwrap();
    }
}

/// The newest server's programs.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = glob::glob("/usr/lib/postgresql/*/bin/initdb").unwrap().flatten().collect();
    found.sort();
    found.pop()?.parent().map(Path::to_path_buf)
}

/// A program of the server, as the user it may run as; it ends with the test.
fn as_server(program: &Path) -> Command {
    if !geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", SYSTEM_USER, "--regid", SYSTEM_USER, "--clear-groups", "--pdeathsig", "QUIT"])
        .arg(program);
    command
}
