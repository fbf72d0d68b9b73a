//! The five questions after a log's settings were written: what no log tells, or tells in part.

use toml::Value;

use crate::config::{Answer, Config};
use crate::ingest::campaign::Price;
use crate::models::churn::Inactivity;

/// A question: what it asks, what it is proposed from, and how its answer becomes settings.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// What is asked.
    pub asks: &'static str,
    /// What stays open without an answer.
    pub open: &'static str,
    /// The settings that its answer becomes.
    sets: &'static [(&'static str, &'static str)],
    take: fn(&str) -> Result<Vec<Answer>, String>,
}

/// The questions, in their order.
pub const QUESTIONS: [Question; 5] = [
    Question {
        asks: "1 of 5: the currency, and whether tax is in the prices, such as EUR with tax",
        open: "currency and tax",
        sets: &[("shop", "currency"), ("shop", "tax")],
        take: currency,
    },
    Question {
        asks: "2 of 5: what is left of a sale after its costs, such as 40 % or 12.50",
        open: "margin",
        sets: &[("campaign", "margin")],
        take: |text| price("margin", text),
    },
    Question {
        asks: "3 of 5: what contacting one customer costs, such as 0.05",
        open: "cost per contact",
        sets: &[("campaign", "contact_cost")],
        take: cost,
    },
    Question {
        asks: "4 of 5: the usual discount of a campaign, such as 10 % or 5.00",
        open: "usual discount",
        sets: &[("campaign", "incentive")],
        take: |text| price("incentive", text),
    },
    Question {
        asks: "5 of 5: after how many days of silence a customer counts as gone; auto takes the log's own gaps",
        open: "days of silence",
        sets: &[("churn", "inactive_days")],
        take: silence,
    },
];

/// What the log itself tells of the answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hints {
    /// The currency that it counts in, by its letters or its sign.
    pub currency: Option<String>,
    /// Which share of the price is usually let off.
    pub discount: Option<f64>,
}

impl Question {
    /// Settings from an answer; none from an empty one.
    ///
    /// # Errors
    /// What is wrong with it, and what it should be.
    pub fn take(&self, text: &str) -> Result<Vec<Answer>, String> {
        if text.is_empty() { Ok(Vec::new()) } else { (self.take)(text) }
    }

    /// What the configuration says already, else what the log tells, as an answer; empty where neither says anything.
    pub fn proposed(&self, config: &Config, hints: &Hints) -> String {
        let days = || match config.churn.inactive_days {
            Inactivity::Auto => "auto".to_owned(),
            Inactivity::Days(days) => days.to_string(),
        };
        match self.sets.first() {
            Some(("shop", _)) => {
                let currency = config.shop.currency.clone();
                let one = config.ingest.rates.iter().filter(|(_, rate)| (**rate - 1.0).abs() < f64::EPSILON);
                let told = if currency.is_empty() { one.map(|(name, _)| name.clone()).next() } else { Some(currency) };
                let told = told.or_else(|| hints.currency.as_deref().and_then(letters));
                let tax = match config.shop.tax.as_str() {
                    "included" => " with tax",
                    "excluded" => " without tax",
                    _ => "",
                };
                told.map_or_else(String::new, |currency| format!("{currency}{tax}"))
            }
            Some(("campaign", "margin")) => said_price(config.campaign.margin),
            Some(("campaign", "incentive")) => match (config.campaign.incentive, hints.discount) {
                (Price::Unset, Some(share)) => format!("{:.0} %", (share * 100.0).max(1.0)),
                (price, _) => said_price(price),
            },
            Some(("campaign", _)) if config.campaign.contact_cost > 0.0 => config.campaign.contact_cost.to_string(),
            Some(("churn", _)) => days(),
            _ => String::new(),
        }
    }
}

/// A price as it is typed.
fn said_price(price: Price) -> String {
    match price {
        Price::Unset => String::new(),
        Price::Each(amount) => amount.to_string(),
        // A share that was written with a few decimals is read back with them.
        Price::Share(share) => format!("{} %", (share * 1e8).round() / 1e6),
    }
}

fn text_of(section: &'static str, key: &'static str, value: &str) -> Answer {
    (section, key, Value::String(value.to_owned()))
}

/// A currency's three letters, of themselves or of its sign.
fn letters(name: &str) -> Option<String> {
    let signs = [("€", "EUR"), ("$", "USD"), ("US$", "USD"), ("£", "GBP"), ("¥", "JPY"), ("ZŁ", "PLN"), ("₹", "INR")];
    let upper = name.to_uppercase();
    let name = signs.iter().find(|(sign, _)| *sign == upper).map_or(upper.as_str(), |(_, code)| code);
    (name.chars().count() == 3 && name.chars().all(char::is_alphabetic)).then(|| name.to_owned())
}

fn currency(text: &str) -> Result<Vec<Answer>, String> {
    let lower = text.to_lowercase();
    let without = ["without", "excl", "net", "ohne"].iter().any(|word| lower.contains(word));
    let with = !without && ["with", "incl", "gross", "mit"].iter().any(|word| lower.contains(word));
    let name = text.split(|letter: char| letter.is_whitespace() || letter == ',').next().unwrap_or_default();
    let name =
        letters(name).ok_or("name a currency by its three letters, such as EUR, then with tax or without tax")?;
    let mut answers = vec![text_of("shop", "currency", &name)];
    if with || without {
        answers.push(text_of("shop", "tax", if with { "included" } else { "excluded" }));
    }
    Ok(answers)
}

fn price(key: &'static str, text: &str) -> Result<Vec<Answer>, String> {
    let bare = text.trim_end_matches('%').trim().replace(',', ".");
    let number: f64 = bare.parse().map_err(|_| "give a share such as 40 %, or an amount such as 12.50".to_owned())?;
    if number < 0.0 || !number.is_finite() || (text.ends_with('%') && number > 100.0) {
        return Err("give a share from 0 to 100 %, or an amount of 0 or more".to_owned());
    }
    let written = if text.ends_with('%') { Value::String(format!("{bare}%")) } else { Value::Float(number) };
    Ok(vec![("campaign", key, written)])
}

fn cost(text: &str) -> Result<Vec<Answer>, String> {
    let number: Option<f64> = text.replace(',', ".").parse().ok();
    let number = number.filter(|cost| (0.0..=1e9).contains(cost));
    let number = number.ok_or_else(|| "give an amount of 0 or more, such as 0.05".to_owned())?;
    Ok(vec![("campaign", "contact_cost", Value::Float(number))])
}

fn silence(text: &str) -> Result<Vec<Answer>, String> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(vec![text_of("churn", "inactive_days", "auto")]);
    }
    let days: Option<f64> = text.replace(',', ".").parse().ok();
    let days = days.filter(|days| *days >= 1.0 && *days <= 3650.0);
    let days = days.ok_or_else(|| "give a number of days from 1 to 3650, or auto".to_owned())?;
    Ok(vec![("churn", "inactive_days", Value::Float(days))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(at: usize, text: &str) -> Vec<String> {
        let answers = QUESTIONS[at].take(text).unwrap_or_default();
        answers.iter().map(|(section, key, value)| format!("{section}.{key} = {value}")).collect()
    }

    #[test]
    fn answers_become_settings() {
        assert_eq!(said(0, "€, with tax"), ["shop.currency = \"EUR\"", "shop.tax = \"included\""]);
        assert_eq!(said(0, "usd"), ["shop.currency = \"USD\""]);
        assert_eq!(said(1, "37,5 %"), ["campaign.margin = \"37.5%\""]);
        assert_eq!(said(2, "0,05"), ["campaign.contact_cost = 0.05"]);
        assert_eq!(said(3, "5"), ["campaign.incentive = 5.0"]);
        assert_eq!(said(4, "45"), ["churn.inactive_days = 45.0"]);
        assert!(said(4, "").is_empty());
    }

    #[test]
    fn what_the_log_tells_is_proposed_where_no_setting_says_it() {
        let mut config = Config::default();
        let proposed = |config: &Config, hints: &Hints| QUESTIONS.map(|question| question.proposed(config, hints));
        assert_eq!(proposed(&config, &Hints::default()), ["", "", "", "", "30"]);
        let hints = Hints { currency: Some("€".to_owned()), discount: Some(0.104) };
        assert_eq!(proposed(&config, &hints), ["EUR", "", "", "10 %", "30"]);
        config.shop.currency = "SEK".to_owned();
        config.campaign.incentive = Price::Each(5.0);
        assert_eq!(proposed(&config, &hints), ["SEK", "", "", "5", "30"]);
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for (at, text) in [(0, "money"), (1, "much"), (1, "140 %"), (2, "-1"), (3, "free"), (4, "never"), (4, "0")] {
            assert!(QUESTIONS[at].take(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_question_fills_settings_that_there_are() {
        for question in QUESTIONS {
            let known = Config::settings().filter(|setting| question.sets.contains(&(setting.section, setting.key)));
            assert_eq!(known.count(), question.sets.len(), "{}", question.asks);
        }
    }
}
