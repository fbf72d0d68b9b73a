//! What a function writes, as a stream to read.

use std::io::{BufWriter, Error, ErrorKind, Read, Result, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Bytes that go through at a time.
const PIECE: usize = 256 << 10;

/// Runs `write` on a thread of its own and gives what it writes. Its error is the reading's; when nobody reads any more, the
/// writing fails.
pub(super) fn piped(write: impl FnOnce(&mut dyn Write) -> Result<()> + Send + 'static) -> Box<dyn Read + Send> {
    let (sender, pieces) = sync_channel(4);
    let end = sender.clone();
    std::thread::spawn(move || {
        let mut out = BufWriter::with_capacity(PIECE, Sink(sender));
        let written = write(&mut out).and_then(|()| out.flush());
        if let Err(error) = written {
            // Nobody reads any more: nobody needs to know.
            let _ = end.send(Err(error));
        }
    });
    Box::new(Piped { pieces, now: Vec::new(), at: 0 })
}

struct Sink(SyncSender<Result<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.send(Ok(bytes.to_vec())).map_err(|_| Error::from(ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

struct Piped {
    pieces: Receiver<Result<Vec<u8>>>,
    now: Vec<u8>,
    at: usize,
}

impl Read for Piped {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        while self.at == self.now.len() {
            match self.pieces.recv() {
                Ok(piece) => (self.now, self.at) = (piece?, 0),
                // The writer has ended.
                Err(_) => return Ok(0),
            }
        }
        let count = into.len().min(self.now.len() - self.at);
        into[..count].copy_from_slice(&self.now[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
