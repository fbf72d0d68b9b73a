//! How the columns of customers are called, in lower-case letters and digits alone, and what says that they agree.

use crate::ingest::campaign::flag;

pub(super) const NAME: &[&str] = &[
    "name",
    "customername",
    "fullname",
    "displayname",
    "clientname",
    "kunde",
    "kundenname",
    "nom",
    "nomcomplet",
    "nombre",
    "nombrecompleto",
    "nome",
    "nomecompleto",
    "naam",
    "nazwa",
    "namn",
    "navn",
    "nimi",
    "имя",
    "фио",
];
pub(super) const FIRST_NAME: &[&str] = &[
    "firstname",
    "givenname",
    "vorname",
    "prenom",
    "prénom",
    "billingfirstname",
    "imie",
    "imię",
    "fornamn",
    "voornaam",
];
pub(super) const LAST_NAME: &[&str] = &[
    "lastname",
    "surname",
    "familyname",
    "nachname",
    "nomdefamille",
    "apellido",
    "apellidos",
    "cognome",
    "sobrenome",
    "billinglastname",
    "nazwisko",
    "efternamn",
    "achternaam",
];
pub(super) const EMAIL: &[&str] = &[
    "email",
    "emailaddress",
    "customeremail",
    "useremail",
    "billingemail",
    "mail",
    "emailadresse",
    "adresseemail",
    "courriel",
    "correo",
    "correoelectronico",
];
pub(super) const PHONE: &[&str] = &[
    "phone",
    "phonenumber",
    "mobile",
    "mobilephone",
    "telephone",
    "billingphone",
    "telefon",
    "telefonnummer",
    "handy",
    "tel",
    "telefono",
    "teléfono",
    "telefone",
    "numerotelefono",
];
pub(super) const CONSENT: &[&str] = &[
    "consent",
    "emailconsent",
    "marketingconsent",
    "newsletter",
    "acceptsmarketing",
    "acceptsemailmarketing",
    "emailmarketing",
    "optin",
    "emailoptin",
    "marketingoptin",
    "newsletteroptin",
    "subscribed",
    "emailsubscribed",
    "permission",
    "einwilligung",
    "werbeeinwilligung",
];
pub(super) const COUNTRY: &[&str] = &[
    "country",
    "countrycode",
    "billingcountry",
    "defaultaddresscountrycode",
    "land",
    "ländercode",
    "pays",
    "pais",
    "país",
    "paese",
    "kraj",
    "maa",
    "страна",
];
pub(super) const HOUSEHOLD: &[&str] =
    &["household", "householdid", "householdkey", "haushalt", "haushaltid", "foyer", "hogar"];

/// Whether a customer agreed, by the words of mailing tools and shops.
pub(super) fn agreed(cell: &str) -> Option<bool> {
    match cell.trim().to_lowercase().as_str() {
        "subscribed" | "opted in" | "opt-in" | "optin" | "opted_in" | "granted" | "accepted" => Some(true),
        "unsubscribed" | "not subscribed" | "not_subscribed" | "never subscribed" | "opted out" | "opt-out"
        | "optout" | "opted_out" | "denied" | "revoked" | "cleaned" | "pending" => Some(false),
        other => flag(other),
    }
}
