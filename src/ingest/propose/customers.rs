//! Columns of a log that tell of the customer of their row: name, address, consent, country, household.

use crate::ingest::attribute_table::letters;
use crate::ingest::customer_words::{CONSENT, COUNTRY, EMAIL, HOUSEHOLD, NAME, PHONE, agreed};
use crate::ingest::grammar::is_empty;
use crate::ingest::layout::Role;
use crate::ingest::propose::profile::Profile;

/// Names that are those of many things: an order's number, an item.
const OF_MANY_THINGS: [&str; 9] = ["name", "nom", "nombre", "nome", "naam", "nazwa", "namn", "navn", "nimi"];
/// What shops call the customer beside the words of files of customers.
const BILLED: [&str; 3] = ["billingname", "billtoname", "rechnungsname"];

/// How the columns of such a role are called; `None` for any other role.
pub(super) fn words_of_customers(role: Role) -> Option<&'static [&'static str]> {
    Some(match role {
        Role::CustomerName => NAME,
        Role::CustomerEmail => EMAIL,
        Role::CustomerPhone => PHONE,
        Role::CustomerConsent => CONSENT,
        Role::CustomerCountry => COUNTRY,
        Role::CustomerHousehold => HOUSEHOLD,
        _ => return None,
    })
}

/// How well a column fits such a role, with the reason; `None` where its name or its cells are of something else.
pub(super) fn told_of_customers(
    profile: &Profile,
    role: Role,
    words: &[&str],
    cells: &[&str],
) -> Option<(u32, String)> {
    let name = letters(&profile.name);
    let of_customers = words.iter().filter(|word| !OF_MANY_THINGS.contains(word));
    let billed = BILLED.iter().filter(|_| role == Role::CustomerName);
    let place = of_customers.chain(billed).position(|word| profile.named && *word == name)?;
    let filled = || cells.iter().map(|cell| cell.trim()).filter(|cell| !is_empty(cell));
    let fits: fn(&str) -> bool = match role {
        Role::CustomerEmail => |cell| cell.contains('@'),
        Role::CustomerConsent => |cell| agreed(cell).is_some(),
        Role::CustomerPhone => |cell| cell.chars().filter(char::is_ascii_digit).count() > 5,
        Role::CustomerHousehold => |_| true,
        _ => |cell| cell.contains(char::is_alphabetic),
    };
    let (all, fitting) = (filled().count(), filled().filter(|cell| fits(cell)).count());
    (fitting > 0 && fitting * 10 >= all * 9)
        .then(|| (90_u32.saturating_sub(place as u32).max(60), format!("by its name; {} different", profile.distinct)))
}
