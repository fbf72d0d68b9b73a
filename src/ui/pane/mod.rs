//! The tabs. Each is one [`Description`] in `list`; keys, help, tab bar, sessions, exports and drawing read it.

mod chart;
mod list;

use crate::stage::StageId;
use crate::ui::grid::Start;

pub use chart::PaneChart;
pub use list::Pane;

/// Everything that sets a pane apart from the others.
#[derive(Debug)]
pub struct Description {
    /// Its name: on the tab, in help, and in saved sessions, which a new name would no longer find.
    pub title: &'static str,
    /// Its name on the tab where there is little room.
    pub short: &'static str,
    /// The command that shows it, as settings name it.
    pub id: &'static str,
    /// What that command says in help and palette.
    pub about: &'static str,
    /// The name proposed for an exported file.
    pub file: &'static str,
    /// The stage whose answer it shows.
    pub stage: Option<StageId>,
    /// What its table shows; `None` where it has no table.
    pub table: Option<PaneTable>,
    /// How its table begins.
    pub start: Start,
    /// What it consists of.
    pub body: Body,
    /// What `Left` and `Right` set, where they do not move between columns.
    pub slider: Option<Slider>,
    /// Its charts, in this order; those that a run lacks are left out.
    pub charts: &'static [PaneChart],
}

/// What a pane's table shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaneTable {
    /// The user table, which must have the column `needs`.
    Users {
        /// The column that the pane cannot do without.
        needs: Option<&'static str>,
    },
    /// One row per user: what to offer.
    Recommendations,
    /// One row per segment.
    Segments,
    /// A query's result.
    Query,
}

/// What a pane consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// The stages and the log's figures.
    Overview,
    /// A table.
    Table,
    /// The query above its result.
    Query,
    /// The headline of its stage, a table, charts.
    Analysis,
}

/// A number set with `Left` and `Right`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slider {
    /// From which churn probability on a user counts as leaving.
    Threshold,
    /// How many users a campaign reaches.
    Budget,
}

impl Pane {
    /// Its place among the tabs.
    pub fn place(self) -> usize {
        Self::ALL.iter().position(|pane| *pane == self).unwrap_or(0)
    }

    /// Its name on the tab.
    pub fn title(self) -> &'static str {
        self.description().title
    }

    /// Its name on the command line and in settings.
    pub fn id(self) -> &'static str {
        self.description().id
    }

    /// The stage whose answer it shows.
    pub fn stage(self) -> Option<StageId> {
        self.description().stage
    }

    /// The pane of this name.
    pub fn named(title: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pane| pane.title() == title)
    }

    /// Whether it has a table.
    pub fn has_table(self) -> bool {
        self.description().table.is_some()
    }

    /// Whether it has charts below its table.
    pub fn has_charts(self) -> bool {
        self.description().body == Body::Analysis
    }

    /// Whether its rows are the users of the user table. Such panes share their marks.
    pub fn is_of_users(self) -> bool {
        matches!(self.description().table, Some(PaneTable::Users { .. } | PaneTable::Recommendations))
    }

    /// The panes whose rows are the users of the user table.
    pub fn of_users() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|pane| pane.is_of_users())
    }

    /// Whether filter, sort and columns of its table outlive the program. A query's result does not.
    pub fn is_kept(self) -> bool {
        self.description().table.is_some_and(|table| table != PaneTable::Query)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn panes_differ_in_name_and_command() {
        let distinct = |of: fn(&Description) -> &'static str| -> usize {
            Pane::ALL.into_iter().map(|pane| of(pane.description())).collect::<HashSet<_>>().len()
        };
        assert_eq!(distinct(|pane| pane.title), Pane::ALL.len());
        assert_eq!(distinct(|pane| pane.id), Pane::ALL.len());
    }

    #[test]
    fn a_pane_shows_only_what_it_can() {
        for pane in Pane::ALL {
            let Description { table, body, slider, charts, .. } = pane.description();
            assert_eq!(table.is_none(), *body == Body::Overview, "{pane:?}");
            assert_eq!(*table == Some(PaneTable::Query), *body == Body::Query, "{pane:?}");
            assert!(*body == Body::Analysis || (slider.is_none() && charts.is_empty()), "{pane:?}");
            assert_eq!(Pane::named(pane.title()), Some(pane));
        }
    }

    /// Sessions and key files of version 0.1.0 name panes and their commands so.
    #[test]
    fn names_of_earlier_versions_stay() {
        let first = ["Overview", "Users", "Segments", "Churn", "LTV", "Recommendations", "Persuadables", "SQL"];
        let ids = ["overview", "users", "segments", "churn", "ltv", "recommendations", "persuadables", "sql"];
        for (title, id) in first.into_iter().zip(ids) {
            assert_eq!(Pane::named(title).map(|pane| pane.description().id), Some(id));
        }
    }
}
