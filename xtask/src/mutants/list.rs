//! The ways in which the engine is broken on purpose.

use anyhow::{Result, ensure};

/// One way: a piece of a file, which must be there once, and what stands there instead.
pub struct Mutant {
    pub name: &'static str,
    /// What is wrong then.
    pub what: &'static str,
    pub file: &'static str,
    find: &'static str,
    replace: &'static str,
}

impl Mutant {
    /// The file's text, broken.
    ///
    /// # Errors
    /// The piece is not there, or more than once.
    pub fn broken(&self, sound: &str) -> Result<String> {
        let count = sound.matches(self.find).count();
        ensure!(count == 1, "mutant {}: its place is {count} times in {}", self.name, self.file);
        Ok(sound.replacen(self.find, self.replace, 1))
    }
}

const LEASES: &str = "src/core/broker/leases.rs";
const SETTLE: &str = "src/core/broker/settle.rs";
const LAYOUT: &str = "src/core/broker/layout.rs";
const DISPATCH: &str = "src/core/broker/dispatch.rs";
const PUBLISH: &str = "src/core/broker/publish.rs";
const CONSUMERS: &str = "src/core/broker/consumers.rs";
const LANES: &str = "src/core/lanes.rs";
const LEDGER: &str = "src/core/ledger.rs";
const AUDITOR: &str = "src/core/auditor.rs";
const CONSUMER: &str = "src/shop/consumer.rs";
const WAITS: &str = "src/core/broker/waits.rs";
const CLIENT: &str = "src/shop/client.rs";
const BREAKER: &str = "src/core/breaker.rs";
const BUDGET: &str = "src/core/budget.rs";
const RETRY: &str = "src/core/retry.rs";

const fn mutant(
    name: &'static str,
    what: &'static str,
    file: &'static str,
    find: &'static str,
    replace: &'static str,
) -> Mutant {
    Mutant { name, what, file, find, replace }
}

/// All ways.
pub const MUTANTS: &[Mutant] = &[
    mutant(
        "lease-never-ends",
        "a lease never runs out",
        LEASES,
        "if lease.deadline <= until {",
        "if lease.deadline < Timestamp::ZERO && lease.deadline <= until {",
    ),
    mutant(
        "old-lease-acks",
        "an acknowledgement under an old lease is accepted",
        SETTLE,
        "order.is_out_under(record.lease) && order.number == record.number",
        "order.state == State::InFlight && order.number == record.number",
    ),
    mutant(
        "lane-unlocked-early",
        "a lane is free again while orders of it are out",
        LEASES,
        "if hold.in_flight == 0 && self.layout.is_ordered() {",
        "if hold.in_flight <= 1 && self.layout.is_ordered() {",
    ),
    mutant(
        "one-delivery-too-many",
        "an order is delivered once more than it may be",
        LEASES,
        "self.orders[slot].deliveries >= self.config.max_deliveries",
        "self.orders[slot].deliveries > self.config.max_deliveries",
    ),
    mutant(
        "charge-forgotten",
        "the gateway does not recognise an order that it charged",
        LEDGER,
        "if !first && idempotent {",
        "if !first && idempotent && number % 7 != 0 {",
    ),
    mutant(
        "no-refund",
        "what was charged in vain is kept",
        LEASES,
        "self.ledger.give_back(order.number, order.amount_cents, order.pieces);",
        "",
    ),
    mutant(
        "late-charge-lost",
        "a charge reported under an old lease is not booked",
        SETTLE,
        "if record.says(Record::CHARGED) {\n            let charge",
        "let order = self.orders.get(record.slot);\n        \
         if record.says(Record::CHARGED)\n            \
         && order.is_some_and(|order| order.lease == record.lease)\n        \
         {\n            let charge",
    ),
    mutant(
        "came-back-out-of-order",
        "orders that came back take no notice of each other's age",
        LANES,
        "if hold.returned_tail == NONE || orders[hold.returned_tail].number < number {",
        "if number < u32::MAX {",
    ),
    mutant(
        "hold-not-broken",
        "a lane goes on handing out while a failed order of it comes back",
        LEASES,
        "self.lanes.hold_mut(index).draining = true;",
        "",
    ),
    mutant(
        "epoch-stands-still",
        "a lane that was restored keeps its epoch",
        LANES,
        "hold.epoch = epoch;\n        hold.draining = false;",
        "let _ = epoch;\n        hold.draining = false;",
    ),
    mutant(
        "switch-at-once",
        "a switch of the ordering does not wait for what is in flight",
        DISPATCH,
        "if self.counts.in_flight > 0 {\n                return;",
        "if self.counts.in_flight > 8 {\n                return;",
    ),
    mutant(
        "partition-not-drained",
        "a partition moves to another consumer while orders of it are out",
        LAYOUT,
        "if self.lanes.in_flight(index) > 0 {",
        "if self.lanes.in_flight(index) > 3 {",
    ),
    mutant(
        "prefetch-exceeded",
        "a consumer is handed more than its prefetch",
        DISPATCH,
        "let room = prefetch - self.consumers[index].in_flight;",
        "let room = prefetch;",
    ),
    mutant(
        "deliveries-of-the-dead",
        "a consumer that let a lease run out is handed orders unheard",
        CONSUMERS,
        "self.is_member() && !self.paused && !self.overdue",
        "self.is_member() && !self.paused",
    ),
    mutant(
        "paused-works",
        "a paused consumer is handed orders",
        CONSUMERS,
        "self.is_member() && !self.paused && !self.overdue",
        "self.is_member() && !self.overdue",
    ),
    mutant(
        "gap-unnoticed",
        "a missing frame of a consumer is not noticed",
        SETTLE,
        "if header.sequence > consumer.next_received {",
        "if header.sequence > consumer.next_received + 1 {",
    ),
    mutant(
        "doubled-frame",
        "a frame that came before is taken again",
        SETTLE,
        "if header.sequence < consumer.next_received {\n            return;\n        }",
        "",
    ),
    mutant(
        "released-is-lost",
        "an order that was given back stays counted as in flight",
        LEASES,
        "self.counts.in_flight -= 1;\n        self.counts.ready += 1;",
        "self.counts.ready += 1;",
    ),
    mutant(
        "overflow-by-one",
        "the queue takes one order more than its limit",
        PUBLISH,
        "self.counts.ready >= u64::from(self.config.queue_limit)",
        "self.counts.ready > u64::from(self.config.queue_limit)",
    ),
    mutant(
        "auditor-blind",
        "the auditor does not see an overlap",
        AUDITOR,
        "let late = start < progress.last_end;",
        "let late = start < progress.last_end && start == Timestamp::ZERO;",
    ),
    mutant(
        "works-after-lease",
        "a consumer begins an order whose lease is over",
        CONSUMER,
        "} else if self.now >= deadline {",
        "} else if self.now >= deadline && deadline == Timestamp::ZERO {",
    ),
    mutant(
        "goes-on-after-failure",
        "a consumer goes on with a lane of which an order failed",
        CONSUMER,
        "if plan.outcome.is_transient() {\n            self.break_lane",
        "if plan.outcome.is_transient() && current.held.lease == 0 {\n            self.break_lane",
    ),
    mutant(
        "consumer-misses-a-gap",
        "a consumer does not notice that a frame to it is missing",
        CONSUMER,
        "header.incarnation == self.incarnation && header.sequence > self.next_received)",
        "header.incarnation == self.incarnation && header.sequence > self.next_received + 1)",
    ),
    mutant(
        "breaker-opens-late",
        "a breaker opens only above its failure rate",
        BREAKER,
        "calls.share(calls.failed) >= self.failure_rate",
        "calls.share(calls.failed) > self.failure_rate",
    ),
    mutant(
        "breaker-tries-too-much",
        "a half-open breaker permits trials while others are out",
        BREAKER,
        "let free = self.trying + self.tried.made < self.config.trial_calls.max(1);",
        "let free = self.tried.made < self.config.trial_calls.max(1);",
    ),
    mutant(
        "budget-spent-below-half",
        "a budget allows retries at half of its tokens",
        BUDGET,
        "self.config.half_rule && self.left <= half",
        "self.config.half_rule && self.left < half",
    ),
    mutant(
        "wait-beyond-the-cap",
        "a wait is longer than the policy's cap",
        RETRY,
        "Span::from_micros((wait.min(cap) + 0.5) as u64)",
        "Span::from_micros((wait.min(cap + micros(self.base)) + 0.5) as u64)",
    ),
    mutant(
        "lane-goes-on-while-it-waits",
        "an order that waits in its lane does not hold the lane up",
        WAITS,
        "        if in_lane {\n            self.lanes.hold_mut(lane).draining = true;",
        "        if false {\n            self.lanes.hold_mut(lane).draining = true;",
    ),
    mutant(
        "wakes-early",
        "an order is tried again before its wait is over",
        WAITS,
        "if due > self.now {",
        "if false {",
    ),
    mutant(
        "retries-without-key",
        "a call that timed out is made again without an idempotency key",
        CLIENT,
        "outcome == Outcome::TimedOut && !self.terms.has_key",
        "false && outcome == Outcome::TimedOut",
    ),
    mutant(
        "retries-past-the-breaker",
        "an attempt goes on though its breaker is open",
        CLIENT,
        "self.gave_up = Some(GaveUp::CircuitOpen);",
        "self.gave_up = None;",
    ),
];
