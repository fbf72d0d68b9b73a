//! Objects brought into a folder: ranges of them side by side, each begun anew where its answer broke off, each held to the
//! version that was listed.

use std::fs::{File, OpenOptions};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use futures::{StreamExt as _, TryStreamExt as _};
use object_store::{Error as StoreError, GetOptions, GetRange, ObjectStore as _, ObjectStoreExt as _};
use tokio::time::timeout;

use crate::error::{Error, Result};
use crate::files::{Share, create_new};
use crate::job::Job;
use crate::objects::address::Service;
use crate::objects::failure::{changed, of_request, silent};
use crate::objects::listing::Object;
use crate::objects::store::Store;

/// Bytes of a range.
const RANGE: u64 = 8 << 20;
/// Ranges under way at a time: with [`RANGE`] they bound the memory.
const AT_ONCE: usize = 8;
/// The pause before a range is begun anew; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);

/// Why a range did not come.
enum Broken {
    /// What is not asked for again.
    Final(Error),
    /// An answer that broke off: a part of it has come.
    Off(String),
}

impl Store {
    /// Brings objects into a folder, as files of their names with the times of their last change. Bytes are counted on
    /// `job`.
    ///
    /// # Errors
    /// [`Error::Fetch`] with the object's address; [`Error::Io`] of the folder; [`Error::Cancelled`].
    pub fn bring(&self, objects: &[Object], alone: bool, folder: &Path, job: &Job) -> Result<()> {
        job.begin("bytes of the objects", objects.iter().map(|object| object.bytes).sum());
        for object in objects {
            let path = folder.join(&object.name);
            if let Some(above) = path.parent() {
                std::fs::create_dir_all(above).map_err(Error::io(above))?;
            }
            create_new(&path, Share::Private)?;
        }
        self.wait(job, async {
            let told = |object: &Object| {
                if alone { self.address.to_string() } else { self.address.below(&object.name) }
            };
            let mut due = Vec::new();
            for object in objects {
                let most = if self.takes_ranges(object).await { RANGE } else { object.bytes.max(1) };
                due.extend(ranges(object.bytes, most).map(|range| (object, range)));
            }
            let work = due.into_iter().map(|(object, range)| async move {
                let path = folder.join(&object.name);
                let file = OpenOptions::new().write(true).open(&path).map_err(Error::io(&path))?;
                self.range(object, &told(object), range, &file, job).await
            });
            futures::stream::iter(work).buffer_unordered(AT_ONCE).try_collect::<()>().await
        })?;
        for object in objects {
            let path = folder.join(&object.name);
            let since = Duration::from_millis(u64::try_from(object.modified_ms).unwrap_or(0));
            let file = File::options().write(true).open(&path).map_err(Error::io(&path))?;
            file.set_modified(UNIX_EPOCH + since).map_err(Error::io(&path))?;
        }
        Ok(())
    }

    /// Whether a service sends parts of an object: all that keep objects do, a web server may not.
    async fn takes_ranges(&self, object: &Object) -> bool {
        if object.bytes <= RANGE || !matches!(self.address.service, Service::Web(_)) {
            return true;
        }
        let options = GetOptions { range: Some(GetRange::Bounded(0..1)), ..GetOptions::default() };
        let asked = timeout(self.patience.answer, self.client.get_opts(&object.key, options)).await;
        !matches!(asked, Ok(Err(StoreError::NotSupported { .. })))
    }

    /// One range of an object, at its place in the file.
    async fn range(&self, object: &Object, told: &str, range: Range<u64>, file: &File, job: &Job) -> Result<()> {
        let Range { start: mut at, end } = range;
        let mut breaks = 0;
        while at < end {
            let why = match self.answer(object, told, at..end, &mut at, file, job).await {
                Ok(()) => continue,
                Err(Broken::Final(error)) => return Err(error),
                Err(Broken::Off(why)) => why,
            };
            self.unchanged(object, told).await?;
            breaks += 1;
            if breaks > self.patience.breaks {
                let what = format!("{told}: the connection broke {breaks} times, at byte {at} the last time: {why}");
                return Err(Error::Fetch(what));
            }
            tokio::time::sleep(PAUSE * 2_u32.pow(breaks - 1)).await;
        }
        Ok(())
    }

    /// What one request answers; `at` is moved on by what is written.
    async fn answer(
        &self,
        object: &Object,
        told: &str,
        range: Range<u64>,
        at: &mut u64,
        file: &File,
        job: &Job,
    ) -> Result<(), Broken> {
        let whole = range == (0..object.bytes) && matches!(self.address.service, Service::Web(_));
        let options = GetOptions {
            if_match: object.etag.as_deref().and_then(strong),
            // A web server may know no ranges.
            range: (!whole).then(|| GetRange::Bounded(range.clone())),
            ..GetOptions::default()
        };
        let asked = timeout(self.longest(), self.client.get_opts(&object.key, options)).await;
        let got = match asked {
            Err(_) => return Err(Broken::Final(silent(told))),
            Ok(Err(StoreError::Precondition { .. })) => return Err(Broken::Final(changed(told))),
            Ok(Err(error)) => {
                let now = self.unchanged(object, told).await;
                return Err(Broken::Final(now.err().unwrap_or_else(|| of_request(&self.address, told, &error))));
            }
            Ok(Ok(got)) => got,
        };
        let same = match (&object.etag, &got.meta.e_tag) {
            (Some(listed), Some(now)) => bare(listed) == bare(now),
            _ => true,
        };
        if !same || got.meta.size != object.bytes {
            return Err(Broken::Final(changed(told)));
        }
        let mut stream = got.into_stream();
        loop {
            let piece = match timeout(self.patience.stall, stream.next()).await {
                Err(_) => return Err(Broken::Off(format!("no byte came for {:?}", self.patience.stall))),
                Ok(None) if *at < range.end => {
                    return Err(Broken::Off(format!("the answer ended {} bytes early", range.end - *at)));
                }
                Ok(None) => return Ok(()),
                Ok(Some(Err(error))) => return Err(Broken::Off(innermost(&error))),
                Ok(Some(Ok(piece))) => piece,
            };
            if piece.len() as u64 > range.end - *at {
                let what = format!("{told}: the server sent more bytes than it was asked for");
                return Err(Broken::Final(Error::Fetch(what)));
            }
            file.write_all_at(&piece, *at)
                .map_err(|error| Broken::Final(Error::io("the folder for objects")(error)))?;
            *at += piece.len() as u64;
            job.advance(piece.len() as u64);
        }
    }

    /// Whether an object is still what was listed; what hinders the look is passed over, since something else is told then.
    async fn unchanged(&self, object: &Object, told: &str) -> Result<()> {
        match timeout(self.patience.answer, self.client.head(&object.key)).await {
            Ok(Ok(now)) => {
                let same =
                    now.size == object.bytes && now.e_tag.as_deref().map(bare) == object.etag.as_deref().map(bare);
                if same { Ok(()) } else { Err(changed(told)) }
            }
            _ => Ok(()),
        }
    }
}

/// The ranges that so many bytes are brought in.
fn ranges(bytes: u64, most: u64) -> impl Iterator<Item = Range<u64>> {
    (0..bytes.div_ceil(most)).map(move |at| at * most..((at + 1) * most).min(bytes))
}

/// An etag without its quotes: lists and answers of one service may write it differently.
fn bare(etag: &str) -> &str {
    etag.trim_matches('"')
}

/// An etag that a server may be held to; a weak one is only like another.
fn strong(etag: &str) -> Option<String> {
    (!etag.starts_with("W/")).then(|| format!("\"{}\"", bare(etag)))
}

fn innermost(error: &StoreError) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
