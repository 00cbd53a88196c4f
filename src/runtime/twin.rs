//! The twin's thread: one run after the other, each as fast as it goes.

use crate::platform::{
    clock,
    worker::{self, complain},
};
use crate::sim::twin;
use crate::wire::{
    BUILD, hello,
    twin::{TwinAnswer, decode_order, encode_answer},
};

/// Runs what the page orders, for as long as the thread lives.
pub fn run() {
    worker::listen(|frame, _| match decode_order(frame.bytes()) {
        Ok(order) => {
            let began_at = clock::now();
            let run = twin::run(&order.scenario, order.until_ms);
            let wall_ms = clock::now().since(began_at).as_millis_f64();
            worker::send(&encode_answer(&TwinAnswer { id: order.id, run, wall_ms }));
        }
        Err(bad) => complain(&format!("a frame of the page was refused: {bad}")),
    });
    worker::send(&hello::encode(BUILD));
}
