//! A folder of this process's own for the targets whose subject reads files.

use std::path::PathBuf;
use std::sync::OnceLock;

/// The path of a file in it, written with these bytes.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("user360-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder to work in");
        folder
    });
    let thread = format!("{:?}", std::thread::current().id());
    let own = folder.join(thread.chars().filter(char::is_ascii_alphanumeric).collect::<String>()).join(name);
    let parent = own.parent().expect("a folder above the file");
    std::fs::create_dir_all(parent).expect("a folder for the file");
    std::fs::write(&own, bytes).expect("a file to read");
    own
}
