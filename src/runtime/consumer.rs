//! A consumer's thread: work, report, wait.
//!
//! A wait is a timer; a service time that is spent computing is a loop around the clock. Either
//! way the thread reads its messages at least every few milliseconds.

use crate::core::time::Span;
use crate::platform::{
    clock,
    port::Port,
    timer::Alarm,
    worker::{self, complain},
};
use crate::shop::consumer::Consumer;
use crate::wire::{
    BUILD, hello,
    lane::{Buffer, decode_input, encode_begin_anew, encode_report},
};
use std::{cell::RefCell, rc::Rc};

/// How long it works before it reads its messages.
const SLICE: Span = Span::from_millis(8);

/// Orders worked on between two looks at the clock.
const STRIDE: u32 = 64;

struct Thread {
    consumer: Consumer,
    link: Option<Port>,
    alarm: Option<Alarm>,
}

/// Runs a consumer in this thread, for as long as the thread lives.
pub fn run() {
    let thread =
        Rc::new(RefCell::new(Thread { consumer: Consumer::new(), link: None, alarm: None }));
    let alarm = {
        let thread = thread.clone();
        Alarm::new(move || thread.borrow_mut().go_on())
    };
    thread.borrow_mut().alarm = Some(alarm);
    let shared = thread;
    worker::listen(move |_, ports| {
        let Some(port) = ports.into_iter().next() else { return };
        let mut link = Port::new(port);
        let thread = shared.clone();
        link.listen(move |frame| thread.borrow_mut().on_frame(frame));
        let mut thread = shared.borrow_mut();
        thread.link = Some(link);
        thread.go_on();
    });
    worker::send(&hello::encode(BUILD));
}

impl Thread {
    fn on_frame(&mut self, frame: &Buffer) {
        match decode_input(frame) {
            Ok((sent, header, input)) => self.consumer.handle(clock::now(), sent, header, input),
            Err(bad) => complain(&format!("a frame of the broker was refused: {bad}")),
        }
        self.go_on();
    }

    fn go_on(&mut self) {
        let mut now = clock::now();
        let until = now + SLICE;
        loop {
            self.consumer.work(now, STRIDE);
            if self.consumer.take_question(now) {
                self.send(&encode_begin_anew(self.consumer.now()));
            }
            if self.consumer.is_report_due(now) {
                self.report();
            }
            now = clock::now();
            let Some(wake_at) = self.consumer.wake_at() else { break };
            let go_on = wake_at <= now || self.consumer.burns();
            if !go_on || now >= until {
                break;
            }
        }
        self.report();
        let now = clock::now();
        let (wake_at, burns) = (self.consumer.wake_at(), self.consumer.burns());
        let Some(alarm) = &self.alarm else { return };
        match wake_at {
            Some(at) if at <= now || burns => alarm.ring(),
            at => alarm.set(now, at),
        }
    }

    fn report(&mut self) {
        if let Some(outgoing) = self.consumer.take_report(clock::now()) {
            let bytes = encode_report(&outgoing, self.consumer.now());
            self.send(&bytes);
        }
    }

    fn send(&self, bytes: &[u8]) {
        if let Some(link) = &self.link {
            link.send(bytes);
        }
    }
}
