//! Any bytes from the terminal, cut anywhere: what is held back is bounded and is let go once time has passed.

use std::time::Duration;

use user360::ui::input::Parser;

pub fn run(bytes: &[u8]) {
    let mut parser = Parser::new();
    let mut found = Vec::new();
    // The first byte tells how the rest is cut.
    let step = usize::from(bytes.first().copied().unwrap_or(0)) % 7 + 1;
    for part in bytes.chunks(step) {
        parser.feed(part, &mut found);
        assert!(parser.held() <= Parser::MOST_HELD);
    }
    parser.pass(Duration::from_secs(59), &mut found);
    assert_eq!((parser.patience(), parser.held()), (None, 0), "what is unfinished is given up");
    // Whatever came before, a key after it is a key.
    found.clear();
    parser.feed(b"q", &mut found);
    parser.pass(Duration::from_secs(59), &mut found);
    assert!(!found.is_empty(), "the keyboard is dead");
}
