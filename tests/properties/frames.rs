//! Frames: every kind reads back as written; cut off, altered or made up they are refused.

use super::check;
use convoy_lab::core::{
    broker::{Header, Output, Standing},
    delivery::{Call, Claim, ClaimAnswer, Delivery, Record},
    ids::{OrderId, WorkerId},
    refusal::{Problem, Refusal},
    status::{Counts, DeadReason, Outcome, Status},
    time::{Span, Timestamp},
};
use convoy_lab::scenario::{Ordering, Scenario};
use convoy_lab::shop::{
    consumer::{Input, Outgoing},
    failure::FailureModel,
    work::WorkModel,
};
use convoy_lab::wire::{
    Bad, PROTOCOL, hello,
    lane::{self, Buffer, FromConsumer},
    page::{self, *},
};
use proptest::{collection::vec, prelude::*};

const WORKER: WorkerId = WorkerId(7);

/// A frame, and a value that it must read back as.
#[derive(Clone, Debug)]
enum Frame {
    ToConsumer(Output, Timestamp, Box<WorkModel>),
    FromConsumer(Outgoing, Timestamp),
    BeginAnew(Timestamp),
    Request(Request),
    Answer(Answer),
}

impl Frame {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::ToConsumer(output, now, model) => {
                lane::encode_output(output, *now, model).expect("it is for a consumer")
            }
            Self::FromConsumer(outgoing, now) => lane::encode_report(outgoing, *now),
            Self::BeginAnew(now) => lane::encode_begin_anew(*now),
            Self::Request(request) => page::encode_request(request),
            Self::Answer(answer) => page::encode_answer(answer),
        }
    }

    /// Reads such a frame, and says whether it is this one.
    fn is_read_from(&self, bytes: &[u8]) -> Result<bool, Bad> {
        let buffer = Buffer::from(bytes);
        match self {
            Self::ToConsumer(output, now, model) => {
                let (sent, header, input) = lane::decode_input(&buffer)?;
                Ok(sent == *now && says(output, header, &input, model))
            }
            Self::FromConsumer(outgoing, now) => match lane::decode_report(WORKER, &buffer)? {
                FromConsumer::BeginAnew => Ok(false),
                FromConsumer::Report(report) => {
                    let beat = report.beat.map(|beat| (beat.leases.to_vec(), beat.busy_permille));
                    let read = Outgoing {
                        header: report.header,
                        records: report.records.to_vec(),
                        calls: report.calls.to_vec(),
                        claims: report.claims.to_vec(),
                        beat,
                        goodbye: report.goodbye,
                    };
                    Ok(read == *outgoing && report.time == *now && report.worker == WORKER)
                }
            },
            Self::BeginAnew(_) => {
                let read = lane::decode_report(WORKER, &buffer)?;
                Ok(matches!(read, FromConsumer::BeginAnew))
            }
            Self::Request(request) => Ok(page::decode_request(bytes)? == *request),
            Self::Answer(answer) => Ok(page::decode_answer(bytes)? == *answer),
        }
    }
}

fn says(output: &Output, is: Header, input: &Input<'_>, model: &WorkModel) -> bool {
    match (output, input) {
        (Output::Welcome { header, orders, .. }, Input::Welcome(standing, terms))
        | (Output::Standing { header, orders, .. }, Input::Standing(standing, terms)) => {
            is == *header && standing == orders && terms == model
        }
        (
            Output::Deliver { header, lease, deadline, items, .. },
            Input::Deliver { lease: read, deadline: until, items: these },
        ) => is == *header && lease == read && deadline == until && items == these,
        (
            Output::Renew { header, deadline, leases, .. },
            Input::Renew { deadline: until, leases: these },
        ) => is == *header && deadline == until && leases == these,
        (Output::Revoke { header, .. }, Input::Revoke) => is == *header,
        (Output::Stock { header, answers, .. }, Input::Stock { answers: these }) => {
            is == *header && answers == these
        }
        _ => false,
    }
}

/// Reads bytes in every way there is. Nothing to check but that it comes back.
fn read_anyhow(bytes: &[u8]) {
    let buffer = Buffer::from(bytes);
    let _ = lane::decode_input(&buffer);
    let _ = lane::decode_report(WORKER, &buffer);
    let _ = page::decode_request(bytes);
    let _ = page::decode_answer(bytes);
    let _ = hello::decode(bytes);
}

#[test]
fn every_frame_reads_back_as_written_and_as_nothing_else() {
    check(5_000, frame(), |frame| {
        let bytes = frame.bytes();
        assert_eq!(frame.is_read_from(&bytes), Ok(true));
        let other = if matches!(frame, Frame::Request(_)) {
            page::decode_answer(&bytes).map(drop)
        } else {
            page::decode_request(&bytes).map(drop)
        };
        assert_eq!(other, Err(Bad::Kind));
    });
}

#[test]
fn a_frame_that_is_cut_off_is_refused() {
    check(1_000, (frame(), vec(any::<prop::sample::Index>(), 50)), |(frame, cuts)| {
        let bytes = frame.bytes();
        let ends = (0..bytes.len().min(80)).chain(cuts.iter().map(|cut| cut.index(bytes.len())));
        for end in ends {
            let read = frame.is_read_from(&bytes[..end]);
            assert!(read.is_err(), "{end} of {} bytes: {read:?}", bytes.len());
        }
    });
}

#[test]
fn a_frame_that_is_longer_than_it_says_is_refused() {
    check(500, (frame(), vec(any::<u8>(), 1..20)), |(frame, more)| {
        let bytes = [frame.bytes(), more].concat();
        assert!(frame.is_read_from(&bytes).is_err());
    });
}

/// Bytes of a frame between the broker and a consumer that say what is in it.
const HEAD: usize = 56;

/// Where they count the items, the leases, the calls and the claims.
const COUNTS: [usize; 4] = [36, 40, 44, 52];

/// Where the flags are.
const FLAGS: std::ops::Range<usize> = 50..52;

#[test]
fn a_frame_that_counts_what_is_not_there_is_refused() {
    let between = frame().prop_filter("between the broker and a consumer", |frame| {
        matches!(frame, Frame::ToConsumer(..) | Frame::FromConsumer(..) | Frame::BeginAnew(_))
    });
    check(1_000, (between, 0..4_usize, 1..4_u32), |(frame, which, more)| {
        let mut bytes = frame.bytes();
        let at = COUNTS[which];
        let count = u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) + more;
        bytes[at..at + 4].copy_from_slice(&count.to_le_bytes());
        assert!(frame.is_read_from(&bytes).is_err());
    });
}

#[test]
fn contents_are_refused_under_the_name_of_another_kind() {
    let kinds = 16..=21_u8;
    check(1_000, (output(), time(), model(), kinds), |(output, now, model, kind)| {
        let mut bytes = lane::encode_output(&output, now, &model).expect("it is for a consumer");
        // A welcome and a change of the standing orders say the same.
        let alike = |kind: u8| kind.max(17);
        if bytes.len() > HEAD && alike(bytes[6]) != alike(kind) {
            bytes[6] = kind;
            assert!(lane::decode_input(&Buffer::from(&bytes[..])).is_err());
        }
    });
}

#[test]
fn leases_without_a_heartbeat_are_refused() {
    let beat = Outgoing { beat: Some((vec![1, 2], 0)), ..Outgoing::default() };
    let mut bytes = lane::encode_report(&beat, Timestamp::ZERO);
    bytes[FLAGS].fill(0);
    let read = lane::decode_report(WORKER, &Buffer::from(&bytes[..])).map(drop);
    assert_eq!(read, Err(Bad::Content));
}

#[test]
fn a_frame_of_another_kind_of_thing_is_foreign_and_of_another_version_too() {
    check(200, (frame(), 0..6_usize, 1..=255_u8), |(frame, at, bits)| {
        let mut bytes = frame.bytes();
        bytes[at] ^= bits;
        let expected = if at < 4 { Bad::Foreign } else { Bad::Version };
        assert_eq!(frame.is_read_from(&bytes), Err(expected));
    });
}

#[test]
fn altered_frames_never_panic() {
    let flips = vec((any::<prop::sample::Index>(), 0..8_u32), 1..6);
    check(10_000, (frame(), flips), |(frame, flips)| {
        let mut bytes = frame.bytes();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        read_anyhow(&bytes);
    });
}

#[test]
fn random_bytes_never_panic() {
    let kinds = prop::sample::select(&[1_u8, 16, 17, 18, 19, 20, 32, 33, 64, 65, 99][..]);
    let tails = vec(any::<u8>(), 0..400);
    check(10_000, (kinds, tails), |(kind, tail)| {
        read_anyhow(&tail);
        let head = [b"cvoy".as_slice(), &PROTOCOL.to_le_bytes(), &[kind, 0]].concat();
        read_anyhow(&[head, tail].concat());
    });
}

#[test]
fn a_hello_names_the_build() {
    check(1_000, ".{0,40}", |build| {
        let bytes = hello::encode(&build);
        assert_eq!(hello::decode(&bytes), Ok(build.as_str()));
        for end in 0..bytes.len() {
            assert_ne!(hello::decode(&bytes[..end]), Ok(build.as_str()));
        }
    });
}

fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        (output(), time(), model()).prop_map(|(output, now, model)| Frame::ToConsumer(
            output,
            now,
            Box::new(model)
        )),
        (outgoing(), time()).prop_map(|(outgoing, now)| Frame::FromConsumer(outgoing, now)),
        time().prop_map(Frame::BeginAnew),
        (any::<u32>(), intent()).prop_map(|(id, intent)| Frame::Request(Request { id, intent })),
        (any::<u32>(), reply()).prop_map(|(id, reply)| Frame::Answer(Answer { id, reply })),
    ]
}

fn time() -> impl Strategy<Value = Timestamp> {
    any::<u64>().prop_map(Timestamp::from_micros)
}

fn span() -> impl Strategy<Value = Span> {
    any::<u64>().prop_map(Span::from_micros)
}

fn header() -> impl Strategy<Value = Header> {
    any::<(u32, u32)>().prop_map(|(incarnation, sequence)| Header { incarnation, sequence })
}

fn model() -> impl Strategy<Value = WorkModel> {
    let rates = (0.0..=1.0, 0.0..=1.0, 0.0..=1.0);
    (any::<(u64, bool, u16)>(), span(), span(), rates).prop_map(
        |((seed, burn, fail_first), service, gateway_latency, (spread, transient, permanent))| {
            let mut model = WorkModel { seed, service, spread, burn, ..WorkModel::default() };
            model.services[0].failure = FailureModel {
                latency: gateway_latency,
                transient_rate: transient,
                permanent_rate: permanent,
                fail_first,
                ..FailureModel::default()
            };
            model
        },
    )
}

fn standing() -> impl Strategy<Value = Standing> {
    (any::<(bool, bool)>(), 0.0..1e6, span()).prop_map(
        |((paused, retiring), slow_factor, lease)| Standing {
            paused,
            retiring,
            slow_factor,
            lease,
        },
    )
}

fn output() -> impl Strategy<Value = Output> {
    let worker = WORKER;
    let delivery = any::<[u32; 12]>().prop_map(bytemuck::cast::<_, Delivery>);
    prop_oneof![
        (header(), standing()).prop_map(move |(header, orders)| Output::Welcome {
            worker,
            header,
            orders
        }),
        (header(), standing()).prop_map(move |(header, orders)| Output::Standing {
            worker,
            header,
            orders
        }),
        (header(), any::<u32>(), time(), vec(delivery, 0..20)).prop_map(
            move |(header, lease, deadline, items)| Output::Deliver {
                worker,
                header,
                lease,
                deadline,
                items
            }
        ),
        (header(), time(), vec(any::<u32>(), 0..20)).prop_map(move |(header, deadline, leases)| {
            Output::Renew { worker, header, deadline, leases }
        }),
        header().prop_map(move |header| Output::Revoke { worker, header }),
        (header(), vec(any::<[u32; 4]>().prop_map(bytemuck::cast::<_, ClaimAnswer>), 0..20))
            .prop_map(move |(header, answers)| Output::Stock { worker, header, answers }),
    ]
}

fn outgoing() -> impl Strategy<Value = Outgoing> {
    let record = any::<[u32; 12]>().prop_map(|words| {
        let record = bytemuck::cast::<_, Record>(words);
        Record { outcome: record.outcome % 7, ..record }
    });
    let beat = prop::option::of((vec(any::<u32>(), 0..20), 0..=1_000_u16));
    let call = any::<[u32; 8]>().prop_map(|words| {
        let call = bytemuck::cast::<_, Call>(words);
        let tokens = if call.tokens.is_nan() { 0.0 } else { call.tokens };
        Call {
            service: call.service % 4,
            outcome: call.outcome % 7,
            breaker: call.breaker % 6,
            tokens,
            ..call
        }
    });
    let claim = any::<[u32; 4]>().prop_map(bytemuck::cast::<_, Claim>);
    let lists = (vec(record, 0..20), vec(call, 0..20), vec(claim, 0..20));
    (header(), lists, beat, any::<bool>()).prop_map(
        |(header, (records, calls, claims), beat, goodbye)| Outgoing {
            header,
            records,
            calls,
            claims,
            beat,
            goodbye,
        },
    )
}

fn text() -> impl Strategy<Value = String> {
    ".{0,12}"
}

fn order_id() -> impl Strategy<Value = OrderId> {
    any::<(u32, u32)>().prop_map(|(slot, generation)| OrderId { slot, generation })
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let orderings =
        [Ordering::Single, Ordering::Competing, Ordering::Partitions, Ordering::Sessions];
    let ordering = prop::sample::select(orderings.to_vec());
    (any::<(u64, u16, u32, bool)>(), ordering, 0.0..1e4).prop_map(
        |((seed, workers, queue_limit, idempotency), ordering, service_time_ms)| Scenario {
            seed,
            workers,
            queue_limit,
            idempotency,
            ordering,
            service_time_ms,
            ..Scenario::default()
        },
    )
}

fn intent() -> impl Strategy<Value = Intent> {
    let worker = || any::<u16>().prop_map(WorkerId);
    let line = (text(), any::<u32>()).prop_map(|(sku, quantity)| Line { sku, quantity });
    let order = (text(), vec(line, 0..5), prop::option::of(text())).prop_map(
        |(customer, lines, idempotency_key)| NewOrder { customer, lines, idempotency_key },
    );
    let trace = (any::<u32>(), prop::option::of(text()), prop::option::of(order_id()))
        .prop_map(|(limit, customer, order)| TraceQuery { limit, customer, order });
    let dead = (prop::option::of(text()), prop::option::of(order_id()), any::<u32>()).prop_map(
        |(query, after, limit)| DeadLetterQuery {
            query,
            after,
            limit,
            ..DeadLetterQuery::default()
        },
    );
    prop_oneof![
        scenario().prop_map(|scenario| Intent::Configure(Box::new(scenario))),
        scenario().prop_map(|scenario| Intent::Reset(Box::new(scenario))),
        worker().prop_map(Intent::Attach),
        worker().prop_map(Intent::Retire),
        (worker(), 0.0..100.0).prop_map(|(worker, factor)| Intent::Slow { worker, factor }),
        order.prop_map(Intent::Submit),
        scenario().prop_map(|scenario| Intent::Burst(scenario.burst)),
        order_id().prop_map(Intent::Order),
        trace.prop_map(Intent::Trace),
        dead.prop_map(Intent::DeadLetters),
        Just(Intent::Snapshot),
        any::<u32>().prop_map(|timeout_ms| Intent::Idle { timeout_ms }),
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let refusal = (text(), text())
        .prop_map(|(field, what)| Refusal::new(field, Problem::NotOneOf(vec![what.clone(), what])));
    let accepted = (order_id(), 0.0..9.0)
        .prop_map(|(order, accept_ms)| Reply::Submitted(Submitted::Accepted { order, accept_ms }));
    let record = (order_id(), text(), any::<(u32, u16, u16)>(), 0.0..1e9).prop_map(
        |(order, customer, (sequence, attempt, worker), at)| TraceRecord {
            order,
            customer,
            sequence,
            attempt,
            worker: WorkerId(worker),
            started_ms: at,
            finished_ms: at + 0.25,
            outcome: Outcome::GatewayFailed,
        },
    );
    let letter = (order_id(), text(), any::<u16>()).prop_map(|(order, customer, attempts)| {
        let (reason, last_outcome) = (DeadReason::MaxLength, Some(Outcome::Declined));
        DeadLetter {
            order,
            sku: customer.clone(),
            customer,
            reason,
            attempts,
            last_outcome,
            amount_cents: 5,
            pieces: 1,
            redriven: 3,
            dead_ms: 0.5,
        }
    });
    let page = (any::<u64>(), vec(letter, 0..5)).prop_map(|(total, items)| DeadLetterPage {
        total,
        items,
        groups: Vec::new(),
    });
    let view = (order_id(), text(), any::<(u32, u64, u16)>(), 0.0..1e9).prop_map(
        |(order, customer, (sequence, amount_cents, attempts), at_ms)| OrderView {
            order,
            customer,
            sequence,
            status: Status::Shipped,
            amount_cents,
            attempts,
            timeline: vec![TimelineEntry {
                at_ms,
                event: TimelineEvent::Attempt(Outcome::Completed),
                worker: Some(WORKER),
            }],
        },
    );
    let lane = (text(), any::<(u32, u32, u32, bool)>()).prop_map(
        |(key, (index, depth, in_flight, blocked))| LaneView {
            index,
            key,
            depth,
            in_flight,
            worker: Some(WORKER),
            blocked,
        },
    );
    let snapshot = (any::<(u64, u64, i64, u32)>(), vec(lane, 0..5), 0.0..1e12).prop_map(
        |((accepted, keys, cents, depth), deepest, at_ms)| Snapshot {
            at_ms,
            ordering: Some(Ordering::Partitions),
            counts: Counts { accepted, ..Counts::default() },
            ledger: LedgerView { actual_cents: cents, ..LedgerView::default() },
            lanes: LanesView {
                keys,
                deepest,
                cells: vec![LaneCell { depth, ..LaneCell::default() }; 3],
                ..LanesView::default()
            },
            ..Snapshot::default()
        },
    );
    prop_oneof![
        Just(Reply::Done),
        refusal.prop_map(Reply::Refused),
        accepted,
        any::<(u64, u64)>().prop_map(|(accepted, rejected)| Reply::BurstOver(BurstReport {
            accepted,
            rejected,
            elapsed_ms: 1.5
        })),
        view.prop_map(|view| Reply::Order(Box::new(view))),
        vec(record, 0..5).prop_map(Reply::Trace),
        page.prop_map(Reply::DeadLetters),
        snapshot.prop_map(|snapshot| Reply::Snapshot(Box::new(snapshot))),
    ]
}
