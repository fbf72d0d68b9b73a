//! `cargo fuzz run csv_log`
#![no_main]

#[path = "../targets/place.rs"]
mod place;
#[path = "../targets/csv_log.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::run(bytes));
