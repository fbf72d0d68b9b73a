//! `cargo fuzz run terminal_input`
#![no_main]

#[path = "../targets/terminal_input.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::run(bytes));
