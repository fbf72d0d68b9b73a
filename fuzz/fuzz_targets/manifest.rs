//! `cargo fuzz run manifest`
#![no_main]

#[path = "../targets/place.rs"]
mod place;
#[path = "../targets/manifest.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::run(bytes));
