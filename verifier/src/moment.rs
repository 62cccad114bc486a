//! Points in time, in whole seconds, as X.509 has them.

use std::time::{Duration, SystemTime};

use der::{AnyRef, Decode, EncodeValue, Length, Reader, Tag, Tagged, Writer};
use time::{Date, Month, OffsetDateTime, Time, UtcDateTime};

/// Seconds since 1970, negative before it.
///
/// `der`'s own times begin in 1970; certificates may be valid from 1950 on.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    pub(crate) const MIN: Self = Self(i64::MIN);
    pub(crate) const MAX: Self = Self(i64::MAX);

    /// The second that `time` lies in.
    pub(crate) fn of(time: SystemTime) -> Self {
        Self(OffsetDateTime::from(time).unix_timestamp())
    }

    pub(crate) fn to_system_time(self) -> SystemTime {
        let distance = Duration::from_secs(self.0.unsigned_abs());
        let time = if self.0 < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        };
        time.unwrap_or(SystemTime::UNIX_EPOCH)
    }

    pub(crate) fn plus(self, duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(seconds))
    }

    pub(crate) fn minus(self, duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(seconds))
    }
}

/// Reads a UTCTime or a GeneralizedTime in the one form that each may have: seconds, no fraction,
/// `Z`.
///
/// Spec: RFC 5280 §4.1.2.5.
impl<'a> Decode<'a> for Moment {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        let any = AnyRef::decode(reader)?;
        let read = match any.tag() {
            Tag::UtcTime => utc_time(any.value()),
            Tag::GeneralizedTime => generalized_time(any.value()),
            _ => None,
        };
        read.ok_or_else(|| Tag::UtcTime.value_error().into())
    }
}

/// The grammar wants to be able to write what it reads. Nobody here does.
impl EncodeValue for Moment {
    fn value_len(&self) -> der::Result<Length> {
        self.to_time()?.value_len()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.to_time()?.encode_value(writer)
    }
}

impl Tagged for Moment {
    fn tag(&self) -> Tag {
        self.to_time()
            .map_or(Tag::GeneralizedTime, |time| time.tag())
    }
}

impl Moment {
    fn to_time(self) -> der::Result<x509_cert::time::Time> {
        x509_cert::time::Time::try_from(self.to_system_time())
    }
}

fn utc_time(bytes: &[u8]) -> Option<Moment> {
    let [y1, y2, rest @ ..] = bytes else {
        return None;
    };
    let year = two(*y1, *y2)?;
    // Two digits: 50 to 99 are of the twentieth century.
    let year = i32::from(year) + if year >= 50 { 1900 } else { 2000 };
    moment(year, rest)
}

fn generalized_time(bytes: &[u8]) -> Option<Moment> {
    let [y1, y2, y3, y4, rest @ ..] = bytes else {
        return None;
    };
    let year = i32::from(two(*y1, *y2)?) * 100 + i32::from(two(*y3, *y4)?);
    moment(year, rest)
}

fn moment(year: i32, rest: &[u8]) -> Option<Moment> {
    let [mo1, mo2, d1, d2, h1, h2, m1, m2, s1, s2, b'Z'] = rest else {
        return None;
    };
    let month = Month::try_from(two(*mo1, *mo2)?).ok()?;
    let date = Date::from_calendar_date(year, month, two(*d1, *d2)?).ok()?;
    let time = Time::from_hms(two(*h1, *h2)?, two(*m1, *m2)?, two(*s1, *s2)?).ok()?;
    Some(Moment(UtcDateTime::new(date, time).unix_timestamp()))
}

fn two(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: u8, text: &str) -> Option<i64> {
        let length = u8::try_from(text.len()).unwrap();
        let der = [&[tag, length], text.as_bytes()].concat();
        Moment::from_der(&der).ok().map(|moment| moment.0)
    }

    #[test]
    fn both_forms_are_read_from_1950_on() {
        assert_eq!(read(0x17, "700101000000Z"), Some(0));
        assert_eq!(read(0x17, "500101000000Z"), Some(-631_152_000));
        assert_eq!(read(0x17, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(read(0x18, "20500101000000Z"), Some(2_524_608_000));
        assert_eq!(read(0x18, "99991231235959Z"), Some(253_402_300_799));
        assert_eq!(read(0x18, "20240229120000Z"), Some(1_709_208_000));
    }

    #[test]
    fn every_other_form_is_refused() {
        for (tag, odd) in [
            (0x17, "7001010000Z"),       // without seconds
            (0x17, "700101000000+0800"), // an offset
            (0x17, "700101000000"),      // local time
            (0x18, "20500101000000.5Z"), // a fraction
            (0x18, "20230229000000Z"),   // no such day
            (0x18, "20231301000000Z"),   // no such month
            (0x18, "20230101240000Z"),   // no such hour
            (0x18, "2023010100000 Z"),   // no digit
            (0x0C, "20230101000000Z"),   // no time at all
            (0x17, ""),
        ] {
            assert_eq!(read(tag, odd), None, "{odd}");
        }
    }

    #[test]
    fn a_moment_before_1970_goes_there_and_back() {
        let moment = Moment(-631_152_000);
        assert_eq!(Moment::of(moment.to_system_time()), moment);
        let half = SystemTime::UNIX_EPOCH - Duration::from_millis(500);
        assert_eq!(Moment::of(half), Moment(-1));
    }
}
