#![allow(clippy::panic)]
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::ui::input::{ColourOf, Input, ModeState, Parser, Reply, Scheme};

const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;

/// What comes of bytes, and of a long silence behind them.
fn read(bytes: &[u8]) -> Vec<Input> {
    let mut parser = Parser::new();
    let mut found = Vec::new();
    parser.feed(bytes, &mut found);
    parser.pass(Duration::from_secs(10), &mut found);
    assert_eq!((parser.patience(), parser.held()), (None, 0), "{bytes:?}");
    found
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Input {
    Input::Event(Event::Key(KeyEvent::new(code, modifiers)))
}

fn letter(letter: char) -> Input {
    key(KeyCode::Char(letter), NONE)
}

fn paste(text: &str) -> Input {
    Input::Event(Event::Paste(text.to_owned()))
}

/// What terminals send for keys.
const KEYS: &[(&str, KeyCode, KeyModifiers)] = &[
    // Bytes.
    ("q", KeyCode::Char('q'), NONE),
    ("Q", KeyCode::Char('Q'), SHIFT),
    ("ä", KeyCode::Char('ä'), NONE),
    ("Ж", KeyCode::Char('Ж'), SHIFT),
    ("例", KeyCode::Char('例'), NONE),
    ("🙂", KeyCode::Char('🙂'), NONE),
    ("\r", KeyCode::Enter, NONE),
    ("\n", KeyCode::Char('j'), CTRL),
    ("\t", KeyCode::Tab, NONE),
    ("\x7f", KeyCode::Backspace, NONE),
    ("\x08", KeyCode::Char('h'), CTRL),
    ("\x03", KeyCode::Char('c'), CTRL),
    ("\x1a", KeyCode::Char('z'), CTRL),
    ("\0", KeyCode::Char(' '), CTRL),
    ("\x1c", KeyCode::Char('4'), CTRL),
    ("\x1f", KeyCode::Char('7'), CTRL),
    ("\x1b", KeyCode::Esc, NONE),
    // Alt.
    ("\x1ba", KeyCode::Char('a'), ALT),
    ("\x1bA", KeyCode::Char('A'), ALT.union(SHIFT)),
    ("\x1bä", KeyCode::Char('ä'), ALT),
    ("\x1b\r", KeyCode::Enter, ALT),
    ("\x1b\x7f", KeyCode::Backspace, ALT),
    ("\x1b\x03", KeyCode::Char('c'), ALT.union(CTRL)),
    ("\x1b[", KeyCode::Char('['), ALT),
    ("\x1bO", KeyCode::Char('O'), ALT.union(SHIFT)),
    ("\x1b]", KeyCode::Char(']'), ALT),
    ("\x1bP", KeyCode::Char('P'), ALT.union(SHIFT)),
    ("\x1b\\", KeyCode::Char('\\'), ALT),
    // xterm, and tmux and screen as it.
    ("\x1b[A", KeyCode::Up, NONE),
    ("\x1b[B", KeyCode::Down, NONE),
    ("\x1b[C", KeyCode::Right, NONE),
    ("\x1b[D", KeyCode::Left, NONE),
    ("\x1b[H", KeyCode::Home, NONE),
    ("\x1b[F", KeyCode::End, NONE),
    ("\x1bOA", KeyCode::Up, NONE),
    ("\x1bOH", KeyCode::Home, NONE),
    ("\x1bOP", KeyCode::F(1), NONE),
    ("\x1bOS", KeyCode::F(4), NONE),
    ("\x1bO5P", KeyCode::F(1), CTRL),
    ("\x1bOM", KeyCode::Enter, NONE),
    ("\x1bOp", KeyCode::Char('0'), NONE),
    ("\x1bOk", KeyCode::Char('+'), NONE),
    ("\x1b[Z", KeyCode::BackTab, SHIFT),
    ("\x1b[1~", KeyCode::Home, NONE),
    ("\x1b[2~", KeyCode::Insert, NONE),
    ("\x1b[3~", KeyCode::Delete, NONE),
    ("\x1b[4~", KeyCode::End, NONE),
    ("\x1b[5~", KeyCode::PageUp, NONE),
    ("\x1b[6~", KeyCode::PageDown, NONE),
    ("\x1b[15~", KeyCode::F(5), NONE),
    ("\x1b[17~", KeyCode::F(6), NONE),
    ("\x1b[21~", KeyCode::F(10), NONE),
    ("\x1b[23~", KeyCode::F(11), NONE),
    ("\x1b[24~", KeyCode::F(12), NONE),
    ("\x1b[1;5A", KeyCode::Up, CTRL),
    ("\x1b[1;2C", KeyCode::Right, SHIFT),
    ("\x1b[1;3D", KeyCode::Left, ALT),
    ("\x1b[1;6H", KeyCode::Home, CTRL.union(SHIFT)),
    ("\x1b[5A", KeyCode::Up, CTRL),
    ("\x1b[3;5~", KeyCode::Delete, CTRL),
    ("\x1b[24;3~", KeyCode::F(12), ALT),
    ("\x1b[1;5P", KeyCode::F(1), CTRL),
    ("\x1b[27;5;13~", KeyCode::Enter, CTRL),
    // rxvt.
    ("\x1b[7~", KeyCode::Home, NONE),
    ("\x1b[8~", KeyCode::End, NONE),
    ("\x1b[11~", KeyCode::F(1), NONE),
    ("\x1b[14~", KeyCode::F(4), NONE),
    ("\x1b[5^", KeyCode::PageUp, CTRL),
    ("\x1b[5$", KeyCode::PageUp, SHIFT),
    ("\x1b[5@", KeyCode::PageUp, CTRL.union(SHIFT)),
    ("\x1b[a", KeyCode::Up, SHIFT),
    ("\x1b[c", KeyCode::Right, SHIFT),
    ("\x1bOd", KeyCode::Left, CTRL),
    ("\x1b\x1b[A", KeyCode::Up, ALT),
    ("\x1b\x1bOB", KeyCode::Down, ALT),
    ("\x1b\x1b[5~", KeyCode::PageUp, ALT),
    // The Linux console.
    ("\x1b[[A", KeyCode::F(1), NONE),
    ("\x1b[[E", KeyCode::F(5), NONE),
    ("\x1b[25~", KeyCode::F(13), NONE),
    // kitty.
    ("\x1b[27u", KeyCode::Esc, NONE),
    ("\x1b[13u", KeyCode::Enter, NONE),
    ("\x1b[97u", KeyCode::Char('a'), NONE),
    ("\x1b[99;5u", KeyCode::Char('c'), CTRL),
    ("\x1b[97:65;2u", KeyCode::Char('A'), SHIFT),
    ("\x1b[97;2;65u", KeyCode::Char('A'), SHIFT),
    ("\x1b[9;2u", KeyCode::BackTab, SHIFT),
    ("\x1b[127;3u", KeyCode::Backspace, ALT),
    ("\x1b[128578u", KeyCode::Char('🙂'), NONE),
    ("\x1b[57376u", KeyCode::F(13), NONE),
    ("\x1b[13~", KeyCode::F(3), NONE),
    ("\x1b[R", KeyCode::F(3), NONE),
];

#[test]
fn keys_of_many_terminals() {
    for (bytes, code, modifiers) in KEYS {
        assert_eq!(read(bytes.as_bytes()), [key(*code, *modifiers)], "{bytes:?}");
    }
}

#[test]
fn a_key_of_the_number_pad_and_one_let_go_say_so() {
    let Input::Event(Event::Key(pad)) = &read(b"\x1b[57400u")[0] else { panic!("no key") };
    assert_eq!((pad.code, pad.state), (KeyCode::Char('1'), crossterm::event::KeyEventState::KEYPAD));
    let Input::Event(Event::Key(up)) = &read(b"\x1b[1;1:3A")[0] else { panic!("no key") };
    assert_eq!((up.code, up.kind), (KeyCode::Up, KeyEventKind::Release));
}

#[test]
fn what_follows_a_key_is_the_next_one() {
    for (bytes, code, modifiers) in KEYS {
        if matches!(*bytes, "\x1b" | "\x1b[" | "\x1bO" | "\x1b]" | "\x1bP" | "\x1b[5$") {
            continue;
        }
        let both = [bytes.as_bytes(), b"j"].concat();
        assert_eq!(read(&both), [key(*code, *modifiers), letter('j')], "{bytes:?}");
    }
}

#[test]
fn focus_is_told_and_the_mouse_is_passed_over() {
    assert_eq!(read(b"\x1b[I\x1b[O"), [Input::Event(Event::FocusGained), Input::Event(Event::FocusLost)]);
    for mouse in [&b"\x1b[<0;10;10M"[..], b"\x1b[<64;500;200m", b"\x1b[M !!", b"\x1b[M\xff\xff\xff", b"\x1b[32;10;10M"]
    {
        assert_eq!(read(&[mouse, b"q"].concat()), [letter('q')], "{mouse:?}");
    }
}

#[test]
fn replies_are_no_keys() {
    let mode = |mode, state| Reply::Mode { private: true, mode, state };
    let black = Reply::Colour { of: ColourOf::Background, rgb: [0, 0, 0] };
    let other = |bytes: &[u8]| Reply::Other(bytes.to_vec());
    let replies = [
        (&b"\x1b[?2026;2$y"[..], mode(2026, ModeState::Reset)),
        (b"\x1b[?2004;1$y", mode(2004, ModeState::Set)),
        (b"\x1b[4;0$y", Reply::Mode { private: false, mode: 4, state: ModeState::Unknown }),
        (b"\x1b[?997;1n", Reply::Scheme(Scheme::Dark)),
        (b"\x1b[?997;2n", Reply::Scheme(Scheme::Light)),
        (b"\x1b[12;40R", Reply::Cursor { row: 12, column: 40 }),
        (b"\x1b[?12;40;1R", Reply::Cursor { row: 12, column: 40 }),
        (b"\x1b[99999999999;1R", Reply::Cursor { row: u16::MAX, column: 1 }),
        (b"\x1b[?62;22c", Reply::Attributes(vec![62, 22])),
        (b"\x1b[?5u", Reply::Keyboard(5)),
        (b"\x1b]11;rgb:0000/0000/0000\x07", black.clone()),
        (b"\x1b]11;rgb:00/00/00\x1b\\", black),
        (b"\x1b]10;rgb:f/8/0\x1b\\", Reply::Colour { of: ColourOf::Foreground, rgb: [0xffff, 0x8888, 0] }),
        (b"\x1b]12;rgb:ffff/8080/0000\x07", Reply::Colour { of: ColourOf::Cursor, rgb: [0xffff, 0x8080, 0] }),
        (b"\x1b]11;rgb:+1/00/00\x07", other(b"]11;rgb:+1/00/00")),
        (b"\x1b[?2004h", other(b"[?2004h")),
        (b"\x1b[>0;276;0c", other(b"[>0;276;0c")),
        (b"\x1b[0n", other(b"[0n")),
        (b"\x1b[8;24;80t", other(b"[8;24;80t")),
        (b"\x1b[?1;1:2u", other(b"[?1;1:2u")),
        (b"\x1bP1$r0m\x1b\\", other(b"P1$r0m")),
        (b"\x1bP>|XTerm(390)\x1b\\", other(b"P>|XTerm(390)")),
        (b"\x1b_Gi=1;OK\x1b\\", other(b"_Gi=1;OK")),
        (b"\x1b^pm\x1b\\", other(b"^pm")),
        (b"\x1bXsos\x1b\\", other(b"Xsos")),
        (b"\x1b]0;\xc3\xa4\x1b\\", other(b"]0;\xc3\xa4")),
    ];
    for (bytes, reply) in replies {
        let both = [bytes, b"q\x03"].concat();
        let keys = [letter('q'), key(KeyCode::Char('c'), CTRL)];
        assert_eq!(read(&both), [&[Input::Reply(reply)], &keys[..]].concat(), "{bytes:?}");
    }
}

#[test]
fn an_escape_pressed_before_a_reply_is_a_key() {
    let seen = read(b"\x1b\x1b[?2026;2$y");
    assert!(matches!(&seen[..], [Input::Event(_), Input::Reply(_)]), "{seen:?}");
    assert_eq!(seen[0], key(KeyCode::Esc, NONE));
    assert_eq!(read(b"\x1b\x1b"), [key(KeyCode::Esc, NONE), key(KeyCode::Esc, NONE)]);
    assert_eq!(read(b"\x1b\x1bq"), [key(KeyCode::Esc, NONE), key(KeyCode::Char('q'), ALT)]);
}

#[test]
fn control_keys_end_what_is_unfinished() {
    let ctrl_c = key(KeyCode::Char('c'), CTRL);
    for bytes in
        [&b"\x1b[<0;1"[..], b"\x1b[99;", b"\x1b[<", b"\x1b]11;rgb", b"\x1bPq", b"\x1b[M!", b"\x1b[[", b"\xe2\x82"]
    {
        assert_eq!(read(&[bytes, b"\x03"].concat()), std::slice::from_ref(&ctrl_c), "{bytes:?}");
    }
    assert_eq!(read(b"\x1b]\x03"), [key(KeyCode::Char(']'), ALT), ctrl_c]);
}

#[test]
fn bytes_that_are_no_text_are_no_keys() {
    assert_eq!(read(b"\xff\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\x80q"), [letter('q')]);
    assert_eq!(read(b"\xf0\x9fq\xe2\x82\xe2\x82\xac"), [letter('q'), letter('€')]);
}

#[test]
fn the_end_of_a_string_given_up_is_no_key() {
    let mut parser = Parser::new();
    let mut found = Vec::new();
    parser.feed(b"\x1b]11;rgb:00", &mut found);
    parser.pass(Duration::from_secs(1), &mut found);
    parser.feed(b"\x1b\\q\x1b\\", &mut found);
    parser.pass(Duration::from_secs(1), &mut found);
    assert_eq!(found, [letter('q'), key(KeyCode::Char('\\'), ALT)]);
}

#[test]
fn pastes_are_text_whatever_they_hold() {
    assert_eq!(
        read(b"\x1b[200~a\x1b[A\x03\r\xff\xc3\xa4\x1b[201~q"),
        [paste("a\u{1b}[A\u{3}\r\u{fffd}ä"), letter('q')]
    );
    assert_eq!(read(b"\x1b[200~\x1b[20\x1b\x1b[201\x1b[201~q"), [paste("\u{1b}[20\u{1b}\u{1b}[201"), letter('q')]);
    assert_eq!(read(b"\x1b[200~\x1b[201~"), [paste("")]);
    // Without its end it is what came; the end alone is nothing.
    assert_eq!(read(b"\x1b[200~abc\x1b[20"), [paste("abc\u{1b}[20")]);
    assert_eq!(read(b"\x1b[201~q"), [letter('q')]);
}

#[test]
fn a_long_paste_is_cut_between_characters() {
    let text = "€".repeat(Parser::MOST_HELD / 3 + 10);
    let seen = read(format!("\u{1b}[200~{text}\u{1b}[201~q").as_bytes());
    let [Input::Event(Event::Paste(kept)), q] = &seen[..] else { panic!("{} events", seen.len()) };
    assert_eq!((kept.len(), kept.chars().all(|letter| letter == '€')), (Parser::MOST_HELD / 3 * 3, true));
    assert_eq!(*q, letter('q'));
}

#[test]
fn sequences_without_end_hold_little_and_give_nothing() {
    for start in [&b"\x1b["[..], b"\x1bO", b"\x1b]", b"\x1bP"] {
        let mut parser = Parser::new();
        let mut found = Vec::new();
        parser.feed(start, &mut found);
        for _ in 0..100_000 {
            parser.feed(b"1", &mut found);
            assert!(parser.held() <= 4096);
        }
        parser.pass(Duration::from_secs(1), &mut found);
        parser.feed(b"q", &mut found);
        assert_eq!(found, [letter('q')], "{start:?}");
    }
}

#[test]
fn typing_does_not_prolong_a_paste_that_never_ends() {
    for between in [Duration::from_millis(33), Duration::from_millis(100), Duration::from_millis(400)] {
        let mut parser = Parser::new();
        let mut found = Vec::new();
        parser.feed(b"\x1b[200~", &mut found);
        let mut time = Duration::ZERO;
        while found.is_empty() {
            parser.pass(between, &mut found);
            parser.feed(b"j", &mut found);
            time += between;
            assert!(time < Duration::from_secs(2), "{between:?}");
        }
        assert!(time > Duration::from_millis(900), "{between:?}: {time:?}");
    }
}

#[test]
fn a_slow_line_does_not_end_a_paste() {
    let mut parser = Parser::new();
    let mut found = Vec::new();
    parser.feed(b"\x1b[200~", &mut found);
    // 9600 baud.
    for _ in 0..2000 {
        parser.pass(Duration::from_millis(100), &mut found);
        parser.feed(&[b'x'; 96], &mut found);
    }
    assert!(found.is_empty());
}

/// Bytes as terminals send them, whole and cut off, and any others.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(KEYS).prop_map(|(bytes, ..)| bytes.as_bytes().to_vec());
    let others: &[&[u8]] = &[
        b"\x1b[200~",
        b"\x1b[201~",
        b"\x1b]11;rgb:0000/0000/0000",
        b"\x1b\\",
        b"\x07",
        b"\x1b[?2026;2$y",
        b"\x1b[<0;1",
        b"\x1b[M",
        b"\x1bP1$r",
        b"\x1b",
        b"\xe2\x82",
        b"\x1b[1;",
        b"\x1b[12;40R",
    ];
    let others = prop::sample::select(others).prop_map(<[u8]>::to_vec);
    let any = prop::collection::vec(any::<u8>(), 1..4);
    prop::collection::vec(prop_oneof![known, others, any], 0..20).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(11), ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn however_bytes_are_cut_the_same_comes_out(bytes in bytes(), cuts in prop::collection::vec(1_usize..9, 1..9)) {
        let mut parser = Parser::new();
        let mut found = Vec::new();
        let mut rest = &bytes[..];
        let mut cuts = cuts.iter().cycle();
        while let Some(cut) = cuts.next().filter(|_| !rest.is_empty()) {
            let (now, later) = rest.split_at(rest.len().min(*cut));
            parser.feed(now, &mut found);
            rest = later;
        }
        parser.pass(Duration::from_secs(10), &mut found);
        prop_assert_eq!(found, read(&bytes));
    }

    #[test]
    fn after_anything_and_the_end_of_a_paste_ctrl_c_counts_at_once(bytes in bytes()) {
        for escapes in ["", "\u{1b}", "\u{1b}\u{1b}"] {
            let mut parser = Parser::new();
            let mut found = Vec::new();
            parser.feed(&bytes, &mut found);
            parser.feed(format!("\u{1b}[201~{escapes}\u{3}").as_bytes(), &mut found);
            let last = found.last();
            let Some(Input::Event(Event::Key(key))) = last else { panic!("{last:?} is no key") };
            // Behind an escape it has Alt, which the workbench takes for two keys.
            prop_assert_eq!((key.code, key.modifiers - ALT), (KeyCode::Char('c'), CTRL));
            prop_assert_eq!(parser.patience(), None);
        }
    }

    #[test]
    fn after_anything_and_a_silence_keys_are_themselves(bytes in bytes(), paste in any::<bool>()) {
        let mut parser = Parser::new();
        let mut found = Vec::new();
        if paste {
            parser.feed(b"\x1b[200~", &mut found);
        }
        parser.feed(&bytes, &mut found);
        prop_assert!(parser.held() <= bytes.len());
        if let Some(patience) = parser.patience() {
            prop_assert!(patience <= Duration::from_secs(1));
            parser.pass(patience, &mut found);
        }
        prop_assert_eq!((parser.patience(), parser.held()), (None, 0));
        let before = found.len();
        parser.feed(b"q\x03\x1b[A", &mut found);
        prop_assert_eq!(&found[before..], [letter('q'), key(KeyCode::Char('c'), CTRL), key(KeyCode::Up, NONE)]);
    }
}
