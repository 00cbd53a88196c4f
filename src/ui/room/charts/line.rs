//! A line chart over the last two minutes, with a crosshair for mouse and arrow keys.

use crate::platform::{
    canvas::{Align, Surface},
    dom,
};
use crate::ui::{
    i18n::{Texts, use_speech},
    page::{WINDOW_MS, use_page},
    prefs::use_prefs,
    widgets::{brush::Brush, palette::Palette, table::TableBehind},
};
use crate::view::{
    chart::{Chart, Request},
    format::{Format, fill},
};
use leptos::{html, prelude::*};

/// A line of a chart.
#[derive(Clone, Copy)]
pub struct Line {
    /// The column of the history.
    pub column: usize,
    /// Its data colour.
    pub tint: u16,
    /// Its dashes, so that colour is not all that tells lines apart.
    pub dash: &'static [f64],
    /// What it is called.
    pub label: fn(&Texts) -> &'static str,
}

/// The least time between two paintings, in milliseconds: a pixel is about a third of a second.
const PAINT_EVERY_MS: f64 = 250.0;

/// How many rows the table behind a chart has at most.
const TABLE_ROWS: usize = 40;

/// A chart with its legend, which shows the values at the crosshair, else the last ones.
#[component]
pub fn LineChart(
    id: &'static str,
    #[prop(into)] title: Signal<String>,
    lines: &'static [Line],
    write: fn(Format, f64) -> String,
    unit: fn(&Texts) -> &'static str,
) -> impl IntoView {
    let (page, speech, prefs) = (use_page(), use_speech(), use_prefs());
    let node = NodeRef::<html::Canvas>::new();
    // The crosshair's moment; it stays where it is while the lines move on.
    let cross = RwSignal::new(None::<f64>);
    let chart = StoredValue::new(None::<Chart>);
    let surface = StoredValue::new_local(None::<Surface>);
    let watch = StoredValue::new_local(None::<dom::SizeWatch>);
    let paint = move || {
        let (palette, format) = (prefs.palette.read(), speech.format());
        let (seconds, now) = (speech.texts().unit_seconds_ago, speech.texts().chart_now);
        surface.with_value(|surface| {
            let Some(surface) = surface else { return };
            let (width, height) = surface.begin();
            let laid = page.history.with_value(|history| {
                let columns: Vec<usize> = lines.iter().map(|line| line.column).collect();
                let request = Request { width, height, window_ms: WINDOW_MS, columns: &columns };
                Chart::new(history, request)
            });
            let write_value = |value: f64| format.trimmed(&write(format, value));
            let write_ago = |ago: f64| match ago as i64 {
                0 => now.to_owned(),
                ago => fill(seconds, &[("n", &format.whole(ago))]),
            };
            paint(surface, &palette, &laid, lines, &write_value, &write_ago);
            if let Some(at) = cross.get() {
                let x = laid.x.place(at);
                if x >= laid.left {
                    surface.color(&palette.focus);
                    surface.line(&[(x, laid.top), (x, laid.bottom)], 1.0, &[]);
                }
            }
            chart.set_value(Some(laid));
        });
    };
    let brush = Brush::new(PAINT_EVERY_MS, paint);
    Effect::new(move |_| {
        let Some(canvas) = node.get() else { return };
        watch.set_value(dom::SizeWatch::new(&canvas, move || brush.ask()));
        surface.set_value(Surface::new(canvas));
        brush.ask();
    });
    Effect::new(move |_| {
        page.ticks.track();
        prefs.palette.track();
        speech.0.track();
        brush.ask();
    });
    Effect::new(move |_| {
        cross.track();
        brush.ask_now();
    });

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
        <canvas
            class="chart"
            node_ref=node
            id=id
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
        <TableBehind id=table_id(id) caption=title head=head rows=rows />
    }
}

fn table_id(chart: &str) -> &'static str {
    match chart {
        "depth-chart" => "depth-table",
        "rates-chart" => "rates-table",
        _ => "latency-table",
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
