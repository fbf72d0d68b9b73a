//! `user360 report --html` and `--markdown`: one page for whoever opens no terminal. It tells all, names nobody, needs
//! nothing else, and looks like a page in a real browser.

mod browser;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use user360::store::{DataTable, RunInfo, Workspace};

use crate::headless::{path, succeeded, user360};
use crate::sample;

/// The sections, in their order.
const SECTIONS: [&str; 13] = [
    "glance",
    "segments",
    "cohorts",
    "funnel",
    "buyers",
    "days",
    "model-segments",
    "churn",
    "ltv",
    "recommend",
    "uplift",
    "definitions",
    "made",
];

fn page(workspace: &Path, options: &[&str]) -> String {
    succeeded(user360(&[&["report", "--workspace", path(workspace)], options].concat()))
}

fn html(workspace: &Path) -> String {
    page(workspace, &["--html", "-"])
}

/// Texts of the users' table.
fn texts(workspace: &Path, column: &str) -> Vec<String> {
    let users = DataTable::users(&sample::current(workspace)).unwrap();
    let rows: Vec<u32> = (0..users.len() as u32).collect();
    users.texts(&rows, users.column(column).unwrap()).unwrap()
}

/// The workspace of [`sample::shop`] in a folder of another name, with what a run recorded changed.
fn changed(name: &str, change: impl Fn(&mut Value)) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join(name);
    let made = sample::current(sample::shop());
    let mut record = serde_json::to_value(made.info()).unwrap();
    change(&mut record);
    let mut info: RunInfo = serde_json::from_value(record).unwrap();
    let run = Workspace::open(&place).writer().unwrap().begin().unwrap();
    for file in made.info().files() {
        run.reuse(&made, file).unwrap();
    }
    run.id().clone_into(&mut info.id);
    run.commit(&info, 3).unwrap();
    (folder, place)
}

#[test]
fn the_page_tells_all_in_its_order_and_needs_nothing_else() {
    let page = html(sample::shop());
    let places: Vec<usize> = SECTIONS
        .iter()
        .map(|id| page.find(&format!("<section id=\"{id}\">")).unwrap_or_else(|| panic!("no {id}")))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"));
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'"));
    for fetched in ["<script", "http://", "https://", "src=", "url(", "@import", "<link", "<iframe", "javascript:"] {
        assert!(!page.contains(fetched), "{fetched} is in the page");
    }
    assert!(page.len() < 200_000, "{} bytes", page.len());
    // Every picture says what it shows, and none is empty.
    let pictures: Vec<&str> = page.split("<svg ").skip(1).map(|rest| rest.split_once("</svg>").unwrap().0).collect();
    assert!(pictures.len() >= 20, "{}", pictures.len());
    for picture in pictures {
        assert!(picture.contains("role=\"img\"><title>") && !picture.contains("NaN"), "{picture}");
        assert!(picture.contains("<rect") || picture.contains("<polyline"), "{picture}");
    }
    // The five figures, with what the run recorded of them.
    let info = sample::current(sample::shop()).info().clone();
    let front = info.figures.unwrap();
    let risk = front.at_risk.value.unwrap();
    for told in [
        format!("<h3>Customers</h3><p class=\"value\">{}</p>", user360::format::thousands(info.users)),
        format!("<h3>At risk of leaving</h3><p class=\"value\">{}</p>", user360::format::thousands(risk.users)),
        format!("<p class=\"value\">{}</p>", user360::format::thousands(front.orders.value.unwrap().last as u64)),
        "<h3>Money at stake</h3><p class=\"value\">".to_owned(),
        "Ranking (AUC)</dt><dd>".to_owned(),
        info.id,
    ] {
        assert!(page.contains(&told), "{told} is not in the page");
    }
}

#[test]
fn the_last_week_of_the_funnel_is_that_of_the_front_page() {
    let front = sample::current(sample::shop()).info().figures.clone().unwrap();
    let funnel = front.funnel.value.unwrap();
    let page = html(sample::shop());
    let row = page.lines().find(|line| line.starts_with("<tr><th scope=\"row\">30 Sep 2025</th>")).unwrap();
    let cells: Vec<&str> = row.split("<td class=\"n\">").skip(1).map(|cell| cell.split('<').next().unwrap()).collect();
    let told = |users: u64| user360::format::thousands(users);
    assert_eq!((cells[0], cells[1], cells[3]), (&*told(funnel.view), &*told(funnel.cart), &*told(funnel.purchase)));
}

#[test]
fn nobody_is_named_unless_asked_for() {
    let shop = sample::shop();
    let persons: Vec<String> = texts(shop, "customer_name").into_iter().chain(texts(shop, "customer_email")).collect();
    let persons: BTreeSet<String> = persons.into_iter().filter(|text| text.len() > 4).collect();
    assert!(persons.len() > 100);
    // The sample's ids are whole numbers: a year may be one, of the log or of a paper, and so may the end of the run's id.
    let run = sample::current(shop).info().id.clone();
    let ids: BTreeSet<String> =
        texts(shop, "user_id").into_iter().filter(|id| !id.starts_with("19") && !id.starts_with("20")).collect();
    let named = |page: &str| -> Vec<String> {
        let page = page.replace(&run, "");
        let words: BTreeSet<&str> = page
            .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.')
            .map(|word| word.trim_matches('.'))
            .collect();
        let by_id = ids.iter().filter(|id| words.contains(id.as_str()));
        by_id.chain(persons.iter().filter(|text| page.contains(text.as_str()))).cloned().collect()
    };
    for form in ["--html", "--markdown"] {
        assert_eq!(named(&page(shop, &[form, "-"])), Vec::<String>::new(), "{form}");
        let with = page(shop, &[form, "-", "--with-users"]);
        assert!(named(&with).len() >= 20, "{form}: {:?}", named(&with));
        for list in ["likeliest to leave among the active", "best by what they spent", "persuadable, the most first"] {
            let all = with.lines().find(|line| line.contains(list)).unwrap_or_else(|| panic!("{form}: no {list}"));
            assert!(all.contains("first 10 of ") || all.contains("all "), "{all}");
        }
    }
    // What is simulated is said of nobody.
    let simulated = page(sample::workspace(), &["--html", "-", "--with-users"]);
    assert!(simulated.contains("Nobody is named as persuadable: the campaign is simulated"));
    assert!(simulated.contains("Whom would a campaign win? (simulated campaign)"));
    assert!(simulated.contains("Effect on all (simulated)"));
}

#[test]
fn no_name_of_a_log_is_taken_for_markup() {
    let hostile = "<script>alert(1)</script>\"'&|`x`\u{202e}";
    let (_folder, place) = changed("<b>Café & Söhne", |record| {
        for stage in record["stages"].as_array_mut().unwrap() {
            if stage["id"] == "segments" {
                stage["detail"]["profiles"][0]["name"] = hostile.into();
                stage["detail"]["profiles"][1]["named"]["meaning"] = hostile.into();
            }
            if stage["id"] == "uplift" {
                stage["detail"]["arms"][0]["arm"] = hostile.into();
                stage["detail"]["policies"]["best_for_all"] = hostile.into();
            }
        }
        record["figures"]["sentences"] = serde_json::json!([hostile]);
        record["figures"]["revenue"] = serde_json::json!({"value": null, "reason": hostile});
    });
    let page = html(&place);
    assert!(page.contains("<h1>&lt;b&gt;Café &amp; Söhne</h1>"), "{page}");
    assert!(!page.contains("<script") && !page.contains("\u{202e}") && !page.contains("<b>Caf"));
    let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;|`x`\\u{202e}";
    assert!(page.matches(escaped).count() >= 6, "{}", page.matches(escaped).count());
    let markdown = self::page(&place, &["--markdown", "-"]);
    // Within a block of text a chart shows names as they are.
    let outside: String = markdown.split("```").step_by(2).collect();
    assert!(
        !outside.contains("<script") && outside.contains("&lt;script&gt;alert(1)&lt;/script&gt;\"'&amp;\\|"),
        "{outside}"
    );
    assert!(markdown.starts_with("# &lt;b&gt;Café &amp; Söhne\n"));
}

#[test]
fn what_is_not_told_says_why() {
    let page = html(sample::without_uplift());
    let (_, uplift) = page.split_once("<section id=\"uplift\">").unwrap();
    let uplift = uplift.split_once("</section>").unwrap().0;
    assert!(uplift.contains("Not told: ") && uplift.contains("hardly any untreated user"), "{uplift}");
    let (_folder, place) = changed("shop", |record| {
        record["figures"]["revenue"] = serde_json::json!({"value": null, "reason": "the log tells no prices"});
        record["figures"]["sentences"] = serde_json::json!([]);
    });
    let page = html(&place);
    assert!(page.contains(
        "<h3>Revenue, 28 days</h3><p class=\"value none\">–</p><p class=\"beside\">the log tells no prices</p>"
    ));
    assert!(page.contains("<li>No change beyond the usual ups and downs.</li>"));
}

#[test]
fn markdown_has_the_same_sections_and_whole_tables() {
    let page = page(sample::shop(), &["--markdown", "-"]);
    let titles: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(titles.len(), SECTIONS.len(), "{titles:?}");
    assert_eq!((titles[0], titles[12]), ("At a glance", "How this was computed"));
    let mut columns = 0;
    for line in page.lines() {
        let cells = line.replace("\\|", "").matches('|').count();
        if !line.starts_with('|') {
            columns = 0;
        } else if columns == 0 {
            columns = cells;
        } else {
            assert_eq!(cells, columns, "{line}");
        }
    }
    assert_eq!(page.matches("```text\n").count() * 2, page.matches("```").count());
}

#[test]
fn a_page_becomes_a_file_like_an_export() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("for the boss.html");
    let shop = path(sample::shop());
    let told = succeeded(user360(&["report", "--workspace", shop, "--html", path(&out)]));
    let bytes = fs::metadata(&out).unwrap();
    assert_eq!(bytes.permissions().mode() & 0o777, 0o600);
    assert!(told.contains("for the boss.html") && told.contains(&user360::format::thousands(bytes.len())), "{told}");
    let again = user360(&["report", "--workspace", shop, "--html", path(&out)]);
    assert_eq!(again.status.code(), Some(2), "{}", String::from_utf8_lossy(&again.stderr));
    let deep = folder.path().join("new/page.md");
    succeeded(user360(&["report", "--workspace", shop, "--html", path(&out), "--overwrite"]));
    succeeded(user360(&["report", "--workspace", shop, "--markdown", path(&deep), "--make-folder"]));
    assert!(fs::read_to_string(&deep).unwrap().starts_with("# shop\n\nAs of "));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file stays");
    for wrong in [
        &["--with-users"][..],
        &["--html", "-", "--markdown", "-"],
        &["--html", "-", "--format", "json"],
        &["--html", "-", "--charts"],
    ] {
        let refused = user360(&[&["report", "--workspace", shop], wrong].concat());
        assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0), "{wrong:?}");
    }
}
