//! A line chart over the last two minutes, with a crosshair for mouse and arrow keys.

use super::{Line, Spec};
use crate::platform::canvas::{Align, Surface};
use crate::ui::{
    i18n::use_speech,
    page::{WINDOW_MS, column, use_page},
    widgets::{easel::Easel, palette::Palette, table::TableBehind},
};
use crate::view::{
    chart::{Chart, Request, window_ms},
    format::fill,
};
use leptos::prelude::*;

/// The least time between two paintings, in milliseconds: a pixel is about a third of a second.
const PAINT_EVERY_MS: f64 = 250.0;

/// How many rows the table behind a chart has at most.
const TABLE_ROWS: usize = 40;

/// A chart with its legend, which shows the values at the crosshair, else the last ones.
#[component]
pub fn LineChart(spec: &'static Spec, #[prop(into)] title: Signal<String>) -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let Spec { lines, write, unit, .. } = *spec;
    let columns: Vec<usize> = lines.iter().map(|line| line.column).collect();
    // The crosshair's moment; it stays where it is while the lines move on.
    let cross = RwSignal::new(None::<f64>);
    let chart = StoredValue::new(None::<Chart>);
    let shown = columns.clone();
    let easel = Easel::new(PAINT_EVERY_MS, move |surface, palette| {
        let format = speech.format();
        let (seconds, now) = (speech.texts().unit_seconds_ago, speech.texts().chart_now);
        let (width, height) = surface.begin();
        let laid = page.history.with_value(|history| {
            let (window_ms, columns) = (window_ms(history, &column::ACTIVITY), &shown);
            let request = Request { width, height, window_ms, columns, whole: spec.whole };
            Chart::new(history, request)
        });
        let write_value = |value: f64| format.trimmed(&write(format, value));
        let write_ago = |ago: f64| match ago as i64 {
            0 => now.to_owned(),
            ago => fill(seconds, &[("n", &format.whole(ago))]),
        };
        paint(surface, palette, &laid, lines, &write_value, &write_ago);
        if let Some(at) = cross.get() {
            let x = laid.x.place(at);
            if x >= laid.left {
                surface.color(&palette.focus);
                surface.line(&[(x, laid.top), (x, laid.bottom)], 1.0, &[]);
            }
        }
        chart.set_value(Some(laid));
    });
    easel.follow(move || page.ticks.track());
    easel.follow_closely(move || cross.track());

    let nothing = Memo::new(move |_| {
        page.ticks.track();
        page.history.with_value(|history| history.busy_since(WINDOW_MS, &columns).is_none())
    });
    let ordered = Memo::new(move |_| page.snapshot.read().counts.accepted > 0);
    let why_nothing = move || {
        let texts = speech.texts();
        if ordered.get() { texts.chart_quiet } else { texts.chart_empty }
    };
    let row_shown = move || {
        page.ticks.track();
        let cross = cross.get();
        page.history.with_value(|history| match cross {
            Some(at) => history.nearest(at),
            None => history.len().checked_sub(1),
        })
    };
    let value = move |column: usize| {
        let value = row_shown().map(|row| page.history.with_value(|h| h.value(row, column)));
        match value.filter(|value| value.is_finite()) {
            Some(value) => {
                let text = write(speech.format(), value);
                let unit = unit(speech.texts());
                if unit.is_empty() { text } else { format!("{text} {unit}") }
            }
            None => "–".to_owned(),
        }
    };
    let moment = move || {
        cross.get().map(|at| {
            let time = speech.format().moment(at);
            fill(speech.texts().chart_at, &[("time", &time)])
        })
    };
    let point = move |event: leptos::ev::PointerEvent| {
        let x = f64::from(event.offset_x());
        cross.set(chart.with_value(|chart| {
            let chart = chart.as_ref()?;
            page.history.with_value(|h| chart.row_at(h, x).map(|row| h.time_ms(row)))
        }));
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let step = match (event.key().as_str(), event.shift_key()) {
            ("ArrowLeft", false) => -1,
            ("ArrowLeft", true) => -10,
            ("ArrowRight", false) => 1,
            ("ArrowRight", true) => 10,
            ("Escape", _) => {
                cross.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let row = row_shown();
        cross.set(page.history.with_value(|history| {
            let last = history.len().checked_sub(1)?;
            let row = row.unwrap_or(last).saturating_add_signed(step).min(last);
            Some(history.time_ms(row))
        }));
    };
    let head = Signal::derive(move || {
        let texts = speech.texts();
        let unit = unit(texts);
        let titled = |line: &Line| {
            let label = (line.label)(texts);
            if unit.is_empty() { label.to_owned() } else { format!("{label} ({unit})") }
        };
        std::iter::once(texts.chart_time.to_owned()).chain(lines.iter().map(titled)).collect()
    });
    let rows = Callback::new(move |()| {
        page.ticks.track();
        let format = speech.format();
        page.history.with_value(|history| {
            let every = history.len().div_ceil(TABLE_ROWS).max(1);
            (0..history.len())
                .rev()
                .step_by(every)
                .map(|row| {
                    let cell = |line: &Line| {
                        let value = history.value(row, line.column);
                        if value.is_finite() { write(format, value) } else { "–".to_owned() }
                    };
                    let time = format.moment(history.time_ms(row));
                    std::iter::once(time).chain(lines.iter().map(cell)).collect()
                })
                .collect::<Vec<Vec<String>>>()
        })
    });
    view! {
        <ul class="legend values">
            {lines
                .iter()
                .map(|line| {
                    let stroke = format!("stroke tint-{}", line.tint);
                    let dashes: Vec<String> = line.dash.iter().map(f64::to_string).collect();
                    view! {
                        <li>
                            <svg class=stroke viewBox="0 0 22 8" aria-hidden="true">
                                <path d="M0 4h22" stroke-dasharray=dashes.join(" ") />
                            </svg>
                            <span>{move || (line.label)(speech.texts())}</span>
                            <b>{move || value(line.column)}</b>
                        </li>
                    }
                })
                .collect_view()}
            <li class="moment">{moment}</li>
        </ul>
        <div class="picture-box">
        <canvas
            class="chart"
            node_ref=easel.node
            id=spec.chart
            tabindex="0"
            role="img"
            aria-label=move || {
                fill(speech.texts().chart_label, &[("title", &title.get())])
            }
            on:pointermove=point
            on:pointerdown=point
            on:pointerleave=move |_| cross.set(None)
            on:keydown=keys
            on:blur=move |_| cross.set(None)
        ></canvas>
        <Show when=move || nothing.get()>
            <p class="empty over-picture">{why_nothing}</p>
        </Show>
        </div>
        <TableBehind id=spec.table caption=title head=head rows=rows />
    }
}

fn paint(
    surface: &Surface,
    palette: &Palette,
    chart: &Chart,
    lines: &[Line],
    write: &dyn Fn(f64) -> String,
    write_ago: &dyn Fn(f64) -> String,
) {
    surface.font(&palette.font, 10.5, false);
    for (y, value) in &chart.rows {
        surface.color(&palette.grid);
        surface.line(&[(chart.left, *y), (chart.right, *y)], 1.0, &[]);
        surface.color(&palette.muted);
        surface.text(&write(*value), chart.left - 5.0, *y, Align::Right);
    }
    for (x, ago) in &chart.columns {
        let align = match *x {
            x if x >= chart.right - 1.0 => Align::Right,
            x if x <= chart.left + 1.0 => Align::Left,
            _ => Align::Middle,
        };
        surface.color(&palette.muted);
        surface.text(&write_ago(*ago), *x, chart.bottom + 11.0, align);
    }
    for (line, pieces) in lines.iter().zip(&chart.lines) {
        surface.color(palette.data(line.tint));
        for piece in pieces {
            if line.dash.is_empty() && lines.len() < 3 {
                surface.opacity(0.12);
                surface.area(piece, chart.bottom);
                surface.opacity(1.0);
            }
            surface.line(piece, 1.6, line.dash);
            // A lone sample is no line, but it is there.
            if let [(x, y)] = piece[..] {
                surface.disc(x, y, 1.6);
            }
        }
    }
}
