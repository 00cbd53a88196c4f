//! Orders in: from the shop, checked and priced, and from a burst, a slice at a time.

use super::Host;
use crate::core::{
    broker::Draft,
    ids::OrderId,
    obstacle::Obstacle,
    refusal::{Problem, Refusal, shortened},
    rng::mix,
    time::{Span, Timestamp},
};
use crate::scenario::read::check_label;
use crate::shop::catalogue::{
    self, CUSTOMER_MAX, IDEMPOTENCY_KEY_MAX, MAX_LINES, MAX_QUANTITY, PRODUCTS,
};
use crate::wire::page::{Line, NewOrder, Reply, Submitted};

/// What a submission came to.
pub(super) enum Outcome {
    Accepted(OrderId),
    Full { retry_after: Span },
    Refused(Refusal),
}

/// The answer to a submission that took so long.
pub(super) fn reply(outcome: Outcome, took: Span) -> Reply {
    match outcome {
        Outcome::Accepted(order) => {
            Reply::Submitted(Submitted::Accepted { order, accept_ms: took.as_millis_f64() })
        }
        Outcome::Full { retry_after } => {
            Reply::Submitted(Submitted::Full { retry_after_ms: retry_after.as_millis_f64() })
        }
        Outcome::Refused(refusal) => Reply::Refused(refusal),
    }
}

impl Host {
    /// Takes an order from the shop.
    pub(super) fn submit(&mut self, now: Timestamp, order: &NewOrder) -> Outcome {
        match self.try_submit(now, order) {
            Ok(outcome) => outcome,
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    fn try_submit(&mut self, now: Timestamp, order: &NewOrder) -> Result<Outcome, Refusal> {
        check_label(&order.customer, CUSTOMER_MAX).map_err(|refusal| refusal.within("customer"))?;
        let (sku, pieces, amount_cents) = price(&order.lines)?;
        let print = fingerprint(order);
        if let Some(key) = &order.idempotency_key {
            check_label(key, IDEMPOTENCY_KEY_MAX)
                .map_err(|refusal| refusal.within("idempotencyKey"))?;
            match self.broker.submitted_before(key) {
                Some((id, before)) if before == print => return Ok(Outcome::Accepted(id)),
                Some(_) => {
                    let problem = Problem::Stands(Obstacle::KeyUsed);
                    return Err(Refusal::new("idempotencyKey", problem));
                }
                None => {}
            }
        }
        let Some(key) = self.broker.customer(&order.customer) else {
            return Err(Refusal::new("customer", Problem::Stands(Obstacle::ManyCustomers)));
        };
        Ok(match self.broker.publish(now, Draft { key, amount_cents, sku, pieces }) {
            Ok(id) => {
                if let Some(key) = &order.idempotency_key {
                    self.broker.remember_submission(key, id, print);
                }
                Outcome::Accepted(id)
            }
            Err(_) => Outcome::Full { retry_after: self.retry_after() },
        })
    }

    /// How long a full queue needs for one order, from the present pace; between 10 ms and 10 s.
    fn retry_after(&self) -> Span {
        let pace = self.broker.stats().completion_per_second;
        let millis = if pace > 0.0 { 1000.0 / pace } else { 1000.0 };
        Span::from_millis_f64(millis.clamp(10.0, 10_000.0))
    }

    /// Takes what is due of the burst, at most `most` orders.
    pub(super) fn arrive(&mut self, now: Timestamp, most: u32) {
        let Some(running) = &mut self.burst else { return };
        let due = running.arrivals.due(now).min(most);
        for _ in 0..due {
            let arrival = running.arrivals.next_order();
            let product = &PRODUCTS[arrival.sku as usize];
            let price = u64::from(product.price_cents) * u64::from(arrival.pieces);
            let amount_cents = running.amount_cents.map_or(price, u64::from);
            let key = self.broker.numbered_customer(running.arrivals.family, arrival.customer);
            let accepted = key.is_some_and(|key| {
                let draft = Draft { key, amount_cents, sku: arrival.sku, pieces: arrival.pieces };
                self.broker.publish(now, draft).is_ok()
            });
            running.report.accepted += u64::from(accepted);
            running.report.rejected += u64::from(!accepted);
        }
        if running.arrivals.is_over() {
            self.end_burst(now);
        }
    }
}

/// The first line's product, the pieces and the price of an order.
pub(super) fn price(lines: &[Line]) -> Result<(u16, u32, u64), Refusal> {
    if lines.is_empty() {
        return Err(Refusal::new("lines", Problem::Empty));
    }
    if lines.len() > MAX_LINES {
        return Err(Refusal::new("lines", Problem::TooLong { max: MAX_LINES as u32 }));
    }
    let (mut first, mut pieces, mut cents) = (None, 0, 0);
    for (index, line) in lines.iter().enumerate() {
        let at = |field: &str| format!("lines[{index}].{field}");
        let Some((sku, product)) = catalogue::find(&line.sku) else {
            return Err(Refusal::new(at("sku"), Problem::Unknown(shortened(&line.sku))));
        };
        if line.quantity == 0 || line.quantity > MAX_QUANTITY {
            let range = Problem::OutOfRange { min: 1.0, max: f64::from(MAX_QUANTITY) };
            return Err(Refusal::new(at("quantity"), range));
        }
        first = first.or(Some(sku));
        pieces += line.quantity;
        cents += u64::from(line.quantity) * u64::from(product.price_cents);
    }
    Ok((first.unwrap_or_default(), pieces, cents))
}

/// A hash of what an order says, to tell whether the same key comes with another order.
fn fingerprint(order: &NewOrder) -> u64 {
    let bytes = |text: &str, start: u64| text.bytes().fold(start, |h, b| mix(h ^ u64::from(b)));
    order.lines.iter().fold(bytes(&order.customer, 1), |hash, line| {
        mix(bytes(&line.sku, mix(hash)) ^ u64::from(line.quantity) << 8)
    })
}
