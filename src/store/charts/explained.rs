//! What each chart shows, in words.

/// What a chart of this id shows and how it is read; `None` where there is no such chart.
pub fn explained(id: &str) -> Option<&'static str> {
    Some(match id {
        "events-by-day" => "How many events the log holds of each day, by the shop's days.",
        "shares" => "The share of all users that is in each segment.",
        "elbow" => {
            "How far users lie from their segment's centre (inertia) for each number of segments: it always falls, and the number is \
             sought at which it stops falling fast."
        }
        "silhouette" => {
            "How well users fit their own segment rather than the next, for each number of segments: 1 is apart, 0 is between two."
        }
        "roc" => {
            "For every threshold the share of those who left that it catches (upright) against the share of those who stayed that it \
             calls leaving (level). The diagonal is chance; the area below is the AUC."
        }
        "calibration" => {
            "Users in groups of like score: what was predicted (level) and what happened (upright), with the 95 % interval of what \
             happened. On the diagonal 80 % means 80 of 100."
        }
        "lift" => "Users in ten groups by score, highest first: how many times as many left as among all.",
        "coefficients" => {
            "By how much a feature moves the log-odds of leaving when it rises by one standard deviation, the others as they are."
        }
        "deciles" | "revenue-deciles" => {
            "Users kept aside in ten groups by prediction, highest first: the mean that was predicted beside the mean that came."
        }
        "totals" => {
            "What was predicted of everyone together at earlier dates, each by a model that knew the log until then alone, beside \
             what came; below, what is predicted now, with an interval as wide as those were wrong."
        }
        "importance" => "How much of what the trees explain each feature explains, as a share of the gain.",
        "recall" => {
            "The share of the items that users took up later which stood on their list, beside that of popular items alone."
        }
        "qini" => {
            "Users treated from the highest uplift down (level) and how many more bought than without treatment (upright), beside the \
             straight line of treating at random and the band within which chance lies."
        }
        "uplift-deciles" => {
            "Users kept aside in ten groups by predicted uplift: the mean predicted beside the effect seen, with its interval."
        }
        "groups" => "How many users are persuadable, sure things, lost causes, sleeping dogs, or not told apart.",
        "policies" => {
            "What treating nobody, everybody, or whom the model advises brings per 1,000 users, with 95 % intervals."
        }
        _ => return None,
    })
}
