//! Where a key means what it means: the topmost layer; and the groups of layers that share keys.

use crate::ui::pane::{Body, Pane};

/// The topmost layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// Every layer but the ones that take text.
    Everywhere,
    /// A pane.
    Pane(Pane),
    /// The comparison of two runs.
    Compare,
    /// A table's rows by the values of a column.
    Groups,
    /// An item's page.
    ItemPage,
    /// A user's page.
    UserPage,
    /// A segment's page.
    SegmentPage,
    /// A row of a query's result.
    RowPage,
    /// A stage's report.
    StageReport,
    /// Help.
    Help,
    /// A message or a question.
    Message,
    /// A line of text: filter, search.
    Prompt,
    /// The palette and the other lists to choose from.
    Palette,
    /// A list to tick.
    Checklist,
    /// The export dialog.
    Export,
    /// The dialog of a log's settings.
    Log,
    /// What a column holds.
    Statistics,
    /// The list of saved views.
    Views,
    /// A query being written.
    Query,
    /// The list of saved queries.
    Queries,
}

/// The layers above the panes, as help lists them.
const ABOVE: [Context; 18] = [
    Context::Compare,
    Context::Groups,
    Context::ItemPage,
    Context::UserPage,
    Context::SegmentPage,
    Context::RowPage,
    Context::StageReport,
    Context::Help,
    Context::Message,
    Context::Prompt,
    Context::Palette,
    Context::Checklist,
    Context::Export,
    Context::Log,
    Context::Statistics,
    Context::Views,
    Context::Query,
    Context::Queries,
];

impl Context {
    /// Every context, as help lists them.
    pub const ALL: [Self; 1 + Pane::ALL.len() + ABOVE.len()] = {
        let mut all = [Self::Everywhere; 1 + Pane::ALL.len() + ABOVE.len()];
        let mut at = 0;
        while at < Pane::ALL.len() {
            all[1 + at] = Self::Pane(Pane::ALL[at]);
            at += 1;
        }
        let mut above = 0;
        while above < ABOVE.len() {
            all[1 + at + above] = ABOVE[above];
            above += 1;
        }
        all
    };

    /// Its name in help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Pane(pane) => pane.title(),
            Self::Compare => "Compare runs",
            Self::Groups => "Groups",
            Self::ItemPage => "Item page",
            Self::UserPage => "User page",
            Self::SegmentPage => "Segment page",
            Self::RowPage => "Row",
            Self::StageReport => "Stage report",
            Self::Help => "Help",
            Self::Message => "Message",
            Self::Prompt => "Prompt",
            Self::Palette => "Palette",
            Self::Checklist => "Columns",
            Self::Export => "Export",
            Self::Log => "Log settings",
            Self::Statistics => "Statistics",
            Self::Views => "Saved views",
            Self::Query => "Query editor",
            Self::Queries => "Saved queries",
        }
    }

    /// Whether keys are text here, so that letters cannot be commands.
    pub fn takes_text(self) -> bool {
        matches!(self, Self::Prompt | Self::Palette | Self::Export | Self::Views | Self::Query | Self::Queries)
    }

    /// Whether it shows a table.
    pub fn has_table(self) -> bool {
        match self {
            Self::Pane(pane) => pane.has_table(),
            other => matches!(other, Self::Compare | Self::Groups | Self::ItemPage),
        }
    }

    /// Whether it is a pane.
    pub fn is_pane(self) -> bool {
        matches!(self, Self::Pane(_))
    }

    /// Whether it is a page opened from a pane.
    pub fn is_page(self) -> bool {
        matches!(
            self,
            Self::Compare
                | Self::Groups
                | Self::ItemPage
                | Self::UserPage
                | Self::SegmentPage
                | Self::RowPage
                | Self::StageReport
        )
    }
}

/// The layers in which a command's keys hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// Every layer but the ones that take text.
    Everywhere,
    /// Every layer, while text is typed too.
    EverywhereTyping,
    /// The pane of the stages.
    Overview,
    /// The pane of the queries.
    Query,
    /// Tables.
    Tables,
    /// Tables, and a user's page, which can be marked and exported too.
    Markable,
    /// What scrolls or has a cursor.
    Scrolling,
    /// What opens something on Enter.
    Openings,
    /// What has charts.
    Turning,
    /// What divides its room between table and charts.
    Charted,
    /// What shows users or items.
    Items,
    /// What shows users.
    People,
    /// What has a threshold or a budget.
    Sliding,
    /// What can be left or has a range to leave.
    Closable,
    /// These.
    In(&'static [Context]),
}

impl Where {
    /// The layers, in the order of [`Context::ALL`].
    pub fn contexts(self) -> Vec<Context> {
        match self {
            Self::In(contexts) => contexts.to_vec(),
            place => Context::ALL.into_iter().filter(|context| place.holds(*context)).collect(),
        }
    }

    fn holds(self, context: Context) -> bool {
        let pane = |is: fn(Pane) -> bool| matches!(context, Context::Pane(pane) if is(pane));
        match self {
            Self::Everywhere => context == Context::Everywhere,
            Self::EverywhereTyping => context == Context::Everywhere || context.takes_text(),
            Self::Overview => pane(|pane| pane.description().body == Body::Overview),
            Self::Query => pane(|pane| pane.description().body == Body::Query),
            Self::Tables => context.has_table(),
            Self::Markable => context.has_table() || context == Context::UserPage,
            Self::Scrolling => {
                pane(|_| true)
                    || context.is_page()
                    || matches!(context, Context::Help | Context::Checklist | Context::Log | Context::Statistics)
            }
            Self::Openings => {
                pane(|_| true) || matches!(context, Context::Compare | Context::Groups | Context::ItemPage)
            }
            Self::Turning => {
                pane(|pane| pane.has_charts() || pane.description().body == Body::Overview)
                    || context == Context::Compare
            }
            Self::Charted => pane(Pane::has_charts) || context == Context::Compare,
            Self::Items => pane(Pane::is_of_users) || matches!(context, Context::ItemPage | Context::UserPage),
            Self::People => pane(Pane::is_of_users) || context == Context::UserPage,
            Self::Sliding => pane(|pane| pane.description().slider.is_some()),
            Self::Closable => pane(|_| true) || context.is_page() || context == Context::Help,
            Self::In(contexts) => contexts.contains(&context),
        }
    }
}
