//! Short histories of the broker and its host that once ended wrong, each told step by step.

use convoy_lab::core::{
    broker::{Broker, ConsumerState, Draft, Header, Input, Output, Report, Standing},
    config::{Config, Fallback, Ordering, Overflow, WaitPlace},
    delivery::{Delivery, Record, outcome_code},
    ids::{OrderId, WorkerId},
    orders::State,
    refusal::Code,
    status::Outcome,
    time::{Span, Timestamp},
};
use convoy_lab::host::{Effect, Host};
use convoy_lab::scenario::Scenario;
use convoy_lab::wire::page::{Answer, Intent, Reply};

const CONFIG: Config = Config {
    ordering: Ordering::Sessions,
    partitions: 4,
    prefetch: 8,
    lease: Span::from_millis(500),
    max_deliveries: 5,
    queue_limit: 100,
    overflow: Overflow::Reject,
    idempotency: true,
    wait: WaitPlace::Redeliver,
    fallback: Fallback::DeadLetter,
    side_services: 0,
};

const ANA: WorkerId = WorkerId(1);
const BEN: WorkerId = WorkerId(2);

const fn at(millis: u64) -> Timestamp {
    Timestamp::from_micros(millis * 1_000)
}

/// A broker, the time in milliseconds, and what it has sent and nobody has looked at yet.
struct Story {
    broker: Broker,
    now: u64,
    sent: Vec<Output>,
    /// The number of the next frame of each consumer.
    next_sent: [u32; 2],
}

impl Story {
    fn begin(config: Config, workers: &[WorkerId]) -> Self {
        let broker = Broker::new(config);
        let mut story = Self { broker, now: 0, sent: Vec::new(), next_sent: [0; 2] };
        workers.iter().for_each(|worker| story.tell(Input::Hello(*worker)));
        story
    }

    fn tell(&mut self, input: Input<'_>) {
        self.broker.handle(at(self.now), input);
        self.broker.check_invariants();
        self.sent.extend(std::iter::from_fn(|| self.broker.poll_output()));
    }

    /// Lets time pass until then, with every timer at its time.
    fn wait_until(&mut self, millis: u64) {
        while let Some((due, _)) = self.broker.poll_timeout().filter(|(due, _)| *due <= at(millis))
        {
            self.broker.handle(due, Input::Tick);
            self.sent.extend(std::iter::from_fn(|| self.broker.poll_output()));
        }
        self.now = millis;
        self.tell(Input::Tick);
    }

    fn publish(&mut self, customer: &str) -> OrderId {
        let key = self.broker.customer(customer).expect("there is room");
        let draft = Draft { key, amount_cents: 500, sku: 1, pieces: 2 };
        let id = self.broker.publish(at(self.now), draft).expect("there is room");
        self.tell(Input::Tick);
        id
    }

    /// The consumer's connection, as its last welcome said.
    fn incarnation(&self, worker: WorkerId) -> u32 {
        let mut welcomes = self.sent.iter().filter_map(|output| match output {
            Output::Welcome { worker: whom, header, .. } if *whom == worker => Some(header),
            _ => None,
        });
        welcomes.next_back().expect("it was welcomed").incarnation
    }

    fn report(&mut self, worker: WorkerId, records: &[Record]) {
        let sequence = &mut self.next_sent[usize::from(worker.0) - 1];
        let number = *sequence;
        *sequence += 1;
        let header = Header { incarnation: self.incarnation(worker), sequence: number };
        let time = at(self.now);
        let report = Report {
            worker,
            header,
            time,
            records,
            calls: &[],
            claims: &[],
            beat: None,
            goodbye: false,
        };
        self.tell(Input::Report(report));
    }

    /// Every order handed out so far: to whom, under which lease, and what.
    fn deliveries(&self) -> Vec<(WorkerId, u32, Delivery)> {
        let deliveries = self.sent.iter().filter_map(|output| match output {
            Output::Deliver { worker, lease, items, .. } => Some((*worker, *lease, items)),
            _ => None,
        });
        deliveries
            .flat_map(|(worker, lease, items)| items.iter().map(move |item| (worker, lease, *item)))
            .collect()
    }

    fn state(&self, worker: WorkerId) -> Option<ConsumerState> {
        self.broker.consumers().find(|view| view.id == worker).map(|view| view.state)
    }
}

fn record(lease: u32, delivery: &Delivery, what: u8) -> Record {
    Record {
        amount: delivery.amount_cents,
        slot: delivery.slot,
        lease,
        number: delivery.number,
        key: delivery.key,
        sequence: delivery.sequence,
        attempt: delivery.attempt,
        what,
        ..Record::default()
    }
}

/// A report of a charge counts as a sign of life, but renews no lease: so the lease may run out
/// while the consumer that died just after does not count as dead yet.
#[test]
fn who_lets_a_lease_run_out_gets_no_order_until_heard_of() {
    let mut story = Story::begin(CONFIG, &[ANA]);
    story.publish("carla");
    let (_, lease, delivery) = story.deliveries()[0];
    story.now = 200;
    story.report(ANA, &[record(lease, &delivery, Record::CHARGED)]);
    // It dies; the lease ends at 500 ms, and the silence is too long at 700 ms.
    story.wait_until(600);
    assert_eq!(story.broker.counts().leases_expired, 1);
    assert_eq!(story.state(ANA), Some(ConsumerState::Idle));
    assert_eq!(story.deliveries().len(), 1, "it was handed out to the dead again");

    // Another one gets it at once; that one, heard of in time, would have.
    let mut other = Story { broker: story.broker.clone(), sent: story.sent.clone(), ..story };
    other.tell(Input::Hello(BEN));
    assert_eq!(other.deliveries()[1].0, BEN);
    story.report(ANA, &[]);
    let (worker, _, again) = story.deliveries()[1];
    assert_eq!((worker, again.attempt, again.flags & Delivery::CHARGED), (ANA, 2, 2));
}

/// The list of waiting orders by age is made when the queue first overflows. An order that was
/// out then, and came back, is not in it.
#[test]
fn the_oldest_goes_even_if_it_came_back_later() {
    let overflow = Overflow::DropOldest;
    let config = Config { queue_limit: 3, prefetch: 1, overflow, ..CONFIG };
    let mut story = Story::begin(config, &[ANA]);
    let first = story.publish("a");
    let others = ["b", "c", "d", "e"].map(|customer| story.publish(customer));
    let state = |story: &Story, id| story.broker.order(id).expect("it is remembered").state;
    assert_eq!(state(&story, first), State::InFlight);
    assert_eq!(state(&story, others[0]), State::Cancelled, "the oldest that waited");

    story.tell(Input::Pause(ANA));
    let (_, lease, delivery) = story.deliveries()[0];
    story.report(ANA, &[record(lease, &delivery, Record::RELEASED)]);
    story.publish("f");
    assert_eq!(state(&story, first), State::Cancelled, "it was older than all that waited");
    assert!(others[1..].iter().all(|id| state(&story, *id) == State::Ready));
}

/// Dead is what the broker believes; a consumer may only have slept, and goes on where it was.
#[test]
fn who_is_heard_of_again_knows_the_standing_orders_and_what_was_revoked() {
    let config = Config { ordering: Ordering::Partitions, prefetch: 2, ..CONFIG };
    let mut story = Story::begin(config, &[ANA]);
    story.wait_until(300);
    story.publish("carla");
    story.wait_until(600);
    assert_eq!(story.state(ANA), Some(ConsumerState::Dead));
    assert_eq!(story.broker.counts().in_flight, 1, "its lease goes on until 800 ms");

    let lease = Span::from_millis(2_000);
    story.sent.retain(|output| matches!(output, Output::Welcome { .. }));
    let ordering = Ordering::Sessions;
    story.tell(Input::Configure(Config { ordering, lease, ..config }));
    story.report(ANA, &[]);
    let told = Standing { paused: false, retiring: false, slow_factor: 1.0, lease };
    let is_told =
        |output: &Output| matches!(output, Output::Standing { orders, .. } if *orders == told);
    assert!(story.sent.iter().any(is_told), "{:?}", story.sent);
    let is_revoked = |output: &Output| matches!(output, Output::Revoke { .. });
    assert!(story.sent.iter().any(is_revoked), "{:?}", story.sent);
    assert_eq!(story.state(ANA), Some(ConsumerState::Busy));
}

#[test]
fn who_slept_through_a_reset_is_back_once_heard_of() {
    let mut story = Story::begin(CONFIG, &[ANA, BEN]);
    story.wait_until(400);
    story.report(BEN, &[]);
    story.wait_until(600);
    assert_eq!(story.state(ANA), Some(ConsumerState::Dead));

    story.broker.reset(CONFIG);
    story.next_sent = [0; 2];
    story.publish("carla");
    assert_eq!((story.state(ANA), story.broker.knows(ANA)), (None, true));
    assert!(story.deliveries().iter().all(|(worker, ..)| *worker == BEN));
    story.report(ANA, &[]);
    assert_eq!(story.state(ANA), Some(ConsumerState::Idle));
    story.publish("dora");
    assert!(story.deliveries().iter().any(|(worker, ..)| *worker == ANA));
}

/// Who waits for the lab to come to rest is answered once: when it does, or when the time is up.
#[test]
fn a_wait_for_rest_has_an_end() {
    let mut host = Host::new(Timestamp::ZERO, Scenario::default());
    let ask = |host: &mut Host, millis, request, intent| {
        host.intent(at(millis), || at(millis), request, intent);
    };
    let mut answered = Vec::new();
    // Nobody is there to work on it.
    ask(&mut host, 0, 1, Intent::Burst(Scenario::default().burst));
    ask(&mut host, 0, 2, Intent::Idle { timeout_ms: 300 });
    ask(&mut host, 0, 3, Intent::Idle { timeout_ms: 200 });
    for millis in [199_u64, 200, 299, 300, 1_000] {
        assert!(millis > 300 || host.wake_at() <= Some(at(millis.next_multiple_of(100))));
        host.tick(at(millis));
        answered.extend(waits_over(&mut host).map(|(request, reply)| (millis, request, reply)));
    }
    let [(200, 3, Reply::Refused(first)), (300, 2, Reply::Refused(second))] = &answered[..] else {
        panic!("{answered:?}");
    };
    assert_eq!((first.code, second.code), (Code::Timeout, Code::Timeout));
    assert_eq!(first.to_string(), "timeoutMs: there was still work after 200 ms");

    ask(&mut host, 1_000, 4, Intent::Idle { timeout_ms: 300 });
    ask(&mut host, 1_000, 5, Intent::Reset(Box::default()));
    let over: Vec<_> = waits_over(&mut host).collect();
    assert!(matches!(over[..], [(4, Reply::Snapshot(_)), ..]), "{over:?}");
}

/// The answers to all requests but the first, which was not for rest.
fn waits_over(host: &mut Host) -> impl Iterator<Item = (u32, Reply)> {
    let effects = std::iter::from_fn(|| host.poll_output());
    effects.filter_map(|effect| match effect {
        Effect::Page(Answer { id, reply }) if id > 1 => Some((id, reply)),
        _ => None,
    })
}

/// Orders that fail at their only delivery.
const ONCE: Config = Config { max_deliveries: 1, ..CONFIG };

impl Story {
    /// Ends what was handed out from the `from`th delivery on.
    fn finish(&mut self, worker: WorkerId, from: usize, outcome: Outcome) {
        let done = Record::FINISHED | Record::CHARGED | Record::RESERVED;
        let what = if outcome == Outcome::Completed { done } else { Record::FINISHED };
        let ended = |(_, lease, delivery): &(WorkerId, u32, Delivery)| Record {
            outcome: outcome_code(outcome),
            ..record(*lease, delivery, what)
        };
        let records: Vec<Record> = self.deliveries()[from..].iter().map(ended).collect();
        self.report(worker, &records);
    }

    /// So many orders of one customer that died.
    fn dead_letters(&mut self, count: usize) -> Vec<OrderId> {
        let die = |_| {
            let id = self.publish("ines");
            let last = self.deliveries().len() - 1;
            self.finish(ANA, last, Outcome::GatewayFailed);
            id
        };
        (0..count).map(die).collect()
    }
}

/// A dead letter goes back to its place, is charged once, and one that was taken back already is
/// skipped.
#[test]
fn a_dead_letter_is_redriven_once() {
    let mut story = Story::begin(ONCE, &[ANA]);
    let ids = story.dead_letters(3);
    assert_eq!(story.broker.counts().dead_lettered, 3);
    let again = [&ids[..], &ids[..1]].concat();
    assert!(story.broker.redrive(at(0), again, None));
    assert!(!story.broker.redrive(at(0), ids.clone(), None), "one lot at a time");
    story.tell(Input::Tick);
    let done = story.broker.end_redrive(false).expect("it is done");
    assert_eq!((done.redriven, done.skipped, done.total), (3, 1, 4));
    let sequences = |story: &Story, from: usize| -> Vec<u32> {
        story.deliveries()[from..].iter().map(|(_, _, delivery)| delivery.sequence).collect()
    };
    assert_eq!(sequences(&story, 3), [0, 1, 2]);
    story.finish(ANA, 3, Outcome::Completed);
    let (counts, ledger) = (story.broker.counts(), story.broker.ledger());
    assert_eq!((counts.completed, counts.dead_lettered), (3, 0));
    assert_eq!((ledger.double_charges, ledger.actual_cents), (0, ledger.expected_cents));
    assert!(ids.iter().all(|id| story.broker.order(*id).is_some_and(|it| it.redriven() == 1)));
}

/// At ten a second the second one is due after a tenth of a second; a full queue is waited for.
#[test]
fn a_redrive_keeps_its_rate_and_waits_for_room() {
    let mut story = Story::begin(Config { queue_limit: 2, ..ONCE }, &[ANA]);
    let ids = story.dead_letters(4);
    story.tell(Input::Pause(ANA));
    assert!(story.broker.redrive(at(0), ids, Some(10.0)));
    for (millis, redriven, waits) in [(0, 1, false), (99, 1, false), (100, 2, true), (400, 2, true)]
    {
        story.wait_until(millis);
        let progress = story.broker.redriving().expect("it is under way");
        assert_eq!((progress.redriven, progress.waits_for_room), (redriven, waits), "{millis}");
    }
    let stopped = story.broker.end_redrive(true).expect("it was under way");
    assert_eq!((stopped.redriven, story.broker.counts().dead_lettered), (2, 2));
}

/// Where an order waits decides what of its customer goes on meanwhile; when, the policy decided.
#[test]
fn an_order_waits_as_long_as_its_policy_says_and_where() {
    for (wait, overtaken) in [(WaitPlace::Lane, false), (WaitPlace::Delayed, true)] {
        let mut story = Story::begin(Config { wait, prefetch: 1, ..CONFIG }, &[ANA]);
        story.publish("ines");
        let (_, lease, first) = story.deliveries()[0];
        let failed = Record {
            outcome: outcome_code(Outcome::GatewayFailed),
            amount: 200_000,
            ..record(lease, &first, Record::FINISHED)
        };
        story.report(ANA, &[failed]);
        assert_eq!(story.broker.counts().delayed, 1);
        story.publish("ines");
        assert_eq!(story.deliveries().len(), 1 + usize::from(overtaken), "{wait:?}");
        if overtaken {
            story.finish(ANA, 1, Outcome::Completed);
        }
        story.wait_until(199);
        assert_eq!(story.broker.counts().delayed, 1, "{wait:?}: it waits for 200 ms");
        story.wait_until(200);
        let (_, _, again) = *story.deliveries().last().expect("there are deliveries");
        assert_eq!((again.number, again.attempt), (first.number, 2), "{wait:?}");
    }
}
