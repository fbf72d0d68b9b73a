//! The tables that only the screen has.

use crate::store::columns::tables::{LIST_SOURCE, USER, column, shown};
use crate::store::columns::{Holds, TableEntry};

#[allow(clippy::too_many_lines, reason = "a list, a line a column")]
pub(super) fn on_screen() -> Vec<TableEntry> {
    use Holds::{Id, Real, Text, Whole};
    vec![
        shown(
            "Segments",
            "a segment",
            &[
                column("segment", Text, "", "the name of the segment: what most of its users have in common"),
                column("users", Whole, "count", "how many users are in the segment"),
                column("share", Real, "share", "the segment's users among all users"),
                column(
                    "name_holds",
                    Real,
                    "share",
                    "the share of its users of whom every part of the name is true; null where no name fits and the segment has a number instead",
                ),
                column(
                    "mean_*",
                    Real,
                    "",
                    "the mean, over the segment's users, of the column whose name follows `mean_`",
                ),
                column("persuadables", Whole, "count", "its users whose `uplift_group` is `persuadable`"),
                column("simulated_persuadables", Whole, "count", "its users whose `simulated_group` is `persuadable`"),
            ],
        ),
        shown(
            "Recommendations",
            "a user",
            &[
                USER,
                column("segment", Text, "", "the user's segment"),
                column("source", Text, "", LIST_SOURCE),
                column("item_#", Id, "", "the best item, the second best, …"),
                column(
                    "score_#",
                    Real,
                    "",
                    "the model's score of it; null where it is a popular item that fills the list up",
                ),
                column(
                    "source_#",
                    Text,
                    "",
                    "where the item comes from: the model, or `category` and `shop` for what is popular there and fills the list up",
                ),
                column("again_#", Id, "", "what the user is likeliest to buy again, the second likeliest, …"),
                column(
                    "again_score_#",
                    Real,
                    "probability",
                    "how likely the item is bought within `recommend.cutoff_days`; null where there is too little to learn it from",
                ),
                column(
                    "again_due_days_#",
                    Real,
                    "days",
                    "until the item is due by the user's rhythm; negative where it is overdue",
                ),
            ],
        ),
        shown(
            "Similar items",
            "an item",
            &[
                column("item_id", Text, "", "the item"),
                column("name", Text, "", "how the item is called, where a file of items tells it"),
                column("score", Real, "", "how like the item of the page it is"),
                column("category_path", Text, "", "its category's name where it is known, else the path"),
                column("price", Real, "money", "the item's last known price"),
            ],
        ),
        shown(
            "Wanted by",
            "a user whose list holds the item, or who knows items like it",
            &[
                USER,
                column(
                    "list",
                    Text,
                    "",
                    "`discover` and `again` are the user's lists; `affinity`: the user knows items like it, and not the item",
                ),
                column("place", Whole, "count", "its place on that list"),
                column(
                    "score",
                    Real,
                    "",
                    "the model's score of it; of `affinity` the sum of how like it the known items are",
                ),
                column("segment", Text, "", "the user's segment"),
            ],
        ),
        shown(
            "What changed",
            "a user of both runs",
            &[
                USER,
                column("segment", Text, "", "the segment in the later run"),
                column("segment_before", Text, "", "the segment in the earlier run"),
                column("segment_by_earlier", Text, "", "the segment now by the earlier run's centres"),
                column("*_change", Real, "", "by how much a score moved"),
                column("*_before", Real, "", "a score in the earlier run"),
                column("churn", Real, "probability", "how likely the user stays away, in the later run"),
                column("ltv", Real, "purchases", "purchases expected of the user, in the later run"),
                column("uplift", Real, "probability", "what the campaign adds, in the later run"),
                column("simulated_uplift", Real, "probability", "what a simulated campaign adds, in the later run"),
            ],
        ),
    ]
}
