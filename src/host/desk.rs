//! The dead-letter desk: searching, redriving and changing dead letters.

use super::{Host, orders::price};
use crate::core::{
    ids::{KeyId, OrderId},
    obstacle::Obstacle,
    orders::Order,
    refusal::{Problem, Refusal},
    status::{DeadReason, Outcome},
    time::Timestamp,
};
use crate::shop::catalogue::PRODUCTS;
use crate::wire::page::{
    DeadGroup, DeadLetter, DeadLetterPage, DeadLetterQuery, Line, Redrive, RedriveReport, Reply,
};

/// Orders of a redrive, at most.
pub const REDRIVE_MAX: usize = 100_000;

impl Host {
    /// A page of those that match, and all that match by why they died.
    pub(super) fn dead_letters(&self, query: &DeadLetterQuery) -> Reply {
        let mut page = DeadLetterPage::default();
        let mut behind = query.after.is_none();
        // Those that `after` names may have gone: what died after it is behind it as well.
        let after = query.after.and_then(|id| self.broker.order(id)).map(|order| order.stage);
        for (id, order) in self.broker.dead_letters() {
            behind |= after.is_some_and(|stage| order.stage > stage);
            if self.matches(query, id, order) {
                page.total += 1;
                count(&mut page.groups, reason(order), order.last_outcome);
                let behind = behind && page.total > u64::from(query.skip);
                if behind && page.items.len() < query.limit as usize {
                    page.items.push(self.letter(id, order));
                }
            }
            behind |= query.after == Some(id);
        }
        page.groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        Reply::DeadLetters(page)
    }

    fn matches(&self, query: &DeadLetterQuery, id: OrderId, order: &Order) -> bool {
        let keys = self.broker.keys();
        query.reason.is_none_or(|wanted| reason(order) == wanted)
            && query.redriven.is_none_or(|redriven| redriven == (order.redriven() > 0))
            && query.customer.as_deref().is_none_or(|name| keys.name(KeyId(order.key)) == name)
            && query.query.as_deref().is_none_or(|text| {
                keys.name(KeyId(order.key)).contains(text)
                    || id.to_string().contains(text)
                    || reason(order).name().contains(text)
            })
    }

    fn letter(&self, id: OrderId, order: &Order) -> DeadLetter {
        DeadLetter {
            order: id,
            customer: self.broker.keys().name(KeyId(order.key)).into_owned(),
            reason: reason(order),
            attempts: order.deliveries,
            last_outcome: order.last_outcome,
            amount_cents: order.amount_cents,
            pieces: order.pieces,
            sku: PRODUCTS.get(order.sku as usize).map_or("", |product| product.sku).to_owned(),
            redriven: order.redriven().into(),
            dead_ms: self.millis(order.ended_at().unwrap_or_default()),
        }
    }

    /// Begins a redrive; what is not answered at once is when it is over.
    pub(super) fn begin_redrive(
        &mut self,
        now: Timestamp,
        request: u32,
        which: Redrive,
        rate: Option<f64>,
    ) -> Option<Reply> {
        let refuse = |field: &str, problem| Some(Reply::Refused(Refusal::new(field, problem)));
        if rate.is_some_and(|rate| !(0.001..=1_000_000.0).contains(&rate)) {
            let range = Problem::OutOfRange { min: 0.001, max: 1_000_000.0 };
            return refuse("ratePerSecond", range);
        }
        let orders = match which {
            Redrive::Orders(orders) if orders.is_empty() => return refuse("ids", Problem::Empty),
            Redrive::Orders(orders) if orders.len() > REDRIVE_MAX => {
                return refuse("ids", Problem::TooLong { max: REDRIVE_MAX as u32 });
            }
            Redrive::Orders(orders) => orders,
            Redrive::Matching(query) => {
                let dead = self.broker.dead_letters();
                let found = dead.filter(|(id, order)| self.matches(&query, *id, order));
                found.map(|(id, _)| id).collect()
            }
        };
        if !self.broker.redrive(now, orders, rate) {
            return refuse("redrive", Problem::Stands(Obstacle::RedriveRunning));
        }
        self.redrive_request = Some(request);
        self.broker.handle(now, crate::core::broker::Input::Tick);
        self.settle_rest();
        None
    }

    /// Answers whoever asked for the redrive, when it is over or `stop`.
    pub(super) fn settle_redrive(&mut self, stop: bool) {
        if let Some(done) = self.broker.end_redrive(stop)
            && let Some(request) = self.redrive_request.take()
        {
            let report = RedriveReport { redriven: done.redriven, skipped: done.skipped };
            self.answer(request, Reply::Redriven(report));
        }
    }

    /// Changes what a dead letter orders.
    pub(super) fn edit_dead(&mut self, id: OrderId, lines: &[Line]) -> Reply {
        let (sku, pieces, cents) = match price(lines) {
            Ok(priced) => priced,
            Err(refusal) => return Reply::Refused(refusal),
        };
        if self.broker.edit_dead(id, sku, pieces, cents) {
            return Reply::Done;
        }
        let problem = match self.broker.order(id) {
            None => Problem::Unknown(id.to_string()),
            Some(_) => Problem::Stands(Obstacle::NotDead),
        };
        Reply::Refused(Refusal::new("orderId", problem))
    }
}

fn reason(order: &Order) -> DeadReason {
    order.dead_reason.unwrap_or(DeadReason::DeliveryLimit)
}

fn count(groups: &mut Vec<DeadGroup>, reason: DeadReason, last_outcome: Option<Outcome>) {
    let alike =
        |group: &&mut DeadGroup| (group.reason, group.last_outcome) == (reason, last_outcome);
    match groups.iter_mut().find(alike) {
        Some(group) => group.count += 1,
        None => groups.push(DeadGroup { reason, last_outcome, count: 1 }),
    }
}
