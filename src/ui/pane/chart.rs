//! The charts that a pane can show.

/// A chart of a pane, or a table that stands among its charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaneChart {
    /// A chart that the stage recorded, by its id.
    Recorded(&'static str),
    /// What sets the segment under the cursor apart.
    Profile,
    /// Users on the plane of the first two principal components.
    Map,
    /// How many users have which churn probability.
    ChurnDistribution,
    /// How many users have which expected purchases.
    LtvDistribution,
    /// How likely buyers still are some.
    AliveDistribution,
    /// What a budget buys.
    BudgetCurve,
    /// What was predicted beside what was seen, by decile.
    Deciles,
    /// The top-5 of the user under the cursor.
    TopFive,
}
