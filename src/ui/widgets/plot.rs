//! A plot of several lines over the same places, with a crosshair for mouse and arrow keys and
//! the table behind. What is over time and moves on is the room's charts.

use super::{easel::Easel, palette::Palette, table::TableBehind};
use crate::platform::canvas::{Align, Surface};
use crate::ui::i18n::use_speech;
use crate::view::{
    format::{Format, fill},
    plot::{Plot, PlotData, Ticks},
};
use leptos::prelude::*;
use std::sync::Arc;

/// A line of a plot, as the series of the same index.
#[derive(Clone)]
pub struct PlotLine {
    pub label: Signal<String>,
    /// Its data colour.
    pub tint: u16,
    /// Its dashes, so that colour is not all that tells lines apart.
    pub dash: &'static [f64],
}

/// What does not change about a plot.
#[derive(Clone, Copy)]
pub struct PlotSpec {
    /// The canvas's id.
    pub id: &'static str,
    /// The id of the table behind.
    pub table: &'static str,
    pub ticks: Ticks,
    pub write_x: fn(Format, f64) -> String,
    pub write_y: fn(Format, f64) -> String,
    /// Whether lines are drawn as bars are: level, then a step.
    pub stepped: bool,
}

/// A plot with its legend, which shows the values at the crosshair.
#[component]
pub fn PlotChart(
    spec: PlotSpec,
    #[prop(into)] title: Signal<String>,
    /// What the places are.
    #[prop(into)]
    across: Signal<String>,
    lines: Vec<PlotLine>,
    /// The line that stands out.
    #[prop(optional, into)]
    strong: Signal<Option<usize>>,
    #[prop(into)] data: Signal<Arc<PlotData>>,
    /// What is said when there is nothing to be seen.
    #[prop(into)]
    empty: Signal<String>,
) -> impl IntoView {
    let speech = use_speech();
    let cross = RwSignal::new(None::<usize>);
    let plot = StoredValue::new(None::<Plot>);
    let painted = lines.clone();
    let easel = Easel::new(0.0, move |surface, palette| {
        let (format, data) = (speech.format(), data.get());
        let (width, height) = surface.begin();
        let laid = Plot::new(&data, width, height, spec.ticks);
        if !data.is_empty() {
            paint(surface, palette, &laid, spec, format, &painted, strong.get());
            mark_cut_off(surface, palette, &laid, spec, format, &data);
        }
        if let Some(at) = cross.get().and_then(|index| data.x.get(index)) {
            let x = laid.x.place(*at);
            surface.color(&palette.focus);
            surface.line(&[(x, laid.top), (x, laid.bottom)], 1.0, &[]);
        }
        plot.set_value(Some(laid));
    });
    easel.follow(move || {
        data.track();
        strong.track();
    });
    easel.follow_closely(move || cross.track());
    // Other data has other places.
    Effect::watch(move || data.track(), move |(), _, _| cross.set(None), false);

    let value = move |series: usize| {
        let (data, index) = (data.read(), cross.get()?);
        let value = data.series.get(series)?.get(index)?;
        Some((spec.write_y)(speech.format(), *value))
    };
    let place = move || {
        let at = data.read().x.get(cross.get()?).copied()?;
        Some(format!("{}: {}", across.get(), (spec.write_x)(speech.format(), at)))
    };
    let spoken = {
        let lines = lines.clone();
        move || {
            let place = place()?;
            let values = lines.iter().enumerate().filter_map(|(series, line)| {
                Some(format!("{} {}", line.label.get(), value(series)?))
            });
            Some(std::iter::once(place).chain(values).collect::<Vec<_>>().join(", "))
        }
    };
    let point = move |event: leptos::ev::PointerEvent| {
        let x = f64::from(event.offset_x());
        cross.set(plot.with_value(|plot| plot.as_ref()?.place_at(&data.read(), x)));
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let last = data.read_untracked().x.len().checked_sub(1);
        let (Some(last), now) = (last, cross.get_untracked()) else { return };
        let stride = if event.shift_key() { 10 } else { 1 };
        let next = match event.key().as_str() {
            "ArrowLeft" => now.map_or(last, |index| index.saturating_sub(stride)),
            "ArrowRight" => now.map_or(0, |index| (index + stride).min(last)),
            "Home" => 0,
            "End" => last,
            "Escape" => {
                cross.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        cross.set(Some(next));
    };
    let names: Vec<Signal<String>> = lines.iter().map(|line| line.label).collect();
    let head = Signal::derive(move || {
        std::iter::once(across.get()).chain(names.iter().map(Signal::get)).collect()
    });
    let rows = Callback::new(move |()| {
        let (format, data) = (speech.format(), data.get());
        let row = |(index, at): (usize, &f64)| {
            let cells = data.series.iter().map(|values| (spec.write_y)(format, values[index]));
            std::iter::once((spec.write_x)(format, *at)).chain(cells).collect()
        };
        data.x.iter().enumerate().map(row).collect::<Vec<Vec<String>>>()
    });
    let said = move || fill(speech.texts().plot_label, &[("title", &title.get())]);
    view! {
        <ul class="legend values">
            {lines
                .into_iter()
                .enumerate()
                .map(|(series, line)| {
                    let stroke = format!("stroke tint-{}", line.tint);
                    let dashes: Vec<String> = line.dash.iter().map(f64::to_string).collect();
                    view! {
                        <li class:strong=move || strong.get() == Some(series)>
                            <svg class=stroke viewBox="0 0 22 8" aria-hidden="true">
                                <path d="M0 4h22" stroke-dasharray=dashes.join(" ") />
                            </svg>
                            <span>{move || line.label.get()}</span>
                            <b>{move || value(series)}</b>
                        </li>
                    }
                })
                .collect_view()}
            <li class="moment">{place}</li>
        </ul>
        <div class="picture-box">
            <canvas
                class="chart plot"
                node_ref=easel.node
                id=spec.id
                tabindex="0"
                role="img"
                aria-label=said
                on:pointermove=point
                on:pointerdown=point
                on:pointerleave=move |_| cross.set(None)
                on:keydown=keys
                on:blur=move |_| cross.set(None)
            ></canvas>
            <Show when=move || data.read().is_empty()>
                <p class="empty over-picture">{move || empty.get()}</p>
            </Show>
        </div>
        <p class="visually-hidden" role="status">
            {spoken}
        </p>
        <TableBehind id=spec.table caption=title head=head rows=rows />
    }
}

fn paint(
    surface: &Surface,
    palette: &Palette,
    plot: &Plot,
    spec: PlotSpec,
    format: Format,
    lines: &[PlotLine],
    strong: Option<usize>,
) {
    surface.font(&palette.font, 10.5, false);
    for (y, value) in &plot.rows {
        surface.color(&palette.grid);
        surface.line(&[(plot.left, *y), (plot.right, *y)], 1.0, &[]);
        surface.color(&palette.muted);
        let text = format.trimmed(&(spec.write_y)(format, *value));
        surface.text(&text, plot.left - 5.0, *y, Align::Right);
    }
    for (x, place) in &plot.columns {
        let align = match *x {
            x if x >= plot.right - 12.0 => Align::Right,
            x if x <= plot.left + 1.0 => Align::Left,
            _ => Align::Middle,
        };
        surface.color(&palette.muted);
        let text = format.trimmed(&(spec.write_x)(format, *place));
        surface.text(&text, *x, plot.bottom + 11.0, align);
    }
    // The strong one last, above the others.
    let weak = (0..lines.len()).filter(|index| Some(*index) != strong);
    for index in weak.chain(strong) {
        let (Some(line), Some(points)) = (lines.get(index), plot.lines.get(index)) else {
            continue;
        };
        let points = if spec.stepped { steps(points) } else { points.clone() };
        surface.color(palette.data(line.tint));
        if strong == Some(index) {
            surface.opacity(0.22);
            surface.area(&points, plot.bottom);
            surface.opacity(1.0);
        }
        surface.line(&points, if strong == Some(index) { 2.4 } else { 1.4 }, line.dash);
        if let [(x, y)] = points[..] {
            surface.disc(x, y, 2.0);
        }
    }
}

/// Peaks that are told how high they are, at most.
const PEAKS: usize = 6;

/// Writes beside each peak that the picture cuts off how high it is, unless there are many.
fn mark_cut_off(
    surface: &Surface,
    palette: &Palette,
    plot: &Plot,
    spec: PlotSpec,
    format: Format,
    data: &PlotData,
) {
    let peaks = || {
        let all = data.series.iter().flat_map(|values| data.x.iter().zip(values));
        all.filter(|(_, value)| **value > plot.y.max)
    };
    if peaks().count() > PEAKS {
        return;
    }
    surface.color(&palette.text);
    for (at, value) in peaks() {
        let text = format!("↑ {}", format.trimmed(&(spec.write_y)(format, *value)));
        let x = plot.x.place(*at);
        let fits = x + 14.0 + surface.text_width(&text) < plot.right;
        let (x, align) = if fits { (x + 14.0, Align::Left) } else { (x - 5.0, Align::Right) };
        surface.text(&text, x, plot.top + 8.0, align);
    }
}

/// Level up to the next place, then a step.
fn steps(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let corners = points.windows(2).flat_map(|pair| [pair[0], (pair[1].0, pair[0].1)]);
    corners.chain(points.last().copied()).collect()
}
