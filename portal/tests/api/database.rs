//! A database for each scene.

use std::path::Path;

/// A new, empty database.
pub(crate) struct Fresh {
    /// Its address.
    pub(crate) url: String,
}

/// Makes one.
pub(crate) async fn fresh(folder: &Path) -> Fresh {
    Fresh {
        url: format!("sqlite:{}", folder.join("portal.db").display()),
    }
}
