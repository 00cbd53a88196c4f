//! The twin's thread: one run after the other, each as fast as it goes.

use crate::platform::{
    clock,
    worker::{self, complain},
};
use crate::sim::{jitter, twin};
use crate::wire::{
    BUILD, hello,
    twin::{Answered, JitterAnswer, TwinAnswer, Wanted, decode_wanted, encode_answered},
};

/// Runs what the page orders, for as long as the thread lives.
pub fn run() {
    worker::listen(|frame, _| match decode_wanted(frame.bytes()) {
        Ok(Wanted::Run(order)) => {
            let began_at = clock::now();
            let run = twin::run(&order.scenario, order.until_ms);
            let wall_ms = clock::now().since(began_at).as_millis_f64();
            let answer = TwinAnswer { id: order.id, run, wall_ms };
            worker::send(&encode_answered(&Answered::Run(answer)));
        }
        Ok(Wanted::Jitter(order)) => {
            let rows = jitter::rows(order.clients, order.runs, order.seed);
            let answer = JitterAnswer { id: order.id, rows };
            worker::send(&encode_answered(&Answered::Jitter(answer)));
        }
        Err(bad) => complain(&format!("a frame of the page was refused: {bad}")),
    });
    worker::send(&hello::encode(BUILD));
}
