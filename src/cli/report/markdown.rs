//! The page as Markdown: tables as GitHub reads them, charts as text.

use std::fmt::Write as _;
use std::ops::Range;

use crate::cli::report::escape::markdown as plain;
use crate::cli::report::page::{Block, Figure, Heat, Page, Row, Table, Tile};
use crate::plot::Canvas;
use crate::text::shown;

/// Columns of a chart.
const CHART: usize = 76;

/// Writes the page.
pub fn write(page: &Page) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(out, "# {}\n\nAs of {} – {}.", plain(&page.shop), plain(&page.as_of), plain(&page.freshness));
    for section in &page.sections {
        let _ = writeln!(out, "\n## {}", plain(&section.title));
        for block in &section.blocks {
            out.push('\n');
            write_block(&mut out, block);
        }
    }
    let _ = writeln!(out, "\n---\n\nMade by {}.", plain(&page.made_by));
    out
}

fn write_block(out: &mut String, block: &Block) {
    let _ = match block {
        Block::Lead(words) => writeln!(out, "**{}**", plain(words)),
        Block::Words(words) | Block::Aside(words) => writeln!(out, "{}", plain(words)),
        Block::News(said) => said.iter().try_for_each(|said| writeln!(out, "- {}", plain(said))),
        Block::Tiles(tiles) => write_table(out, &["Figure", "", "Beside"], 1..2, tiles.iter().map(tile)),
        Block::Rows(rows) => write_table(out, &["Who", "How many", "What holds"], 1..2, rows.iter().map(row)),
        Block::Charts(figures) => figures.iter().try_for_each(|figure| write_chart(out, figure)),
        Block::Table(table) => caption(out, &table.caption).and_then(|()| whole_table(out, table)),
        Block::Heat(heat) => caption(out, &heat.caption).and_then(|()| write_heat(out, heat)),
        Block::Terms(terms) => {
            terms.iter().try_for_each(|term| writeln!(out, "- **{}**: {}", plain(&term.label), plain(&term.words)))
        }
    };
}

fn caption(out: &mut String, words: &str) -> std::fmt::Result {
    writeln!(out, "{}:\n", plain(words))
}

fn tile(tile: &Tile) -> Vec<String> {
    let value = match &tile.value {
        Ok(value) => format!("**{}**", plain(value)),
        Err(why) => format!("– ({})", plain(why)),
    };
    let beside: Vec<String> = tile.beside.iter().map(|change| plain(&change.words)).collect();
    vec![plain(&tile.label), value, beside.join("; ")]
}

fn row(row: &Row) -> Vec<String> {
    vec![plain(&row.label), plain(&row.words), plain(&row.note)]
}

/// Rows whose cells are Markdown already.
fn write_table(
    out: &mut String,
    head: &[&str],
    numbers: Range<usize>,
    rows: impl Iterator<Item = Vec<String>>,
) -> std::fmt::Result {
    writeln!(out, "| {} |", head.join(" | "))?;
    let rules: Vec<&str> = (0..head.len()).map(|at| if numbers.contains(&at) { "---:" } else { "---" }).collect();
    writeln!(out, "|{}|", rules.join("|"))?;
    for row in rows {
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    Ok(())
}

fn whole_table(out: &mut String, table: &Table) -> std::fmt::Result {
    let head: Vec<String> = table.head.iter().map(|head| plain(head)).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows = table.rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect());
    write_table(out, &head, table.numbers_from..head.len(), rows)
}

fn write_heat(out: &mut String, heat: &Heat) -> std::fmt::Result {
    let head: Vec<String> = std::iter::once(&heat.corner).chain(&heat.head).map(|head| plain(head)).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows = heat.rows.iter().map(|(name, cells)| {
        let cells = cells.iter().map(|cell| format!("{}{}", plain(&cell.words), if cell.running { " …" } else { "" }));
        std::iter::once(plain(name)).chain(cells).collect()
    });
    write_table(out, &head, 1..head.len(), rows)?;
    writeln!(out, "\n{}", plain(&heat.note.replace("Hatched:", "Followed by …:")))
}

fn write_chart(out: &mut String, figure: &Figure) -> std::fmt::Result {
    let chart = &figure.chart;
    writeln!(out, "### {}\n", plain(&chart.title))?;
    if !figure.words.is_empty() {
        writeln!(out, "{}\n", plain(&figure.words))?;
    }
    let canvas = Canvas { width: CHART, height: chart.height(), ascii: false };
    writeln!(out, "```text")?;
    for line in chart.plot(&canvas, None).text().lines() {
        // A fence within a name must not end the block.
        writeln!(out, "{}", shown(line).replace("```", "'''").trim_end())?;
    }
    writeln!(out, "```\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::page::Section;

    #[test]
    fn a_name_cannot_break_out_of_its_cell() {
        let table = Table {
            caption: "Arms".to_owned(),
            head: vec!["Arm".to_owned(), "Users".to_owned()],
            numbers_from: 1,
            rows: vec![vec!["a|b <script>".to_owned(), "12".to_owned()]],
        };
        let page = Page {
            shop: "# <b>".to_owned(),
            as_of: String::new(),
            freshness: String::new(),
            sections: vec![Section { id: "a", title: "A".to_owned(), blocks: vec![Block::Table(table)] }],
            made_by: String::new(),
        };
        let told = write(&page);
        assert!(told.starts_with("# \\# &lt;b&gt;\n"), "{told}");
        assert!(told.contains("| Arm | Users |\n|---|---:|\n| a\\|b &lt;script&gt; | 12 |\n"), "{told}");
    }
}
