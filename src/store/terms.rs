//! What the words and numbers of a run's tables hang on: its days, its currency, what its campaign is measured by.

use serde_json::Value;

use crate::format;
use crate::models::uplift::OutcomeKind;
use crate::stage::StageId;
use crate::store::columns::{self, ColumnEntry, MetricEntry, Shown, titled};
use crate::store::record::RunInfo;
use crate::store::results::{Churn, Uplift};
use crate::zone::ShopZone;

/// The name under which the user table is looked up.
pub(super) const USERS: &str = "users";

/// The terms of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// What stands behind money; empty where the run does not know it.
    pub currency: String,
    /// The days that purchases and revenue are told for.
    pub horizon_days: Option<f64>,
    /// The days without an event after which a user counts as gone.
    pub inactive_days: Option<f64>,
    /// The minutes without an event after which a visit has ended.
    pub gap_minutes: Option<f64>,
    /// The days within which an item is expected to be bought again.
    pub again_days: Option<f64>,
    /// Whether the campaign's outcome is money.
    pub of_money: bool,
    /// What it costs to reach a user; `None` where that is not known, or nothing.
    pub contact_cost: Option<f64>,
    /// The shop's clock, by which times are told.
    pub zone: ShopZone,
}

impl Terms {
    /// Those of a run.
    pub fn of(info: &RunInfo) -> Self {
        let figures = info.metrics::<Churn>().figures;
        Self {
            currency: told(&info.config).or_else(|| currency(&info.config)).or_else(|| named(info)).unwrap_or_default(),
            horizon_days: info.config.pointer("/ltv/horizon_days").and_then(Value::as_f64),
            inactive_days: figures.get("inactive_days").map(|figure| figure.value),
            gap_minutes: info.config.pointer("/features/session_gap_minutes").and_then(Value::as_f64),
            again_days: info.config.pointer("/recommend/cutoff_days").and_then(Value::as_f64),
            contact_cost: info
                .config
                .pointer("/uplift/contact_cost")
                .and_then(Value::as_f64)
                .filter(|cost| *cost > 0.0),
            zone: info.zone(),
            of_money: info.detail::<Uplift>().evaluation.is_some_and(|judged| judged.outcome == OutcomeKind::Money),
        }
    }

    /// What a column of a table is called on screen; its name where the catalogue does not know it.
    pub fn label(&self, table: &str, name: &str) -> String {
        let Some(entry) = entry(table, name) else { return name.to_owned() };
        let within = entry.within(name).unwrap_or_default();
        let label = match entry.label {
            "" => return name.to_owned(),
            // A column of the shop's own.
            "*" => return titled(within),
            label if label.contains('*') => label.replace('*', &self.label(USERS, within)),
            label => label.replace('#', within),
        };
        self.filled(&label)
    }

    /// Words with the run's days in them.
    pub fn filled(&self, words: &str) -> String {
        let days = |days: Option<f64>| days.map_or_else(|| "…".to_owned(), format::number);
        words.replace("{horizon}", &days(self.horizon_days)).replace("{inactive}", &days(self.inactive_days))
    }

    /// A meaning of the catalogue in the words of the screen: a setting that it names is told by its value, a column by its
    /// label.
    pub fn spoken(&self, meaning: &str) -> String {
        let told = |value: Option<f64>, unit: &str| match value {
            Some(value) if (value - 1.0).abs() < f64::EPSILON => format!("1 {}", unit.trim_end_matches('s')),
            Some(value) => format!("{} {unit}", format::number(value)),
            None => format!("so many {unit}"),
        };
        let mut words = String::with_capacity(meaning.len());
        for (at, piece) in meaning.split('`').enumerate() {
            // What stands between two backticks is a name.
            match piece {
                piece if at % 2 == 0 => words.push_str(&piece.replace("; null ", "; empty ")),
                "inactive_days" | "churn.inactive_days" => words.push_str(&told(self.inactive_days, "days")),
                "horizon_days" => words.push_str(&told(self.horizon_days, "days")),
                "recommend.cutoff_days" => words.push_str(&told(self.again_days, "days")),
                "session_gap_minutes" => words.push_str(&told(self.gap_minutes, "minutes")),
                name => match entry(USERS, name).filter(|column| !column.label.is_empty()) {
                    Some(_) => words.extend(["\"", &self.label(USERS, name), "\""]),
                    None => words.push_str(name),
                },
            }
        }
        words
    }

    /// The catalogue's entry of a column of a table.
    pub fn entry(&self, table: &str, name: &str) -> Option<&'static ColumnEntry> {
        entry(table, name)
    }

    /// How a metric is shown: what is told of a campaign measured in money, and of revenue, is money.
    pub fn of_metric(&self, entry: &MetricEntry, name: &str) -> Shown {
        let is_money = name.starts_with("revenue_") || (self.of_money && entry.stage == StageId::Uplift);
        match entry.shown {
            Shown::Points if is_money => Shown::Gain,
            Shown::Number(4 | 1) if is_money => Shown::Money,
            shown => shown,
        }
    }

    /// How a column of a table is shown; `None` where the catalogue does not know it.
    pub fn shown(&self, table: &str, name: &str) -> Option<Shown> {
        let entry = entry(table, name)?;
        let within = entry.within(name).unwrap_or_default();
        Some(match entry.name {
            "mean_*" => match self.shown(USERS, within)? {
                Shown::Count => Shown::Number(1),
                other => other,
            },
            "*_before" => self.shown(USERS, within)?,
            "*_change" => match self.shown(USERS, within)? {
                Shown::Share => Shown::Points,
                Shown::Money => Shown::Gain,
                other => other,
            },
            "uplift" | "simulated_uplift" | "uplift_at_campaign" if self.of_money => Shown::Gain,
            "uplift" | "simulated_uplift" | "uplift_at_campaign" => Shown::Points,
            "p_treated" | "p_control" | "simulated_p_treated" | "simulated_p_control" if self.of_money => Shown::Money,
            "net" => Shown::Gain,
            _ => entry.shown,
        })
    }
}

/// The catalogue's entry of a column.
pub(super) fn entry(table: &str, name: &str) -> Option<&'static ColumnEntry> {
    if table == USERS { columns::user_column(name) } else { columns::table(table)?.column(name) }
}

/// The only currency that the log names. Of a long record this alone is read: it is asked for in every frame.
fn named(info: &RunInfo) -> Option<String> {
    info.stage(StageId::Ingest)?.detail.get("currency")?.as_str().map(ToOwned::to_owned)
}

/// The currency that the shop's owner told.
fn told(config: &Value) -> Option<String> {
    config.pointer("/shop/currency")?.as_str().filter(|name| !name.is_empty()).map(ToOwned::to_owned)
}

/// The currency that `ingest.rates` count in: that of which one is worth one, where exactly one is.
fn currency(config: &Value) -> Option<String> {
    let rates = config.pointer("/ingest/rates")?.as_object()?;
    let mut units = rates.iter().filter(|(_, rate)| rate.as_f64() == Some(1.0)).map(|(name, _)| name.clone());
    units.next().filter(|_| units.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_by_words_with_the_days_of_the_run() {
        let terms = Terms { horizon_days: Some(60.0), ..Terms::default() };
        let of_users = |name: &str| terms.label(USERS, name);
        assert_eq!(
            [of_users("churn"), of_users("ltv"), of_users("customer_home_city"), of_users("orders_90d_ahead")],
            ["Likely to leave", "Purchases expected, 60 d", "Home city", "Orders, next 90 d"]
        );
        assert_eq!(terms.label("Segments", "mean_recency_days"), "Last seen, mean");
        assert_eq!(terms.label("Recommendations", "again_due_days_3"), "Due in 3");
        assert_eq!(terms.label("Segments", "what_nobody_knows"), "what_nobody_knows");
    }

    #[test]
    fn meanings_are_spoken_with_the_values_of_the_run() {
        let terms = Terms { inactive_days: Some(30.0), gap_minutes: Some(30.0), ..Terms::default() };
        for (name, spoken) in [
            ("churn", "how likely the user stays away for the next 30 days"),
            ("sessions", "visits: events without a gap longer than 30 minutes, or the log's own sessions"),
            ("uplift", "what the campaign adds: \"With campaign\" less \"Without campaign\""),
            ("view_cart_ratio", "additions to the cart per view; empty without a view"),
        ] {
            assert_eq!(entry(USERS, name).map(|entry| terms.spoken(entry.meaning)).as_deref(), Some(spoken));
        }
        assert!(Terms::default().spoken("within `horizon_days`").ends_with("so many days"));
    }

    #[test]
    fn an_effect_is_told_in_what_it_is_measured_by() {
        let mut terms = Terms::default();
        assert_eq!(terms.shown(USERS, "uplift"), Some(Shown::Points));
        assert_eq!(terms.shown("What changed", "churn_change"), Some(Shown::Points));
        assert_eq!(terms.shown("Segments", "mean_transactions"), Some(Shown::Number(1)));
        terms.of_money = true;
        assert_eq!(
            [terms.shown(USERS, "uplift"), terms.shown(USERS, "p_control")],
            [Some(Shown::Gain), Some(Shown::Money)]
        );
        assert_eq!(terms.shown(USERS, "unheard"), None);
    }

    #[test]
    fn money_is_in_the_currency_that_is_worth_one() {
        let of = |rates: &str| currency(&serde_json::from_str(&format!("{{\"ingest\":{{\"rates\":{rates}}}}}")).ok()?);
        assert_eq!(of(r#"{"EUR": 1.0, "USD": 0.92}"#).as_deref(), Some("EUR"));
        assert_eq!((of(r#"{"EUR": 1.0, "USD": 1.0}"#), of("{}")), (None, None));
    }

    #[test]
    fn every_column_that_is_shown_has_a_label() {
        let shown = ["Segments", "Recommendations", "Similar items", "What changed"];
        for table in columns::catalogue().iter().filter(|table| table.of_users || shown.contains(&table.name)) {
            for column in &table.columns {
                assert!(!column.label.is_empty(), "{} of {} has no label", column.name, table.name);
                assert!(column.label.replace("{horizon}", "60").chars().count() <= 24, "{} is long", column.label);
            }
        }
    }
}
