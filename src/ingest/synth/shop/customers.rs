//! Names, countries and e-mail addresses of people who do not exist.

use crate::ingest::synth::random::{Purpose, mix};
use crate::ingest::synth::shop::people::Person;

const FIRST: [&str; 40] = [
    "Ada", "Ben", "Carla", "Dario", "Elin", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kaja", "Liam", "Mira", "Noah",
    "Olga", "Pablo", "Quinn", "Rosa", "Samir", "Tilda", "Ugo", "Vera", "Wim", "Xenia", "Yusuf", "Zoe", "Anton", "Bela",
    "Clara", "Emil", "Freya", "Ida", "Jan", "Lena", "Marta", "Nils", "Paula", "Rafael", "Sofia", "Tom",
];
const LAST: [&str; 40] = [
    "Adler", "Berg", "Costa", "Dahl", "Ekman", "Ferrari", "Garcia", "Haas", "Ivanov", "Jensen", "Keller", "Lopez",
    "Meyer", "Novak", "Olsen", "Petit", "Quist", "Rossi", "Silva", "Tanaka", "Unger", "Vogel", "Weber", "Yilmaz",
    "Zieger", "Almeida", "Bauer", "Conti", "Dubois", "Fischer", "Gruber", "Hansen", "Kowal", "Lind", "Moreau", "Nagy",
    "Peters", "Ricci", "Sorensen", "Vidal",
];
const COUNTRIES: [&str; 8] = ["DE", "DE", "DE", "AT", "NL", "FR", "IT", "ES"];
/// Domains that nobody can own.
const DOMAINS: [&str; 3] = ["example.com", "example.org", "example.net"];

/// A row of `customers.csv`, without the end of the line.
pub(super) fn row(seed: u64, user: u32, id: u64, person: &Person) -> String {
    let draw = mix(seed ^ mix((Purpose::Shop as u64) << 40 ^ u64::from(user)));
    let of = |shift: u32, count: usize| (draw >> shift) as usize % count;
    let (first, last) = (FIRST[of(0, FIRST.len())], LAST[of(16, LAST.len())]);
    let (country, domain) = (COUNTRIES[of(32, COUNTRIES.len())], DOMAINS[of(48, DOMAINS.len())]);
    let (address, newsletter) = (first.to_lowercase(), if person.newsletter { "yes" } else { "no" });
    format!("{id},{first} {last},{address}{id}@{domain},{country},{newsletter}")
}
