//! Being called again: at a time, or as soon as the messages that wait have been read.

use crate::core::time::Timestamp;
use gloo_timers::callback::Timeout;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageChannel, MessagePort};

/// A call to a thread's own loop. Any number of requests before the call make one call.
pub struct Alarm {
    call: Rc<dyn Fn()>,
    /// The time that is set, until it has come.
    timeout: Rc<RefCell<Option<(Timestamp, Timeout)>>>,
    bell: MessagePort,
    rung: Rc<Cell<bool>>,
}

impl Alarm {
    /// An alarm that calls `call`.
    pub fn new(call: impl Fn() + 'static) -> Self {
        let call: Rc<dyn Fn()> = Rc::new(call);
        let rung = Rc::new(Cell::new(false));
        let channel = MessageChannel::new().expect("every thread can make a channel");
        let on_message = {
            let (call, rung) = (call.clone(), rung.clone());
            Closure::<dyn Fn()>::new(move || {
                rung.set(false);
                call();
            })
        };
        channel.port2().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // An alarm lives as long as its thread.
        on_message.forget();
        Self { call, timeout: Rc::default(), bell: channel.port1(), rung }
    }

    /// Calls as soon as the messages that wait have been read. Unlike a timer of no length,
    /// browsers do not stretch this to 4 ms.
    pub fn ring(&self) {
        if !self.rung.replace(true) {
            let _ = self.bell.post_message(&JsValue::NULL);
        }
    }

    /// Calls at a time at the latest. An earlier time that was set before still counts: whoever
    /// is called too early sets the alarm again. So a thread that moves its alarm with every
    /// message rarely moves the browser's timer, which is slow.
    pub fn set(&self, now: Timestamp, at: Option<Timestamp>) {
        let mut timeout = self.timeout.borrow_mut();
        let Some(at) = at else {
            *timeout = None;
            return;
        };
        if timeout.as_ref().is_some_and(|(set, _)| *set <= at) {
            return;
        }
        let millis = at.since(now).as_micros().div_ceil(1_000).min(60_000) as u32;
        let (call, own) = (self.call.clone(), self.timeout.clone());
        let ring = move || {
            // Its time has come: the call may set another.
            drop(own.borrow_mut().take());
            call();
        };
        *timeout = Some((at, Timeout::new(millis, ring)));
    }
}
