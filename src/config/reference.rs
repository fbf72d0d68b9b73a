//! What every setting means: its unit, what it may be, and what it does.

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The section of `config.toml`.
    pub section: &'static str,
    /// The key in it.
    pub key: &'static str,
    /// What it does, with its unit and what it may be.
    pub meaning: &'static str,
}

const fn setting(section: &'static str, key: &'static str, meaning: &'static str) -> Setting {
    Setting { section, key, meaning }
}

/// The sections, in the order of the file, and what each is about.
pub const SECTIONS: [(&str, &str); 10] = [
    ("ingest", "How raw files are read."),
    ("features", "How events become one row of features per user."),
    ("segments", "Segments: K-Means over features."),
    ("churn", "Churn: logistic regression on whether a user stays away."),
    ("ltv", "Lifetime value: gradient boosted trees on the number of purchases to come."),
    ("recommend", "Recommendations: implicit ALS, item neighbours, or both."),
    ("uplift", "Uplift: forests on what a campaign changes, and the groups that follow from it."),
    ("campaign", "The columns of a real campaign's file, for `run --campaign` and `uplift`."),
    ("run", "The run as a whole."),
    ("ui", "The workbench on the screen."),
];

/// Every setting, in the order of the file.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    setting("ingest", "rejected_limit", "The share of event rows that may be rejected before the run stops: a number from 0 to 1."),
    setting("ingest", "layout", "The shape of the event log: \"retailrocket\", \"rees46\" (also Open CDP), \"online-retail\" (UCI), \"yoochoose\", \"ga4\" (Google Analytics 4 by way of BigQuery, one row an item), \"custom\" for one that ingest.columns tells, or \"auto\" for the one that the columns' names tell."),
    setting("ingest", "files", "The event logs, relative to the input folder: a name or pattern such as \"logs/2019-*.csv.gz\", or a list of them; empty for events.* or else every table of a known shape. Each may be CSV, plain or compressed by gzip or zstd, or Parquet."),
    setting("ingest", "separator", "What stands between two fields: one character, \"tab\", or \"auto\" for the one of comma, semicolon, tab and bar that the first row tells."),
    setting("ingest", "header", "Whether the first row names the columns; where it does not, ingest.columns numbers them from 1: true or false."),
    setting("ingest", "time_format", "How times are written: \"s\", \"ms\", \"us\" or \"ns\" since 1970, \"iso\" for 2019-10-01 00:00:00 and the like, \"excel\" for days since 1899-12-30, a pattern such as \"%d.%m.%Y %H:%M\", or \"auto\" for the layout's own."),
    setting("ingest", "decimal", "What stands before a number's decimals: \"point\" (1,234.50), \"comma\" (1.234,50), or \"auto\" for what the columns of money tell."),
    setting("ingest", "duplicates", "What becomes of rows that are equal in everything that is read: \"drop\" keeps one, \"keep\" keeps all, \"auto\" keeps lines of orders and rows of logs that tell minutes or days only, and drops the others."),
    setting("ingest", "time_zone", "The zone of times that name none: \"UTC\", an offset such as \"+02:00\", or a name such as \"Europe/Berlin\"."),
    setting("ingest", "default_event", "What a row without an event name is: \"view\", \"addtocart\", \"transaction\", or \"none\" for the layout's own."),
    setting("ingest", "columns", "The column of each role, where it is not the layout's own: a table of time, user, event, item, transaction, price, quantity, session, category, total (of all pieces of a row, where no column holds the price of one), clock (the time of day, where the column of the time holds the day) and status (of the order), such as { user = \"customer_id\", time = \"ts\" }."),
    setting("ingest", "events", "What the log's event names mean, before the layout's own: a table such as { product_view = \"view\", order = \"transaction\" } of \"view\", \"addtocart\", \"transaction\" or \"ignore\". Events of other names are ignored and counted."),
    setting("ingest", "statuses", "What the log's statuses of orders mean, before the usual ones: a table such as { Geliefert = \"purchase\", Storniert = \"none\" } of \"purchase\" or \"none\". Orders of other statuses count as purchases."),

    setting("features", "session_gap_minutes", "A gap of more than this many minutes between two events of a user starts a new session: a number from 0.001 to 5256000."),

    setting("segments", "k", "How many segments: a whole number from 2 to 50, or \"auto\" for the number from 2 to 10 with the best silhouette."),
    setting("segments", "restarts", "K-Means runs from different starts, of which the one with the least inertia is kept: a whole number from 1 to 10."),
    setting("segments", "seed", "Seed of the sample and the starts: a whole number."),
    setting("segments", "sample", "Users in the sample on which starts are sought and silhouettes measured: a whole number from 100 to 100000."),
    setting("segments", "max_iterations", "Most iterations over all users from one start: a whole number from 1 to 100000."),
    setting("segments", "tolerance", "Iterations end when the centres' squared shift is at most this times the mean variance of the columns: a number from 0 to 1000000."),
    setting("segments", "min_share", "The share of users below which a segment is a handful of outliers and other starts are preferred: a number from 0 to 0.2."),
    setting("segments", "reach", "Values further from the mean than this many standard deviations are drawn in to it: a number from 1 to 1000000."),
    setting("segments", "features", "The features that segments are formed by: a list of one name or more."),

    setting("churn", "inactive_days", "A user has left who shows no event for this many days: a number from 0.001 to 36500."),
    setting("churn", "l2", "Strength of the L2 penalty on the coefficients (scikit-learn's 1/C): a number from 0 to 1000000000."),
    setting("churn", "threshold", "The probability from which a user counts as leaving in the confusion matrix: a number from 0 to 1."),
    setting("churn", "max_iterations", "Most iterations of the solver: a whole number from 1 to 100000."),
    setting("churn", "linfa_rows", "Up to this many training rows linfa-logistic fits, above it Newton's method: a whole number from 0 to 10000000."),

    setting("ltv", "horizon_days", "Purchases within this many days are predicted: a number from 0.001 to 36500."),
    setting("ltv", "objective", "The loss: \"squared_error\", \"poisson\", or \"auto\" for the one with the lower validation RMSE."),
    setting("ltv", "trees", "Most trees: a whole number from 1 to 10000."),
    setting("ltv", "learning_rate", "The share of each leaf's best step that is taken: a number from 0.000001 to 1."),
    setting("ltv", "leaves", "Most leaves of a tree: a whole number from 2 to 4096."),
    setting("ltv", "depths", "The depths of trees to choose from by validation RMSE: a list of whole numbers, each from 1 to 64."),
    setting("ltv", "min_rows", "Fewest users in a leaf, raised where buyers are so rare that such a leaf would hold fewer than ten: a whole number from 0 to 1000000000."),
    setting("ltv", "l2", "The L2 penalty on the leaves' values: a number from 0 to 1000000000."),
    setting("ltv", "early_stopping", "Stop after this many trees without a better validation RMSE: a whole number from 1 to 10000."),
    setting("ltv", "validation_share", "The share of the training users set aside for validation: a number from 0.001 to 0.999."),
    setting("ltv", "rows_per_tree", "Users that a tree is grown on, all buyers and a draw of the others: a whole number from 1 to 1000000000."),
    setting("ltv", "comparison_rows", "Users on which objectives and depths are compared before the best pair is fitted on all: a whole number from 1 to 1000000000."),
    setting("ltv", "seed", "Seed of the validation split and of the draws: a whole number."),

    setting("recommend", "model", "The model: \"als\", \"item-knn\", \"blend\" of both, or \"auto\" for the one with the best recall@20 on validation days."),
    setting("recommend", "view_weight", "Weight of a view: a number from 0 to 1000000."),
    setting("recommend", "addtocart_weight", "Weight of an item put into the cart: a number from 0 to 1000000."),
    setting("recommend", "transaction_weight", "Weight of a purchase: a number from 0 to 1000000."),
    setting("recommend", "alpha", "The confidence of a user and an item is 1 + alpha · weight: a number from 0 to 1000000. Where the model is \"auto\", other values are tried beside it."),
    setting("recommend", "similarity", "How near two items are: \"co-occurrence\", their common users, or \"bm25\", the cosine of BM25 weights. Where the model is \"auto\", both are tried."),
    setting("recommend", "popularity_discount", "The power of a recommended item's number of users that divides its co-occurrence: a number from 0 to 1, of which 0 favours what is popular. Where the model is \"auto\", other values are tried beside it."),
    setting("recommend", "regularisation", "The penalty λ on the factors: a number from 0 to 1000000."),
    setting("recommend", "rank", "Numbers per factor: a whole number from 1 to 1024."),
    setting("recommend", "iterations", "Rounds over users and items: a whole number from 1 to 1000."),
    setting("recommend", "seed", "Seed of the factors' start and of the validation sample: a whole number."),
    setting("recommend", "top", "Items recommended to each user: a whole number from 1 to 1000."),
    setting("recommend", "cutoff_days", "The evaluation holds out the events of this many last days: a number from 0.001 to 36500."),
    setting("recommend", "exclude_known", "Whether items that the user has already touched are left out: true or false."),
    setting("recommend", "validation_interactions", "Where the model is \"auto\", most interactions that models are compared on: a whole number from 0 to 1000000000."),

    setting("uplift", "learner", "How uplift is learnt from two arms: \"t\" (a forest per arm), \"s\" (one forest that knows the treatment) or \"x\" (forests of imputed effects)."),
    setting("uplift", "trees", "Trees of each forest: a whole number from 1 to 10000."),
    setting("uplift", "max_depth", "Most splits between root and leaf: a whole number from 1 to 15."),
    setting("uplift", "min_leaf", "Fewest users in a leaf: a whole number from 1 to 1000000000."),
    setting("uplift", "rows_per_tree", "Most users drawn with replacement for each tree: a whole number from 1 to 1000000000."),
    setting("uplift", "smartcore_rows", "Up to this many users smartcore grows the forests, above it the program's own histogram forest: a whole number from 0 to 100000."),
    setting("uplift", "features", "The features used: a list of names, empty for all of them."),
    setting("uplift", "seed", "Seed of the simulated campaign and of the forests: a whole number."),
    setting("uplift", "persuadable_from", "From this uplift on a user is persuadable: a difference of probabilities, from -1 to 1."),
    setting("uplift", "sleeping_dog_below", "Below this uplift a user is a sleeping dog: a difference of probabilities, from -1 to 1."),
    setting("uplift", "sure_thing_from", "From this probability without treatment on any other user is a sure thing, below it a lost cause: a number from 0 to 1."),

    setting("campaign", "user", "The column with the user's id; a file without it has users of its own, who are not in the log."),
    setting("campaign", "treatment", "The column that says who was treated: 0/1, or the names of arms."),
    setting("campaign", "control", "The value of the treatment column of those who were left alone; empty where the column is 0/1."),
    setting("campaign", "arms", "The arms looked at: a list of names, empty for every arm."),
    setting("campaign", "outcome", "The column with the outcome: 0/1."),
    setting("campaign", "features", "The columns that predict, numbers as they are and categories one-hot: a list of names, empty for every other column."),
    setting("campaign", "ignore", "Columns that never predict, such as what happened after the treatment: a list of names."),
    setting("campaign", "spend", "The column with the money spent; empty for none."),
    setting("run", "keep", "How many runs the workspace keeps, the newest and the newest complete one: a whole number from 1 to 10000."),
    setting("run", "minimum_history_days", "A stage that predicts from a cutoff needs at least this many days of log before it: a number from 0 to 36500."),
    setting("run", "share", "Who may read and write what is written, workspaces, runs and exports: \"private\" (you alone, modes 0700 and 0600) or \"group\" (the folder's group too, 2770 and 0660). What exists keeps its modes; `user360 doctor` names what is looser."),

    setting("ui", "theme", "The theme to start with: the name of a built-in theme or of one of your own."),
    setting("ui", "restore", "Whether pane, sort, filter, columns and marks of the last session are opened again: true or false."),
    setting("ui", "export_folder", "The folder proposed for exports: a path, empty for the folder the program was started in."),
    setting("ui", "sql_rows", "Most rows of an SQL result kept on the screen; a result cut there says so: a whole number from 1 to 100000000."),
];

/// The least and the greatest number that a setting takes; a list takes such numbers. A stage ends within reach of both.
#[rustfmt::skip]
pub const RANGES: &[(&str, &str, f64, f64)] = &[
    ("ingest", "rejected_limit", 0.0, 1.0),
    ("features", "session_gap_minutes", 0.001, 5_256_000.0),
    ("segments", "restarts", 1.0, 10.0),
    ("segments", "sample", 100.0, 100_000.0),
    ("segments", "max_iterations", 1.0, 100_000.0),
    ("segments", "tolerance", 0.0, 1_000_000.0),
    ("segments", "min_share", 0.0, 0.2),
    ("segments", "reach", 1.0, 1_000_000.0),
    ("churn", "inactive_days", 0.001, 36_500.0),
    ("churn", "l2", 0.0, 1_000_000_000.0),
    ("churn", "threshold", 0.0, 1.0),
    ("churn", "max_iterations", 1.0, 100_000.0),
    ("churn", "linfa_rows", 0.0, 10_000_000.0),
    ("ltv", "horizon_days", 0.001, 36_500.0),
    ("ltv", "trees", 1.0, 10_000.0),
    ("ltv", "learning_rate", 1e-6, 1.0),
    ("ltv", "leaves", 2.0, 4096.0),
    ("ltv", "depths", 1.0, 64.0),
    ("ltv", "min_rows", 0.0, 1_000_000_000.0),
    ("ltv", "l2", 0.0, 1_000_000_000.0),
    ("ltv", "early_stopping", 1.0, 10_000.0),
    ("ltv", "validation_share", 0.001, 0.999),
    ("ltv", "rows_per_tree", 1.0, 1_000_000_000.0),
    ("ltv", "comparison_rows", 1.0, 1_000_000_000.0),
    ("recommend", "view_weight", 0.0, 1_000_000.0),
    ("recommend", "addtocart_weight", 0.0, 1_000_000.0),
    ("recommend", "transaction_weight", 0.0, 1_000_000.0),
    ("recommend", "alpha", 0.0, 1_000_000.0),
    ("recommend", "popularity_discount", 0.0, 1.0),
    ("recommend", "regularisation", 0.0, 1_000_000.0),
    ("recommend", "rank", 1.0, 1024.0),
    ("recommend", "iterations", 1.0, 1000.0),
    ("recommend", "top", 1.0, 1000.0),
    ("recommend", "cutoff_days", 0.001, 36_500.0),
    ("recommend", "validation_interactions", 0.0, 1_000_000_000.0),
    ("uplift", "trees", 1.0, 10_000.0),
    ("uplift", "max_depth", 1.0, 15.0),
    ("uplift", "min_leaf", 1.0, 1_000_000_000.0),
    ("uplift", "rows_per_tree", 1.0, 1_000_000_000.0),
    ("uplift", "smartcore_rows", 0.0, 100_000.0),
    ("uplift", "persuadable_from", -1.0, 1.0),
    ("uplift", "sleeping_dog_below", -1.0, 1.0),
    ("uplift", "sure_thing_from", 0.0, 1.0),
    ("run", "keep", 1.0, 10_000.0),
    ("run", "minimum_history_days", 0.0, 36_500.0),
    ("ui", "sql_rows", 1.0, 100_000_000.0),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::Config;

    /// The names that a refusal lists as possible, in backticks.
    fn possible(text: &str) -> BTreeSet<String> {
        let refusal = toml::from_str::<Config>(text).unwrap_err().message().to_owned();
        let quoted = refusal.split('`').skip(1).step_by(2).skip(1);
        quoted.map(str::to_owned).collect()
    }

    #[test]
    fn every_setting_is_explained_and_nothing_else() {
        let sections: BTreeSet<String> = SECTIONS.iter().map(|(section, _)| (*section).to_owned()).collect();
        assert_eq!(possible("nothing = 1"), sections);
        assert_eq!(SECTIONS.len(), sections.len());
        for section in sections {
            let explained = SETTINGS.iter().filter(|setting| setting.section == section);
            let explained: Vec<String> = explained.map(|setting| setting.key.to_owned()).collect();
            let keys: BTreeSet<String> = explained.iter().cloned().collect();
            assert_eq!(keys.len(), explained.len(), "[{section}] explains a setting twice");
            assert_eq!(possible(&format!("[{section}]\nnothing = 1")), keys, "[{section}]");
        }
        assert!(SETTINGS.iter().all(|setting| SECTIONS.iter().any(|(section, _)| *section == setting.section)));
    }

    #[test]
    fn settings_stand_in_the_order_of_the_sections() {
        let mut order = SETTINGS.iter().map(|setting| setting.section).collect::<Vec<_>>();
        order.dedup();
        assert_eq!(order, SECTIONS.map(|(section, _)| section));
    }

    #[test]
    fn meanings_are_sentences() {
        for setting in SETTINGS {
            let meaning = setting.meaning;
            assert!(meaning.starts_with(char::is_uppercase) && meaning.ends_with('.'), "{meaning}");
            assert!(!meaning.contains('\n') && !meaning.contains("  "), "{meaning}");
        }
    }

    #[test]
    fn every_number_has_a_range_and_its_meaning_tells_it() {
        let defaults = crate::config::print::values(&Config::default()).unwrap();
        for setting in SETTINGS {
            let value = &defaults[setting.section][setting.key];
            let number = value.is_float() || value.is_integer();
            let known = RANGES.iter().find(|range| (range.0, range.1) == (setting.section, setting.key));
            let seed = setting.key == "seed";
            if let Some((_, _, low, high)) = known {
                assert!(setting.meaning.contains(&format!("from {low} to {high}")), "{}", setting.meaning);
            } else {
                assert!(!number || seed || setting.key == "k", "[{}] {} has no range", setting.section, setting.key);
            }
        }
    }
}
