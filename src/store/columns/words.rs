//! What the columns are called on screen, which way is good, and how what a model says is computed.

/// Which way is good for the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More of it.
    More,
    /// Less of it.
    Less,
    /// Neither: it tells what is.
    Neither,
}

/// The words for a column: `#` and `*` as in its name; `{horizon}` and `{inactive}` stand for the run's days.
pub(super) struct Words {
    /// The column's name in the catalogue.
    pub name: &'static str,
    /// What it is called on screen.
    pub label: &'static str,
    /// Which way is good.
    pub better: Better,
    /// How it is computed; empty where its meaning says it.
    pub formula: &'static str,
}

const fn plain(name: &'static str, label: &'static str) -> Words {
    Words { name, label, better: Better::Neither, formula: "" }
}

const fn more(name: &'static str, label: &'static str, formula: &'static str) -> Words {
    Words { name, label, better: Better::More, formula }
}

const fn less(name: &'static str, label: &'static str, formula: &'static str) -> Words {
    Words { name, label, better: Better::Less, formula }
}

/// The words of a column by its name in the catalogue.
pub(super) fn words(name: &str) -> Option<&'static Words> {
    WORDS.iter().find(|words| words.name == name)
}

/// A name as words: `home_city` is `Home city`.
pub(in crate::store) fn titled(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How an effect of a campaign is told.
const UPLIFT: &str =
    "two random forests, one on those who had the campaign and one on those who had not; their difference";
/// How one's chance to leave is told.
const LOGISTIC: &str = "logistic regression on the features, its penalty by cross-validation, judged on users and days kept \
                        aside";
/// How one's purchases are told.
const VALUE: &str =
    "boosted trees and the customer base model (BG/NBD), blended by what each was worth on days kept aside";

/// One entry a column of the catalogue.
const WORDS: &[Words] = &[
    plain("user_id", "User"),
    plain("customer_name", "Name"),
    plain("customer_email", "E-mail"),
    plain("customer_phone", "Phone"),
    plain("customer_consent", "May be written to"),
    plain("customer_country", "Country"),
    plain("customer_household", "Household"),
    plain("customer_*", "*"),
    plain("tag", "Tags"),
    plain("segment", "Segment"),
    plain("segment_id", "Segment no."),
    plain("pc1", "Component 1"),
    plain("pc2", "Component 2"),
    less("churn", "Likely to leave", LOGISTIC),
    plain("active", "Active"),
    plain("reason#", "Reason #"),
    plain("base", "Average user"),
    plain("because_recency", "By recency"),
    plain("because_visits", "By visits"),
    plain("because_breadth", "By breadth"),
    plain("because_purchases", "By purchases"),
    plain("because_money", "By money"),
    plain("because_carts", "By carts"),
    plain("because_rhythm", "By rhythm"),
    plain("because_rest", "By the rest"),
    plain("up#", "Raises #"),
    plain("up#_value", "Raises # by"),
    plain("down#", "Lowers #"),
    plain("down#_value", "Lowers # by"),
    more("ltv", "Purchases expected, {horizon} d", VALUE),
    more("revenue", "Revenue expected, {horizon} d", VALUE),
    more("orders_#d_ahead", "Orders, next # d", "BG/NBD (Fader, Hardie and Lee 2005)"),
    more("revenue_#d", "Revenue, next # d", "orders expected times the Gamma-Gamma model's value of an order"),
    more("p_alive", "Still a customer", "BG/NBD (Fader, Hardie and Lee 2005)"),
    more("p_order_30d", "Likely to order, 30 d", "BG/NBD (Fader, Hardie and Lee 2005)"),
    plain("model", "Told by"),
    more("uplift", "Extra by campaign", UPLIFT),
    plain("uplift_group", "Campaign group"),
    more("net", "Net if treated", "uplift times the margin, less the cost of the contact"),
    more("simulated_uplift", "Extra (simulated)", UPLIFT),
    plain("simulated_group", "Group (simulated)"),
    plain("p_treated", "With campaign"),
    plain("p_control", "Without campaign"),
    plain("simulated_p_treated", "With (simulated)"),
    plain("simulated_p_control", "Without (sim.)"),
    more("uplift_at_campaign", "Extra back then", UPLIFT),
    plain("best_arm", "Best offer"),
    plain("items", "Items"),
    plain("scores", "Scores"),
    plain("source", "Source"),
    plain("sources", "Sources"),
    plain("again_items", "To buy again"),
    plain("again_scores", "How likely"),
    plain("again_due_days", "Due in"),
    plain("sessions", "Visits"),
    plain("total_events", "Events"),
    plain("unique_items", "Different items"),
    plain("avg_time_between_events", "Between events"),
    plain("view_cart_ratio", "Carts per view"),
    less("recency_days", "Last seen", ""),
    plain("views", "Views"),
    plain("addtocarts", "Cart adds"),
    more("transactions", "Purchases", ""),
    more("orders", "Orders", ""),
    more("items_bought", "Items bought", ""),
    less("returns", "Returns", ""),
    plain("tenure_days", "Known for"),
    plain("active_days", "Days with events"),
    plain("events_7d", "Events, 7 d"),
    plain("events_30d", "Events, 30 d"),
    more("transactions_30d", "Purchases, 30 d", ""),
    plain("unique_categories", "Categories"),
    plain("avg_session_events", "Events a visit"),
    plain("avg_session_minutes", "Length of visits"),
    plain("weekend_share", "On weekends"),
    more("r", "Recency score", ""),
    more("f", "Frequency score", ""),
    more("m", "Money score", ""),
    more("spend", "Spent", ""),
    less("days_since_order", "Last order", ""),
    more("orders_60d", "Orders, 60 d", ""),
    more("orders_90d", "Orders, 90 d", ""),
    more("orders_180d", "Orders, 180 d", ""),
    plain("avg_days_between_orders", "Between orders"),
    less("overdue", "Overdue by", ""),
    more("spend_90d", "Spent, 90 d", ""),
    plain("top_category", "Main category"),
    plain("status", "Status"),
    // The tables of the log.
    plain("time", "Time (UTC)"),
    plain("event", "Event"),
    plain("item_id", "Item"),
    plain("transaction_id", "Order"),
    plain("price", "Price"),
    plain("session", "Visit"),
    plain("joined_from", "Earlier id"),
    plain("joined_at", "Known since"),
    plain("unit_price", "Unit price"),
    plain("quantity", "Pieces"),
    plain("total", "Total"),
    plain("discount", "Discount"),
    plain("refunded", "Refunded"),
    plain("shipping", "Shipping"),
    plain("tax", "Tax"),
    plain("session_hash", "Visit hash"),
    plain("category", "Category"),
    plain("currency", "Currency"),
    plain("item_name", "Item name"),
    plain("item_group", "Product"),
    plain("category_name", "Category name"),
    plain("category_path", "Category"),
    plain("available", "Available"),
    plain("name", "Name"),
    // The tables of the screen.
    plain("users", "Users"),
    plain("share", "Share"),
    more("name_holds", "Name holds for", ""),
    plain("mean_*", "*, mean"),
    more("persuadables", "Persuadables", ""),
    more("simulated_persuadables", "Persuadable (sim.)", ""),
    plain("item_#", "Item #"),
    plain("score_#", "Score #"),
    plain("source_#", "Source #"),
    plain("again_#", "Again #"),
    plain("again_score_#", "Chance #"),
    plain("again_due_days_#", "Due in #"),
    plain("score", "Score"),
    plain("segment_before", "Segment before"),
    plain("segment_by_earlier", "By earlier centres"),
    plain("*_change", "*, change"),
    plain("*_before", "*, before"),
    plain("list", "List"),
    plain("place", "Place"),
];
