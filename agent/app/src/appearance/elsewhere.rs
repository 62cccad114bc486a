//! Windows and macOS tell each window themselves.

pub(super) async fn is_dark() -> Option<bool> {
    None
}
