//! A person in a session, as the gate and agents tell them apart.

use std::fmt;

/// What an identifier (SID) has at most, in bytes.
///
/// Spec: `SECURITY_MAX_SID_SIZE`.
pub(super) const LONGEST: usize = 68;

/// Whose a connection is: a person, in one of that person's sessions. Each session has readers of
/// its own, and an agent of its own.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct User {
    /// The rest of it is zero, so that it can be compared as it is.
    sid: [u8; LONGEST],
    session: u32,
}

impl User {
    /// Reads an identifier, whatever stands behind it; `None` if it is none.
    ///
    /// Spec: \[MS-DTYP\] 2.4.2.2, a SID's packet representation.
    pub(super) fn new(bytes: &[u8], session: u32) -> Option<Self> {
        let [1, count, ..] = bytes else { return None };
        let length = 8 + 4 * usize::from(*count);
        let mut sid = [0; LONGEST];
        sid.get_mut(..length)?.copy_from_slice(bytes.get(..length)?);
        Some(Self { sid, session })
    }
}

impl fmt::Display for User {
    /// `S-1-5-21-1-2-3-1001, session 2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [revision, count, authority @ ..] = &self.sid;
        let (authority, parts) = authority.split_at(6);
        let authority = authority
            .iter()
            .fold(0_u64, |so_far, byte| so_far << 8 | u64::from(*byte));
        write!(f, "S-{revision}-{authority}")?;
        for part in parts.chunks_exact(4).take(usize::from(*count)) {
            let part = part.iter().rev();
            let part = part.fold(0_u32, |so_far, byte| so_far << 8 | u32::from(*byte));
            write!(f, "-{part}")?;
        }
        write!(f, ", session {}", self.session)
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S-1-5-21-1-70000-1001.
    fn sid() -> Vec<u8> {
        let mut bytes = vec![1, 4, 0, 0, 0, 0, 0, 5];
        for part in [21_u32, 1, 70_000, 1001] {
            bytes.extend(part.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn it_is_written_as_windows_writes_it() {
        let user = User::new(&sid(), 2).unwrap();
        assert_eq!(user.to_string(), "S-1-5-21-1-70000-1001, session 2");
    }

    #[test]
    fn another_session_or_person_is_another_user() {
        let user = User::new(&sid(), 1).unwrap();
        let behind = [sid(), vec![7; 20]].concat();
        assert_eq!(User::new(&behind, 1), Some(user));
        let elsewhere = User::new(&sid(), 2).unwrap();
        assert_ne!(elsewhere, user);
        let mut other = sid();
        other[8] = 22;
        assert_ne!(User::new(&other, 1), Some(user));
    }

    #[test]
    fn what_is_cut_too_long_or_of_another_kind_is_none() {
        for bytes in [
            &[][..],
            &[1],
            &sid()[..23],
            &[2, 0, 0, 0, 0, 0, 0, 5],
            &[1; 100],
        ] {
            let found = User::new(bytes, 1).is_some();
            // Fifteen parts are the most; a byte of 1 says one.
            assert_eq!(found, bytes.len() == 100, "{bytes:?}");
        }
        let mut many = vec![255; 2000];
        many[0] = 1;
        assert_eq!(User::new(&many, 1), None);
    }
}
