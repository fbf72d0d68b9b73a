//! Every subcommand with arguments that it can be run with, taken from the command line itself: a new one fails the tests
//! until it is written here.

use std::path::Path;

use clap::CommandFactory;
use user360::cli::Args;

/// A way to call the program.
#[derive(Clone, Debug)]
pub struct Call {
    /// Without the workspace.
    pub arguments: Vec<String>,
    /// Whether what it prints on stdout is data for a program, not text for a person.
    pub data: bool,
}

/// What the calls are about.
pub struct About<'a> {
    /// A log that the workspace was made of.
    pub log: &'a Path,
    /// A file of events that `init` can describe.
    pub shop: &'a Path,
    /// A campaign with the columns user, treatment, outcome and age; the control is `ctl`.
    pub campaign: &'a Path,
    /// Pairs of user, item and weight.
    pub pairs: &'a Path,
    /// Other pairs of the same users.
    pub other_pairs: &'a Path,
    /// A folder to write to.
    pub out: &'a Path,
    /// A user of the log.
    pub user: &'a str,
}

/// Every subcommand, in each of its formats.
pub fn calls(about: &About<'_>) -> Vec<Call> {
    let mut calls = Vec::new();
    let root = Args::command();
    for command in root.get_subcommands() {
        let models: Vec<&clap::Command> = command.get_subcommands().collect();
        if models.is_empty() {
            in_each_format(&mut calls, command, command.get_name(), about);
        }
        for model in models {
            in_each_format(&mut calls, model, &format!("{} {}", command.get_name(), model.get_name()), about);
        }
    }
    calls
}

fn in_each_format(calls: &mut Vec<Call>, command: &clap::Command, name: &str, about: &About<'_>) {
    let format = command.get_arguments().find(|argument| argument.get_id() == "format");
    let formats: Vec<String> = format
        .map(|argument| argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect())
        .unwrap_or_default();
    for call in arguments(name, about) {
        // A page is no format of the report.
        if formats.is_empty() || call.iter().any(|argument| ["--html", "--markdown"].contains(&argument.as_str())) {
            // A configuration file is read back by programs.
            calls.push(Call { arguments: call, data: name == "config" });
            continue;
        }
        for format in &formats {
            // Each format of an export goes to a file of its own.
            let mut arguments: Vec<String> =
                call.iter().map(|argument| argument.replace("list.csv", &format!("list.{format}"))).collect();
            arguments.extend(["--format".to_owned(), format.clone()]);
            // The rows of an export go to its file; stdout says which.
            calls.push(Call { arguments, data: name != "export" && !matches!(format.as_str(), "text" | "table") });
        }
    }
}

fn arguments(name: &str, about: &About<'_>) -> Vec<Vec<String>> {
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let (log, shop, campaign) = (path(about.log), path(about.shop), path(about.campaign));
    let (pairs, other_pairs) = (path(about.pairs), path(about.other_pairs));
    let out = |name: &str| path(&about.out.join(name));
    let events = path(&about.log.join("events.csv"));
    let (made, list, settings, ranking) = (out("sample"), out("list.csv"), out("shop.toml"), out("ranking.csv"));
    let pages = out("pages");
    let of_campaign = [
        "--campaign",
        &campaign,
        "--treatment",
        "treatment",
        "--control",
        "ctl",
        "--outcome",
        "outcome",
        "--user",
        "user",
    ];
    let uplift = [&of_campaign[..], &["--out", &ranking, "--overwrite"]].concat();
    let bench = of_campaign.to_vec();
    let calls: Vec<Vec<&str>> = match name {
        // demo is refused without a screen; the screen itself is driven apart.
        "demo" | "runs list" => vec![vec![]],
        "report" => vec![vec![], vec!["--html", "-", "--with-users"], vec!["--markdown", "-", "--with-users"]],
        "man" => vec![vec![], vec!["run"], vec!["bench", "uplift"], vec!["--out", &pages]],
        "compare" => vec![vec!["current", "current"]],
        "runs pin" | "runs unpin" => vec![vec!["current"]],
        // Only the run that stays may be named more than once.
        "runs rm" => vec![vec!["previous"]],
        "run" => vec![vec!["--input", &log]],
        "users" => vec![vec!["--limit", "5000"]],
        // Of notes what stands there is told; what is written is written in a workspace of its own.
        "user" | "note" => vec![vec![about.user]],
        "export" => vec![vec!["--out", &list, "--overwrite"]],
        "sql" => vec![vec!["select * from events limit 5000"], vec!["select * from items limit 5000"]],
        "uplift" => vec![uplift],
        "bench recommend" => vec![vec!["--train", &pairs, "--test", &other_pairs, "--iterations", "1", "--rank", "2"]],
        "bench uplift" => vec![bench],
        // Nobody answers there.
        "fetch" => vec![vec!["a/b", "--base-url", "http://127.0.0.1:1/x", "--out", &made]],
        // The file is read already: the workspace stays as it is.
        "add" => vec![vec![&events]],
        "init" => vec![vec![&shop, "--yes", "--overwrite", "--out", &settings]],
        "sample" => vec![vec![&made, "--scale", "0.0005", "--overwrite", "--truth"]],
        "config" => vec![vec![], vec!["--config", &settings]],
        "doctor" => vec![vec![], vec!["--verify"]],
        "completions" => vec![vec!["bash"], vec!["zsh"]],
        unknown => panic!("`{unknown}` is new: say here how the tests can run it"),
    };
    let words = name.split(' ');
    calls.into_iter().map(|call| words.clone().chain(call).map(str::to_owned).collect()).collect()
}
