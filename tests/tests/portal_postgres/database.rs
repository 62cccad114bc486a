//! A database for each scene: a schema of its own on one server, since a database costs 7 MB and a
//! tenth of a second.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use e2e::postgres::Postgres;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A new, empty database.
pub(crate) struct Fresh {
    /// Its address.
    pub(crate) url: String,
}

/// Makes one.
pub(crate) async fn fresh(_folder: &Path) -> Fresh {
    let name = format!("scene_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let server = Postgres::shared();
    server
        .sql("postgres", &format!("CREATE SCHEMA {name}"))
        .unwrap();
    let database = server.url("postgres");
    Fresh {
        url: format!("{database}?options=-c%20search_path%3D{name}"),
    }
}
