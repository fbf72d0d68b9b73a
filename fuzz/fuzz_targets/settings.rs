//! `cargo fuzz run settings`
#![no_main]

#[path = "../targets/place.rs"]
mod place;
#[path = "../targets/settings.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::run(bytes));
