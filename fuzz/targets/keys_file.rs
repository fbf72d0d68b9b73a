//! Any text as a keys file or a theme: bindings that leave a way out, or an error with file and line.

use user360::ui::bindings::Bindings;
use user360::ui::command::Program;
use user360::ui::theme::{Depth, Theme};

pub fn run(bytes: &[u8]) {
    let file = super::place::file("keys.toml", bytes);
    match Bindings::read(&file) {
        Ok(bindings) => assert!(!bindings.keys(Program::Quit.into()).is_empty(), "nobody could leave"),
        Err(error) => assert!(error.to_string().contains("keys.toml"), "{error}"),
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for depth in [Depth::Mono, Depth::Ansi, Depth::Indexed, Depth::True] {
        if let Err(error) = Theme::parse(text, depth) {
            assert!(error.to_string().starts_with("theme:"), "{error}");
        }
    }
}
