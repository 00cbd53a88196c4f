//! Fewer points for the same picture: of all points of a pixel column only the first, the
//! lowest, the highest and the last are kept, so no peak is lost.

/// The points that matter on a canvas whose columns are one pixel wide.
///
/// `points` must run from left to right.
///
/// # Source
/// M4 aggregation (Jugel et al., VLDB 2014); uPlot does the same.
pub fn min_max(points: impl IntoIterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut kept = Vec::new();
    let mut column: Option<Column> = None;
    for (x, y) in points {
        let pixel = x.floor() as i64;
        match &mut column {
            Some(open) if open.pixel == pixel => open.take((x, y)),
            _ => {
                if let Some(done) = column.replace(Column::new(pixel, (x, y))) {
                    done.give(&mut kept);
                }
            }
        }
    }
    if let Some(done) = column {
        done.give(&mut kept);
    }
    kept
}

/// The points of one pixel column.
struct Column {
    pixel: i64,
    first: (f64, f64),
    low: (f64, f64),
    high: (f64, f64),
    last: (f64, f64),
}

impl Column {
    fn new(pixel: i64, point: (f64, f64)) -> Self {
        Self { pixel, first: point, low: point, high: point, last: point }
    }

    fn take(&mut self, point: (f64, f64)) {
        if point.1 < self.low.1 {
            self.low = point;
        }
        if point.1 > self.high.1 {
            self.high = point;
        }
        self.last = point;
    }

    fn give(self, kept: &mut Vec<(f64, f64)>) {
        let mut points = [self.first, self.low, self.high, self.last];
        points[1..3].sort_by(|a, b| a.0.total_cmp(&b.0));
        for point in points {
            if kept.last() != Some(&point) {
                kept.push(point);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_points_stay_as_they_are() {
        let points = [(0.0, 1.0), (1.0, 2.0), (2.0, 0.0)];
        assert_eq!(min_max(points), points);
        assert_eq!(min_max([]), []);
    }

    #[test]
    fn many_points_keep_their_peaks_and_their_ends() {
        let points = (0..10_000).map(|i| {
            let spike = if i == 5_003 { 99.0 } else { f64::from(i % 7) };
            (f64::from(i) / 100.0, spike)
        });
        let kept = min_max(points);
        assert!(kept.len() <= 400, "{}", kept.len());
        assert!(kept.iter().any(|point| point.1 == 99.0));
        assert!(kept.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        assert_eq!(kept.first(), Some(&(0.0, 0.0)));
    }
}
