//! The tables of events: the log of the pipeline as `events.parquet` and what stands beside it, and back again.

use std::borrow::Cow;
use std::collections::HashMap;

use polars::prelude::*;

use crate::error::Result;
use crate::ingest::{Amount, Catalogue, EventDetails, EventKind, EventLog, Label, Labels, LateLinks, NONE};
use crate::pipeline::tables::{
    codes_among, codes_of, damaged, id_column, known, money_column, optional_floats, read_catalogue,
};
use crate::zone::ShopZone;

fn time_column(name: &str, values: &[i64]) -> Column {
    Int64Chunked::from_slice(name.into(), values)
        .into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC))
        .into_column()
}

/// `events.parquet`: accepted events, sorted by user, then time.
pub fn events(log: &EventLog) -> Result<DataFrame> {
    let order = log.by_time();
    let time = in_order(&log.time, order.as_deref());
    let kinds = in_order(&log.kind, order.as_deref());
    let item = in_order(&log.item, order.as_deref());
    let transaction = in_order(&log.transaction, order.as_deref());
    let user = || {
        let users = (0..log.users.len() as u32).flat_map(|user| log.all_of(user).map(move |_| user));
        id_column("user_id", &log.users, users)
    };
    let kind = || {
        let kinds = kinds.iter().map(|kind| kind.name());
        StringChunked::from_iter_values("event".into(), kinds).into_column()
    };
    let (user, kind) = rayon::join(user, kind);
    let mut columns = vec![
        user,
        time_column("time", &time),
        kind,
        id_column("item_id", &log.items, item.iter().copied()),
        id_column("transaction_id", &log.transactions, transaction.iter().copied()),
    ];
    if !log.price.is_empty() {
        columns.push(money_column("price", &in_order(&log.price, order.as_deref())));
    }
    if !log.session.is_empty() {
        let session = in_order(&log.session, order.as_deref());
        columns.push(UInt32Chunked::from_slice("session".into(), &session).into_column());
    }
    if !log.late.is_empty() {
        let (id, at) = log.late.by_event(log.len());
        let (id, at) = (in_order(&id, order.as_deref()), in_order(&at, order.as_deref()));
        columns.push(id_column("joined_from", &log.late.ids, id.iter().copied()));
        let at: Int64Chunked = at.iter().zip(id.iter()).map(|(&at, &id)| (id != NONE).then_some(at)).collect();
        let at = at.with_name("joined_at".into());
        columns.push(at.into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)).into_column());
    }
    Ok(DataFrame::new_infer_height(columns)?)
}

/// A column of the log in the order of `events.parquet`; `None` is the log's own.
fn in_order<'a, T: Copy>(column: &'a [T], order: Option<&[u32]>) -> Cow<'a, [T]> {
    match order {
        None => Cow::Borrowed(column),
        Some(order) => Cow::Owned(order.iter().map(|&event| column[event as usize]).collect()),
    }
}

/// A column of `events.parquet`, or none, in the order of the log.
fn of_events<T: Copy>(column: Vec<T>, order: Option<&[u32]>) -> Vec<T> {
    if column.is_empty() || order.is_none() { column } else { in_order(&column, order).into_owned() }
}

/// `event_details.parquet`: what rows told beside their event, row by row as `events.parquet`. Sessions are hashes, of no
/// use but to tell them apart.
pub fn event_details(log: &EventLog, details: &EventDetails) -> Result<DataFrame> {
    let EventDetails { price, quantity, amounts, session, labels } = details;
    let order = log.by_time();
    let order = order.as_deref();
    let mut columns = Vec::new();
    if !price.is_empty() {
        columns.push(money_column("unit_price", &in_order(price, order)));
    }
    if !quantity.is_empty() {
        columns.push(Float64Chunked::from_slice("quantity".into(), &in_order(quantity, order)).into_column());
    }
    for (amount, values) in Amount::ALL.into_iter().zip(amounts).filter(|(_, values)| !values.is_empty()) {
        columns.push(money_column(amount.name(), &in_order(values, order)));
    }
    if !session.is_empty() {
        columns.push(UInt64Chunked::from_slice("session_hash".into(), &in_order(session, order)).into_column());
    }
    for (label, Labels { codes, texts }) in Label::ALL.into_iter().zip(labels) {
        if !codes.is_empty() {
            let codes = in_order(codes, order);
            let told = codes.iter().map(|&code| texts.get(code as usize).map(AsRef::as_ref));
            columns.push(StringChunked::from_iter_options(label.name().into(), told).into_column());
        }
    }
    Ok(DataFrame::new_infer_height(columns)?)
}

/// Reads what [`event_details`] wrote of the events of `log`.
pub fn read_event_details(log: &EventLog, frame: &DataFrame) -> Result<EventDetails> {
    let place = log.by_time().map(|order| {
        let mut place = vec![0_u32; order.len()];
        order.iter().zip(0..).for_each(|(&event, row)| place[event as usize] = row);
        place
    });
    if place.as_ref().is_some_and(|place| place.len() != frame.height()) {
        return Err(damaged("event_details.parquet has not the rows of events.parquet"));
    }
    let place = place.as_deref();
    let mut details = EventDetails { price: optional_floats(frame, "unit_price")?, ..EventDetails::default() };
    if let Ok(column) = frame.column("quantity") {
        details.quantity = known(column)?.cast(&DataType::Float64)?.f64()?.into_no_null_iter().collect();
    }
    if let Ok(column) = frame.column("session_hash") {
        details.session = known(column)?.u64()?.into_no_null_iter().collect();
    }
    for amount in Amount::ALL {
        details.amounts[amount as usize] = optional_floats(frame, amount.name())?;
    }
    for label in Label::ALL {
        details.labels[label as usize] = numbered(frame, label.name())?;
    }
    let EventDetails { price, quantity, amounts, session, labels } = details;
    Ok(EventDetails {
        price: of_events(price, place),
        quantity: of_events(quantity, place),
        amounts: amounts.map(|column| of_events(column, place)),
        session: of_events(session, place),
        labels: labels.map(|Labels { codes, texts }| Labels { codes: of_events(codes, place), texts }),
    })
}

/// Of events by user and time the order of the log, where activity comes first, and where each user's ends; both are
/// nothing where all of it is activity.
fn activity_first(offsets: &[u32], kind: &[EventKind]) -> (Option<Vec<u32>>, Vec<u32>) {
    if kind.iter().all(|kind| kind.is_activity()) {
        return (None, Vec::new());
    }
    let mut order: Vec<u32> = (0..kind.len() as u32).collect();
    let mut active_until = Vec::with_capacity(offsets.len());
    for user in offsets.windows(2) {
        let events = &mut order[user[0] as usize..user[1] as usize];
        events.sort_by_key(|&event| !kind[event as usize].is_activity());
        active_until.push(user[0] + events.partition_point(|&event| kind[event as usize].is_activity()) as u32);
    }
    (Some(order), active_until)
}

/// A column of texts as their numbers, and the texts as they are first met; nothing where there is no such column.
fn numbered(frame: &DataFrame, name: &str) -> Result<Labels> {
    let Ok(column) = frame.column(name) else { return Ok(Labels::default()) };
    let (mut codes, mut names) = (Vec::with_capacity(column.len()), Vec::new());
    let mut index: HashMap<&str, u32> = HashMap::new();
    for text in column.str()?.iter() {
        codes.push(text.map_or(NONE, |text| {
            *index.entry(text).or_insert_with(|| {
                names.push(text.into());
                names.len() as u32 - 1
            })
        }));
    }
    Ok(Labels { codes, texts: names })
}

/// The events whose user was learnt later; `order` is that of the log.
fn late_links(events: &DataFrame, order: Option<&[u32]>) -> Result<LateLinks> {
    let Ok(column) = events.column("joined_from") else { return Ok(LateLinks::default()) };
    let (ids, codes) = codes_of(column)?;
    let at = events.column("joined_at")?.datetime()?.physical().iter().map(Option::unwrap_or_default).collect();
    let (codes, at): (Vec<u32>, Vec<i64>) = (of_events(codes, order), of_events(at, order));
    let late = || (0..).zip(&codes).zip(&at).filter(|((_, code), _)| **code != NONE);
    let event = late().map(|((event, _), _)| event).collect();
    let (id, at) = late().map(|((_, &code), &at)| (code, at)).unzip();
    Ok(LateLinks { ids, event, id, at })
}

/// Reads `events.parquet` and `items.parquet` back into what ingest gave; `zone` is what it recorded of the shop's clock.
pub fn read_log(events: &DataFrame, items: &DataFrame, zone: ShopZone) -> Result<(EventLog, Catalogue)> {
    let (users, user) = codes_of(known(events.column("user_id")?)?)?;
    let (item_ids, _) = codes_of(known(items.column("item_id")?)?)?;
    let (_, item) = codes_among(&item_ids, events.column("item_id")?)?;
    let (transactions, transaction) = codes_of(events.column("transaction_id")?)?;
    let mut offsets = vec![0_u32; users.len() + 1];
    for &code in &user {
        offsets[code as usize + 1] += 1;
    }
    for code in 0..users.len() {
        offsets[code + 1] += offsets[code];
    }
    let time: Vec<i64> = known(events.column("time")?)?.datetime()?.physical().into_no_null_iter().collect();
    let kind = events
        .column("event")?
        .str()?
        .iter()
        .map(|name| EventKind::ALL.into_iter().find(|kind| Some(kind.name()) == name))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| damaged("events.parquet holds an event kind that this version does not know"))?;
    let price = optional_floats(events, "price")?;
    let session = match events.column("session") {
        Ok(column) => known(column)?.u32()?.into_no_null_iter().collect(),
        Err(_) => Vec::new(),
    };
    let as_of = time.iter().copied().max().ok_or_else(|| damaged("events.parquet holds no event"))?;
    let (order, active_until) = activity_first(&offsets, &kind);
    let order = order.as_deref();
    let log = EventLog {
        users,
        items: item_ids,
        transactions,
        offsets,
        active_until,
        time: of_events(time, order),
        kind: of_events(kind, order),
        item: of_events(item, order),
        transaction: of_events(transaction, order),
        price: of_events(price, order),
        session: of_events(session, order),
        as_of,
        zone,
        late: late_links(events, order)?,
    };
    let catalogue = read_catalogue(items)?;
    Ok((log, catalogue))
}
