//! The entries of the catalogue, table by table.

use crate::features::DEFINITIONS;
use crate::store::columns::{Better, ColumnEntry, Holds, Role, Shown, TAG, TableEntry};

pub(super) const USER: ColumnEntry =
    ColumnEntry { role: Role::Key, ..column("user_id", Holds::Id, "", "the user, as the log names them") };

pub(super) const fn column(name: &'static str, holds: Holds, unit: &'static str, meaning: &'static str) -> ColumnEntry {
    ColumnEntry {
        name,
        holds,
        unit,
        role: Role::Feature,
        segment_mean: None,
        meaning,
        label: "",
        shown: Shown::Plain,
        better: Better::Neither,
        formula: "",
    }
}

const fn score(name: &'static str, holds: Holds, unit: &'static str, meaning: &'static str) -> ColumnEntry {
    ColumnEntry { role: Role::Score, ..column(name, holds, unit, meaning) }
}

const fn model(name: &'static str, holds: Holds, unit: &'static str, meaning: &'static str) -> ColumnEntry {
    ColumnEntry { role: Role::Model, ..column(name, holds, unit, meaning) }
}

const fn reason(name: &'static str, holds: Holds, unit: &'static str, meaning: &'static str) -> ColumnEntry {
    ColumnEntry { role: Role::Reason, ..column(name, holds, unit, meaning) }
}

/// The same column, with its mean in the table of segments.
const fn mean(place: u8, column: ColumnEntry) -> ColumnEntry {
    ColumnEntry { segment_mean: Some(place), ..column }
}

/// Every table of a run.
pub(super) fn tables() -> Vec<TableEntry> {
    let mut tables = of_the_log();
    tables.push(of_users("features", &features()));
    tables.push(customers());
    tables.push(notes());
    tables.extend(of_the_models());
    tables
}

fn table(name: &'static str, row: &'static str, columns: &[ColumnEntry]) -> TableEntry {
    TableEntry { name, row, of_users: false, on_screen: false, columns: columns.to_vec() }
}

fn of_users(name: &'static str, columns: &[ColumnEntry]) -> TableEntry {
    TableEntry { of_users: true, ..table(name, "a user", &[&[USER], columns].concat()) }
}

pub(super) fn shown(name: &'static str, row: &'static str, columns: &[ColumnEntry]) -> TableEntry {
    TableEntry { on_screen: true, ..table(name, row, columns) }
}

fn of_the_log() -> Vec<TableEntry> {
    use Holds::{Flag, Id, Real, Text, Time, Whole};
    vec![
        table(
            "events",
            "an event, by user and time",
            &[
                USER,
                column("time", Time, "", "when it happened"),
                column(
                    "event",
                    Text,
                    "",
                    "`view`, `addtocart`, `transaction` or `visit`; `response`, `return`, `contact` or `optout` where the log tells them",
                ),
                column("item_id", Id, "", "the item; null where the row names none"),
                column("transaction_id", Id, "", "the order, where it is a purchase"),
                column(
                    "price",
                    Real,
                    "money",
                    "the item's price then, times the pieces where the log tells them, negative for a return; only where prices \
                     are known",
                ),
                column("session", Whole, "", "the visit's number; only where the log has visits of its own"),
                column(
                    "joined_from",
                    Id,
                    "",
                    "the anonymous id of an event whose user was seen with it only later; only where the log has such ids",
                ),
                column("joined_at", Time, "", "when that user was first seen with it; before then nobody knew"),
            ],
        ),
        table(
            "event_details",
            "an event, as in `events`; only where the log tells more of it",
            &[
                column("unit_price", Real, "money", "price of one piece"),
                column("quantity", Real, "count", "pieces"),
                column("total", Real, "money", "what the line cost, or its whole order"),
                column("discount", Real, "money", "what was taken off the line, or its whole order"),
                column("refunded", Real, "money", "what was paid back of the line, or its whole order"),
                column("shipping", Real, "money", "what sending the order cost"),
                column("tax", Real, "money", "what of the money is tax"),
                column("session_hash", Whole, "", "a hash that tells visits apart"),
                column("category", Text, "", "the item's category as the row tells it"),
                column("currency", Text, "", "the currency of the row's money"),
                column("item_name", Text, "", "what the row calls its item"),
                column("item_group", Text, "", "the product that the item is a variant of, as the row tells it"),
                column("category_name", Text, "", "what the row calls the item's category"),
            ],
        ),
        table(
            "items",
            "an item of the log",
            &[
                column("item_id", Id, "", "the item"),
                column("category", Id, "", "the category that the item is in"),
                column("category_path", Text, "", "the categories from the root to its own"),
                column("available", Flag, "", "whether it was last known to be available"),
                column("price", Real, "money", "last known price"),
                column("views", Whole, "count", "how often the item was viewed"),
                column("addtocarts", Whole, "count", "how often the item was put into a cart"),
                column("transactions", Whole, "count", "purchase rows with the item"),
                column("returns", Whole, "count", "how often the item was given back"),
                column("name", Text, "", "how it is called; only where a file of items tells it"),
                column(
                    "item_group",
                    Text,
                    "",
                    "the product that it is a variant of; only where a file of items tells it",
                ),
                column("category_name", Text, "", "how its category is called; only where a file of items tells it"),
            ],
        ),
    ]
}

/// Where a whole list comes from.
pub(super) const LIST_SOURCE: &str = "what made the list: `item-knn`, `ease`, `als`, `blend`, `popularity`, or `fallback`, popular items \
                           because the model says nothing of the user";

fn of_the_models() -> Vec<TableEntry> {
    use Holds::{Id, Ids, Real, Reals, Text, Texts};
    vec![
        of_users(
            "segments",
            &[
                score("segment", Text, "", "the segment's name"),
                model("segment_id", Id, "", "the segment's number, from 0"),
                model("pc1", Real, "", "place on the first principal component"),
                model("pc2", Real, "", "place on the second principal component"),
            ],
        ),
        churn(),
        ltv(),
        of_users(
            "uplift",
            &[
                mean(4, score("uplift", Real, "probability", "what the campaign adds: `p_treated` less `p_control`")),
                score(
                    "uplift_group",
                    Text,
                    "",
                    "`persuadable`, `sure thing`, `lost cause`, `sleeping dog` or `not told apart`",
                ),
                score("net", Real, "money", "what treating the user nets; only where `campaign.margin` is set"),
                mean(
                    11,
                    score(
                        "simulated_uplift",
                        Real,
                        "probability",
                        "as `uplift`, of a simulated campaign: no real one was given",
                    ),
                ),
                score("simulated_group", Text, "", "as `uplift_group`, of a simulated campaign"),
                model(
                    "p_treated",
                    Real,
                    "probability",
                    "how likely the outcome is with the campaign, or the amount expected",
                ),
                model("p_control", Real, "probability", "how likely the outcome is without it, or the amount expected"),
                model("simulated_p_treated", Real, "probability", "as `p_treated`, of a simulated campaign"),
                model("simulated_p_control", Real, "probability", "as `p_control`, of a simulated campaign"),
                model(
                    "uplift_at_campaign",
                    Real,
                    "probability",
                    "what the campaign added for who took part, by what was known of them when it ran; `uplift` is by what is \
                     known now",
                ),
                model("best_arm", Text, "", "the arm to give the user; of several only"),
            ],
        ),
        table(
            "recommendations",
            "a user",
            &[
                USER,
                column("items", Ids, "", "the items recommended, best first"),
                column("scores", Reals, "", "the model's score of each"),
                column("source", Text, "", LIST_SOURCE),
                column(
                    "sources",
                    Texts,
                    "",
                    "where each comes from: the model, or `category` and `shop` for what is popular there and fills the list up; \
                     its score is null",
                ),
                column(
                    "again_items",
                    Ids,
                    "",
                    "the items bought before that the user is likely to buy again, best first",
                ),
                column(
                    "again_scores",
                    Reals,
                    "probability",
                    "how likely each is bought within `recommend.cutoff_days`; null where there is too little to learn it from",
                ),
                column(
                    "again_due_days",
                    Reals,
                    "days",
                    "until each is due by the user's rhythm; negative where it is overdue",
                ),
            ],
        ),
        table(
            "similar_items",
            "an item",
            &[
                column("item_id", Id, "", "the item"),
                column("items", Ids, "", "the items most like it, nearest first"),
                column("scores", Reals, "", "how like it each is"),
            ],
        ),
    ]
}

/// What users will buy.
fn ltv() -> TableEntry {
    use Holds::{Real, Text};
    of_users(
        "ltv",
        &[
            mean(
                2,
                score(
                    "ltv",
                    Real,
                    "purchases",
                    "purchases expected within `horizon_days`: rows of the log, or orders where `ltv.count` says so",
                ),
            ),
            mean(
                3,
                score(
                    "revenue",
                    Real,
                    "money",
                    "what the purchases expected within `horizon_days` will cost; only where prices are known",
                ),
            ),
            model(
                "orders_#d_ahead",
                Real,
                "days",
                "days with an order expected of a buyer within so many days, by BG/NBD",
            ),
            model(
                "revenue_#d",
                Real,
                "money",
                "what a buyer's orders within so many days will be worth, by Gamma-Gamma; only where prices are known",
            ),
            model("p_alive", Real, "probability", "how likely a buyer still is one"),
            model("p_order_30d", Real, "probability", "how likely a buyer orders within 30 days"),
            model(
                "model",
                Text,
                "",
                "what `ltv` is told by: `trees`, `customer base`, `customer base and trees` or `mean`",
            ),
        ],
    )
}

/// Who the users are.
fn customers() -> TableEntry {
    use Holds::{Flag, Text};
    let customer = |name, holds, meaning| ColumnEntry { role: Role::Customer, ..column(name, holds, "", meaning) };
    of_users(
        "customers",
        &[
            customer(
                "customer_name",
                Text,
                "how the customer is called, as the file beside the log told it when it was written",
            ),
            customer("customer_email", Text, "the e-mail address, in lower case"),
            customer("customer_phone", Text, "the phone number: digits, and a plus before them"),
            customer(
                "customer_consent",
                Flag,
                "whether the customer may be written to; text where the file has other words than yes and no",
            ),
            customer("customer_country", Text, "the country"),
            customer("customer_household", Text, "the household"),
            customer("customer_*", Text, "a further column of that file: text, numbers, or yes and no"),
        ],
    )
}

/// What was written about users. No run has a file of this name.
fn notes() -> TableEntry {
    const TAGS: &str = "the tags given to the user, divided by blanks, from `notes.jsonl` of the workspace; only in `users`, and \
                        there only once something was written";
    of_users("notes", &[model(TAG, Holds::Text, "", TAGS)])
}

/// Who will leave, and why.
fn churn() -> TableEntry {
    use Holds::{Flag, Real, Text};
    of_users(
        "churn",
        &[
            mean(1, score("churn", Real, "probability", "how likely the user stays away for the next `inactive_days`")),
            model("active", Flag, "", "whether the user had an event in the last `inactive_days`"),
            reason("reason#", Text, "", "what raises or lowers the score most, second most, …, in words"),
            reason("base", Real, "log-odds", "the score of a user who is average in every feature, as log-odds"),
            reason(
                "because_recency",
                Real,
                "log-odds",
                "what the time since the last event adds; null where it tells nothing",
            ),
            reason("because_visits", Real, "log-odds", "the same of how often and how long the user came"),
            reason("because_breadth", Real, "log-odds", "the same of how many different things the user looked at"),
            reason("because_purchases", Real, "log-odds", "the same of what the user bought, and when"),
            reason("because_money", Real, "log-odds", "the same of what the user spent"),
            reason("because_carts", Real, "log-odds", "the same of what the user put into carts"),
            reason("because_rhythm", Real, "log-odds", "the same of the rhythm in which the user comes"),
            reason(
                "because_rest",
                Real,
                "log-odds",
                "all that is not told of a group; `base` and every `because_*` together are the log-odds of `churn`",
            ),
            reason(
                "up#",
                Text,
                "",
                "only in runs of version 0.1: the feature that raises the score most, second most, …",
            ),
            reason("up#_value", Real, "log-odds", "only there: by how much"),
            reason("down#", Text, "", "only there: the feature that lowers the score most, second most, …"),
            reason("down#_value", Real, "log-odds", "only there: by how much, below 0"),
        ],
    )
}

fn features() -> Vec<ColumnEntry> {
    let features = DEFINITIONS.iter().map(|feature| ColumnEntry {
        segment_mean: feature.segment_mean,
        ..column(
            feature.name,
            if feature.is_whole() { Holds::Whole } else { Holds::Real },
            feature.unit,
            feature.meaning,
        )
    });
    let top = column("top_category", Holds::Id, "", "the category of most of the user's events");
    let status =
        column("status", Holds::Text, "", "`active` with an event in the last `churn.inactive_days`, else `lapsed`");
    features.chain([top, status]).collect()
}
