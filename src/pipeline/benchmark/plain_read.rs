//! How long it takes only to read files: what no program that looks at every byte can beat.

use std::fs::File;
use std::io::Read;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::ingest::{InputFiles, holding_file};
use crate::pipeline::board::Board;

/// Bytes asked of the system at once.
const BLOCK: usize = 8 << 20;

/// Bytes of some files, and the seconds of reading them one after the other, after a first reading has put them into the
/// system's cache.
pub fn plain_read(files: &InputFiles, board: &Board) -> Result<(u64, f64)> {
    let mut block = vec![0; BLOCK];
    read_all(files, &mut block, board)?;
    let begun = Instant::now();
    let bytes = read_all(files, &mut block, board)?;
    Ok((bytes, begun.elapsed().as_secs_f64()))
}

fn read_all(files: &InputFiles, block: &mut [u8], board: &Board) -> Result<u64> {
    let mut bytes = 0;
    for path in files.all() {
        let mut file = File::open(holding_file(path)).map_err(Error::io(path))?;
        loop {
            if board.all_cancelled() {
                return Err(Error::Cancelled);
            }
            match file.read(block).map_err(Error::io(path))? {
                0 => break,
                read => bytes += read as u64,
            }
        }
    }
    Ok(bytes)
}
