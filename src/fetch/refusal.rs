//! What a status other than success means for the user, and what to do about it.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;

use crate::error::Result;
use crate::fetch::FetchRequest;
use crate::fetch::address::Address;
use crate::fetch::credentials::SETTINGS_PAGE;
use crate::fetch::failure::Failure;
use crate::fetch::http::Answer;
use crate::fetch::patience::retry_after;
use crate::job::Job;

/// Reads an answer that is no archive.
///
/// # Errors
/// [`crate::Error::Cancelled`].
pub fn refusal(mut answer: Answer<'_>, request: &FetchRequest, address: &Address, job: &Job) -> Result<Failure> {
    let status = answer.status();
    let asked = answer.header("retry-after").and_then(|value| retry_after(value, Timestamp::now()));
    let body = answer.text(job)?;
    let said = said(&body, request);
    let host = answer.host.clone();
    let dataset = address.dataset();
    Ok(match status {
        StatusCode::UNAUTHORIZED => Failure::last(unauthorized(request, address, &host, &said)),
        StatusCode::FORBIDDEN => Failure::last(format!(
            "{host} does not let this account have {dataset}{said}; sign in, accept its terms at {} and try again (a data \
             set that is private or misspelt is refused in the same way){}",
            address.page(),
            anonymous(request)
        )),
        StatusCode::NOT_FOUND => Failure::last(format!(
            "{host} knows no data set {dataset}{said}; the name is OWNER/NAME as in the address of its page, {}",
            address.page()
        )),
        StatusCode::TOO_MANY_REQUESTS => too_many(&host, asked, request.patience.longest_pause),
        StatusCode::REQUEST_TIMEOUT => Failure::passing(format!("{host} answered {}{said}", in_words(status))),
        _ if status.is_server_error() => {
            let what = format!("{host} answered {}{said}", in_words(status));
            let wait = asked.map(|wait| wait.min(request.patience.longest_pause));
            Failure::Passing { what, wait }
        }
        _ => Failure::last(format!("{host} answered {}{said}; check the service's address", in_words(status))),
    })
}

/// What to say of a page for people, or of anything else, where the archive should be.
pub fn page(text: &str, host: &str, request: &FetchRequest) -> Failure {
    let title = title(text).map(|title| format!(" titled {:?}", clean(&title, request))).unwrap_or_default();
    let lower = text.trim_start().to_ascii_lowercase();
    let is_page = lower.starts_with("<!doctype") || lower.contains("<html") || !title.is_empty();
    let sent = if is_page { "a web page" } else { "something else" };
    Failure::last(format!(
        "{host} sent {sent}{title} instead of a zip archive; a proxy or a network's sign-in page may stand between, or \
         the service's address is wrong"
    ))
}

fn unauthorized(request: &FetchRequest, address: &Address, host: &str, said: &str) -> String {
    match &request.credentials {
        Some(credentials) if address.trusts(&address.download()) => format!(
            "{host} does not accept the token from {}{said}; make a new one at {SETTINGS_PAGE}",
            credentials.source()
        ),
        Some(credentials) => format!(
            "{host} wants to know who asks{said}; the token from {} was not sent, since the service's address has no TLS",
            credentials.source()
        ),
        None => format!(
            "{host} wants to know who asks{said}; make a token at {SETTINGS_PAGE} and set KAGGLE_USERNAME and KAGGLE_KEY, \
             or KAGGLE_API_TOKEN, or save it as ~/.kaggle/kaggle.json"
        ),
    }
}

fn anonymous(request: &FetchRequest) -> String {
    if request.credentials.is_some() {
        return String::new();
    }
    format!("; no token was found: make one at {SETTINGS_PAGE} and save it as ~/.kaggle/kaggle.json")
}

/// A service that asks for a longer pause than the patience allows is not asked again.
fn too_many(host: &str, asked: Option<Duration>, longest: Duration) -> Failure {
    match asked {
        Some(wait) if wait > longest => Failure::last(format!(
            "{host} has had too many requests; try again in {} s, and the download goes on where it stands",
            wait.as_secs()
        )),
        Some(wait) => {
            let what = format!("{host} has had too many requests and asks for {} s of pause", wait.as_secs());
            Failure::Passing { what, wait: Some(wait) }
        }
        None => Failure::passing(format!("{host} has had too many requests; try again in some minutes")),
    }
}

fn in_words(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} ({reason})", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// The service's own reason, in quotes: the message of its JSON.
fn said(body: &str, request: &FetchRequest) -> String {
    let message = serde_json::from_str::<serde_json::Value>(body)
        .ok()
        .and_then(|json| json["message"].as_str().map(ToOwned::to_owned))
        .map(|message| clean(&message, request))
        .filter(|message| !message.is_empty());
    message.map(|message| format!(" ({message:?})")).unwrap_or_default()
}

fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let from = lower.find("<title")?;
    let from = from + lower[from..].find('>')? + 1;
    let to = from + lower[from..].find("</title")?;
    Some(page[from..to].split_whitespace().collect::<Vec<_>>().join(" ")).filter(|title| !title.is_empty())
}

/// A foreign text on one line, not too long, without the secret.
fn clean(text: &str, request: &FetchRequest) -> String {
    let hidden = request.credentials.as_ref().map_or_else(|| text.to_owned(), |credentials| credentials.hide(text));
    hidden
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(160)
        .collect::<String>()
        .trim()
        .to_owned()
}
