//! What the picture of the lanes says in words: its table, its captions, the lane pointed at.

use crate::ui::i18n::Texts;
use crate::view::{
    format::{Format, fill},
    lanes::{Picture, Row, Target},
};
use crate::wire::page::{LanesView, Snapshot};

/// The headings of the table.
pub fn table_head(texts: &Texts) -> Vec<String> {
    [texts.lane, texts.lane_waiting, texts.lane_in_flight, texts.lane_holder, texts.lane_state]
        .map(str::to_owned)
        .into()
}

/// A lane's name in the user's language: customers are called as they are.
pub fn lane_name(key: &str, texts: &Texts) -> String {
    match key.strip_prefix("partition ") {
        Some(number) => fill(texts.lane_partition, &[("n", number)]),
        None if key == "queue" => texts.lane_queue.to_owned(),
        None => key.to_owned(),
    }
}

/// What stands before a row: the lane's name, or that it is a worker's.
pub fn row_name(row: &Row, texts: &Texts) -> String {
    if row.consumer { texts.worker.to_owned() } else { lane_name(&row.name, texts) }
}

/// The deepest lanes, deepest first.
pub fn table_rows(lanes: &LanesView, texts: &Texts, format: Format) -> Vec<Vec<String>> {
    lanes
        .deepest
        .iter()
        .map(|lane| {
            let holder = lane.worker.map_or_else(|| "–".to_owned(), |worker| worker.to_string());
            vec![
                lane_name(&lane.key, texts),
                format.whole(lane.depth),
                format.whole(lane.in_flight),
                holder,
                state(lane.blocked, lane.worker.is_some(), texts).to_owned(),
            ]
        })
        .collect()
}

/// What the grid shows and how much one cell is.
pub fn grid_caption(lanes: &LanesView, texts: &Texts, format: Format) -> String {
    let values: &[(&str, &str)] = &[
        ("keys", &format.whole(lanes.keys)),
        ("lanes", &format.whole(lanes.lanes_per_cell.max(1))),
    ];
    fill(if lanes.lanes_per_cell > 1 { texts.grid_some } else { texts.grid_each }, values)
}

/// The values of what is pointed at.
pub fn about(
    target: Target,
    picture: &Picture,
    snapshot: &Snapshot,
    texts: &Texts,
    format: Format,
) -> Option<String> {
    match target {
        Target::Row(index) => {
            let row = picture.rows.get(index)?;
            let holder = row.worker.map_or_else(|| "–".to_owned(), |worker| worker.to_string());
            if row.consumer {
                let flight = format.whole(row.in_flight);
                let values = [("worker", holder.as_str()), ("flight", flight.as_str())];
                return Some(fill(texts.about_worker, &values));
            }
            Some(fill(
                texts.about_lane,
                &[
                    ("lane", &row.name),
                    ("waiting", &format.whole(row.depth)),
                    ("flight", &format.whole(row.in_flight)),
                    ("holder", &holder),
                    ("state", state(row.blocked, row.worker.is_some(), texts)),
                ],
            ))
        }
        Target::Cell(index) => {
            let lanes = &snapshot.lanes;
            let cell = lanes.cells.get(index)?;
            let per = u64::from(lanes.lanes_per_cell.max(1));
            let first = index as u64 * per + 1;
            let last = (first + per - 1).min(lanes.keys.max(first));
            let holder = cell.worker.map_or_else(|| "–".to_owned(), |worker| worker.to_string());
            let values: &[(&str, &str)] = &[
                ("first", &format.whole(first)),
                ("last", &format.whole(last)),
                ("waiting", &format.whole(cell.depth)),
                ("locked", &format.whole(cell.locked)),
                ("holder", &holder),
            ];
            Some(fill(if per > 1 { texts.about_cells } else { texts.about_cell }, values))
        }
    }
}

fn state(blocked: bool, held: bool, texts: &Texts) -> &'static str {
    match (blocked, held) {
        (true, _) => texts.lane_blocked,
        (false, true) => texts.lane_held,
        (false, false) => texts.lane_free,
    }
}
