//! The tabs: which there are, whose answers they show, how their tables begin.

use crate::stage::StageId;
use crate::ui::command::Context;
use crate::ui::grid::Start;

/// A tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// Stages and the log's figures.
    Overview,
    /// One row per user.
    Users,
    /// One row per segment.
    Segments,
    /// Users by churn.
    Churn,
    /// Users by expected purchases.
    Ltv,
    /// Users and what to offer them.
    Recommendations,
    /// Users by uplift.
    Persuadables,
    /// A query's result.
    Sql,
}

impl Pane {
    /// Every pane, in the order of the tabs.
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Users,
        Self::Segments,
        Self::Churn,
        Self::Ltv,
        Self::Recommendations,
        Self::Persuadables,
        Self::Sql,
    ];

    /// The panes whose rows are the users of the user table: they share their marks.
    pub const OF_USERS: [Self; 5] = [Self::Users, Self::Churn, Self::Ltv, Self::Recommendations, Self::Persuadables];

    /// Its place among the tabs.
    pub fn place(self) -> usize {
        Self::ALL.iter().position(|pane| *pane == self).unwrap_or(0)
    }

    /// Its name on the tab.
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Users => "Users",
            Self::Segments => "Segments",
            Self::Churn => "Churn",
            Self::Ltv => "LTV",
            Self::Recommendations => "Recommendations",
            Self::Persuadables => "Persuadables",
            Self::Sql => "SQL",
        }
    }

    /// The stage whose answer it shows.
    pub fn stage(self) -> Option<StageId> {
        match self {
            Self::Overview | Self::Sql => None,
            Self::Users => Some(StageId::Features),
            Self::Segments => Some(StageId::Segments),
            Self::Churn => Some(StageId::Churn),
            Self::Ltv => Some(StageId::Ltv),
            Self::Recommendations => Some(StageId::Recommend),
            Self::Persuadables => Some(StageId::Uplift),
        }
    }

    /// Where its keys are looked up.
    pub(super) fn context(self) -> Context {
        match self {
            Self::Overview => Context::Overview,
            Self::Users => Context::Users,
            Self::Segments => Context::Segments,
            Self::Churn => Context::Churn,
            Self::Ltv => Context::Ltv,
            Self::Recommendations => Context::Recommendations,
            Self::Persuadables => Context::Persuadables,
            Self::Sql => Context::Sql,
        }
    }

    /// How its table begins.
    pub(super) fn start(self) -> Start {
        let (noun, columns, descending): (_, &'static [&'static str], _) = match self {
            Self::Overview | Self::Users => ("users", &[], None),
            Self::Segments => ("segments", &[], None),
            Self::Churn => (
                "users",
                &["user_id", "churn", "segment", "ltv", "recency_days", "sessions", "up1", "up2", "up3", "down1"],
                Some("churn"),
            ),
            Self::Ltv => (
                "users",
                &[
                    "user_id",
                    "ltv",
                    "revenue",
                    "segment",
                    "churn",
                    "orders",
                    "transactions",
                    "spend",
                    "events_30d",
                    "recency_days",
                ],
                Some("ltv"),
            ),
            Self::Recommendations => (
                "users",
                &["user_id", "segment", "source", "item_1", "score_1", "item_2", "item_3", "item_4", "item_5"],
                None,
            ),
            Self::Persuadables => (
                "users",
                &["user_id", "uplift", "uplift_group", "p_treated", "p_control", "segment", "churn", "ltv"],
                Some("uplift"),
            ),
            Self::Sql => ("rows", &[], None),
        };
        Start { noun, columns, descending }
    }
}
