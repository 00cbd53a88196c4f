//! What the browser remembers for us: a few short texts, per site or per tab.
//!
//! Storage may be forbidden or full. Then nothing is remembered, and the page works all the same.

use web_sys::Storage;

/// How long something is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Until the user clears it: preferences.
    Site,
    /// As long as the tab lives: what was ordered.
    Tab,
}

/// The longest text that is kept, in bytes.
const MAX_BYTES: usize = 100_000;

/// The text remembered under `key`.
pub fn recall(memory: Memory, key: &str) -> Option<String> {
    storage(memory)?.get_item(key).ok().flatten()
}

/// Remembers `text` under `key`; does nothing when it is too long or storage refuses.
pub fn remember(memory: Memory, key: &str, text: &str) {
    if text.len() > MAX_BYTES {
        return;
    }
    if let Some(storage) = storage(memory) {
        // Private windows and full disks refuse; the page then forgets, which is all it can do.
        let _ = storage.set_item(key, text);
    }
}

/// Forgets what was remembered under `key`.
pub fn forget(memory: Memory, key: &str) {
    if let Some(storage) = storage(memory) {
        let _ = storage.remove_item(key);
    }
}

fn storage(memory: Memory) -> Option<Storage> {
    let window = web_sys::window()?;
    match memory {
        Memory::Site => window.local_storage(),
        Memory::Tab => window.session_storage(),
    }
    .ok()
    .flatten()
}
