//! Tables for other programs: comma-separated values.

/// A table as CSV. Fields with a comma, a quote or a line's end are quoted.
///
/// # Source
/// RFC 4180.
pub fn table(rows: &[Vec<String>]) -> String {
    let field = |text: &String| {
        let quoted = text.contains([',', '"', '\n', '\r']);
        if quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() }
    };
    let line = |row: &Vec<String>| row.iter().map(field).collect::<Vec<_>>().join(",") + "\r\n";
    rows.iter().map(line).collect()
}

/// An address that holds the text itself, for a link that downloads it.
pub fn data_address(text: &str) -> String {
    let mut address = String::from("data:text/csv;charset=utf-8,");
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let rows = [["a", "b c"], ["1,5", "say \"no\"\n"]];
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).into()).collect();
        assert_eq!(table(&rows), "a,b c\r\n\"1,5\",\"say \"\"no\"\"\n\"\r\n");
    }

    #[test]
    fn an_address_holds_any_text() {
        let expected = "data:text/csv;charset=utf-8,a%2Cb%0D%0A%C3%B1%25%23";
        assert_eq!(data_address("a,b\r\nñ%#"), expected);
    }
}
