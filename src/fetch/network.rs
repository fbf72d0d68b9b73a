//! What went wrong on the network, in words that say which part of it failed.

use std::error::Error as _;
use std::io;

use crate::fetch::failure::Failure;

/// Says which part of the way to `host` failed.
pub fn told(error: &reqwest::Error, host: &str) -> Failure {
    let reason = innermost(error);
    let lower = chain(error).to_lowercase();
    if !error.is_connect() {
        return Failure::passing(format!("the connection to {host} broke ({reason})"));
    }
    if lower.contains("dns error") || lower.contains("failed to lookup") {
        return Failure::Unreachable(format!(
            "cannot reach {host}: its name does not resolve (DNS: {reason}); check the network, and behind a proxy set \
             HTTPS_PROXY"
        ));
    }
    if lower.contains("certificate") {
        return Failure::Unreachable(format!(
            "cannot reach {host}: its certificate is not trusted (TLS: {reason}); check the machine's clock, and behind a \
             proxy that opens TLS name its certificate in SSL_CERT_FILE"
        ));
    }
    if lower.contains("tls") || lower.contains("corrupt message") || lower.contains("handshake") {
        return Failure::Unreachable(format!(
            "cannot reach {host}: no TLS connection ({reason}); check the service's address and a proxy on the way"
        ));
    }
    if lower.contains("tunnel") || lower.contains("proxy") {
        return Failure::Unreachable(format!(
            "cannot reach {host}: the proxy refused ({reason}); check HTTPS_PROXY and NO_PROXY"
        ));
    }
    if error.is_timeout() {
        return Failure::passing(format!("cannot reach {host}: no connection in time; check the network"));
    }
    match kind(error) {
        Some(io::ErrorKind::ConnectionRefused) => {
            Failure::passing(format!("cannot reach {host}: the connection was refused; check the service's address"))
        }
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkDown) => {
            Failure::Unreachable(format!("cannot reach {host}: no way there ({reason}); check the network"))
        }
        _ => Failure::passing(format!("cannot reach {host} ({reason}); check the network")),
    }
}

/// The reason at the bottom of an error, without addresses.
pub fn innermost(error: &reqwest::Error) -> String {
    let mut text = None;
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = Some(inner.to_string());
        cause = inner.source();
    }
    text.unwrap_or_else(|| "no reason given".to_owned())
}

fn chain(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&inner.to_string());
        text.push('\n');
        cause = inner.source();
    }
    text
}

fn kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        cause = inner.source();
    }
    None
}
