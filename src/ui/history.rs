//! The history of a prompt.

/// Entries of a history that are kept.
const HISTORY: usize = 100;

/// Adds an entry to a prompt's history, as the newest.
pub fn write_down(history: &mut Vec<String>, entry: &str) {
    history.retain(|known| known != entry);
    history.push(entry.to_owned());
    let surplus = history.len().saturating_sub(HISTORY);
    history.drain(..surplus);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn history_keeps_the_newest_once() {
        let mut history = Vec::new();
        for entry in 0..150 {
            write_down(&mut history, &entry.to_string());
        }
        write_down(&mut history, "60");
        assert_eq!((history.len(), history.last().unwrap().as_str()), (HISTORY, "60"));
        assert_eq!(history.iter().filter(|entry| *entry == "60").count(), 1);
    }
}
