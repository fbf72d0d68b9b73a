//! The campaign: a newsletter, a voucher or nothing, and what each of them brings about.
//!
//! Whether somebody orders in the 60 days after it is drawn with the chance written here, so that the truth is exact: it
//! depends on the kind of customer and on what the shop knew on the day.

use crate::ingest::synth::shop::calendar::WINDOW;
use crate::ingest::synth::shop::people::Kind;

/// What is done to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arm {
    HoldOut,
    Newsletter,
    Voucher,
}

impl Arm {
    pub(super) const ALL: [Self; 3] = [Self::HoldOut, Self::Newsletter, Self::Voucher];

    /// Share of the members.
    pub(super) fn share(self) -> f64 {
        match self {
            Self::HoldOut => 0.42,
            Self::Newsletter => 0.2,
            Self::Voucher => 0.38,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::HoldOut => "hold-out",
            Self::Newsletter => "newsletter",
            Self::Voucher => "voucher",
        }
    }
}

/// Chances of an order in the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chances {
    /// Without a mail.
    pub(super) control: f64,
    /// What the newsletter adds.
    pub(super) newsletter: f64,
    /// What the voucher adds.
    pub(super) voucher: f64,
}

impl Chances {
    /// The chances of a customer who last ordered `since` days ago, or never, and orders every `gap` days.
    pub(super) fn of(kind: Kind, since: Option<f64>, gap: f64) -> Self {
        let of = |control, newsletter, voucher| Self { control, newsletter, voucher };
        let Some(since) = since else {
            return match kind {
                Kind::Browser => of(0.1, 0.2, 0.05),
                Kind::Bargain => of(0.1, 0.03, 0.45),
                _ => of(0.02, 0.0, 0.0),
            };
        };
        if since > 2.0 * gap {
            // Lapsed: a voucher wins them back.
            return match kind {
                Kind::Giver => of(0.08, 0.02, 0.06),
                _ => of(0.18, 0.08, 0.5),
            };
        }
        match kind {
            Kind::Bargain => of(0.3, 0.03, 0.5),
            // Offices have their own rhythm and are put off by advertising.
            Kind::Office => of(0.85, -0.2, -0.05),
            // They would have ordered anyway.
            Kind::Regular => of((WINDOW / gap).min(0.85), 0.0, 0.0),
            Kind::Passer | Kind::Browser | Kind::Giver => of(0.2, 0.05, 0.1),
        }
    }

    /// The chance under an arm.
    pub(super) fn under(&self, arm: Arm) -> f64 {
        match arm {
            Arm::HoldOut => self.control,
            Arm::Newsletter => self.control + self.newsletter,
            Arm::Voucher => self.control + self.voucher,
        }
    }
}
