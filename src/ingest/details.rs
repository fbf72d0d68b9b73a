//! What event rows tell beside who did what and when: money, sessions, and the categories of items.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::ingest::amount::Amount;
use crate::ingest::append::EventDetails;
use crate::ingest::columns::retained;
use crate::ingest::label::{Label, Labels};
use crate::ingest::layout::Layout;
use crate::ingest::log::NONE;
use crate::ingest::order::Tie;

/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

/// Texts numbered as they are first seen.
#[derive(Default)]
pub(super) struct Names {
    pub(super) names: Vec<Box<str>>,
    index: HashMap<Box<str>, u32>,
}

impl Names {
    fn of(names: Vec<Box<str>>) -> Self {
        let index = names.iter().zip(0..).map(|(name, at)| (name.clone(), at)).collect();
        Self { names, index }
    }

    /// The number of a text, [`NONE`] for an empty one.
    fn code(&mut self, name: &str) -> u32 {
        if name.is_empty() {
            return NONE;
        }
        if let Some(&index) = self.index.get(name) {
            return index;
        }
        let index = self.names.len() as u32;
        self.names.push(name.into());
        self.index.insert(name.into(), index);
        index
    }

    /// Takes over the texts of another and numbers that one's column anew.
    fn join(&mut self, other: &Self, column: &mut [u32]) {
        let codes: Vec<u32> = other.names.iter().map(|name| self.code(name)).collect();
        for code in column {
            *code = codes.get(*code as usize).copied().unwrap_or(NONE);
        }
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let name = |code: u32| self.names.get(code as usize);
        name(a).cmp(&name(b))
    }
}

/// What an event row tells beside who did what and when, one entry a row; a column that no file has stays empty.
#[derive(Default)]
pub(super) struct Details {
    /// Price of one item, NaN where unknown.
    pub(super) price: Vec<f64>,
    /// How many were bought or sent back; 1 for other events.
    pub(super) quantity: Vec<f64>,
    /// By [`Amount`], NaN where the row tells none.
    pub(super) amounts: [Vec<f64>; Amount::ALL.len()],
    /// Hash of the session id, 0 without one.
    pub(super) session: Vec<u64>,
    /// By [`Label`]: the number of each row's text, and the texts.
    labels: [(Vec<u32>, Names); Label::ALL.len()],
    /// Hash of the whole row as it is written, 0 where that is not known.
    pub(super) raw: Vec<u64>,
    /// The file of each row, from 1; 0 for rows of an earlier reading.
    file: Vec<u32>,
    /// Of several logs, whether the times of each file's tell minutes, hours or days only.
    pieces: Vec<bool>,
}

impl Details {
    pub(super) fn of_earlier(earlier: &EventDetails) -> Self {
        let EventDetails { price, quantity, amounts, session, labels } = earlier.clone();
        let labels = labels.map(|Labels { codes, texts }| (codes, Names::of(texts)));
        Self { price, quantity, amounts, session, labels, ..Self::default() }
    }

    /// Leaves out the rows that are not to be kept.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        for column in [&mut self.price, &mut self.quantity].into_iter().chain(&mut self.amounts) {
            *column = retained(column, keep);
        }
        for column in self.labels.iter_mut().map(|(codes, _)| codes).chain([&mut self.file]) {
            *column = retained(column, keep);
        }
        for column in [&mut self.session, &mut self.raw] {
            *column = retained(column, keep);
        }
    }

    pub(super) fn push_label(&mut self, label: Label, text: &str) {
        let (codes, names) = &mut self.labels[label as usize];
        codes.push(names.code(text));
    }

    /// The details of events, whose rows are given.
    pub(super) fn of_events(self, rows: &[u32]) -> EventDetails {
        fn taken<T: Copy>(column: &[T], rows: &[u32]) -> Vec<T> {
            if column.is_empty() { Vec::new() } else { rows.iter().map(|&row| column[row as usize]).collect() }
        }
        EventDetails {
            price: taken(&self.price, rows),
            quantity: taken(&self.quantity, rows),
            amounts: self.amounts.map(|column| taken(&column, rows)),
            session: taken(&self.session, rows),
            labels: self.labels.map(|(codes, names)| Labels { codes: taken(&codes, rows), texts: names.names }),
        }
    }

    /// Adds the details of `more` rows of a file, by its number, behind those of `rows`; 0 where nobody asks for it.
    pub(super) fn append(&mut self, rows: usize, more: usize, mut chunk: Self, file: u32) {
        join(&mut self.price, &mut chunk.price, rows, more, f64::NAN);
        join(&mut self.quantity, &mut chunk.quantity, rows, more, 1.0);
        for (column, next) in self.amounts.iter_mut().zip(&mut chunk.amounts) {
            join(column, next, rows, more, f64::NAN);
        }
        join(&mut self.session, &mut chunk.session, rows, more, 0);
        for ((codes, names), (next, others)) in self.labels.iter_mut().zip(&mut chunk.labels) {
            names.join(others, next);
            join(codes, next, rows, more, NONE);
        }
        join(&mut self.raw, &mut chunk.raw, rows, more, 0);
        if file > 0 {
            self.file.resize(rows, 0);
            self.file.resize(rows + more, file);
        }
    }

    /// Judges each of several logs by its own times, whether equal rows of it are pieces.
    pub(super) fn tell_pieces(&mut self, layouts: &[Layout], times: &[i64]) {
        let logs = layouts.iter().map(|layout| layout.log + 1).max().unwrap_or_default();
        let mut of_log = vec![true; logs];
        for (&file, &time) in self.file.iter().zip(times) {
            let log = layouts[(file as usize).saturating_sub(1)].log;
            of_log[log] &= time.rem_euclid(MINUTE) == 0;
        }
        self.pieces = layouts.iter().map(|layout| of_log[layout.log]).collect();
    }

    fn is_earlier(&self, row: usize) -> bool {
        self.file.get(row).is_none_or(|&file| file == 0)
    }
}

/// Adds a column's next rows; a side that lacks the column is filled with what stands for no value.
fn join<T: Clone>(column: &mut Vec<T>, next: &mut Vec<T>, rows: usize, more: usize, none: T) {
    if column.is_empty() && next.is_empty() {
        return;
    }
    column.resize(rows, none.clone());
    next.resize(more, none);
    column.append(next);
}

impl Tie for Details {
    type Row = u32;

    fn row(row: u32) -> u32 {
        row
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        let floats = |column: &[f64]| column.get(a).zip(column.get(b)).map_or(Ordering::Equal, |(a, b)| a.total_cmp(b));
        let labels = || {
            let texts = self.labels.iter().map(|(codes, names)| {
                codes.get(a).zip(codes.get(b)).map_or(Ordering::Equal, |(&a, &b)| names.compare(a, b))
            });
            texts.fold(Ordering::Equal, Ordering::then)
        };
        let amounts = || {
            let columns = self.amounts.iter().map(|column| floats(column));
            columns.fold(Ordering::Equal, Ordering::then)
        };
        floats(&self.price)
            .then_with(|| floats(&self.quantity))
            .then_with(|| self.session.get(a).cmp(&self.session.get(b)))
            .then_with(amounts)
            .then_with(labels)
    }

    fn compare_written(&self, a: u32, b: u32) -> Ordering {
        self.raw.get(a as usize).cmp(&self.raw.get(b as usize))
    }

    fn file(&self, row: u32) -> u32 {
        self.file.get(row as usize).copied().unwrap_or_default()
    }

    fn is_of_pieces(&self, row: u32) -> bool {
        let file = self.file(row) as usize;
        file.checked_sub(1).and_then(|file| self.pieces.get(file)).copied().unwrap_or_default()
    }

    fn is_earlier(&self, row: u32) -> bool {
        self.is_earlier(row as usize)
    }
}
