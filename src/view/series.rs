//! A bounded record of figures over time, in columns: the oldest rows fall out.

use std::collections::VecDeque;

/// `N` figures over time.
#[derive(Clone, Debug)]
pub struct Series<const N: usize> {
    capacity: usize,
    times_ms: VecDeque<f64>,
    columns: [VecDeque<f64>; N],
}

impl<const N: usize> Series<N> {
    /// An empty series that keeps the last `capacity` rows.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            times_ms: VecDeque::new(),
            columns: std::array::from_fn(|_| VecDeque::new()),
        }
    }

    /// Adds a row. A row that is not later than the last one begins a new run: all before it
    /// is forgotten.
    pub fn push(&mut self, at_ms: f64, row: [f64; N]) {
        if self.times_ms.back().is_some_and(|last| at_ms <= *last) {
            self.clear();
        }
        if self.times_ms.len() == self.capacity {
            self.times_ms.pop_front();
            for column in &mut self.columns {
                column.pop_front();
            }
        }
        self.times_ms.push_back(at_ms);
        for (column, value) in self.columns.iter_mut().zip(row) {
            column.push_back(value);
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.times_ms.clear();
        self.columns.iter_mut().for_each(VecDeque::clear);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.times_ms.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.times_ms.is_empty()
    }

    /// The time of the last row.
    pub fn last_ms(&self) -> Option<f64> {
        self.times_ms.back().copied()
    }

    /// When a row was, in milliseconds.
    pub fn time_ms(&self, row: usize) -> f64 {
        self.times_ms[row]
    }

    /// A figure of a row.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        self.columns[column][row]
    }

    /// When the first row with a figure above zero was, of the last `window_ms` and of some
    /// columns; none when nothing happened.
    pub fn busy_since(&self, window_ms: f64, columns: &[usize]) -> Option<f64> {
        let from = self.first_at(self.last_ms()? - window_ms);
        let busy = |row: &usize| columns.iter().any(|column| self.value(*row, *column) > 0.0);
        (from..self.len()).find(busy).map(|row| self.time_ms(row))
    }

    /// The first row at or after a time; the number of rows when there is none.
    pub fn first_at(&self, at_ms: f64) -> usize {
        self.times_ms.partition_point(|time| *time < at_ms)
    }

    /// The row nearest to a time.
    pub fn nearest(&self, at_ms: f64) -> Option<usize> {
        let after = self.first_at(at_ms);
        if after == 0 {
            return (!self.is_empty()).then_some(0);
        }
        let before = after - 1;
        let closer_after =
            after < self.len() && self.times_ms[after] - at_ms < at_ms - self.times_ms[before];
        Some(if closer_after { after } else { before })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(times: &[f64]) -> Series<1> {
        let mut series = Series::new(4);
        times.iter().for_each(|time| series.push(*time, [time * 2.0]));
        series
    }

    #[test]
    fn the_oldest_rows_fall_out() {
        let series = series(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(series.len(), 4);
        assert_eq!((series.time_ms(0), series.value(0, 0)), (2.0, 4.0));
        assert_eq!(series.last_ms(), Some(5.0));
    }

    #[test]
    fn an_earlier_time_begins_anew() {
        let series = series(&[1.0, 2.0, 0.5]);
        assert_eq!((series.len(), series.time_ms(0)), (1, 0.5));
    }

    #[test]
    fn the_beginning_of_what_happened_is_found() {
        let mut series = Series::<2>::new(10);
        for (time, row) in
            [(1.0, [0.0, f64::NAN]), (2.0, [0.0, 3.0]), (3.0, [4.0, 0.0]), (4.0, [0.0, 0.0])]
        {
            series.push(time, row);
        }
        for (window, columns, since) in [
            (10.0, &[0, 1][..], Some(2.0)),
            (10.0, &[0], Some(3.0)),
            (1.0, &[0, 1], Some(3.0)),
            (0.5, &[0, 1], None),
            (10.0, &[], None),
        ] {
            assert_eq!(series.busy_since(window, columns), since, "{window} {columns:?}");
        }
        assert_eq!(Series::<1>::new(4).busy_since(9.0, &[0]), None);
    }

    #[test]
    fn rows_are_found_by_time() {
        let series = series(&[10.0, 20.0, 30.0]);
        for (time, nearest) in [(0.0, 0), (14.0, 0), (16.0, 1), (29.0, 2), (99.0, 2)] {
            assert_eq!(series.nearest(time), Some(nearest), "{time}");
        }
        assert_eq!(Series::<1>::new(4).nearest(1.0), None);
        assert_eq!(series.first_at(15.0), 1);
    }
}
