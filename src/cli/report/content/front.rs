//! The figures of the front page as tiles, and the sentences of what matters.

use crate::cli::report::content::source::{Source, heading, number_of};
use crate::cli::report::page::{Block, Change, Section, Table, Tile};
use crate::format::{number, percent, subject, thousands};
use crate::store::front_page::{Compared, Told};
use crate::store::{FrontPage, news};

/// Why there is no figure at all.
const OLD: &str = "the run has no features, or an older version made it";

/// The section.
pub fn section(source: &Source<'_>) -> Section {
    let mut made = heading("glance", "At a glance");
    made.blocks.push(Block::Tiles(tiles(source)));
    made.blocks.push(Block::News(news(source.info)));
    made.blocks.extend(source.front.map(|front| best(source, front)));
    made
}

fn tiles(source: &Source<'_>) -> Vec<Tile> {
    let none = || Err(OLD.to_owned());
    let front = source.front;
    let bought = front.and_then(|front| front.rfm_grid.value.as_ref());
    let bought = bought.map(|cells| cells.iter().map(|cell| cell.users).sum::<u64>());
    let bought = bought.map(|buyers| plain(format!("{} bought", subject(buyers, "customers", "have"))));
    let risk = front.and_then(|front| front.at_risk.value);
    let risk = risk.map(|risk| {
        let within =
            source.terms.inactive_days.map_or_else(String::new, |days| format!(" within {} days", number(days)));
        plain(format!(
            "of {} active{within}, likelier than {} to leave",
            thousands(risk.active),
            percent(risk.threshold).replace(".0 ", " ")
        ))
    });
    let count = |value: &f64| number_of(*value);
    vec![
        Tile {
            label: "Customers".to_owned(),
            value: Ok(thousands(source.info.users)),
            beside: bought.into_iter().collect(),
        },
        compared("Active, 28 days", front.map(|front| &front.active_customers), count),
        compared("Orders, 28 days", front.map(|front| &front.orders), count),
        compared("Revenue, 28 days", front.map(|front| &front.revenue), |value| source.money(*value)),
        Tile {
            label: "At risk of leaving".to_owned(),
            value: front.map_or_else(none, |front| told(&front.at_risk, |risk| thousands(risk.users))),
            beside: risk.into_iter().collect(),
        },
        Tile {
            label: "Money at stake".to_owned(),
            value: front.map_or_else(none, |front| told(&front.money_at_stake, |money| source.money(*money))),
            beside: front
                .filter(|front| front.money_at_stake.value.is_some())
                .map(|_| {
                    plain(source.terms.filled("what those at risk would bring in {horizon} days, had they stayed"))
                })
                .into_iter()
                .collect(),
        },
    ]
}

fn plain(words: String) -> Change {
    Change { words, good: None }
}

fn told<T>(of: &Told<T>, words: impl Fn(&T) -> String) -> Result<String, String> {
    match (&of.value, &of.reason) {
        (Some(value), _) => Ok(words(value)),
        (None, reason) => Err(reason.clone().unwrap_or_else(|| "not known".to_owned())),
    }
}

/// A number of the last 28 days beside earlier ones; more of each is better.
fn compared(label: &str, of: Option<&Told<Compared>>, words: impl Fn(&f64) -> String) -> Tile {
    let value = of.map_or_else(|| Err(OLD.to_owned()), |of| told(of, |compared| words(&compared.last)));
    let mut beside = Vec::new();
    if let Some(compared) = of.and_then(|of| of.value) {
        for (earlier, when) in [(compared.before, "the 28 days before"), (compared.year_ago, "a year ago")] {
            beside.push(match earlier {
                None => plain(format!("{when}: the log is too short")),
                Some(earlier) => change(compared.last, earlier, when, &words),
            });
        }
    }
    Tile { label: label.to_owned(), value, beside }
}

fn change(last: f64, earlier: f64, when: &str, words: &impl Fn(&f64) -> String) -> Change {
    let was = words(&earlier);
    if earlier <= 0.0 {
        return plain(format!("{was} {when}"));
    }
    let share = last / earlier - 1.0;
    let (sign, good) = match percent(share.abs()).as_str() {
        "0.0 %" => ("±", None),
        _ if share > 0.0 => ("▲ +", Some(true)),
        _ => ("▼ −", Some(false)),
    };
    Change { words: format!("{sign}{} · {was} {when}", percent(share.abs())), good }
}

/// The best customers, and who has gone quiet.
fn best(source: &Source<'_>, front: &FrontPage) -> Block {
    let mut rows = Vec::new();
    let or_why = |told: Result<String, String>| told.unwrap_or_else(|why| format!("– ({why})"));
    rows.push(vec![
        "Best customers: the top tenth by spend of the last year".to_owned(),
        or_why(told(&front.best_customers, |best| {
            let (net, least) = (source.money(best.net), source.money(best.least));
            let (users, share) = (thousands(best.users), percent(best.share));
            format!("{users}, who spent {net} ({share} of all), from {least} each")
        })),
    ]);
    rows.push(vec![
        "Gone quiet: overdue by their own rhythm".to_owned(),
        or_why(told(&front.gone_quiet, |quiet| {
            let best = match (front.best_customers.value.is_some(), quiet.best_customers) {
                (false, _) => String::new(),
                (true, best) => format!(", {} of them among the best", thousands(best)),
            };
            format!("{}{best}", thousands(quiet.users))
        })),
    ]);
    Block::Table(Table {
        caption: "The best and the quiet".to_owned(),
        head: vec!["Who".to_owned(), "How many".to_owned()],
        numbers_from: 2,
        rows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_which_way_and_whether_that_is_good() {
        let of = |last, before| {
            let compared =
                self::compared("Orders", Some(&Told::of(Compared { last, before, year_ago: None })), |value| {
                    number_of(*value)
                });
            compared.beside.into_iter().map(|change| (change.words, change.good)).collect::<Vec<_>>()
        };
        let short = ("a year ago: the log is too short".to_owned(), None);
        assert_eq!(
            of(90.0, Some(120.0)),
            [("▼ −25.0 % · 120 the 28 days before".to_owned(), Some(false)), short.clone()]
        );
        assert_eq!(of(90.0, Some(0.0)), [("0 the 28 days before".to_owned(), None), short.clone()]);
        assert_eq!(of(90.0, Some(90.0))[0], ("±0.0 % · 90 the 28 days before".to_owned(), None));
        let none = compared("Orders", Some(&Told::none("nobody bought anything")), |value| number_of(*value));
        assert_eq!((none.value, none.beside), (Err("nobody bought anything".to_owned()), Vec::new()));
    }
}
