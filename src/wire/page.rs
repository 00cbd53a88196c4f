//! What the page and the broker say to each other: intents one way, replies and snapshots back.
//!
//! The page holds no queue. It asks for what it shows by page, and is told the rest in a
//! [`Snapshot`], at most thirty times a second.

use super::{Bad, decode, encode};
pub use crate::core::{
    breaker::BreakerState,
    broker::Tally,
    status::{Counts, DeadReason, Outcome, Service, Status},
};
use crate::core::{
    ids::{OrderId, WorkerId},
    refusal::Refusal,
};
use crate::scenario::{Burst, Ordering, Scenario};
use serde::{Deserialize, Serialize};

/// What the page wants of the broker. Every intent gets exactly one [`Reply`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Intent {
    /// Take this scenario from now on. Gives [`Reply::Done`].
    Configure(Box<Scenario>),
    /// Forget everything and begin again with this scenario. Gives [`Reply::Done`].
    Reset(Box<Scenario>),
    /// A consumer's port comes with this message. Gives [`Reply::Done`].
    Attach(WorkerId),
    /// Let the consumer give back what it has not begun, and go. Gives [`Reply::Done`].
    Retire(WorkerId),
    /// The consumer stops starting orders, and gives back what it has not begun.
    Pause(WorkerId),
    /// The consumer goes on.
    Resume(WorkerId),
    /// The consumer works `factor` times as long on each order, 0.01 … 1000.
    Slow { worker: WorkerId, factor: f64 },
    /// Call back the orders that wait until somebody does. Gives [`Reply::Done`].
    Unpark,
    /// An order from the shop. Gives [`Reply::Submitted`].
    Submit(NewOrder),
    /// A burst. Gives [`Reply::BurstOver`] when its last order was accepted or refused.
    Burst(Burst),
    /// Stop the burst that is running. Gives [`Reply::Done`].
    StopBurst,
    /// One order. Gives [`Reply::Order`].
    Order(OrderId),
    /// The last of the consumers' own records. Gives [`Reply::Trace`].
    Trace(TraceQuery),
    /// A page of dead letters. Gives [`Reply::DeadLetters`].
    DeadLetters(DeadLetterQuery),
    /// Dead letters back to their lanes, at most so many a second. Gives [`Reply::Redriven`] when
    /// the last one is.
    Redrive { which: Redrive, rate_per_second: Option<f64> },
    /// Stop the redrive that is running. Gives [`Reply::Done`].
    StopRedrive,
    /// Change what a dead letter orders. Gives [`Reply::Done`].
    EditDead { order: OrderId, lines: Vec<Line> },
    /// A snapshot now. Gives [`Reply::Snapshot`].
    Snapshot,
    /// A snapshot as soon as nothing is ready, delayed or in flight, and no burst is running.
    /// Refused with `timeout` if that takes longer.
    Idle { timeout_ms: u32 },
    /// Live the recorded part of the run again and compare. Gives [`Reply::Replayed`].
    Replay,
}

/// What the broker answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// It was done.
    Done,
    /// Nothing was changed, and why.
    Refused(Refusal),
    /// What became of a submitted order.
    Submitted(Submitted),
    /// A burst was over.
    BurstOver(BurstReport),
    /// An order.
    Order(Box<OrderView>),
    /// Records, oldest first.
    Trace(Vec<TraceRecord>),
    /// Dead letters.
    DeadLetters(DeadLetterPage),
    /// A redrive was over.
    Redriven(RedriveReport),
    /// The state.
    Snapshot(Box<Snapshot>),
    /// A replay was over.
    Replayed(ReplayReport),
}

/// An order as the shop submits it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewOrder {
    /// The customer's name, 1 … 64 characters.
    pub customer: String,
    /// What is ordered, 1 … 50 lines.
    pub lines: Vec<Line>,
    /// Names this submission, so that sending it twice makes one order; 1 … 128 characters.
    pub idempotency_key: Option<String>,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The product's slug.
    pub sku: String,
    /// Pieces, 1 … 1,000.
    pub quantity: u32,
}

/// The shop's answer to an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Submitted {
    /// 202: accepted.
    Accepted {
        /// The order's name.
        order: OrderId,
        /// The broker's own time for it, in milliseconds.
        accept_ms: f64,
    },
    /// 429: the queue is full.
    Full {
        /// When to try again, in milliseconds, from the present service rate.
        retry_after_ms: f64,
    },
}

/// What became of a burst.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BurstReport {
    /// Orders accepted.
    pub accepted: u64,
    /// Orders refused because the queue was full.
    pub rejected: u64,
    /// From the first to the last, in milliseconds.
    pub elapsed_ms: f64,
}

/// One order in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderView {
    /// Its name.
    pub order: OrderId,
    /// Whose it is.
    pub customer: String,
    /// Its number among the customer's orders, from 0.
    pub sequence: u32,
    /// How far it is.
    pub status: Status,
    /// What it costs, in cents.
    pub amount_cents: u64,
    /// How often it was delivered.
    pub attempts: u16,
    /// What happened, oldest first. Of long-ago attempts only the number is kept.
    pub timeline: Vec<TimelineEntry>,
}

/// Something that happened to an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When, in milliseconds since the run began.
    pub at_ms: f64,
    /// What.
    pub event: TimelineEvent,
    /// The consumer that did it.
    pub worker: Option<WorkerId>,
}

/// What can happen to an order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum TimelineEvent {
    /// It reached this status.
    Reached(Status),
    /// An attempt ended like this, and the order goes on waiting.
    Attempt(Outcome),
    /// A service was called.
    Call(CallView),
}

/// One call of a service, as its client saw it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallView {
    pub service: Service,
    /// The how manieth delivery of the order, and call of the service in that, both from 1.
    pub attempt: u16,
    pub call: u16,
    pub outcome: Outcome,
    /// How long the client had waited before it, and how long it took, in milliseconds.
    pub waited_ms: f64,
    pub took_ms: f64,
    /// The client's breaker afterwards.
    pub breaker: BreakerState,
}

/// Which of the consumers' records are wanted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceQuery {
    /// At most so many, the newest, 1 … 262,144.
    pub limit: u32,
    /// Only of this customer.
    pub customer: Option<String>,
    /// Only of this order.
    pub order: Option<OrderId>,
}

/// A consumer's own record of one attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceRecord {
    pub order: OrderId,
    pub customer: String,
    /// The order's number among the customer's orders, from 0.
    pub sequence: u32,
    /// The how manieth delivery, from 1.
    pub attempt: u16,
    pub worker: WorkerId,
    /// In milliseconds since the run began, by the consumer's clock.
    pub started_ms: f64,
    pub finished_ms: f64,
    pub outcome: Outcome,
}

/// Which dead letters are wanted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeadLetterQuery {
    /// Only those whose order, customer or reason contains this text.
    pub query: Option<String>,
    /// Only those with this reason.
    pub reason: Option<DeadReason>,
    /// Only of this customer.
    pub customer: Option<String>,
    /// Only those that were redriven before, or never.
    pub redriven: Option<bool>,
    /// Not the first so many that match.
    pub skip: u32,
    /// Only those behind this one.
    pub after: Option<OrderId>,
    /// At most so many, 1 … 10,000.
    pub limit: u32,
}

/// A page of dead letters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeadLetterPage {
    /// How many there are that match.
    pub total: u64,
    /// Oldest first.
    pub items: Vec<DeadLetter>,
    /// All that match by why they died, most first.
    pub groups: Vec<DeadGroup>,
}

/// Dead letters that died alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadGroup {
    pub reason: DeadReason,
    pub last_outcome: Option<Outcome>,
    pub count: u64,
}

/// Which dead letters are to be redriven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Redrive {
    /// These, 1 … 100,000.
    Orders(Vec<OrderId>),
    /// All that match; the query's `after` and `limit` do not matter.
    Matching(DeadLetterQuery),
}

/// What became of a redrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedriveReport {
    /// Orders back in their lanes.
    pub redriven: u64,
    /// Those that were no dead letters any more.
    pub skipped: u64,
}

/// One dead letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    pub order: OrderId,
    pub customer: String,
    pub reason: DeadReason,
    pub attempts: u16,
    /// How the last attempt that a consumer reported ended.
    pub last_outcome: Option<Outcome>,
    /// What it costs, in cents, its pieces, and the first line's product.
    pub amount_cents: u64,
    pub pieces: u32,
    pub sku: String,
    /// How often it was redriven before.
    pub redriven: u16,
    /// When it died, in milliseconds since the run began.
    pub dead_ms: f64,
}

/// The state of the lab at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Milliseconds since the run began.
    pub at_ms: f64,
    /// Counts up with every reset.
    pub run: u32,
    /// The ordering in force. Differs from the scenario's while a switch waits for the orders
    /// in flight.
    pub ordering: Option<Ordering>,
    /// A switch of the ordering, or of the partitions, waits for the orders in flight.
    pub switching: bool,
    pub counts: Counts,
    pub ledger: LedgerView,
    pub lanes: LanesView,
    pub workers: Vec<WorkerView>,
    pub latency: Latencies,
    /// The same over the last second only.
    pub latency_recent: Latencies,
    pub rates: Rates,
    /// The services that are called, the payment first.
    pub services: Vec<ServiceView>,
    /// The burst that is running.
    pub burst: Option<BurstProgress>,
    /// The redrive that is running.
    pub redrive: Option<RedriveProgress>,
    /// What the broker's tables take, in bytes.
    pub memory_bytes: u64,
    /// How the orders that ended so far did, whatever the sequence they ended in: a live run
    /// and its twin have the same.
    pub outcomes: u64,
    pub recording: Recording,
}

/// The calls of a service, and what its clients remember.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceView {
    pub service: Service,
    pub tally: Tally,
    /// Of the consumers that are there and had something to report, oldest first.
    pub clients: Vec<ClientView>,
    /// Whether it is out at this moment.
    pub out: bool,
}

/// A consumer's client of a service, as of its last call that was reported.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientView {
    pub worker: WorkerId,
    pub breaker: BreakerState,
    /// Tokens in its retry budget.
    pub tokens: f64,
}

/// The tape of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Inputs on it.
    pub entries: u64,
    /// Its length.
    pub bytes: u64,
    /// It was too short: what came after is not on it.
    pub full: bool,
}

/// The recorded part of a run, lived again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplayReport {
    /// Inputs lived again.
    pub entries: u64,
    /// The tape ended before the run did, so the states at the end are not compared.
    pub full: bool,
    /// A hash of the books after every input, then and now.
    pub pulse: u64,
    pub replayed_pulse: u64,
    /// A hash of every order and lane at the end, then and now.
    pub state: Option<u64>,
    pub replayed_state: u64,
    /// The replay's [`Snapshot::outcomes`].
    pub outcomes: u64,
    /// How long the recorded run took, and how long the replay.
    pub virtual_ms: f64,
    pub wall_ms: f64,
}

impl ReplayReport {
    /// Whether it was the same life.
    pub fn is_same(&self) -> bool {
        self.pulse == self.replayed_pulse
            && self.state.is_none_or(|state| state == self.replayed_state)
    }
}

/// Money and stock, expected by the completed orders and actual by what was charged and taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LedgerView {
    pub expected_cents: i64,
    pub actual_cents: i64,
    /// Charges of an order that had been charged before.
    pub double_charges: u64,
    /// Charges given back because the order did not complete after all.
    pub refunds: u64,
    /// Pieces left in the warehouse, by the completed orders.
    pub stock_expected: i64,
    /// Pieces left, by what consumers took.
    pub stock_actual: i64,
}

/// The lanes: what waits where, and who holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LanesView {
    /// Lanes there are: customers in `sessions`, partitions, or one.
    pub keys: u64,
    /// Lanes with orders waiting.
    pub waiting: u64,
    /// Lanes held by a consumer.
    pub locked: u64,
    /// Some by name, deepest first, at most 32: the deepest that are held, up to half of them,
    /// and the deepest of all. Empty lanes only where there are no more than 32 in all.
    pub deepest: Vec<LaneView>,
    /// All lanes in their order, in at most 1,024 cells of `lanes_per_cell` lanes each.
    pub cells: Vec<LaneCell>,
    pub lanes_per_cell: u32,
}

/// One lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaneView {
    /// Its place among all lanes, from 0.
    pub index: u32,
    /// The customer, `partition 0`, or `queue`.
    pub key: String,
    /// Orders waiting.
    pub depth: u32,
    /// Orders of it with a consumer.
    pub in_flight: u32,
    /// Who holds it.
    pub worker: Option<WorkerId>,
    /// An order of it failed; it waits until the consumer gave the others back.
    pub blocked: bool,
}

/// Some neighbouring lanes together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneCell {
    /// Orders waiting.
    pub depth: u32,
    /// Lanes of the cell that are held.
    pub locked: u32,
    /// Who holds one of them.
    pub worker: Option<WorkerId>,
}

/// A consumer as the broker knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerView {
    pub id: WorkerId,
    pub state: WorkerState,
    /// Orders it completed or declined.
    pub processed: u64,
    /// Orders it holds.
    pub in_flight: u32,
    /// Share of the last second that it worked, 0 … 1.
    pub busy_fraction: f64,
    /// Lanes it holds.
    pub lanes: u32,
    /// What [`Intent::Slow`] set, 1 unless set.
    pub slow_factor: f64,
    /// Milliseconds since it was last heard of.
    pub silent_ms: f64,
}

/// What a consumer is doing, as far as the broker knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkerState {
    /// Attached, not yet heard of.
    Starting,
    Idle,
    Busy,
    Paused,
    /// Not heard of for longer than a lease: its orders come back.
    Dead,
}

/// Latency percentiles, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latencies {
    /// The broker's own time to accept a submitted order.
    pub accept: Percentiles,
    /// From acceptance to the start of the first attempt.
    pub wait: Percentiles,
    /// From the start to the end of an attempt.
    pub service: Percentiles,
    /// From acceptance to the end of the last attempt.
    pub total: Percentiles,
}

/// Percentiles of one histogram, in milliseconds; zero when it is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
    /// Samples.
    pub count: u64,
}

/// Orders per second, over the last second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    pub arrival_per_second: f64,
    pub completion_per_second: f64,
}

/// How far a burst is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BurstProgress {
    pub sent: u64,
    pub total: u64,
}

/// How far a redrive is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RedriveProgress {
    pub total: u64,
    pub redriven: u64,
    pub skipped: u64,
    pub rate_per_second: Option<f64>,
    /// The queue is full, and it waits for room.
    pub waiting_for_room: bool,
}

/// What the page sends: an intent, and the number its reply will bear.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub id: u32,
    pub intent: Intent,
}

/// What the broker sends: a reply to a request, or a snapshot without one (id 0).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub id: u32,
    pub reply: Reply,
}

const REQUEST: u16 = 64;
const ANSWER: u16 = 65;

/// The frame of a request.
pub fn encode_request(request: &Request) -> Vec<u8> {
    encode(REQUEST, request)
}

/// The request in a frame.
///
/// # Errors
/// When the bytes are not such a frame, whole and of this version.
pub fn decode_request(bytes: &[u8]) -> Result<Request, Bad> {
    decode(REQUEST, bytes)
}

/// The frame of an answer.
pub fn encode_answer(answer: &Answer) -> Vec<u8> {
    encode(ANSWER, answer)
}

/// The answer in a frame.
///
/// # Errors
/// When the bytes are not such a frame, whole and of this version.
pub fn decode_answer(bytes: &[u8]) -> Result<Answer, Bad> {
    decode(ANSWER, bytes)
}
