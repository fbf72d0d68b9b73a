//! Who the users are, from a file beside the log.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use polars::prelude::{ParquetReader, SerReader as _};
use serde_json::{Value, json};

use crate::headless::{path, report, succeeded, user360};

/// A log of 40 users and 12 items in the layout of RetailRocket.
fn log(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let mut log = String::from("timestamp,visitorid,event,itemid,transactionid\n");
    for at in 0..400_i64 {
        let time = 1_700_000_000_000 + at * 3_600_000;
        writeln!(log, "{time},{},view,{},", at % 40, 100 + at * 7 % 12).unwrap();
    }
    fs::write(folder.join("events.csv"), log).unwrap();
}

fn run(input: &Path, workspace: &Path, more: &[&str]) -> String {
    let args = [&["run", "--only", "ingest,features", "--input", path(input), "--workspace", path(workspace)], more];
    succeeded(user360(&args.concat()));
    report(workspace)["stages"][0]["notes"].to_string()
}

fn rows(workspace: &Path, query: &str) -> Value {
    let told = succeeded(user360(&["sql", query, "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str(&told).unwrap()
}

#[test]
fn customers_stand_beside_their_users_in_tables_pages_and_exports() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    log(&input);
    // By another separator, with a user twice who says no once, an unknown one, and a postcode that begins with a zero.
    fs::write(
        input.join("customers.csv"),
        "Vorname;Nachname;kundennummer;E-Mail;Telefon;Newsletter;Land;PLZ;Punkte\n\
         Ann;Lee;1;Ann.Lee@Example.org ;+49 (30) 901820;ja;DE;01099;12\n\
         Bo;;2;;030/901820;nein;AT;1010;7.5\n\
         Ann;Lee;1;ann@example.org;;nein;DE;01099;13\n\
         Ghost;;999;g@example.org;;ja;DE;1;1\n",
    )
    .unwrap();
    let notes = run(&input, &workspace, &[]);
    let told = "customers.csv tells of 2 of 40 users, by kundennummer: name from Vorname, email from E-Mail, phone from Telefon, \
                consent from Newsletter, country from Land, PLZ, Punkte; 1 rows tell of a user once more, of which the first by \
                their text counts";
    assert!(notes.contains(told), "{notes}");
    let columns = "customer_name, customer_email, customer_phone, customer_consent, customer_country, customer_plz, customer_punkte";
    let known = rows(
        &workspace,
        &format!("SELECT user_id, {columns} FROM users WHERE user_id < 4 AND user_id > 0 ORDER BY user_id"),
    );
    assert_eq!(
        known[0],
        json!({"user_id": 1, "customer_name": "Ann Lee", "customer_email": "ann.lee@example.org", "customer_phone": "+4930901820",
               "customer_consent": false, "customer_country": "DE", "customer_plz": "01099", "customer_punkte": 12.0})
    );
    assert_eq!((&known[1]["customer_name"], &known[1]["customer_phone"]), (&json!("Bo"), &json!("030901820")));
    assert_eq!((&known[2]["customer_name"], &known[2]["customer_consent"]), (&Value::Null, &Value::Null));
    assert_eq!(rows(&workspace, "SELECT count(customer_name) AS n FROM customers"), json!([{"n": 2}]));
    let page = succeeded(user360(&["user", "1", "--workspace", path(&workspace)]));
    assert!(page.contains("ann.lee@example.org"), "{page}");
    let file = folder.path().join("mailing.csv");
    let export =
        ["export", "--where", "customer_consent = false", "--columns", "user_id,customer_email", "--out", path(&file)];
    succeeded(user360(&[&export[..], &["--workspace", path(&workspace)]].concat()));
    assert_eq!(fs::read_to_string(&file).unwrap(), "user_id,customer_email\r\n1,ann.lee@example.org\r\n2,\r\n");
    // Nobody else on the machine reads who the customers are, and what is verified holds them too.
    let table = fs::read_dir(workspace.join("runs")).unwrap().next().unwrap().unwrap().path().join("customers.parquet");
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&table).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let verified = succeeded(user360(&["doctor", "--workspace", path(&workspace)]));
    assert!(verified.contains("run "), "{verified}");
    // They change: the next run says so.
    fs::write(input.join("customers.csv"), "id,name\n3,Cid\n").unwrap();
    run(&input, &workspace, &[]);
    assert_eq!(
        rows(&workspace, "SELECT customer_name AS n FROM users WHERE customer_name IS NOT NULL"),
        json!([{"n": "Cid"}])
    );
    let columns = rows(&workspace, "SELECT * FROM users LIMIT 1");
    assert!(columns[0].as_object().unwrap().get("customer_email").is_none());
}

#[test]
fn a_file_that_the_settings_name_goes_before_one_that_lies_there_and_must_tell_something() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    log(&input);
    fs::write(input.join("customers.csv"), "id,name\n1,Ann\n").unwrap();
    fs::write(input.join("items.csv"), "id,name\n101,Tea\n").unwrap();
    fs::write(input.join("crm.csv"), "account,who,gdpr\n1,Bea,granted\n2,Cem,revoked\n").unwrap();
    fs::write(input.join("wares.csv"), "id,name\n101,Coffee\n").unwrap();
    let settings = folder.path().join("shop.toml");
    fs::write(
        &settings,
        "[customers]\nfile = \"crm.csv\"\nname = \"who\"\nconsent = \"gdpr\"\n[items]\nfile = \"wares.csv\"\n",
    )
    .unwrap();
    let notes = run(&input, &workspace, &["--config", path(&settings)]);
    assert!(notes.contains("crm.csv tells of 2 of 40 users, by account: name from who, consent from gdpr"), "{notes}");
    assert!(notes.contains("not read, being no part of the log by their names: customers.csv, items.csv"), "{notes}");
    let known = rows(
        &workspace,
        "SELECT customer_name AS n, customer_consent AS c FROM users WHERE user_id IN (1, 2) ORDER BY user_id",
    );
    assert_eq!(known, json!([{"n": "Bea", "c": true}, {"n": "Cem", "c": false}]));
    fs::write(&settings, "[customers]\nfile = \"crm.csv\"\nid = \"who\"\n").unwrap();
    let args = [
        "run",
        "--only",
        "ingest",
        "--input",
        path(&input),
        "--workspace",
        path(&workspace),
        "--config",
        path(&settings),
    ];
    let failed = user360(&[&args[..], &["--accept-settings"]].concat());
    assert!(failed.status.success(), "ids that are nobody's tell of nobody");
    fs::write(&settings, "[customers]\nfile = \"crm.csv\"\nemail = \"mail\"\n").unwrap();
    let failed = user360(&[&args[..], &["--accept-settings"]].concat());
    let told = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(told.contains("no column \"mail\"; its columns are account, who, gdpr; set customers.email"), "{told}");
}

#[test]
fn customers_of_joined_accounts_and_of_addresses_in_any_case_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    fs::create_dir(&input).unwrap();
    let mut log = String::from("time,email,event,item\n");
    for at in 0..60 {
        writeln!(log, "2024-01-{:02}T10:00:{:02}Z,U{}@X.org,view,{}", at % 28 + 1, at % 60, at % 6, at % 4).unwrap();
    }
    fs::write(input.join("log.csv"), log).unwrap();
    fs::write(input.join("customers.csv"), "email,name\nu1@x.org,One\nU2@x.org,Two\nold@x.org,Three\n").unwrap();
    let settings = folder.path().join("shop.toml");
    let columns = "[ingest.columns]\ntime = \"time\"\nuser = \"email\"\nevent = \"event\"\nitem = \"item\"\n";
    let joins = "[ingest.same_user]\n\"old@x.org\" = \"u3@x.org\"\n";
    fs::write(&settings, format!("[ingest]\nlayout = \"custom\"\nfiles = [\"log.csv\"]\n{columns}{joins}")).unwrap();
    run(&input, &workspace, &["--config", path(&settings)]);
    let known = rows(
        &workspace,
        "SELECT user_id AS u, customer_name AS n FROM users WHERE customer_name IS NOT NULL ORDER BY 1",
    );
    assert_eq!(
        known,
        json!([{"u": "u1@x.org", "n": "One"}, {"u": "u2@x.org", "n": "Two"}, {"u": "u3@x.org", "n": "Three"}])
    );
}

#[test]
fn categories_are_called_as_the_file_beside_the_log_says_where_no_item_tells() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    log(&input);
    fs::write(input.join("category_tree.csv"), "categoryid,parentid\n1,\n11,1\n").unwrap();
    let property = "timestamp,itemid,property,value\n1600000000000,101,categoryid,11\n1600000000000,102,categoryid,1\n1600000000000,103,categoryid,12\n";
    fs::write(input.join("item_properties.csv"), property).unwrap();
    fs::write(input.join("categories.csv"), "categoryid,name\n1,Hot drinks\n11,Tea\n77,Nothing\n").unwrap();
    fs::write(input.join("items.csv"), "id,name,category\n102,Cocoa,Own\n").unwrap();
    let notes = run(&input, &workspace, &[]);
    assert!(
        notes.contains("categories.csv names 2 of 3 categories, and by them those of 1 items that no other file names"),
        "{notes}"
    );
    let named = rows(
        &workspace,
        "SELECT item_id AS i, category_name AS c FROM items WHERE item_id BETWEEN 101 AND 103 ORDER BY item_id",
    );
    assert_eq!(named, json!([{"i": 101, "c": "Hot drinks / Tea"}, {"i": 102, "c": "Own"}, {"i": 103, "c": null}]));
}

/// The fold of each user whom churn was judged on.
fn folds(workspace: &Path) -> Vec<(i64, u32)> {
    let run = fs::read_dir(workspace.join("runs")).unwrap().map(|run| run.unwrap().path()).max().unwrap();
    let file = fs::File::open(run.join("models/churn_held_out.parquet")).unwrap();
    let frame = ParquetReader::new(file).finish().unwrap();
    let users = frame.column("user_id").unwrap().i64().unwrap().into_no_null_iter().collect::<Vec<_>>();
    let folds = frame.column("fold").unwrap().u32().unwrap();
    users.into_iter().zip(folds.iter()).filter_map(|(user, fold)| Some((user, fold?))).collect()
}

#[test]
fn a_household_is_held_out_as_one_whether_the_log_is_read_or_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    fs::create_dir(&input).unwrap();
    fs::copy(sample.join("events.csv"), input.join("events.csv")).unwrap();
    let churn = |more: &[&str]| {
        let args = ["run", "--only", "ingest,features,churn", "--input", path(&input), "--workspace", path(&workspace)];
        succeeded(user360(&[&args[..], more].concat()));
        folds(&workspace)
    };
    let alone = churn(&[]);
    let home_of = |user: i64| format!("home{}", user / 3);
    let mut customers = String::from("visitorid,household\n");
    for (user, _) in alone.iter().filter(|(user, _)| user % 9 != 0) {
        writeln!(customers, "{user},{}", home_of(*user)).unwrap();
    }
    fs::write(input.join("customers.csv"), customers).unwrap();
    let together = churn(&[]);
    assert!(report(&workspace)["stages"][0]["notes"].to_string().contains("are held out by household"));
    for (&(user, before), &(_, fold)) in alone.iter().zip(&together) {
        let unit = if user % 9 == 0 { user.to_string() } else { home_of(user) };
        assert_eq!(fold, crc32fast::hash(unit.as_bytes()) % 5, "user {user} of {unit}, {before} before");
    }
    // The log is taken over, the model is not.
    let settings = folder.path().join("other.toml");
    fs::write(&settings, "[churn]\nl2 = 3.0\n").unwrap();
    assert_eq!(churn(&["--config", path(&settings), "--accept-settings"]), together);
    assert_eq!(report(&workspace)["stages"][0]["state"], "cached");
}

#[test]
fn what_the_log_itself_tells_of_its_users_is_known_of_them_the_latest_first() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    fs::create_dir(&input).unwrap();
    let mut log = String::from("ordered_at,customer_no,email,accepts_marketing,billing_country,sku,price,name\n");
    for at in 0..200_u32 {
        let user = at % 20;
        // Everybody moves in the middle of the log, and every third user says no then; the last cells are empty.
        let later = at >= 100;
        let country = if at >= 180 {
            ""
        } else if later {
            "FR"
        } else {
            "DE"
        };
        let agrees = if later && user % 3 == 0 { "no" } else { "yes" };
        let (day, hour) = (at / 10 + 1, at % 10 + 8);
        writeln!(
            log,
            "2024-05-{day:02} {hour:02}:00:07,{},C{user}@Shop.example,{agrees},{country},s{},2.50,#{at}",
            100 + user,
            at % 7
        )
        .unwrap();
    }
    fs::write(input.join("log.csv"), log).unwrap();
    let told = succeeded(user360(&["init", path(&input), "--yes", "--workspace", path(&workspace)]));
    assert!(told.contains("columns.customer_country = billing_country"), "{told}");
    assert!(!told.contains("columns.customer_name"), "an order's number is no name: {told}");
    succeeded(user360(&["run", "--only", "ingest,features", "--workspace", path(&workspace)]));
    let query = "SELECT customer_email AS e, customer_consent AS c, customer_country AS k FROM users \
                 WHERE user_id IN (103, 104) ORDER BY user_id";
    assert_eq!(
        rows(&workspace, query),
        json!([{"e": "c3@shop.example", "c": false, "k": "FR"}, {"e": "c4@shop.example", "c": true, "k": "FR"}])
    );
    let notes = report(&workspace)["stages"][0]["notes"].to_string();
    assert!(
        notes.contains("the log tells of 20 users: the email of 20, the consent of 20, the country of 20"),
        "{notes}"
    );

    // A file beside the log goes before it, and the log tells what that leaves open.
    fs::write(folder.path().join("crm.csv"), "customer_no,name,country\n103,Bea,AT\n104,Cem,\n").unwrap();
    let settings = workspace.join("user360.toml");
    let named = fs::read_to_string(&settings).unwrap() + "\n[customers]\nfile = \"../crm.csv\"\n";
    fs::write(&settings, named).unwrap();
    let again = ["run", "--only", "ingest,features", "--accept-settings", "--workspace", path(&workspace)];
    succeeded(user360(&again));
    let query =
        "SELECT customer_name AS n, customer_country AS k FROM users WHERE user_id IN (103, 104, 105) ORDER BY user_id";
    assert_eq!(
        rows(&workspace, query),
        json!([{"n": "Bea", "k": "AT"}, {"n": "Cem", "k": "FR"}, {"n": null, "k": "FR"}])
    );
}
