//! The numbers of the real RetailRocket log, and what a set of another size should have instead.

use crate::ingest::synth::SynthSettings;

/// The published set.
const USERS: f64 = 1_407_580.0;
const EVENTS: f64 = 2_756_101.0;
const ADDTOCARTS: f64 = 69_332.0;
const TRANSACTIONS: f64 = 22_457.0;
const ORDERS: f64 = 17_672.0;
const ONE_EVENT: f64 = 0.71;
const ITEMS: f64 = 235_061.0;
const CATALOGUE_ITEMS: f64 = 417_053.0;
const CATEGORIES: f64 = 1_669.0;
const PROPERTY_ROWS: f64 = 20_275_902.0;

/// What the log should count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Marginals {
    pub(super) users: usize,
    pub(super) events: f64,
    pub(super) addtocarts: f64,
    pub(super) transactions: f64,
    /// Distinct transaction ids.
    pub(super) orders: f64,
    /// Users with more than one event.
    pub(super) returning: f64,
    /// Distinct items in the events.
    pub(super) items: usize,
    /// Items with properties, those without an event included.
    pub(super) catalogue_items: usize,
    pub(super) categories: usize,
    pub(super) property_rows: usize,
}

impl Marginals {
    /// Users, events and property rows grow with the scale. A small shop has fewer items and categories, but more of
    /// them per user: items shrink with scale^0.8, categories with its square root; neither grows beyond the real set.
    /// Users with several events and their events grow with the square root of the engagement, carts and purchases with
    /// its square.
    pub(super) fn of(settings: &SynthSettings) -> Self {
        let SynthSettings { scale, engagement, property_scale, .. } = *settings;
        let users = (USERS * scale).round();
        let shrunk = scale.min(1.0);
        let several = ((1.0 - ONE_EVENT) * engagement.sqrt()).min(0.9);
        let events_of_several = (EVENTS / USERS - ONE_EVENT) / (1.0 - ONE_EVENT) * engagement.sqrt();
        let funnel = users / USERS * engagement * engagement;
        let catalogue_items = (CATALOGUE_ITEMS * shrunk.powf(0.8)).round().max(100.0);
        Self {
            users: users as usize,
            events: users * (1.0 - several + several * events_of_several),
            addtocarts: ADDTOCARTS * funnel,
            transactions: TRANSACTIONS * funnel,
            orders: ORDERS * funnel,
            returning: users * several,
            items: (ITEMS * shrunk.powf(0.8)).round().max(50.0) as usize,
            catalogue_items: catalogue_items as usize,
            categories: (CATEGORIES * shrunk.sqrt()).round().max(12.0) as usize,
            // Each item has at least its category, availability and price.
            property_rows: (PROPERTY_ROWS * scale * property_scale).round().max(3.0 * catalogue_items) as usize,
        }
    }

    /// The same for a part of the users.
    pub(super) fn part(&self, users: usize) -> Self {
        let part = users as f64 / self.users as f64;
        Self {
            users,
            events: self.events * part,
            addtocarts: self.addtocarts * part,
            transactions: self.transactions * part,
            orders: self.orders * part,
            returning: self.returning * part,
            ..*self
        }
    }
}
