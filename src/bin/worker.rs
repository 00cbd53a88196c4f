//! The worker's entry point: takes the role that the page gave it.

use convoy_lab::{
    platform::worker,
    runtime::{broker, consumer, role},
};

fn main() {
    console_error_panic_hook::set_once();
    match worker::role().as_str() {
        role::BROKER => broker::run(),
        role::CONSUMER => consumer::run(),
        other => worker::complain(&format!("there is no role {other:?}")),
    }
}
