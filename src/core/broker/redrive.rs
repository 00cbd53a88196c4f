//! Redriving: dead letters go back to their lanes, a few at a time.
//!
//! A redriven order waits in its place by number, before everything that came later and has not
//! been handed out yet; what was handed out meanwhile has overtaken it, which is what redriving
//! costs. Its deliveries are counted anew. What it was charged was given back when it died, and
//! its idempotency key still stands, so that it cannot be charged twice.

use super::{Broker, Timer};
use crate::core::{
    ids::OrderId,
    orders::{Order, State},
    time::{Span, Timestamp},
};
use std::collections::VecDeque;

/// Orders redriven in one go, so that the rest of the lab waits only so long.
const SLICE: u64 = 4_096;

/// Some dead letters on their way back.
#[derive(Clone, Debug)]
pub(super) struct Redriving {
    orders: VecDeque<OrderId>,
    began_at: Timestamp,
    progress: Redriven,
}

/// How far a redrive is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Redriven {
    /// Orders that were asked for.
    pub total: u64,
    /// Those back in their lanes.
    pub redriven: u64,
    /// Those that were no dead letters any more.
    pub skipped: u64,
    /// At most so many in a second; without it as fast as there is room.
    pub rate_per_second: Option<f64>,
    /// The queue is full, and it waits for room.
    pub waits_for_room: bool,
}

impl Broker {
    /// Begins to redrive some dead letters; false when others are on their way, of which there is
    /// one lot at a time. The rate is above zero. Goes on in [`Broker::handle`].
    pub fn redrive(&mut self, now: Timestamp, orders: Vec<OrderId>, rate: Option<f64>) -> bool {
        if self.redriving.is_some() {
            return false;
        }
        let progress = Redriven {
            total: orders.len() as u64,
            redriven: 0,
            skipped: 0,
            rate_per_second: rate,
            waits_for_room: false,
        };
        self.redriving =
            Some(Redriving { orders: orders.into(), began_at: self.now.max(now), progress });
        true
    }

    /// How far the redrive is, if there is one.
    pub fn redriving(&self) -> Option<Redriven> {
        self.redriving.as_ref().map(|redriving| redriving.progress)
    }

    /// Ends the redrive when it is done, or at once if `stop`, and says how far it came.
    pub fn end_redrive(&mut self, stop: bool) -> Option<Redriven> {
        let done = |redriving: &mut Redriving| stop || redriving.orders.is_empty();
        self.redriving.take_if(done).map(|redriving| redriving.progress)
    }

    /// Takes back what is due.
    pub(super) fn redrive_due(&mut self) {
        let Some(mut redriving) = self.redriving.take() else { return };
        let progress = &mut redriving.progress;
        let done = progress.redriven + progress.skipped;
        let due = match progress.rate_per_second {
            None => SLICE,
            Some(rate) => {
                let seconds = self.now.since(redriving.began_at).as_millis_f64() / 1_000.0;
                ((seconds * rate) as u64 + 1).saturating_sub(done).min(SLICE)
            }
        };
        let room = u64::from(self.config.queue_limit).saturating_sub(self.counts.ready);
        progress.waits_for_room = room == 0 && !redriving.orders.is_empty();
        let mut slots = Vec::new();
        for _ in 0..due {
            if slots.len() as u64 == room {
                break;
            }
            let Some(id) = redriving.orders.pop_front() else { break };
            let dead = self.orders.find(id).filter(|(_, order)| order.state == State::Dead);
            match dead.map(|(slot, _)| slot) {
                Some(slot) => {
                    self.revive(slot);
                    slots.push(slot);
                }
                None => progress.skipped += 1,
            }
        }
        progress.redriven += slots.len() as u64;
        self.redriving = Some(redriving);
        if !slots.is_empty() {
            self.counts.dead_lettered -= slots.len() as u64;
            self.counts.redriven += slots.len() as u64;
            self.orders.forget_revived();
            self.readmit(slots);
        }
    }

    fn revive(&mut self, slot: u32) {
        self.orders.unend(slot);
        let order = &mut self.orders[slot];
        order.state = State::Ready;
        order.deliveries = 0;
        order.dead_reason = None;
        order.marks = order.marks.saturating_add(Order::REDRIVEN)
            & !(Order::PAID | Order::RESERVED | Order::IN_LANE);
    }

    /// When more is due.
    pub(super) fn redrive_timeout(&self) -> Option<(Timestamp, Timer)> {
        let redriving = self.redriving.as_ref().filter(|it| !it.orders.is_empty())?;
        let progress = &redriving.progress;
        if self.counts.ready >= u64::from(self.config.queue_limit) {
            // Whatever makes room looks after it.
            return None;
        }
        let at = match progress.rate_per_second {
            None => self.now,
            Some(rate) => {
                let seconds = (progress.redriven + progress.skipped) as f64 / rate;
                redriving.began_at + Span::from_millis_f64((seconds * 1_000.0).ceil())
            }
        };
        // One go at a time, so that others have their turn.
        Some((at.max(self.now + Span::from_micros(1)), Timer::Redrive))
    }

    /// Changes what a dead letter orders; false when it is none. (A charge of the old amount that
    /// a consumer reports only now stays what it was.)
    pub fn edit_dead(&mut self, id: OrderId, sku: u16, pieces: u32, amount_cents: u64) -> bool {
        let Some(slot) = self.orders.find(id).map(|(slot, _)| slot) else { return false };
        let order = &mut self.orders[slot];
        if order.state != State::Dead {
            return false;
        }
        (order.sku, order.pieces, order.amount_cents) = (sku, pieces, amount_cents);
        true
    }
}
