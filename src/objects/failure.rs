//! What a service or the way to it said, in one of our own errors. Addresses within it lose what stands behind their
//! question mark: it may be a signature.

use std::error::Error as _;

use object_store::Error as StoreError;

use crate::error::Error;
use crate::objects::address::{Address, Service};
use crate::text::shown;

/// Where a service that hands out keys to machines of its own is asked; elsewhere nobody answers there.
const METADATA: [&str; 3] = ["169.254.169.254", "169.254.170.2", "metadata.google.internal"];
/// What stands before the answer of a server that refuses.
const ANSWERED: &str = "non-2xx status code: ";
/// Letters of a server's own words that are told.
const MOST: usize = 300;

/// Why a service could not be opened.
pub(super) fn of_opening(address: &Address, error: &StoreError) -> Error {
    Error::Config(format!("{address}: {}", reason(error)))
}

/// Why a request failed; `what` is the address of the object or the folder it was for.
pub(super) fn of_request(address: &Address, what: &str, error: &StoreError) -> Error {
    let reason = reason(error);
    if is_metadata(&reason) {
        return Error::Fetch(format!("{what}: no key was found to ask with; {}", places(address)));
    }
    let told = match error {
        StoreError::NotFound { .. } => format!("it is not there ({reason})"),
        StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. } => {
            format!("the server refuses it ({reason}); {}", places(address))
        }
        StoreError::Precondition { .. } => return changed(what),
        _ if reason.contains("redirect without LOCATION") => {
            "the bucket lies in another region; set AWS_REGION to it".to_owned()
        }
        _ => format!("it cannot be read: {reason}"),
    };
    Error::Fetch(format!("{what}: {told}"))
}

/// An object that became another one while it was read.
pub(super) fn changed(what: &str) -> Error {
    Error::Fetch(format!(
        "{what}: it was changed while it was read; nothing of it was kept: run again when nothing writes to it"
    ))
}

/// A server that takes a request and says nothing.
pub(super) fn silent(what: &str) -> Error {
    Error::Fetch(format!("{what}: the server does not answer"))
}

/// Where the keys of a service are looked for.
fn places(address: &Address) -> &'static str {
    match address.service {
        Service::S3 { .. } => {
            "keys are looked for in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in ~/.aws (AWS_PROFILE) and on the \
             instance; a public bucket needs AWS_SKIP_SIGNATURE=true"
        }
        Service::Google { .. } => {
            "keys are looked for in GOOGLE_APPLICATION_CREDENTIALS, in what gcloud left, and on the instance; a public \
             bucket needs GOOGLE_SKIP_SIGNATURE=true"
        }
        Service::Azure { .. } => {
            "keys are looked for in AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, and \
             on the instance; a public container needs AZURE_SKIP_SIGNATURE=true"
        }
        Service::Web(_) => "a tool that may read it can bring it: curl … | user360 run --input -",
    }
}

/// What a server said, or the innermost reason of what went wrong on the way to it.
fn reason(error: &StoreError) -> String {
    let (mut whole, mut innermost) = (error.to_string(), error.to_string());
    let mut inner = error.source();
    while let Some(error) = inner {
        innermost = error.to_string();
        if !whole.contains(&innermost) {
            whole = format!("{whole}: {innermost}");
        }
        inner = error.source();
    }
    // The library's account of how often it asked is nobody's concern.
    let told = match whole.rfind(ANSWERED).map(|at| &whole[at + ANSWERED.len()..]) {
        Some(answer) => in_words(answer),
        None if whole.contains("error sending request") && !is_metadata(&whole) => {
            format!("the server cannot be reached: {innermost}")
        }
        None => whole,
    };
    shown(&without_queries(&told)).chars().take(MOST).collect()
}

fn is_metadata(reason: &str) -> bool {
    METADATA.iter().any(|place| reason.contains(place))
}

/// A status and the code and message of the XML behind it.
fn in_words(answer: &str) -> String {
    let (status, body) = answer.split_once(": ").unwrap_or((answer, ""));
    let field = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>"))?;
        rest.split_once('<').map(|(value, _)| value.trim()).filter(|value| !value.is_empty())
    };
    let parts: Vec<&str> = [Some(status.trim()), field("Code"), field("Message")].into_iter().flatten().collect();
    parts.join(", ")
}

/// A text whose addresses end before their question mark.
fn without_queries(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            kept.push(' ');
        }
        match word.split_once('?').filter(|(before, _)| before.contains("://")) {
            Some((before, behind)) => {
                kept.push_str(before);
                let ends = behind.trim_end_matches([')', ',', ';', ':', '.']).len();
                kept.push_str(&behind[ends..]);
            }
            None => kept.push_str(word),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_of_addresses_are_not_told() {
        let text = "error sending request for url (https://shop.blob.core.windows.net/a?sv=1&sig=geheim): refused";
        let told = without_queries(text);
        assert!(told.contains("windows.net/a") && told.ends_with(": refused") && !told.contains("geheim"), "{told}");
    }

    #[test]
    fn an_answer_is_its_status_code_and_message() {
        let body =
            "403 Forbidden: <?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>No.</Message></Error>";
        assert_eq!(in_words(body), "403 Forbidden, AccessDenied, No.");
        assert_eq!(in_words("503 Service Unavailable: <html>"), "503 Service Unavailable");
    }
}
