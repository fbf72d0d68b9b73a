//! Campaigns' files: on their own, and on the users of a log.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::headless::{path, report, sample, stage, succeeded, user360};

/// A campaign of two letters with planted effects; `tests/data/README.md` tells of it.
fn letters() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/campaign.csv.gz")
}

/// The effects are pandas' `y[w == 1].mean() - y[w == 0].mean()` over all rows of an arm and the control. The bounds of
/// the Qini are scikit-uplift's of scikit-learn's two forests of 100 trees with leaves of 300, cross-fitted over the same
/// folds (`crc32(row) mod 5`), each about its fold's mean: .180 ± .005 and .136 ± .003 over three seeds, less twice what
/// chance does to a Qini here, .023; of the planted effects themselves the model's own tests tell.
#[test]
fn each_arm_has_its_effect_and_is_ranked_well() {
    let file = letters();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("ranking.csv");
    let columns = ["--treatment", "letter", "--control", "No letter", "--outcome", "visit"];
    let common = ["uplift", "--campaign", path(&file), "--ignore", "conversion,spend", "--spend", "spend"];
    let args = [&common[..5], &columns[..], &["--format", "json", "--out", path(&out)]].concat();
    let told: Value = serde_json::from_str(&succeeded(user360(&args))).unwrap();
    let arms = told["arms"].as_array().unwrap();
    let expected = [
        ("Books letter", 0.083_087_720_910_464_14, 0.180 - 2.0 * 0.023),
        ("Toys letter", 0.040_303_662_630_319_106, 0.136 - 2.0 * 0.023),
    ];
    assert_eq!(arms.len(), expected.len());
    for (name, effect, qini) in expected {
        let arm = arms.iter().find(|arm| arm["arm"] == name).expect(name);
        assert!((arm["effect"].as_f64().unwrap() - effect).abs() < 1e-9, "{name}: {}", arm["effect"]);
        assert!(arm["evaluation"]["qini"].as_f64().unwrap() > qini, "{name}: {}", arm["evaluation"]["qini"]);
        assert_eq!(arm["evaluation"]["simulated"], false);
        // With 300 rows of each arm in a tenth a perfect model is off by .026.
        assert!(arm["evaluation"]["decile_error"].as_f64().unwrap() < 2.0 * 0.026, "{name}");
    }
    let mut ranking = csv::Reader::from_path(&out).unwrap();
    assert_eq!(
        ranking.headers().unwrap().iter().collect::<Vec<_>>(),
        [
            "row",
            "uplift",
            "uplift_group",
            "p_treated",
            "p_control",
            "best_arm",
            "uplift Toys letter",
            "uplift Books letter"
        ]
    );
    let rows: Vec<csv::StringRecord> = ranking.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 9_000);
    let uplift = |row: &csv::StringRecord, at: usize| row[at].parse::<f64>().unwrap();
    assert!(rows.windows(2).all(|pair| uplift(&pair[0], 1) >= uplift(&pair[1], 1)));
    assert!(rows.iter().all(|row| (uplift(row, 1) - uplift(row, 6).max(uplift(row, 7))).abs() < 1e-6));

    let one = [&args[..], &["--arm", "Books letter", "--learner", "x", "--overwrite"]].concat();
    let told: Value = serde_json::from_str(&succeeded(user360(&one))).unwrap();
    assert_eq!((told["arms"].as_array().unwrap().len(), &told["learner"]), (1, &Value::from("x")));
    assert!(told["arms"][0]["evaluation"]["qini"].as_f64().unwrap() > 0.180 - 0.023);

    // What only visitors can do is no predictor, whether or not the analyst says so.
    let unsaid = [&["uplift", "--campaign", path(&file)], &columns[..], &["--format", "json"]].concat();
    let unsaid: Value = serde_json::from_str(&succeeded(user360(&unsaid))).unwrap();
    assert_eq!(unsaid["features"], told["features"]);
    let notes = unsaid["notes"].to_string();
    assert!(notes.contains("left out: conversion is") && notes.contains("left out: spend is"), "{notes}");
}

/// A campaign on every second user of the sample, whose outcome is more frequent among the treated who viewed often.
fn campaign_on_sample(file: &Path) {
    let log = fs::read_to_string(sample().join("events.csv")).unwrap();
    let mut users: Vec<u32> =
        log.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect();
    users.sort_unstable();
    users.dedup();
    let mut text = "user,treatment,outcome,age\n".to_owned();
    for user in users.into_iter().step_by(2).chain([4_000_000_000]) {
        let hash = crc32fast::hash(format!("campaign {user}").as_bytes());
        let (treated, dice) = (hash % 2, hash / 2 % 100);
        let outcome = u32::from(dice < 10 + 30 * treated * (user % 3 / 2));
        writeln!(text, "{user},{treated},{outcome},{}", 20 + user % 3 * 20).unwrap();
    }
    fs::write(file, text).unwrap();
}

#[test]
fn a_campaign_on_the_logs_users_takes_the_simulations_place() {
    let folder = tempfile::tempdir().unwrap();
    let (file, workspace) = (folder.path().join("campaign.csv"), folder.path().join("workspace"));
    campaign_on_sample(&file);
    let log = sample();
    let run = ["run", "--input", path(&log), "--workspace", path(&workspace), "--only", "uplift"];
    let of_campaign = ["--campaign", path(&file), "--date", "end"];
    let undated = user360(&[&run[..], &of_campaign[..2]].concat());
    assert_eq!(undated.status.code(), Some(2));
    let reason = String::from_utf8_lossy(&undated.stderr).into_owned();
    for way in ["when did the campaign run?", "column `date`", "below [campaign]", "--date 2015-08-01", "--date end"] {
        assert!(reason.contains(way), "{way}: {reason}");
    }
    succeeded(user360(&[&run[..], &of_campaign].concat()));
    let real = report(&workspace);
    let uplift = stage(&real, "uplift").clone();
    assert_eq!(
        (&uplift["state"], &uplift["metrics"]["simulated"]),
        (&Value::from("done"), &Value::Bool(false)),
        "{uplift}"
    );
    assert!(uplift["metrics"]["qini"].as_f64().unwrap() > 0.0, "{uplift}");
    let notes = uplift["notes"].to_string();
    assert!(
        notes.contains("of its 916 users are in the log") && notes.contains("features are as of the campaign"),
        "{notes}"
    );
    let users = succeeded(user360(&["users", "--workspace", path(&workspace), "--limit", "3"]));
    assert!(users.contains("uplift") && !users.contains("simulated"), "{users}");
    // The same campaign again is nothing new; another one is.
    let again = user360(&[&run[..], &of_campaign, &["--format", "json"]].concat());
    let again: Value = serde_json::from_str(&succeeded(again)).unwrap();
    assert_eq!(stage(&again, "uplift")["state"], "cached");
    let simulated: Value =
        serde_json::from_str(&succeeded(user360(&[&run[..], &["--format", "json"]].concat()))).unwrap();
    assert_eq!(stage(&simulated, "uplift")["state"], "done");
    assert_eq!(stage(&simulated, "uplift")["metrics"]["simulated"], true);
    // Nobody can take what is simulated for real.
    let users = succeeded(user360(&["users", "--workspace", path(&workspace), "--limit", "3"]));
    assert!(users.contains("simulated_uplift") && users.contains("simulated_group"), "{users}");
    assert!(!users.contains(" uplift"), "{users}");
}

#[test]
fn a_campaign_of_strangers_is_told_where_to_go() {
    let folder = tempfile::tempdir().unwrap();
    let (file, workspace) = (folder.path().join("campaign.csv"), folder.path().join("workspace"));
    fs::write(&file, "user,treatment,outcome\nana,1,1\nben,0,0\n").unwrap();
    let log = sample();
    let run = ["run", "--input", path(&log), "--workspace", path(&workspace), "--only", "uplift", "--campaign"];
    let told = user360(&[&run[..], &[path(&file)]].concat());
    assert_eq!(told.status.code(), Some(2));
    // A file that is not meant for this log is no reason for a run without what was asked for.
    assert!(!user360(&["report", "--workspace", path(&workspace)]).status.success());
    let reason = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(
        reason.contains("none of its 2 users is in the log") && reason.contains("user360 uplift --campaign"),
        "{reason}"
    );
    let told = user360(&["uplift", "--campaign", path(&file), "--outcome", "bought"]);
    assert_eq!(told.status.code(), Some(2));
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(words.contains("no column \"bought\"; its columns are user, treatment, outcome"), "{words}");
}

/// A log of 60 days before a campaign and 30 after it. The letter moves those who came lately: by .4 on the day, by half of
/// that after ten days. Whoever buys comes back three times in the week after, whatever made them buy: as of the log's end
/// recency tells who bought, and not whom the letter moved.
fn campaign_inside_the_log(folder: &Path) -> (PathBuf, PathBuf, Vec<f64>) {
    const DAY: i64 = 86_400_000;
    const USERS: usize = 3_000;
    let campaign = 16_500 * DAY;
    let mut state = 7_u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / 4_294_967_296.0
    };
    let (mut log, mut letters) =
        ("timestamp,visitorid,event,itemid,transactionid\n".to_owned(), "user,treatment,outcome\n".to_owned());
    let mut effects = Vec::new();
    for user in 0..USERS {
        let recency = 50.0 * uniform();
        let effect = 0.4 * 0.5_f64.powf(recency / 10.0);
        let before = |days: f64| campaign - (days * DAY as f64) as i64;
        let mut view = |time: i64| writeln!(log, "{time},{user},view,{},", user % 50).unwrap();
        view(before(recency));
        for _ in 0..(uniform() * 4.0) as usize {
            view(before(recency + 0.1 + 9.0 * uniform()));
        }
        let treated = uniform() < 0.5;
        let bought = uniform() < 0.15 + if treated { effect } else { 0.0 };
        for _ in 0..if bought { 3 } else { 0 } {
            view(campaign + ((1.0 + 6.0 * uniform()) * DAY as f64) as i64);
        }
        if uniform() < 0.3 {
            view(campaign + ((1.0 + 28.0 * uniform()) * DAY as f64) as i64);
        }
        writeln!(letters, "{user},{},{}", u8::from(treated), u8::from(bought)).unwrap();
        effects.push(effect);
    }
    writeln!(log, "{},{},view,1,", campaign + 30 * DAY, USERS).unwrap();
    let (events, file) = (folder.join("events.csv"), folder.join("letters.csv"));
    fs::write(&events, log).unwrap();
    fs::write(&file, letters).unwrap();
    (events, file, effects)
}

/// Correlation of a column of the users with the planted effect.
fn correlation(workspace: &Path, column: &str, effects: &[f64]) -> f64 {
    let query = format!("select user_id, {column} from users where {column} is not null order by user_id");
    let told =
        succeeded(user360(&["sql", &query, "--workspace", path(workspace), "--format", "csv", "--limit", "100000"]));
    let pairs: Vec<(f64, f64)> = told
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap())
        .filter_map(|(user, value)| {
            Some((*effects.get(user.parse::<usize>().unwrap())?, value.parse::<f64>().unwrap()))
        })
        .collect();
    assert!(pairs.len() > 2_900, "{}", pairs.len());
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / pairs.len() as f64;
    let (a, b) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    sum(&|(x, y)| (x - a) * (y - b)) / (sum(&|(x, _)| (x - a).powi(2)) * sum(&|(_, y)| (y - b).powi(2))).sqrt()
}

#[test]
fn a_campaign_inside_the_log_is_learnt_from_what_was_known_then() {
    let folder = tempfile::tempdir().unwrap();
    let (events, file, effects) = campaign_inside_the_log(folder.path());
    let run = |workspace: &Path, date: &str| {
        succeeded(user360(&[
            "run",
            "--input",
            path(&events),
            "--workspace",
            path(workspace),
            "--only",
            "uplift",
            "--campaign",
            path(&file),
            "--date",
            date,
            "--format",
            "json",
        ]))
    };
    let (then, end) = (folder.path().join("then"), folder.path().join("end"));
    let told: Value = serde_json::from_str(&run(&then, "2015-03-06")).unwrap();
    let notes = stage(&told, "uplift")["notes"].to_string();
    assert!(notes.contains("features are as of the campaign, 2015-03-06T00:00:00Z"), "{notes}");
    // The campaign's day is 16,500 days after 1970; recency then explains the effect but for noise.
    let dated = correlation(&then, "uplift_at_campaign", &effects);
    assert!(dated > 0.9, "{dated}");
    // As if the log ended before it: what was done afterwards ranks the users, and looks better than the truth.
    let told: Value = serde_json::from_str(&run(&end, "end")).unwrap();
    let late = correlation(&end, "uplift", &effects);
    assert!(late < 0.6 * dated, "{late} {dated}: {}", stage(&told, "uplift")["metrics"]);
}

#[test]
fn a_campaigns_model_scores_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let (others, out) = (folder.path().join("others.csv"), folder.path().join("scored.csv"));
    let mut plain = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(fs::File::open(letters()).unwrap()), &mut plain)
        .unwrap();
    // Without what happened afterwards, and with ids.
    let mut rows = plain.lines();
    let header: Vec<&str> = rows.next().unwrap().split(',').collect();
    let keep: Vec<usize> =
        (0..header.len()).filter(|&at| !["letter", "visit", "conversion", "spend"].contains(&header[at])).collect();
    let pick = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        keep.iter().map(|&at| cells[at]).collect::<Vec<_>>().join(",")
    };
    let mut text = format!("user,{}\n", pick(&header.join(",")));
    for (row, line) in rows.take(500).enumerate() {
        writeln!(text, "u{row},{}", pick(line)).unwrap();
    }
    fs::write(&others, text).unwrap();
    let file = letters();
    let common =
        ["uplift", "--campaign", path(&file), "--treatment", "letter", "--outcome", "visit", "--arm", "Books letter"];
    let scored = ["--score", path(&others), "--out", path(&out)];
    succeeded(user360(&[&common[..], &scored].concat()));
    let mut ranking = csv::Reader::from_path(&out).unwrap();
    assert_eq!(
        ranking.headers().unwrap().iter().collect::<Vec<_>>(),
        ["user", "uplift", "uplift_group", "p_treated", "p_control"]
    );
    let rows: Vec<csv::StringRecord> = ranking.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 500);
    let uplift = |row: &csv::StringRecord| row[1].parse::<f64>().unwrap();
    assert!(rows.windows(2).all(|pair| uplift(&pair[0]) >= uplift(&pair[1])));
    assert!(uplift(&rows[0]) > uplift(&rows[499]) + 0.05);
    let told = user360(&[&common[..], &["--score", path(&others)]].concat());
    assert_eq!(told.status.code(), Some(2), "a score without --out goes nowhere");
}

/// Money in words: what a coupon costs stands beside what it earns, and nothing is called net without a margin.
#[test]
fn costs_and_earnings_are_told_in_words() {
    let file = letters();
    let common = ["uplift", "--campaign", path(&file), "--treatment", "letter", "--outcome", "visit"];
    let plain = succeeded(user360(&common));
    assert!(plain.contains("outcomes per 1,000 users beyond treating nobody") && !plain.contains("net per"), "{plain}");
    let money =
        succeeded(user360(&[&common[..], &["--margin", "5", "--incentive", "1", "--contact-cost", "0.02"]].concat()));
    for words in [
        "net per 1,000 users beyond treating nobody",
        "contacts cost 20.00, incentives",
        "everybody: Books letter",
        "advised:",
    ] {
        assert!(money.contains(words), "{words}: {money}");
    }
    let refused = user360(&[&common[..], &["--margin", "lots"]].concat());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("30%"));
}

/// The log and the campaign spell and number its customers differently: the campaign was sent to the addresses of a year
/// ago. Of Ana's two accounts each got a letter of its own, so neither row tells what the letter did.
#[test]
fn a_campaigns_users_are_the_logs_in_any_spelling_and_under_any_account() {
    const USERS: usize = 600;
    let folder = tempfile::tempdir().unwrap();
    let mut log = "time,user,event,item\n".to_owned();
    let mut campaign = "user;treatment;outcome\n".to_owned();
    let mut joined = "old,new\n".to_owned();
    for user in 0..USERS {
        writeln!(log, "{},u{user}@x.org,view,7", 1_500_000_000_000_i64 + user as i64 * 60_000).unwrap();
        writeln!(joined, "Old{user}@x.org,U{user}@x.org").unwrap();
        let hash = crc32fast::hash(format!("letter {user}").as_bytes());
        let (treated, bought) = (hash % 2, u32::from(hash / 2 % 100 < 30));
        let account = if user % 2 == 0 { format!("OLD{user}@x.org") } else { format!("u{user}@X.org") };
        let flag = if treated == 1 { "Y" } else { "n" };
        writeln!(campaign, "{account};{flag};{bought}").unwrap();
    }
    writeln!(campaign, "u0@x.org;Y;1").unwrap();
    let [events, file] = ["log.csv", "letter.csv"].map(|name| folder.path().join(name));
    fs::write(&events, log).unwrap();
    fs::write(&file, campaign).unwrap();
    fs::write(folder.path().join("joined.csv"), joined).unwrap();
    let (config, workspace) = (folder.path().join("config.toml"), folder.path().join("workspace"));
    fs::write(&config, "[ingest]\nsame_user = \"joined.csv\"\n[ingest.columns]\ntime = \"time\"\nuser = \"user\"\nevent = \"event\"\nitem = \"item\"\n").unwrap();
    let run = ["run", "--input", path(&events), "--workspace", path(&workspace), "--config", path(&config)];
    succeeded(user360(&[&run[..], &["--only", "uplift", "--campaign", path(&file), "--date", "end"]].concat()));
    let notes = stage(&report(&workspace), "uplift")["notes"].to_string();
    assert!(notes.contains("a real campaign: 599 of its 601 users are in the log"), "{notes}");
    assert!(notes.contains("2 rows are left out: their accounts are joined by ingest.same_user"), "{notes}");
}

/// `--date` is that of a campaign that lies in the folder, too; without any campaign it is refused.
#[test]
fn a_date_is_of_the_campaign_in_the_folder_or_of_none() {
    let folder = tempfile::tempdir().unwrap();
    let (log, workspace) = (folder.path().join("log"), folder.path().join("workspace"));
    fs::create_dir(&log).unwrap();
    fs::copy(sample().join("events.csv"), log.join("events.csv")).unwrap();
    let run = ["run", "--input", path(&log), "--workspace", path(&workspace), "--only", "uplift", "--date", "end"];
    let told = user360(&run);
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert_eq!(told.status.code(), Some(2), "{words}");
    assert!(words.contains("--date says when the campaign ran, and there is none: no campaign.csv lies in"), "{words}");
    campaign_on_sample(&log.join("campaign.csv"));
    succeeded(user360(&run));
    let uplift = stage(&report(&workspace), "uplift").clone();
    assert_eq!(uplift["metrics"]["simulated"], false);
    assert!(uplift["notes"].to_string().contains("the campaign is campaign.csv, which lies in the input folder"));
}

/// A filter kept from a run with a real campaign names a column that a simulated one calls otherwise.
#[test]
fn filters_on_a_real_campaigns_columns_say_what_a_simulated_one_calls_them() {
    let folder = tempfile::tempdir().unwrap();
    let (log, workspace) = (folder.path().join("log"), folder.path().join("workspace"));
    fs::create_dir(&log).unwrap();
    fs::copy(sample().join("events.csv"), log.join("events.csv")).unwrap();
    succeeded(user360(&["run", "--input", path(&log), "--workspace", path(&workspace), "--only", "uplift"]));
    let refused = |args: &[&str]| {
        let told = user360(&[args, &["--workspace", path(&workspace)]].concat());
        assert!(!told.status.success());
        String::from_utf8_lossy(&told.stderr).into_owned()
    };
    let expected = "no column uplift_group: this run's campaign is simulated, and the column is called simulated_group";
    let words = refused(&["users", "--where", "uplift_group = 'persuadable'"]);
    assert!(words.contains(expected), "{words}");
    let words = refused(&["sql", "select count(*) from uplift where uplift_group = 'persuadable'"]);
    assert!(words.contains(expected), "{words}");
}
