//! What a campaign costs and earns.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::ingest::campaign::Price;
use crate::models::uplift::{Campaign, OutcomeKind};

/// What the analyst says of money.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Terms {
    /// What it costs to reach a user.
    pub contact_cost: f64,
    /// What everybody gets who is treated and does it, the sure things too.
    pub incentive: Price,
    /// What is earned when a user does it.
    pub margin: Price,
}

/// Money per unit of the outcome (a conversion, or one unit of money spent).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// Earned.
    pub margin: f64,
    /// Given away by a user who was treated.
    pub incentive: f64,
    /// Paid for each user who was treated.
    pub contact_cost: f64,
}

impl Money {
    /// What the terms mean for a campaign; `None` without a margin, for then nothing tells what is earned.
    ///
    /// # Errors
    /// [`Error::Config`] for terms that this campaign's outcome cannot bear.
    pub fn of(terms: Terms, campaign: &Campaign) -> Result<Option<Self>> {
        if terms.margin == Price::Unset {
            return Ok(None);
        }
        let each = |price: Price, key: &str| {
            match (price, campaign.outcome.kind()) {
            (Price::Unset, _) => Ok(0.0),
            (Price::Each(amount), OutcomeKind::Happened) => Ok(amount),
            (Price::Share(share), OutcomeKind::Money) => Ok(share),
            (Price::Share(share), OutcomeKind::Happened) => {
                mean_order(campaign).map(|order| share * order).ok_or_else(|| {
                    Error::Config(format!(
                        "campaign.{key} is a share of the order, and no order's value is known; name the column of money \
                         with campaign.spend, or give an amount for each conversion"
                    ))
                })
            }
            (Price::Each(amount), OutcomeKind::Money) if key == "incentive" => {
                Ok(mean_order(campaign).map_or(0.0, |order| amount / order))
            }
            (Price::Each(_), OutcomeKind::Money) => Err(Error::Config(format!(
                "campaign.{key} is an amount for each conversion, and the outcome is money; give a share of it, such as \"30%\""
            ))),
        }
        };
        Ok(Some(Self {
            margin: each(terms.margin, "margin")?,
            incentive: each(terms.incentive, "incentive")?,
            contact_cost: terms.contact_cost,
        }))
    }

    /// What treating a user nets: margin on what is added, less the incentive on all the user then does, less the contact.
    pub fn net(&self, uplift: f64, treated: f64) -> f64 {
        uplift * self.margin - treated * self.incentive - self.contact_cost
    }
}

/// The mean value of an order of those who placed one.
fn mean_order(campaign: &Campaign) -> Option<f64> {
    let value = |row: usize| match campaign.outcome.kind() {
        OutcomeKind::Money => campaign.outcome.value(row),
        OutcomeKind::Happened => campaign.spend.get(row).copied().unwrap_or(f64::NAN),
    };
    let orders = (0..campaign.arm.len()).filter(|&row| campaign.outcome.happened(row)).map(value);
    let (sum, count) =
        orders.filter(|value| *value > 0.0).fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::models::uplift::Outcome;

    fn campaign(outcome: Outcome, spend: Vec<f64>) -> Campaign {
        Campaign { arms: vec!["mail".to_owned()], arm: vec![0, 1, 1, 0], outcome, spend, true_effect: None }
    }

    /// A tenth more buyers at a margin of 12, three in ten of the treated take 2, the letter costs 0.5: 1.2 − 0.6 − 0.5.
    #[test]
    fn net_by_hand() {
        let buyers = campaign(Outcome::Happened(vec![true, true, false, false]), vec![10.0, 30.0, 0.0, 0.0]);
        let terms = Terms { contact_cost: 0.5, incentive: Price::Each(2.0), margin: Price::Each(12.0) };
        let money = Money::of(terms, &buyers).unwrap().unwrap();
        assert!((money.net(0.1, 0.3) - 0.1).abs() < 1e-12);
        // 60 % of a mean order of 20 is the same 12.
        let by_order = Money::of(Terms { margin: Price::Share(0.6), ..terms }, &buyers).unwrap().unwrap();
        assert!((by_order.margin - 12.0).abs() < 1e-12);
        assert_eq!(Money::of(Terms { margin: Price::Unset, ..terms }, &buyers).unwrap(), None);
        let unknown = campaign(buyers.outcome, Vec::new());
        let told = Money::of(Terms { margin: Price::Share(0.6), ..terms }, &unknown).unwrap_err().to_string();
        assert!(told.contains("campaign.spend"), "{told}");
        let amounts = campaign(Outcome::Money(vec![0.0, 20.0, 0.0, 0.0]), Vec::new());
        assert!(Money::of(terms, &amounts).unwrap_err().to_string().contains("\"30%\""));
        let share = Money::of(Terms { margin: Price::Share(0.3), ..terms }, &amounts).unwrap().unwrap();
        assert!((share.incentive - 0.1).abs() < 1e-12 && (share.margin - 0.3).abs() < 1e-12);
    }
}
