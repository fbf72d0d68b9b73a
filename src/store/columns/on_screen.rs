//! The tables that only the screen has.

use crate::store::columns::tables::{USER, column, shown};
use crate::store::columns::{Holds, TableEntry};

pub(super) fn on_screen() -> Vec<TableEntry> {
    use Holds::{Id, Real, Text, Whole};
    vec![
        shown(
            "Segments",
            "a segment",
            &[
                column("segment", Text, "", "its name"),
                column("users", Whole, "count", "its users"),
                column("share", Real, "share", "its users among all"),
                column(
                    "name_holds",
                    Real,
                    "share",
                    "those of its users for whom the whole name holds at once; null where none holds and it has a number",
                ),
                column("mean_*", Real, "", "mean over its users of the column named behind it"),
                column("persuadables", Whole, "count", "its users whose `uplift_group` is `persuadable`"),
                column("simulated_persuadables", Whole, "count", "the same of a simulated campaign"),
            ],
        ),
        shown(
            "Recommendations",
            "a user",
            &[
                USER,
                column("segment", Text, "", "the user's segment"),
                column("source", Text, "", "as in `recommendations`"),
                column("item_#", Id, "", "the best item, the second best, …"),
                column(
                    "score_#",
                    Real,
                    "",
                    "the model's score of it; null where it is a popular item that fills the list up",
                ),
                column("source_#", Text, "", "where it comes from, as in `sources` of `recommendations`"),
                column("again_#", Id, "", "what the user is likeliest to buy again, the second likeliest, …"),
                column("again_score_#", Real, "probability", "as in `again_scores` of `recommendations`"),
                column("again_due_days_#", Real, "days", "as in `again_due_days` of `recommendations`"),
            ],
        ),
        shown(
            "Similar items",
            "an item",
            &[
                column("item_id", Text, "", "the item"),
                column("name", Text, "", "as in `items`, where it is known"),
                column("score", Real, "", "how like the item of the page it is"),
                column("category_path", Text, "", "its category's name where it is known, else the path"),
                column("price", Real, "money", "as in `items`"),
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
                column("churn", Real, "probability", "as in `churn`, in the later run"),
                column("ltv", Real, "purchases", "as in `ltv`, in the later run"),
                column("uplift", Real, "probability", "as in `uplift`, in the later run"),
                column("simulated_uplift", Real, "probability", "as in `uplift`, in the later run"),
            ],
        ),
    ]
}
