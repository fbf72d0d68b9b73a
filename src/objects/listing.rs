//! What lies at an address: one object, or those below a prefix.

use std::collections::HashSet;

use futures::StreamExt as _;
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore as _, ObjectStoreExt as _};
use tokio::time::timeout;

use crate::archive::safe_name;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::objects::address::Service;
use crate::objects::failure::{of_request, silent};
use crate::objects::store::Store;

/// What a web server's file is called whose address names none.
const UNNAMED: &str = "log";

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its name below the address, with `/` between folders; its last part where the address names the object itself.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// Its last change, UTC milliseconds.
    pub modified_ms: i64,
    /// What tells this version of it from another, where the service says it.
    pub etag: Option<String>,
    pub(super) key: Key,
}

/// What lies at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The objects, by name.
    pub objects: Vec<Object>,
    /// Whether the address names this one object, and no prefix of several.
    pub alone: bool,
}

impl Store {
    /// Looks at what lies at the address. One that names no object is a prefix, as a folder is.
    ///
    /// # Errors
    /// [`Error::Fetch`] for what is not there, or a service that refuses or fails; [`Error::Refused`] for names that are no
    /// files' names; [`Error::Cancelled`].
    pub fn find(&self, job: &Job) -> Result<Found> {
        self.wait(job, async {
            let key = self.key(&self.address.key)?;
            let is_web = matches!(self.address.service, Service::Web(_));
            let named = is_web || !(self.address.key.is_empty() || self.address.key.ends_with('/'));
            let mut missing = None;
            if named {
                let asked = timeout(self.longest(), self.client.head(&key)).await;
                match asked.map_err(|_| silent(&self.address.to_string()))? {
                    Ok(meta) if is_web || meta.size > 0 => {
                        let name = Some(self.address.file_name()).filter(|name| !name.is_empty());
                        let object = object(self.safe(name.unwrap_or(UNNAMED))?, meta);
                        return Ok(Found { objects: vec![object], alone: true });
                    }
                    // An empty object marks a folder in some services.
                    Ok(_) => {}
                    Err(error @ object_store::Error::NotFound { .. }) if !is_web => missing = Some(error),
                    Err(error) => return Err(of_request(&self.address, &self.address.to_string(), &error)),
                }
            }
            let objects = self.below(&key).await?;
            match (objects.is_empty(), missing) {
                (true, Some(error)) => Err(of_request(&self.address, &self.address.to_string(), &error)),
                (true, None) => Err(Error::Fetch(format!("{}: nothing lies there", self.address))),
                (false, _) => Ok(Found { objects, alone: false }),
            }
        })
    }

    async fn below(&self, prefix: &Key) -> Result<Vec<Object>> {
        let prefix_of = Some(prefix).filter(|prefix| !prefix.as_ref().is_empty());
        let told = self.address.to_string();
        let mut listed = self.client.list(prefix_of);
        let mut metas: Vec<ObjectMeta> = Vec::new();
        while let Some(meta) = timeout(self.longest(), listed.next()).await.map_err(|_| silent(&told))? {
            metas.push(meta.map_err(|error| of_request(&self.address, &told, &error))?);
        }
        let mut objects = Vec::with_capacity(metas.len());
        for meta in metas {
            let whole = meta.location.as_ref();
            let name = whole.strip_prefix(prefix.as_ref()).unwrap_or(whole).trim_start_matches('/');
            // Markers of folders and of finished writing hold nothing.
            if meta.size > 0 && !name.is_empty() {
                objects.push(object(self.safe(name)?, meta.clone()));
            }
        }
        objects.sort_by(|one, other| one.name.cmp(&other.name));
        let names: HashSet<&str> = objects.iter().map(|object| object.name.as_str()).collect();
        let is_folder =
            |object: &&Object| object.name.match_indices('/').any(|(at, _)| names.contains(&object.name[..at]));
        if let Some(within) = objects.iter().find(is_folder) {
            let what = "lies below another object, which no folder can hold beside it; name one of them".to_owned();
            return Err(Error::Refused { path: self.address.below(&within.name).into(), what });
        }
        Ok(objects)
    }

    fn key(&self, text: &str) -> Result<Key> {
        Key::parse(text).map_err(|error| Error::Config(format!("{}: {error}", self.address)))
    }

    fn safe(&self, name: &str) -> Result<String> {
        safe_name(name.as_bytes()).map_err(|what| {
            let what = format!("{what}, and cannot become a file of this name; name other objects");
            Error::Refused { path: self.address.below(name).into(), what }
        })
    }
}

fn object(name: String, meta: ObjectMeta) -> Object {
    let ObjectMeta { location, last_modified, size, e_tag, .. } = meta;
    Object { name, bytes: size, modified_ms: last_modified.timestamp_millis(), etag: e_tag, key: location }
}
