//! A table, on a terminal and in Markdown.

/// Rows of text under a head. The first column is of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub title: String,
    others: Others,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// What the columns after the first are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Others {
    /// These stand to the right.
    Figures,
    Words,
}

impl Table {
    /// A table of figures.
    pub fn new(title: &str, head: &[&str]) -> Self {
        let head = head.iter().map(|&name| name.into()).collect();
        Self { title: title.into(), others: Others::Figures, head, rows: Vec::new() }
    }

    /// A table of words.
    pub fn of_words(title: &str, head: &[&str]) -> Self {
        Self { others: Others::Words, ..Self::new(title, head) }
    }

    /// Appends a row.
    ///
    /// # Panics
    /// It has not as many cells as the head.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        assert_eq!(cells.len(), self.head.len(), "a row is as wide as its table: {cells:?}");
        self.rows.push(cells);
    }

    /// For a terminal: columns as wide as their widest cell, two spaces apart.
    pub fn text(&self) -> String {
        let widths: Vec<usize> = (0..self.head.len()).map(|column| self.width(column)).collect();
        let line = |cells: &[String]| {
            let cells = cells.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
                let left = column == 0 || self.others == Others::Words;
                if left { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            format!("   {}\n", line.trim_end())
        };
        let rule = widths.iter().map(|&width| "─".repeat(width)).collect::<Vec<_>>().join("  ");
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("   {}\n{}   {rule}\n{rows}", self.title, line(&self.head))
    }

    /// A table in GitHub's Markdown, under its title.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let other = if self.others == Others::Words { "|---" } else { "|---:" };
        let rule = format!("|---{}|\n", other.repeat(self.head.len() - 1));
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("**{}**\n\n{}{rule}{rows}", self.title, line(&self.head))
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| &row[column]).chain([&self.head[column]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        let mut table = Table::new("Speed", &["who", "µs", "a|b"]);
        table.row(["lab".into(), "0.5".into(), "1".into()]);
        table.row(["a peer".into(), "100".into(), String::new()]);
        table
    }

    #[test]
    fn columns_stand_under_each_other() {
        let expected = "   Speed\n   who      µs  a|b\n   ──────  ───  ───\n   lab     0.5    1\n   \
                        a peer  100\n";
        assert_eq!(sample().text(), expected);
    }

    #[test]
    fn markdown_escapes_its_bars() {
        let expected = "**Speed**\n\n| who | µs | a\\|b |\n|---|---:|---:|\n| lab | 0.5 | 1 |\n\
                        | a peer | 100 |  |\n";
        assert_eq!(sample().markdown(), expected);
    }

    #[test]
    fn words_stand_to_the_left() {
        let mut table = Table::of_words("Machine", &["what", "is"]);
        table.row(["cores".into(), "2".into()]);
        table.row(["date".into(), "today".into()]);
        let expected = "   Machine\n   what   is\n   ─────  ─────\n   cores  2\n   date   today\n";
        assert_eq!(table.text(), expected);
        assert!(table.markdown().contains("|---|---|\n"));
    }

    #[test]
    #[should_panic(expected = "as wide as its table")]
    fn a_short_row_is_refused() {
        sample().row(["alone".into()]);
    }
}
