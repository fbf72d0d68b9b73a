//! What every theme built in must give, and what the analyst's own may leave out.

#![allow(clippy::unwrap_used)]
use std::fs;

use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::*;

fn themes(depth: Depth) -> Vec<Theme> {
    Theme::built_in(depth).unwrap()
}

#[test]
fn built_in_themes_name_every_role_and_draw_one_cell_wide() {
    let names: Vec<String> = themes(Depth::True).into_iter().map(|theme| theme.name).collect();
    assert_eq!(names, ["default", "dark", "light", "high-contrast", "colour-blind", "mono", "ascii"]);
    for theme in themes(Depth::True) {
        for role in Role::ALL {
            assert!(theme.roles.contains_key(&role), "{} is silent on {role:?}", theme.name);
        }
        assert_eq!((theme.series.len(), theme.glyphs.points.len()), (8, 8), "{}", theme.name);
        let glyphs = &theme.glyphs;
        let states = [
            &glyphs.waiting,
            &glyphs.running,
            &glyphs.done,
            &glyphs.cached,
            &glyphs.skipped,
            &glyphs.failed,
            &glyphs.cancelled,
        ];
        let header = [&glyphs.ascending, &glyphs.descending, &glyphs.hidden, &glyphs.pinned];
        let points: Vec<&String> = glyphs.points.iter().collect();
        for signs in [&states[..], &header, &[&glyphs.cursor, &glyphs.mark], &points] {
            for (at, sign) in signs.iter().enumerate() {
                assert_eq!(sign.width(), 1, "{}", theme.name);
                assert!(!signs[..at].contains(sign), "{} uses {sign} twice", theme.name);
                assert!(!glyphs.ascii || sign.is_ascii(), "{}", theme.name);
            }
        }
    }
}

#[test]
fn a_theme_built_in_must_be_complete() {
    for line in ["mark = {", "number = {", "waiting = "] {
        let text: String =
            BUILT_IN[0].lines().filter(|known| !known.starts_with(line)).flat_map(|l| [l, "\n"]).collect();
        assert!(file::read(&text, None, Depth::True).is_err(), "{line}");
        assert!(Theme::parse(&text, Depth::True).is_ok(), "{line}");
    }
}

#[test]
fn without_colours_rows_are_still_split_alt() {
    for theme in themes(Depth::Mono) {
        let rows =
            [Role::Text, Role::Mark, Role::Selection, Role::Cursor, Role::CursorCell].map(|role| theme.style(role));
        for (at, style) in rows.iter().enumerate() {
            assert_eq!((style.fg, style.bg), (None, None));
            assert_eq!(style.add_modifier.is_empty(), at == 0, "{}", theme.name);
            assert!(!rows[..at].contains(style), "{}: {style:?}", theme.name);
        }
        assert!(!theme.style(Role::Selection).add_modifier.contains(Modifier::REVERSED), "{}", theme.name);
        assert!(!theme.colours_apart(2), "{}", theme.name);
    }
}

#[test]
fn themes_of_colours_tell_eight_series_apart() {
    for theme in &themes(Depth::True)[..5] {
        assert!(theme.colours_apart(8) && !theme.colours_apart(9), "{}", theme.name);
        assert_eq!((theme.series(9), theme.point(9)), (theme.series(1), theme.point(1)));
    }
}

#[test]
fn a_wrong_theme_says_where_and_what() {
    let wrong = |text: &str| Theme::parse(text, Depth::True).unwrap_err().to_string();
    let coloured = BUILT_IN[0].replace("\"cyan\"", "\"cyanish\"");
    assert!(wrong(&coloured).contains("\"cyanish\" is no colour"), "{}", wrong(&coloured));
    assert_eq!(wrong("name = 'x'\n[roles]\ncursr = {}"), "theme:3: no role cursr; did you mean cursor?");
    assert!(wrong("name = 'x'\n[roles]\nsky = {}").starts_with("theme:3: no role sky; there are text, dim,"));
    assert_eq!(wrong("name = 'x'\n[glyphs]\nmrak = '#'"), "theme:3: no glyph mrak; did you mean mark?");
    let wide = "theme:4: glyph mark must be one column wide, and \"日\" is not";
    assert_eq!(wrong("name = 'x'\n[glyphs]\ncut = '~'\nmark = '日'"), wide);
    let number = "theme:4: glyphs: invalid type: integer `3`, expected a string";
    assert_eq!(wrong("name = 'x'\n[glyphs]\ncut = '~'\nmark = 3"), number);
    assert!(wrong("name = 'x'\n[glyphs]\nascii = true\nmark = '◆'").contains("theme of ASCII"));
    assert!(wrong("name = 'x'\n[glyphs]\npoints = []").contains("one sign at least"));
    assert!(wrong("name = 'x'\n[roles]\ntext = { foreground = 'red' }").starts_with("theme:3: unknown field"));
    assert!(wrong("name = ").starts_with("theme:1: "));
}

#[test]
fn what_a_theme_leaves_out_comes_from_the_default() {
    let own = "name = 'own'\nseries = [{ fg = 'red' }]\n[roles]\nmark = { fg = 'green' }\n[glyphs]\ncut = '~'\n";
    let (own, default) = (Theme::parse(own, Depth::True).unwrap(), &themes(Depth::True)[0]);
    assert_eq!(own.style(Role::Mark).fg, Some(Color::Green));
    assert_eq!(own.style(Role::Title), default.style(Role::Title));
    assert_eq!(own.glyphs, Glyphs { cut: "~".to_owned(), ..default.glyphs.clone() });
    assert_eq!(own.series(7).fg, Some(Color::Red));
    let ascii = Theme::parse("name = 'own'\n[glyphs]\nascii = true", Depth::True).unwrap();
    assert_eq!(ascii.glyphs, themes(Depth::True)[6].glyphs);
}

#[test]
fn a_palette_recolours_every_role_that_uses_it() {
    let own = Theme::parse("name = 'own'\n[palette]\naccent = '#ff00ff'\nmark = 'none'", Depth::True).unwrap();
    let default = &themes(Depth::True)[0];
    for role in [Role::Title, Role::Tab, Role::Key, Role::Busy, Role::Chart] {
        let accent = Style { fg: Some(Color::Rgb(255, 0, 255)), ..default.style(role) };
        assert_eq!(own.style(role), accent, "{role:?}");
    }
    assert_eq!(own.style(Role::Mark).fg, None);
    assert_eq!(own.style(Role::Warn), default.style(Role::Warn));
    let wrong = |text: &str| Theme::parse(text, Depth::True).unwrap_err().to_string();
    assert_eq!(
        wrong("name = 'x'\n[palette]\nacent = 'red'"),
        "theme:3: no colour of the palette acent; did you mean accent?"
    );
    assert!(wrong("name = 'x'\n[palette]\naccent = 'rad'").starts_with("theme:3: \"rad\" is no colour"));
}

#[test]
fn a_folder_of_themes_is_read_in_order_and_errors_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("b.toml"), "name = 'mono'\n[glyphs]\ncut = '~'").unwrap();
    fs::write(folder.path().join("a.toml"), "name = 'sea'").unwrap();
    fs::write(folder.path().join("c.toml"), "name = 'x'\n[roles]\nboder = {}").unwrap();
    fs::write(folder.path().join("notes.txt"), "no theme").unwrap();
    let read = Theme::load_folder(folder.path(), Depth::True);
    let names: Vec<&str> =
        read.iter().map(|theme| theme.as_ref().map_or("wrong", |theme| theme.name.as_str())).collect();
    assert_eq!(names, ["sea", "mono", "wrong"]);
    let (all, wrong) = Theme::all(Some(folder.path()), Depth::True).unwrap();
    let names: Vec<&str> = all.iter().map(|theme| theme.name.as_str()).collect();
    assert_eq!(names, ["default", "dark", "light", "high-contrast", "colour-blind", "mono", "ascii", "sea"]);
    assert_eq!(all[5].glyphs.cut, "~");
    let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    let file = folder.path().join("c.toml");
    assert_eq!(told, [format!("{}:3: no role boder; did you mean border?", file.display())]);
    assert!(Theme::load_folder(&folder.path().join("absent"), Depth::True).is_empty());
}
