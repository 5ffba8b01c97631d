//! Moments as clients write them.

/// A moment as a client wrote it. Clients disagree about the form; the reader decides what to believe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Milliseconds since the Unix epoch.
    Millis(i64),
    /// Text, supposed to be ISO 8601.
    Text(String),
}

impl Moment {
    /// Milliseconds since the Unix epoch. Absent if it is a text that is not of RFC 3339, which browsers and Python
    /// write: a date, a time and an offset from UTC.
    pub fn millis(&self) -> Option<i64> {
        match self {
            Moment::Millis(millis) => Some(*millis),
            Moment::Text(text) => rfc3339(text),
        }
    }
}

fn rfc3339(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.split_at_checked(9)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time.strip_prefix(['T', 't', ' '])?, ':', [2, 2, 2])?;
    let (fraction, offset) = rest.split_at(rest.find(['Z', 'z', '+', '-'])?);
    let is_sound = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    is_sound.then_some((seconds - offset_seconds(offset)?) * 1_000 + millis(fraction)?)
}

/// Numbers of so many digits each, with `between` between them.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts
            .next()
            .filter(|part| part.len() == digits && is_digits(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn millis(fraction: &str) -> Option<i64> {
    if fraction.is_empty() {
        return Some(0);
    }
    let digits = fraction
        .strip_prefix('.')
        .filter(|digits| is_digits(digits))?;
    let millis = digits.bytes().chain(*b"00").take(3);
    Some(millis.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

fn offset_seconds(offset: &str) -> Option<i64> {
    let (sign, offset) = match offset.split_at_checked(1)? {
        ("Z" | "z", "") => return Some(0),
        ("+", offset) => (1, offset),
        ("-", offset) => (-1, offset),
        _ => return None,
    };
    let [hours, minutes] = numbers(offset, ':', [2, 2])?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Days since the Unix epoch in the Gregorian calendar, counted in years that begin in March: then the day that some
/// years have more is the last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    before + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_moment_is_read_as_browsers_and_python_write_it() {
        let read = |text: &str| Moment::Text(text.into()).millis();

        assert_eq!(read("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(read("2000-02-29T12:30:45.250Z"), Some(951_827_445_250));
        assert_eq!(read("2026-01-05T09:00:01.000Z"), Some(1_767_603_601_000));
        assert_eq!(read("2026-01-05T11:00:01.5+02:00"), Some(1_767_603_601_500));
        assert_eq!(
            read("2026-01-05 03:30:01.123456-05:30"),
            Some(1_767_603_601_123)
        );
        assert_eq!(read("1969-12-31T23:59:59Z"), Some(-1_000));
        assert_eq!(Moment::Millis(7).millis(), Some(7));
    }

    #[test]
    fn what_is_no_written_moment_is_not_guessed() {
        for text in [
            "",
            "tomorrow",
            "2026-01-05",
            "2026-01-05T09:00:01",
            "2026-01-05T09:00Z",
            "2026-13-05T09:00:01Z",
            "2026-01-32T09:00:01Z",
            "2026-01-05T24:00:01Z",
            "2026-01-05T09:00:01.Z",
            "2026-01-05T09:00:01Z ",
            "2026-01-05T09:00:01+2:00",
            "+026-01-05T09:00:01Z",
            "2026-01-05T09:00:01.5ä0Z",
            "2026-01-0äT09:00:01Z",
        ] {
            assert_eq!(Moment::Text(text.into()).millis(), None, "{text}");
        }
    }
}
