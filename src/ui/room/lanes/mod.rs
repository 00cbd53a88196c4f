//! The lanes, live: which customers wait, who holds which lane, what stands at the head.

mod paint;
mod words;

use crate::platform::dom;
use crate::say;
use crate::scenario::Ordering;
use crate::ui::{
    i18n::{Texts, use_speech},
    page::use_page,
    widgets::{easel::Easel, empty::Empty, icon::Glyph, panel::Panel, table::TableBehind},
};
use crate::view::{
    format::fill,
    lanes::{Picture, Target},
    seats::Seats,
};
use crate::wire::page::WorkerView;
use leptos::prelude::*;

/// The least time between two paintings, in milliseconds.
const PAINT_EVERY_MS: f64 = 66.0;

/// How often the deepest lanes are put in order again, in milliseconds.
const SEAT_EVERY_MS: f64 = 1_500.0;
/// The same for those who want less motion.
const SEAT_SLOWLY_MS: f64 = 6_000.0;

/// Whether every customer or partition has a lane of its own.
const fn keyed(ordering: Ordering) -> bool {
    matches!(ordering, Ordering::Partitions | Ordering::Sessions)
}

/// The picture of the lanes with its key figures, and the table behind it.
#[component]
pub fn LanesPanel() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let title = speech.text(|t| t.lanes_title);
    let ordering =
        Memo::new(move |_| page.snapshot.read().ordering.unwrap_or(page.scenario.read().ordering));
    let figures = Memo::new(move |_| {
        let snapshot = page.snapshot.read();
        (snapshot.lanes.keys, snapshot.lanes.waiting, snapshot.lanes.locked)
    });
    let summary = move || {
        let (format, (keys, waiting, locked)) = (speech.format(), figures.get());
        let texts = speech.texts();
        let template =
            if keyed(ordering.get()) { texts.lanes_summary } else { texts.lanes_summary_one };
        fill(
            template,
            &[
                ("keys", &format.whole(keys)),
                ("waiting", &format.whole(waiting)),
                ("locked", &format.whole(locked)),
            ],
        )
    };
    let actions: Children = Box::new(move || view! { <p class="hint">{summary}</p> }.into_any());
    let head = Signal::derive(move || words::table_head(speech.texts()));
    let rows = Callback::new(move |()| {
        words::table_rows(&page.snapshot.read().lanes, speech.texts(), speech.format())
    });
    view! {
        <Panel id="lanes" title=title actions=actions>
            <LanesPicture ordering=ordering />
            <TableBehind id="lanes-table" caption=title head=head rows=rows />
        </Panel>
    }
}

/// The canvas, what it says about the lane that is pointed at, and its keys.
#[component]
fn LanesPicture(ordering: Memo<Ordering>) -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let target = RwSignal::new(None::<Target>);
    let unit = RwSignal::new(1_u32);
    let seats = StoredValue::new(Seats::default());
    let picture = StoredValue::new(Picture::default());
    let easel = Easel::new(PAINT_EVERY_MS, move |surface, palette| {
        let (snapshot, texts, format) = (page.snapshot.read(), speech.texts(), speech.format());
        let (lanes, keyed) = (&snapshot.lanes, keyed(ordering.get()));
        let size = surface.begin();
        let rows = Picture::rows_for(lanes, keyed, size);
        let every = if dom::reduced_motion() { SEAT_SLOWLY_MS } else { SEAT_EVERY_MS };
        seats.update_value(|seats| seats.seat(lanes, rows, snapshot.at_ms, every));
        let mut laid =
            seats.with_value(|seats| Picture::new(lanes, seats, &snapshot.workers, keyed, size));
        for row in &mut laid.rows {
            row.name = words::row_name(row, texts);
        }
        let caption = words::grid_caption(lanes, texts, format);
        let sheet = paint::Sheet { surface, palette, format };
        sheet.paint(&laid, lanes, &caption, target.get());
        if *unit.read_untracked() != laid.unit {
            unit.set(laid.unit);
        }
        picture.set_value(laid);
    });
    // What the picture is of: other news need no new picture.
    let shown = Memo::new(move |_| {
        let snapshot = page.snapshot.read();
        let held = |worker: &WorkerView| (worker.id, worker.in_flight);
        let workers: Vec<_> = snapshot.workers.iter().map(held).collect();
        (snapshot.lanes.clone(), workers)
    });
    easel.follow(move || {
        shown.track();
        ordering.track();
    });
    easel.follow_closely(move || target.track());

    let point = move |event: leptos::ev::PointerEvent| {
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        target.set(picture.with_value(|picture| picture.at(x, y)));
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let forward = match event.key().as_str() {
            "ArrowDown" | "ArrowRight" => true,
            "ArrowUp" | "ArrowLeft" => false,
            "Escape" => {
                target.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        target.update(|target| {
            *target = picture.with_value(|picture| picture.step(*target, forward));
        });
    };
    let said = move || {
        let target = target.get()?;
        let snapshot = page.snapshot.read();
        picture.with_value(|picture| {
            words::about(target, picture, &snapshot, speech.texts(), speech.format())
        })
    };
    let empty = Memo::new(move |_| {
        let snapshot = page.snapshot.read();
        let idle = snapshot.lanes.deepest.is_empty() && snapshot.counts.in_flight == 0;
        (idle, snapshot.counts.accepted > 0)
    });
    let nothing = move || {
        let over = empty.get().1;
        let text = move |begun: fn(&Texts) -> &'static str, before: fn(&Texts) -> &'static str| {
            speech.text(if over { begun } else { before })
        };
        view! {
            <Empty
                glyph=if over { Glyph::Check } else { Glyph::Burst }
                title=text(|t| t.lanes_over, |t| t.lanes_empty)
                hint=text(|t| t.lanes_over_hint, |t| t.lanes_empty_hint)
            />
        }
    };
    view! {
        <div class="lanes-picture picture-box">
            <canvas
                node_ref=easel.node
                id="lanes-canvas"
                tabindex="0"
                role="img"
                aria-label=say!(speech.lanes_picture)
                aria-describedby="lanes-said"
                on:pointermove=point
                on:pointerdown=point
                on:pointerleave=move |_| target.set(None)
                on:keydown=keys
                on:blur=move |_| target.set(None)
            ></canvas>
            <Show when=move || empty.get().0>
                <div class="over-picture">{nothing}</div>
            </Show>
            <p class="lanes-said" id="lanes-said" aria-live="polite">
                {move || said().unwrap_or_else(|| speech.texts().lanes_point.to_owned())}
            </p>
        </div>
        <Legend ordering=ordering unit=unit />
    }
}

/// What the signs of the picture mean.
#[component]
fn Legend(ordering: Memo<Ordering>, unit: RwSignal<u32>) -> impl IntoView {
    let speech = use_speech();
    let block = move || {
        let unit = unit.get();
        if unit == 1 {
            return speech.texts().legend_block.to_owned();
        }
        fill(speech.texts().legend_blocks, &[("n", &speech.format().whole(unit))])
    };
    view! {
        <ul class="legend">
            <li>{block}</li>
            <li>
                <span class="swatch waiting"></span>
                {say!(speech.legend_waiting)}
            </li>
            <li>
                <span class="swatch head"></span>
                {say!(speech.legend_head)}
            </li>
            <li>
                <span class="swatch flight"></span>
                {say!(speech.legend_in_flight)}
            </li>
            <Show when=move || keyed(ordering.get())>
                <li>
                    <span class="swatch locked">"w1"</span>
                    {say!(speech.legend_locked)}
                </li>
                <li>
                    <span class="swatch blocked">"!"</span>
                    {say!(speech.legend_blocked)}
                </li>
            </Show>
        </ul>
    }
}
