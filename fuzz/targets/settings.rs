//! Any text as a configuration: settings in range that print and read back the same, or an error with file and line.

use user360::Error;
use user360::config::Config;

pub fn run(bytes: &[u8]) {
    let file = super::place::file("config.toml", bytes);
    match Config::load(Some(&file)) {
        Ok(config) => {
            let again = super::place::file("printed.toml", config.to_toml().expect("settings that print").as_bytes());
            let printed = Config::load(Some(&again)).expect("what was printed is read");
            assert_eq!(printed.to_toml().expect("settings that print"), config.to_toml().expect("settings that print"));
        }
        Err(error) => {
            assert!(matches!(error, Error::Config(_) | Error::Io { .. } | Error::Refused { .. }), "{error}");
            assert!(error.to_string().contains("config.toml"), "{error}");
        }
    }
}
