//! Examples in other languages.
