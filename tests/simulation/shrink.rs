//! From a long history that fails to a short one that fails too.

use super::plan::Plan;
use convoy_lab::sim::Faults;

/// The most lives that are tried.
const TRIES: usize = 400;

/// Leaves out whatever is not needed for `fails`: acts in ever smaller pieces, kinds of faults,
/// orders.
pub fn shrink(mut plan: Plan, fails: impl Fn(&Plan) -> bool) -> Plan {
    let mut left = TRIES;
    let mut attempt = |candidate: Plan, plan: &mut Plan| {
        let better = left > 0 && fails(&candidate);
        left = left.saturating_sub(1);
        if better {
            *plan = candidate;
        }
        better
    };
    let mut piece = plan.acts.len().max(1);
    loop {
        let mut start = 0;
        while start < plan.acts.len() {
            let mut candidate = plan.clone();
            candidate.acts.drain(start..(start + piece).min(plan.acts.len()));
            if !attempt(candidate, &mut plan) {
                start += piece;
            }
        }
        if piece == 1 {
            break;
        }
        piece = piece.div_ceil(2);
    }
    let without: [fn(&mut Faults); 4] =
        [|f| f.lose = 0.0, |f| f.double = 0.0, |f| f.delay = 0.0, |f| f.reorder = 0.0];
    for change in without {
        let mut candidate = plan.clone();
        change(&mut candidate.faults);
        attempt(candidate, &mut plan);
    }
    while plan.scenario.burst.orders > 1 {
        let mut candidate = plan.clone();
        candidate.scenario.burst.orders /= 2;
        if !attempt(candidate, &mut plan) {
            break;
        }
    }
    plan
}
