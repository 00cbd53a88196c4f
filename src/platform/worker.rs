//! Threads: a worker as the page holds it, and a worker's own view of the page.

use super::port::{frame, handed_over, ports};
use crate::wire::lane::Buffer;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    DedicatedWorkerGlobalScope, ErrorEvent, MessageEvent, MessagePort, Url, WorkerOptions,
    WorkerType,
};

/// The script that starts the binary of the broker and the consumers.
pub const LAB: &str = "worker_loader.js";

/// The script that starts the binary of the twin.
pub const TWIN: &str = "twin_loader.js";

/// A thread as the page holds it.
pub struct Worker {
    worker: web_sys::Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Worker {
    /// Starts a thread of the binary of `script` that is told its role by its name. `build` tells
    /// the worker files of different builds apart in the browser's cache.
    ///
    /// # Errors
    /// When the browser refuses to start a worker; the text is the browser's.
    pub fn start(
        script: &str,
        role: &str,
        build: &str,
        mut on_frame: impl FnMut(Buffer) + 'static,
        mut on_error: impl FnMut(String) + 'static,
    ) -> Result<Self, String> {
        let base = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.base_uri().ok().flatten())
            .unwrap_or_default();
        let text = |error: wasm_bindgen::JsValue| format!("{error:?}");
        let url = Url::new_with_base(&format!("{script}?v={build}"), &base).map_err(text)?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(role);
        let worker = web_sys::Worker::new_with_options(&url.href(), &options).map_err(text)?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(frame) = frame(&event.data()) {
                on_frame(frame);
            }
        });
        let on_failure = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            // A script that cannot be loaded gives an event without a message.
            on_error(event.message());
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_failure.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_failure })
    }

    /// Sends a frame, and ends of links with it.
    pub fn send(&self, bytes: &[u8], ports: &[MessagePort]) {
        let (data, transfer) = handed_over(bytes, ports);
        let _ = self.worker.post_message_with_transfer(&data, &transfer);
    }

    /// Ends the thread at once, in the middle of whatever it does.
    pub fn terminate(&self) {
        self.worker.terminate();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// The role that the page gave this thread.
pub fn role() -> String {
    scope().name()
}

/// Has every frame from the page, and the ends of links that came with it, handed to `on_frame`
/// for as long as this thread lives.
pub fn listen(mut on_frame: impl FnMut(Buffer, Vec<MessagePort>) + 'static) {
    let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(frame) = frame(&event.data()) {
            on_frame(frame, ports(&event));
        }
    });
    scope().set_onmessage(Some(closure.as_ref().unchecked_ref()));
    closure.forget();
}

/// Sends a frame to the page.
pub fn send(bytes: &[u8]) {
    let (data, transfer) = handed_over(bytes, &[]);
    let _ = scope().post_message_with_transfer(&data, &transfer);
}

/// Says something on the browser's console, for what only a programmer can mend.
pub fn complain(text: &str) {
    web_sys::console::error_1(&text.into());
}
