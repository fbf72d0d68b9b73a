//! Whether an order's status says that it is a purchase.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::ingest::layout::{Layout, StatusMeaning};
use crate::text::same_letters;

/// Statuses of purchases, as letters and digits in lower case.
const PURCHASES: &str = "completed complete processing paid approved invoiced shipped delivered fulfilled partiallyrefunded \
    partiallyfulfilled partiallyshipped partiallypaid succeeded success captured confirmed done received dispatched packed \
    settled cod finished intransit readyforpickup outfordelivery awaitingfulfillment awaitingshipment awaitingpickup \
    paymentaccepted processinginprogress preparationinprogress paymentreceived pickedup \
    shippeddeliveredtobuyer shippedpickedup shippedoutfordelivery \
    bezahlt abgeschlossen versendet versandt verschickt geliefert zugestellt inbearbeitung teilweiseerstattet \
    payé payée payee expédié expédiée expediee livré livrée livree terminé terminée terminee encoursdetraitement \
    pagado completado enviado entregado procesando pagato completato spedito consegnato \
    pago concluído concluido entregue aprovado faturado betaald voltooid verzonden geleverd afgerond \
    opłacone zapłacone zrealizowane wysłane dostarczone betald slutförd skickad levererad \
    tamamlandı kargolandı kargoyaverildi teslimedildi ödendi оплачен оплачено выполнен выполнено доставлен доставлено отправлен";

/// Statuses of orders that are no purchase, or no longer one.
const NONE: &str = "pending pendingpayment onhold holded unpaid created draft checkoutdraft expired authorized \
    requiresaction requirespaymentmethod requiresconfirmation requirescapture failed failure voided void cancelled canceled \
    refunded refund returned unavailable rejected declined chargeback abandoned trash paymentreview fraud orderrefunded \
    incomplete denied notpaid awaitingpayment awaitingbankwirepayment awaitingcheckpayment paymenterror disputed reversed \
    blocked open cancelledbycustomer paymentpending pendingpaypal manualverificationrequired uncollectible \
    shippedreturnedtoseller shippedreturningtoseller shippedrejectedbybuyer shippedlostintransit shippeddamaged \
    pendingwaitingforpickup \
    offen storniert erstattet abgebrochen ausstehend fehlgeschlagen zurückgesendet inwartestellung \
    annulé annulée annulee remboursé remboursée remboursee enattente enattentedepaiement échoué échouée echouee \
    cancelado cancelada reembolsado reembolsada pendiente fallido enespera annullato rimborsato inattesa fallito \
    pendente aguardandopagamento estornado geannuleerd terugbetaald inafwachting mislukt \
    anulowane zwrócone oczekujące nieopłacone avbruten makulerad återbetald väntar \
    iptaledildi iptal iadeedildi iade beklemede отменен отменён отменено возврат ожидает неоплачен";

static KNOWN: LazyLock<HashMap<&str, StatusMeaning>> = LazyLock::new(|| {
    let purchases = PURCHASES.split_ascii_whitespace().map(|status| (status, StatusMeaning::Purchase));
    purchases.chain(NONE.split_ascii_whitespace().map(|status| (status, StatusMeaning::None))).collect()
});

/// Words that undo a purchase, or keep it from being one, wherever they stand in a status that is not known as a whole; and
/// those that make one.
const UNDOING: [&str; 12] = [
    "failed",
    "cancelled",
    "canceled",
    "declined",
    "unpaid",
    "voided",
    "expired",
    "refunded",
    "rejected",
    "abandoned",
    "storniert",
    "denied",
];
const MAKING: [&str; 6] = ["completed", "delivered", "shipped", "paid", "fulfilled", "dispatched"];

/// What Magento calls an order that was paid back, and others one that is done.
const CLOSED: &str = "closed";
/// Statuses by which Magento is known.
const MAGENTO: [&str; 6] = ["complete", "holded", "pending_payment", "payment_review", "canceled", "order_refunded"];

/// Whether a status is one by which Magento is known.
pub(super) fn is_of_magento(status: &str) -> bool {
    MAGENTO.iter().any(|known| known.eq_ignore_ascii_case(status))
}

/// What Magento means by a status that others use in another sense.
pub(super) fn closed_is_none() -> (String, StatusMeaning) {
    (CLOSED.to_owned(), StatusMeaning::None)
}

impl Layout {
    /// What a status says; `None` for one that is not known.
    pub(in crate::ingest) fn status_of(&self, status: &str) -> Option<StatusMeaning> {
        let own = self.statuses.iter().find(|(name, _)| same_letters(name, status));
        own.map(|(_, meaning)| *meaning).or_else(|| meaning(status))
    }
}

/// What a status means by the table; `WooCommerce` writes `wc-` before it.
pub(in crate::ingest) fn meaning(status: &str) -> Option<StatusMeaning> {
    let bare = status.strip_prefix("wc-").unwrap_or(status);
    let letters = bare.chars().flat_map(char::to_lowercase).filter(|letter| letter.is_alphanumeric());
    KNOWN.get(letters.collect::<String>().as_str()).copied().or_else(|| by_words(bare))
}

/// What the words of a status say, such as `Payment Failed` or `Order shipped`. What is denied, or done in part, is no answer.
fn by_words(status: &str) -> Option<StatusMeaning> {
    let lower = status.to_lowercase();
    let words: Vec<&str> =
        lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.len() < 2
        || words.iter().any(|word| ["not", "no", "nicht", "partially", "partly", "partial"].contains(word))
    {
        return None;
    }
    let says = |known: &[&str]| words.iter().any(|word| known.contains(word));
    match (says(&UNDOING), says(&MAKING)) {
        (true, _) => Some(StatusMeaning::None),
        (false, true) => Some(StatusMeaning::Purchase),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_paid_is_a_purchase_and_what_was_not_is_none() {
        for status in ["Completed", "wc-processing", "PAID", "partially_refunded", "delivered"] {
            assert_eq!(meaning(status), Some(StatusMeaning::Purchase), "{status}");
        }
        for status in ["pending", "wc-on-hold", "Canceled", "requires action", "refunded", "pending_payment"] {
            assert_eq!(meaning(status), Some(StatusMeaning::None), "{status}");
        }
        for status in ["Versendet", "payée", "Entregado", "wc-completed", "Shipped - Delivered to Buyer", "доставлен"]
        {
            assert_eq!(meaning(status), Some(StatusMeaning::Purchase), "{status}");
        }
        for status in ["storniert", "Annulée", "pendiente", "Shipped - Returned to Seller", "İptal", "отменён"]
        {
            assert_eq!(meaning(status), Some(StatusMeaning::None), "{status}");
        }
        for (status, means) in [
            ("Payment Failed", StatusMeaning::None),
            ("Cancelled by seller", StatusMeaning::None),
            ("Order shipped", StatusMeaning::Purchase),
            ("order-delivered", StatusMeaning::Purchase),
        ] {
            assert_eq!(meaning(status), Some(means), "{status}");
        }
        assert_eq!((meaning("teleported"), meaning("closed"), meaning("–")), (None, None, None));
        assert_eq!((meaning("not yet shipped"), meaning("paid in part, not all")), (None, None));
    }

    #[test]
    fn magento_is_known_by_its_own_statuses() {
        assert!(is_of_magento("complete") && is_of_magento("Pending_Payment"));
        assert!(!is_of_magento("completed") && !is_of_magento("paid") && !is_of_magento("closed"));
    }
}
