//! Links between threads: frames in buffers that are handed over, not copied by the browser.

use crate::wire::lane::Buffer;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageChannel, MessageEvent};

/// The browser's end of a link, on its way to whom it is for.
pub use web_sys::MessagePort as End;

/// One end of a link.
pub struct Port {
    port: End,
    _on_frame: Option<Closure<dyn FnMut(MessageEvent)>>,
}

impl Port {
    /// An end that came with a message.
    pub const fn new(port: End) -> Self {
        Self { port, _on_frame: None }
    }

    /// Has every frame that comes from the other end handed to `on_frame`, in one buffer that is
    /// used again for the next.
    pub fn listen(&mut self, mut on_frame: impl FnMut(&Buffer) + 'static) {
        let mut buffer = Buffer::default();
        let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if copy_frame(&event.data(), &mut buffer) {
                on_frame(&buffer);
            }
        });
        self.port.set_onmessage(Some(closure.as_ref().unchecked_ref()));
        self._on_frame = Some(closure);
    }

    /// Sends a frame to the other end.
    pub fn send(&self, bytes: &[u8]) {
        let (data, transfer) = handed_over(bytes, &[]);
        // A closed port swallows what is sent to it; nothing else can go wrong with a buffer.
        let _ = self.port.post_message_with_transferable(&data, &transfer);
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.port.set_onmessage(None);
        self.port.close();
    }
}

/// A new link: its two ends, to be handed out.
pub fn link() -> (End, End) {
    let channel = MessageChannel::new().expect("every thread can make a channel");
    (channel.port1(), channel.port2())
}

/// The bytes of a message, if it is a frame at all.
pub fn frame(data: &JsValue) -> Option<Buffer> {
    let mut buffer = Buffer::default();
    copy_frame(data, &mut buffer).then_some(buffer)
}

/// Copies the bytes of a message into a buffer; whether it is a frame at all.
fn copy_frame(data: &JsValue, buffer: &mut Buffer) -> bool {
    let Some(data) = data.dyn_ref::<ArrayBuffer>() else { return false };
    let bytes = Uint8Array::new(data);
    buffer.set_length(bytes.length() as usize);
    bytes.copy_to(buffer.bytes_mut());
    true
}

/// The ends of links that came with a message.
pub fn ports(event: &MessageEvent) -> Vec<End> {
    event.ports().iter().map(JsCast::unchecked_into).collect()
}

/// Bytes in a buffer of their own, and the list of what is handed over with it.
pub fn handed_over(bytes: &[u8], ports: &[End]) -> (JsValue, JsValue) {
    let buffer = Uint8Array::from(bytes).buffer();
    let transfer = Array::of1(&buffer);
    for port in ports {
        transfer.push(port);
    }
    (buffer.into(), transfer.into())
}
