//! The lanes, live: which customers wait, who holds which lane, what stands at the head.

mod paint;
mod words;

use crate::platform::{canvas::Surface, dom};
use crate::say;
use crate::scenario::Ordering;
use crate::ui::{
    i18n::use_speech,
    page::use_page,
    prefs::use_prefs,
    widgets::{brush::Brush, panel::Panel, table::TableBehind},
};
use crate::view::{
    format::fill,
    lanes::{Picture, Seats, Target},
};
use crate::wire::page::WorkerView;
use leptos::{html, prelude::*};

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
    let title = Signal::derive(move || speech.texts().lanes_title.to_owned());
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
    let head = Signal::derive(move || words::table_head(speech.texts()));
    let rows = Callback::new(move |()| {
        words::table_rows(&page.snapshot.read().lanes, speech.texts(), speech.format())
    });
    view! {
        <Panel id="lanes" title=title>
            <p class="lanes-summary">{summary}</p>
            <LanesPicture ordering=ordering />
            <TableBehind id="lanes-table" caption=title head=head rows=rows />
        </Panel>
    }
}

/// The canvas, what it says about the lane that is pointed at, and its keys.
#[component]
fn LanesPicture(ordering: Memo<Ordering>) -> impl IntoView {
    let (page, speech, prefs) = (use_page(), use_speech(), use_prefs());
    let node = NodeRef::<html::Canvas>::new();
    let target = RwSignal::new(None::<Target>);
    let unit = RwSignal::new(1_u32);
    let seats = StoredValue::new(Seats::default());
    let picture = StoredValue::new(Picture::default());
    let surface = StoredValue::new_local(None::<Surface>);
    let watch = StoredValue::new_local(None::<dom::SizeWatch>);
    let paint = move || {
        let (snapshot, palette) = (page.snapshot.read(), prefs.palette.read());
        let (texts, format) = (speech.texts(), speech.format());
        surface.with_value(|surface| {
            let Some(surface) = surface else { return };
            let every = if dom::reduced_motion() { SEAT_SLOWLY_MS } else { SEAT_EVERY_MS };
            seats.update_value(|seats| seats.seat(&snapshot.lanes, snapshot.at_ms, every));
            let size = surface.begin();
            let mut laid = seats.with_value(|seats| {
                let keyed = keyed(ordering.get());
                Picture::new(&snapshot.lanes, seats, &snapshot.workers, keyed, size)
            });
            for row in &mut laid.rows {
                row.name = words::lane_name(&row.name, texts);
            }
            let caption = words::grid_caption(&snapshot.lanes, texts, format);
            let sheet = paint::Sheet { surface, palette: &palette, format };
            sheet.paint(&laid, &snapshot.lanes, &caption, target.get());
            if *unit.read_untracked() != laid.unit {
                unit.set(laid.unit);
            }
            picture.set_value(laid);
        });
    };
    let brush = Brush::new(PAINT_EVERY_MS, paint);
    // What the picture is of: other news need no new picture.
    let shown = Memo::new(move |_| {
        let snapshot = page.snapshot.read();
        let held = |worker: &WorkerView| (worker.id, worker.in_flight);
        let workers: Vec<_> = snapshot.workers.iter().map(held).collect();
        (snapshot.lanes.clone(), workers)
    });
    Effect::new(move |_| {
        let Some(canvas) = node.get() else { return };
        watch.set_value(dom::SizeWatch::new(&canvas, move || brush.ask()));
        surface.set_value(Surface::new(canvas));
        brush.ask();
    });
    Effect::new(move |_| {
        shown.track();
        ordering.track();
        prefs.palette.track();
        speech.0.track();
        brush.ask();
    });
    Effect::new(move |_| {
        target.track();
        brush.ask_now();
    });

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
        let texts = speech.texts();
        if empty.get().1 { texts.lanes_over } else { texts.lanes_empty }
    };
    view! {
        <div class="lanes-picture">
            <canvas
                node_ref=node
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
                <p class="empty over-picture">{nothing}</p>
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
