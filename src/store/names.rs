//! The names of runs: which may stand in a manifest, and which this program gives itself.

/// Name prefix of a run that is being written or removed.
pub(super) const UNFINISHED: &str = ".tmp-";

/// The longest id that is looked at.
const LONGEST: usize = 100;

/// Whether a text can be the id of a run: letters, digits and `-`, so that it names a folder right below `runs`.
pub(super) fn is_run_id(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether a name is one that this program gives to a run: `20261122T101500Z-3f9a`.
pub(super) fn is_own_run(name: &str) -> bool {
    let shape = b"00000000T000000Z-xxxx";
    name.len() == shape.len()
        && name.bytes().zip(shape).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            b'x' => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            _ => byte == *shape,
        })
}

/// Whether a name is one that this program gives to a run while it is written or removed.
pub(super) fn is_unfinished(name: &str) -> bool {
    name.strip_prefix(UNFINISHED).is_some_and(is_own_run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_runs() {
        assert!(is_own_run("20261122T101500Z-3f9a") && is_unfinished(".tmp-20261122T101500Z-3f9a"));
        for foreign in ["", "x", "20261122T101500Z-3f9A", "20261122T101500Z-3f9", "20261122T101500Z-3f9ab", ".tmp-note"]
        {
            assert!(!is_own_run(foreign) && !is_unfinished(foreign), "{foreign}");
        }
        assert!(is_run_id("a-1"));
        for wrong in ["", "..", ".", "a/b", "/", "a b", "é", "a\\b", "a\0", &"x".repeat(101)] {
            assert!(!is_run_id(wrong), "{wrong:?}");
        }
    }
}
