//! The ledger: money and stock, expected and actual, and what else proves that nothing is lost.

use crate::say;
use crate::ui::{
    i18n::{Texts, use_speech},
    page::use_page,
    widgets::{
        icon::{Glyph, Icon},
        panel::Panel,
    },
};
use crate::view::format::Format;
use crate::wire::page::Counts;
use leptos::prelude::*;

/// A figure that is a count: how it is called, what it is, whether it should be zero.
type Line = (fn(&Texts) -> &'static str, fn(&Counts) -> i64, bool);

const LINES: [Line; 7] = [
    (|t| t.ledger_lost, lost, true),
    (|t| t.count_violations, |c| c.order_violations as i64, true),
    (|t| t.ledger_suppressed, |c| c.duplicates_suppressed as i64, false),
    (|t| t.ledger_redeliveries, |c| c.redeliveries as i64, false),
    (|t| t.ledger_expired, |c| c.leases_expired as i64, false),
    (|t| t.ledger_stale, |c| c.stale_acks as i64, false),
    (|t| t.ledger_rejected, |c| c.rejected as i64, false),
];

/// Accepted orders that are nowhere: always 0.
fn lost(counts: &Counts) -> i64 {
    let somewhere = counts.ready
        + counts.delayed
        + counts.in_flight
        + counts.completed
        + counts.dead_lettered
        + counts.cancelled;
    counts.accepted as i64 - somewhere as i64
}

/// The panel of the ledger.
#[component]
pub fn Ledger() -> impl IntoView {
    let (page, speech) = (use_page(), use_speech());
    let title = speech.text(|t| t.ledger_title);
    let ledger = Memo::new(move |_| page.snapshot.read().ledger.clone());
    let counts = Memo::new(move |_| page.snapshot.read().counts);
    let busy = Memo::new(move |_| counts.read().in_flight > 0);
    let memory = Memo::new(move |_| page.snapshot.read().memory_bytes);
    let money: fn(Format, i64) -> String = Format::money;
    let pieces: fn(Format, i64) -> String = |format, pieces| format.whole(pieces);
    view! {
        <Panel id="ledger" title=title>
            <table class="ledger-pairs">
                <thead>
                    <tr>
                        <td></td>
                        <th scope="col">{say!(speech.ledger_expected)}</th>
                        <th scope="col">{say!(speech.ledger_actual)}</th>
                        <td></td>
                    </tr>
                </thead>
                <tbody>
                    <Pair
                        name="revenue"
                        label=|t| t.ledger_revenue
                        expected=Memo::new(move |_| ledger.read().expected_cents)
                        actual=Memo::new(move |_| ledger.read().actual_cents)
                        busy=busy
                        write=money
                    />
                    <Pair
                        name="stock"
                        label=|t| t.ledger_stock
                        expected=Memo::new(move |_| ledger.read().stock_expected)
                        actual=Memo::new(move |_| ledger.read().stock_actual)
                        busy=busy
                        write=pieces
                    />
                </tbody>
            </table>
            <dl class="ledger-lines">
                <LedgerLine
                    label=|t| t.ledger_double
                    value=Memo::new(move |_| ledger.read().double_charges as i64)
                    zero=true
                />
                <LedgerLine
                    label=|t| t.ledger_refunds
                    value=Memo::new(move |_| ledger.read().refunds as i64)
                    zero=false
                />
                {LINES
                    .into_iter()
                    .map(|(label, value, zero)| {
                        let value = Memo::new(move |_| value(&counts.read()));
                        view! { <LedgerLine label=label value=value zero=zero /> }
                    })
                    .collect_view()}
                <div>
                    <dt>{say!(speech.ledger_memory)}</dt>
                    <dd>{move || speech.format().bytes(memory.get())}</dd>
                </div>
            </dl>
        </Panel>
    }
}

/// What is said of two figures that should agree in the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Agree,
    /// Orders are with consumers: some are charged already and not completed yet.
    Pending,
    Differ,
}

impl Verdict {
    const fn of(agree: bool, busy: bool) -> Self {
        match (agree, busy) {
            (true, _) => Self::Agree,
            (false, true) => Self::Pending,
            (false, false) => Self::Differ,
        }
    }
}

/// Expected, actual, and whether they agree.
#[component]
fn Pair(
    name: &'static str,
    label: fn(&Texts) -> &'static str,
    expected: Memo<i64>,
    actual: Memo<i64>,
    /// Whether orders are with consumers.
    busy: Memo<bool>,
    write: fn(Format, i64) -> String,
) -> impl IntoView {
    let speech = use_speech();
    let verdict = Memo::new(move |_| Verdict::of(expected.get() == actual.get(), busy.get()));
    let glyph = Signal::derive(move || match verdict.get() {
        Verdict::Agree => Glyph::Check,
        Verdict::Pending => Glyph::Hourglass,
        Verdict::Differ => Glyph::Cross,
    });
    let said = move || {
        let texts = speech.texts();
        match verdict.get() {
            Verdict::Agree => texts.ledger_agree,
            Verdict::Pending => texts.ledger_pending,
            Verdict::Differ => texts.ledger_differ,
        }
    };
    view! {
        <tr
            data-ledger=name
            class:alarm=move || verdict.get() == Verdict::Differ
            class:pending=move || verdict.get() == Verdict::Pending
        >
            <th scope="row">{move || label(speech.texts())}</th>
            <td>{move || write(speech.format(), expected.get())}</td>
            <td>{move || write(speech.format(), actual.get())}</td>
            <td title=said>
                <Icon glyph=glyph />
                <span class="visually-hidden">{said}</span>
            </td>
        </tr>
    }
}

/// A count; `zero` says that it should stay 0.
#[component]
fn LedgerLine(label: fn(&Texts) -> &'static str, value: Memo<i64>, zero: bool) -> impl IntoView {
    let speech = use_speech();
    let alarm = move || zero && value.get() != 0;
    view! {
        <div class:alarm=alarm>
            <dt>{move || label(speech.texts())}</dt>
            <dd>
                {move || alarm().then(|| view! { <Icon glyph=Glyph::Alert /> })}
                {move || speech.format().whole(value.get())}
            </dd>
        </div>
    }
}
