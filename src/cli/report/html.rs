//! The page as one HTML file that needs nothing else: its style within, no script, no address that is fetched; the policy
//! in its head has the browser hold it to that.

use std::fmt::Write as _;

use ratatui::style::Color;

use crate::cli::report::escape;
use crate::cli::report::page::{Block, Figure, Heat, Page, Row, Section, Shade, Table, Tile};
use crate::cli::report::svg;
use crate::ui::theme::{Depth, Theme};

const STYLE: &str = include_str!("page.css");

/// What the browser may do: style the page, nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Writes the page.
pub fn write(page: &Page) -> String {
    let (shop, as_of, freshness) = (plain(&page.shop), plain(&page.as_of), plain(&page.freshness));
    let style: Vec<&str> = STYLE.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{shop} – customers as of {as_of}</title>\n\
         <style>\n{}\n{}\n</style>\n</head>\n<body>\n<header>\n<p class=\"over\">Customer report</p>\n<h1>{shop}</h1>\n\
         <p class=\"when\">As of <strong>{as_of}</strong> – {freshness}.</p>\n",
        style.join("\n"),
        series()
    );
    // Writing to a string cannot fail, here and below.
    out.push_str("<nav aria-label=\"Contents\"><ul>");
    for section in &page.sections {
        let _ = write!(out, "<li><a href=\"#{}\">{}</a></li>", section.id, plain(&section.title));
    }
    out.push_str("</ul></nav>\n</header>\n<main>\n");
    page.sections.iter().for_each(|section| write_section(&mut out, section));
    let _ = write!(out, "</main>\n<footer><p>Made by {}.</p></footer>\n</body>\n</html>\n", plain(&page.made_by));
    out
}

/// The colours of series: those of the screen in the themes `light` and `dark`, so that a segment has one colour in both.
fn series() -> String {
    let themes = Theme::built_in(Depth::True).unwrap_or_default();
    let of = |name: &str| -> String {
        let theme = themes.iter().find(|theme| theme.name == name);
        let colours = (0..svg::COLOURS).filter_map(|number| Some((number, theme?.series(number).fg?)));
        let told = colours.filter_map(|(number, colour)| match colour {
            Color::Rgb(red, green, blue) => Some(format!("--k{number}: #{red:02x}{green:02x}{blue:02x};")),
            _ => None,
        });
        told.collect::<Vec<_>>().join(" ")
    };
    let (light, dark) = (of("light"), of("dark"));
    format!(":root {{ {light} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}")
}

fn write_section(out: &mut String, section: &Section) {
    let (id, title) = (section.id, plain(&section.title));
    let _ = writeln!(out, "<section id=\"{id}\">\n<h2>{title}</h2>");
    section.blocks.iter().for_each(|block| write_block(out, block));
    out.push_str("</section>\n");
}

fn write_block(out: &mut String, block: &Block) {
    let _ = match block {
        Block::Lead(words) => writeln!(out, "<p class=\"lead\">{}</p>", plain(words)),
        Block::Words(words) => writeln!(out, "<p>{}</p>", plain(words)),
        Block::Aside(words) => writeln!(out, "<p class=\"aside\">{}</p>", plain(words)),
        Block::News(said) => write_list(out, said),
        Block::Tiles(tiles) => write_tiles(out, tiles),
        Block::Rows(rows) => write_rows(out, rows),
        Block::Charts(figures) => write_charts(out, figures),
        Block::Table(table) => write_table(out, table),
        Block::Heat(heat) => write_heat(out, heat),
        Block::Terms(terms) => {
            out.push_str("<dl>\n");
            for term in terms {
                let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", plain(&term.label), plain(&term.words));
            }
            writeln!(out, "</dl>")
        }
    };
}

fn write_list(out: &mut String, said: &[String]) -> std::fmt::Result {
    out.push_str("<div class=\"news\"><h3>What matters</h3><ul>\n");
    for said in said {
        writeln!(out, "<li>{}</li>", plain(said))?;
    }
    writeln!(out, "</ul></div>")
}

fn write_tiles(out: &mut String, tiles: &[Tile]) -> std::fmt::Result {
    out.push_str("<div class=\"tiles\">\n");
    for tile in tiles {
        write!(out, "<div class=\"tile\"><h3>{}</h3>", plain(&tile.label))?;
        match &tile.value {
            Ok(value) => write!(out, "<p class=\"value\">{}</p>", plain(value))?,
            Err(why) => write!(out, "<p class=\"value none\">–</p><p class=\"beside\">{}</p>", plain(why))?,
        }
        for change in &tile.beside {
            let class = match change.good {
                Some(true) => "beside good",
                Some(false) => "beside bad",
                None => "beside",
            };
            write!(out, "<p class=\"{class}\">{}</p>", plain(&change.words))?;
        }
        out.push_str("</div>\n");
    }
    writeln!(out, "</div>")
}

fn write_rows(out: &mut String, rows: &[Row]) -> std::fmt::Result {
    out.push_str("<ul class=\"rows\">\n");
    for row in rows {
        let told = format!("{}: {}", row.label, row.words);
        writeln!(
            out,
            "<li><p class=\"of\"><i class=\"key dot {}\"></i><b>{}</b> <span>{}</span></p>{}<p class=\"note\">{}</p></li>",
            svg::colour(row.series),
            plain(&row.label),
            plain(&row.words),
            svg::bar(&told, row.length, row.series),
            plain(&row.note)
        )?;
    }
    writeln!(out, "</ul>")
}

fn write_charts(out: &mut String, figures: &[Figure]) -> std::fmt::Result {
    out.push_str("<div class=\"charts\">\n");
    for figure in figures {
        let picture = svg::draw(&figure.chart);
        write!(out, "<figure><h3>{}</h3>", plain(&figure.chart.title))?;
        if !picture.legend.is_empty() {
            out.push_str("<ul class=\"legend\">");
            for entry in &picture.legend {
                write!(out, "<li><i class=\"key {}\"></i>{}</li>", entry.class, plain(&entry.name))?;
            }
            out.push_str("</ul>");
        }
        out.push_str(&picture.svg);
        if !figure.words.is_empty() {
            write!(out, "<figcaption>{}</figcaption>", plain(&figure.words))?;
        }
        out.push_str("</figure>\n");
    }
    writeln!(out, "</div>")
}

fn write_table(out: &mut String, table: &Table) -> std::fmt::Result {
    let class = |at: usize| if at >= table.numbers_from { " class=\"n\"" } else { "" };
    let caption = plain(&table.caption);
    write!(
        out,
        "<h3 class=\"caption\">{caption}</h3><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">"
    )?;
    write!(out, "<table aria-label=\"{caption}\"><thead><tr>")?;
    for (at, head) in table.head.iter().enumerate() {
        write!(out, "<th scope=\"col\"{}>{}</th>", class(at), plain(head))?;
    }
    out.push_str("</tr></thead><tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            match at {
                0 => write!(out, "<th scope=\"row\"{}>{}</th>", class(at), plain(cell))?,
                at => write!(out, "<td{}>{}</td>", class(at), plain(cell))?,
            }
        }
        out.push_str("</tr>\n");
    }
    writeln!(out, "</tbody></table></div>")
}

fn write_heat(out: &mut String, heat: &Heat) -> std::fmt::Result {
    let caption = plain(&heat.caption);
    write!(
        out,
        "<h3 class=\"caption\">{caption}</h3><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">"
    )?;
    write!(out, "<table class=\"heat\" aria-label=\"{caption}\"><thead><tr>")?;
    write!(out, "<th scope=\"col\">{}</th>", plain(&heat.corner))?;
    for head in &heat.head {
        write!(out, "<th scope=\"col\" class=\"n\">{}</th>", plain(head))?;
    }
    out.push_str("</tr></thead><tbody>\n");
    for (name, cells) in &heat.rows {
        write!(out, "<tr><th scope=\"row\">{}</th>", plain(name))?;
        for cell in cells {
            write_shade(out, cell)?;
        }
        out.push_str("</tr>\n");
    }
    writeln!(out, "</tbody></table></div>\n<p class=\"aside\">{}</p>", plain(&heat.note))
}

fn write_shade(out: &mut String, cell: &Shade) -> std::fmt::Result {
    let class = if cell.running { "n run" } else { "n" };
    match cell.depth {
        None => write!(out, "<td class=\"n\">{}</td>", plain(&cell.words)),
        Some(depth) => {
            let depth = depth.clamp(0.0, 1.0);
            write!(out, "<td class=\"{class}\" style=\"--d:{depth:.2}\">{}</td>", plain(&cell.words))
        }
    }
}

/// A text between tags, whose percentages stay in one line.
fn plain(text: &str) -> String {
    escape::html(text).replace(" %", "\u{a0}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_has_its_colour_by_day_and_by_night() {
        let told = series();
        assert!(told.starts_with(":root { --k0: #005fd7; --k1: #af5f00;"), "{told}");
        for number in 0..svg::COLOURS {
            assert_eq!(told.matches(&format!("--k{number}: #")).count(), 2, "{told}");
            assert!(STYLE.contains(&format!(".c{number} {{ --c: var(--k{number}); }}")));
        }
    }
}
