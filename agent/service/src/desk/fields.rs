//! A form's fields.

/// What a form has sent.
#[derive(Clone, Debug, Default)]
pub struct DeskFields(Vec<(String, String)>);

impl DeskFields {
    /// Reads `application/x-www-form-urlencoded`; what is not UTF-8 is replaced.
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The field's value; `None` if it is not there exactly once.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_there_twice_is_not_there() {
        let fields = DeskFields::parse("a=1&b=%E5%8D%B0+x&a=2&c".as_bytes());
        assert_eq!(fields.one("a"), None);
        assert_eq!(fields.one("b"), Some("印 x"));
        assert_eq!(fields.one("c"), Some(""));
        assert_eq!(fields.one("d"), None);
    }
}
