//! The deterministic twin's entry point.

fn main() {
    console_error_panic_hook::set_once();
    convoy_lab::runtime::twin::run();
}
