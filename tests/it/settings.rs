//! Settings at the command line: what is printed, and what is said about a wrong file.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use user360::config::Config;

/// The program with the configuration folder of a reader whose home is `home`.
fn user360(home: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_user360"))
        .args(args)
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env("XDG_DATA_HOME", home)
        .env("XDG_STATE_HOME", home)
        .output()
        .unwrap()
}

#[track_caller]
fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn config_prints_every_setting_and_reads_it_back() {
    let home = tempfile::tempdir().unwrap();
    let text = printed(&user360(home.path(), &["config", "--print"]));
    let absent = home.path().join("user360/config.toml");
    let first = format!("# The default settings, for there is no {}\n\n", absent.display());
    assert!(text.starts_with(&first), "{text}");
    for section in Config::SECTIONS {
        assert!(text.contains(&format!("\n[{}]\n", section.name)), "[{}] is missing", section.name);
    }
    for setting in Config::settings() {
        assert!(text.contains(&format!("\n{} = ", setting.key)), "{} is missing", setting.key);
    }
    assert_eq!(toml::from_str::<Config>(&text).unwrap(), Config::default());
    assert_eq!(printed(&user360(home.path(), &["config"])), text);
}

#[test]
fn config_prints_what_the_file_says() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("user360/config.toml");
    fs::create_dir(file.parent().unwrap()).unwrap();
    fs::write(
        &file,
        "[segments]\nk = \"auto\"\n[recommend]\nalpha = 1.2\n[ui]\nexport_folder = \"/srv/\\\"lists\\\"\"\n",
    )
    .unwrap();
    let text = printed(&user360(home.path(), &["config"]));
    assert!(text.starts_with(&format!("# Settings read from {}\n\n", file.display())), "{text}");
    assert!(text.contains("# Default: 5\nk = \"auto\"\n") && text.contains("\nalpha = 1.2\n"), "{text}");
    let other = home.path().join("other.toml");
    fs::write(&other, &text).unwrap();
    assert_eq!(Config::load(Some(&other)).unwrap(), Config::load(Some(&file)).unwrap());
    let again = printed(&user360(home.path(), &["config", "--config", other.to_str().unwrap()]));
    assert_eq!(again.split_once('\n').unwrap().1, text.split_once('\n').unwrap().1);
}

#[test]
fn a_wrong_file_is_refused_everywhere_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("wrong.toml");
    fs::write(&file, "[churn]\nthreshold = 0.4\ninactive_dais = 14\n").unwrap();
    let file = file.to_str().unwrap();
    let complaint = format!("{file}:3: [churn] inactive_dais: no such setting; did you mean inactive_days?");
    for args in [&["config", "--config", file][..], &["run", "--input", ".", "--config", file]] {
        let wrong = user360(home.path(), args);
        assert_eq!(wrong.status.code(), Some(2), "{args:?}");
        let told = String::from_utf8(wrong.stderr).unwrap();
        assert!(told.contains(&complaint) && wrong.stdout.is_empty(), "{told}");
    }
    let doctor = user360(home.path(), &["doctor", "--config", file]);
    assert_eq!(doctor.status.code(), Some(1));
    assert!(String::from_utf8(doctor.stdout).unwrap().contains(&format!("config      WRONG: {complaint}")));
}
