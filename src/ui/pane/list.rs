//! The panes, in the order of their tabs. A new one is an entry here.

use crate::stage::StageId;
use crate::ui::grid::Start;
use crate::ui::pane::PaneChart::{
    AliveDistribution, BudgetCurve, ChurnDistribution, Deciles, LtvDistribution, Map, Profile, Recorded, TopFive,
};
use crate::ui::pane::{Body, Description, PaneTable, Slider};

/// The panes and their descriptions from one list.
macro_rules! panes {
    ($($(#[$doc:meta])* $pane:ident { $($description:tt)* })*) => {
        /// A tab.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Pane {
            $($(#[$doc])* $pane,)*
        }

        impl Pane {
            /// Every pane, in the order of the tabs.
            pub const ALL: [Self; [$(stringify!($pane)),*].len()] = [$(Self::$pane),*];

            /// What it is.
            pub fn description(self) -> &'static Description {
                match self {
                    $(Self::$pane => {
                        static PANE: Description = Description { $($description)* };
                        &PANE
                    })*
                }
            }
        }
    };
}

/// A table that begins with every column.
const fn all_columns(noun: &'static str) -> Start {
    Start { noun, columns: &[], above: None, descending: &[], turned: false }
}

panes! {
    /// Stages and the log's figures.
    Overview {
        title: "Overview",
        short: "Over",
        id: "overview",
        about: "Overview: stages, the log's figures",
        file: "overview",
        stage: None,
        table: None,
        start: all_columns("stages"),
        body: Body::Overview,
        slider: None,
        charts: &[],
    }

    /// One row per user.
    Users {
        title: "Users",
        short: "Users",
        id: "users",
        about: "Users: one row per user",
        file: "users",
        stage: Some(StageId::Features),
        table: Some(PaneTable::Users { needs: None }),
        start: all_columns("users"),
        body: Body::Table,
        slider: None,
        charts: &[],
    }

    /// One row per segment.
    Segments {
        title: "Segments",
        short: "Segm",
        id: "segments",
        about: "Segments: who behaves alike",
        file: "segments",
        stage: Some(StageId::Segments),
        table: Some(PaneTable::Segments),
        start: all_columns("segments"),
        body: Body::Analysis,
        slider: None,
        charts: &[Profile, Map, Recorded("silhouette"), Recorded("elbow"), Recorded("shares")],
    }

    /// Users by churn.
    Churn {
        title: "Churn",
        short: "Churn",
        id: "churn",
        about: "Churn: who will leave",
        file: "churn",
        stage: Some(StageId::Churn),
        table: Some(PaneTable::Users { needs: Some("churn") }),
        start: Start {
            noun: "users",
            columns: &[
                "user_id", "churn", "active", "segment", "ltv", "recency_days", "sessions", "reason1", "reason2",
                "reason3",
            ],
            above: Some("active"),
            descending: &["churn"],
            turned: false,
        },
        body: Body::Analysis,
        slider: Some(Slider::Threshold),
        charts: &[
            ChurnDistribution,
            Recorded("calibration"),
            Recorded("roc"),
            Recorded("lift"),
            Recorded("coefficients"),
        ],
    }

    /// Users by expected purchases.
    Ltv {
        title: "LTV",
        short: "LTV",
        id: "ltv",
        about: "LTV: who will buy",
        file: "ltv",
        stage: Some(StageId::Ltv),
        table: Some(PaneTable::Users { needs: Some("ltv") }),
        start: Start {
            noun: "users",
            columns: &[
                "user_id", "ltv", "revenue", "segment", "churn", "orders", "transactions", "spend", "events_30d",
                "recency_days",
            ],
            above: None,
            descending: &["ltv"],
            turned: false,
        },
        body: Body::Analysis,
        slider: None,
        charts: &[
            LtvDistribution,
            Deciles,
            Recorded("deciles"),
            Recorded("importance"),
            Recorded("totals"),
            AliveDistribution,
        ],
    }

    /// Users and what to offer them.
    Recommendations {
        title: "Recommendations",
        short: "Recs",
        id: "recommendations",
        about: "Recommendations: what to offer to whom",
        file: "recommendations",
        stage: Some(StageId::Recommend),
        table: Some(PaneTable::Recommendations),
        start: Start {
            noun: "users",
            columns: &[
                "user_id", "segment", "source", "item_1", "score_1", "item_2", "item_3", "item_4", "item_5",
            ],
            above: None,
            descending: &[],
            turned: false,
        },
        body: Body::Analysis,
        slider: None,
        charts: &[TopFive, Recorded("recall")],
    }

    /// Users by uplift.
    Persuadables {
        title: "Persuadables",
        short: "Uplift",
        id: "persuadables",
        about: "Persuadables: whom a campaign would win",
        file: "persuadables",
        stage: Some(StageId::Uplift),
        table: Some(PaneTable::Users { needs: Some("uplift") }),
        start: Start {
            noun: "users",
            columns: &[
                "user_id", "uplift", "uplift_group", "best_arm", "net", "simulated_uplift", "simulated_group", "p_treated",
                "p_control", "simulated_p_treated", "simulated_p_control", "segment", "churn", "ltv",
            ],
            above: None,
            descending: &["net", "uplift"],
            turned: false,
        },
        body: Body::Analysis,
        slider: Some(Slider::Budget),
        charts: &[
            BudgetCurve, Recorded("policies"), Recorded("qini"), Deciles, Recorded("uplift-deciles"), Recorded("groups"),
        ],
    }

    /// A query's result.
    Sql {
        title: "SQL",
        short: "SQL",
        id: "sql",
        about: "SQL: a query over the run's tables",
        file: "query",
        stage: None,
        table: Some(PaneTable::Query),
        start: all_columns("rows"),
        body: Body::Query,
        slider: None,
        charts: &[],
    }
}
