//! What `netsh int ipv4 show excludedportrange protocol=tcp` prints, in whatever language: lines
//! with two numbers are ranges.

/// The range that the port is in.
pub(super) fn around(text: &str, port: u16) -> Option<(u16, u16)> {
    text.lines().find_map(|line| {
        let mut numbers = line.split_ascii_whitespace().map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(first)), Some(Ok(last))) if (first..=last).contains(&port) => {
                Some((first, last))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_found_in_any_language() {
        let text = "\r\n通訊協定 tcp 連接埠排除範圍\r\n\r\n開始連接埠    結束連接埠\r\n----------    --------\r\n      \
                    5357        5357\r\n     61100       61199     *\r\n\r\n* - 受管理的連接埠排除\r\n";
        assert_eq!(around(text, 61161), Some((61100, 61199)));
        assert_eq!(around(text, 5357), Some((5357, 5357)));
        assert_eq!(around(text, 16888), None);
        assert_eq!(around("", 1), None);
    }
}
