//! `cargo fuzz run keys_file`
#![no_main]

#[path = "../targets/place.rs"]
mod place;
#[path = "../targets/keys_file.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::run(bytes));
