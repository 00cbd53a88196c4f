//! Links between threads, in a real browser: frames are handed over whole and in order.
#![cfg(target_arch = "wasm32")]

use convoy_lab::{
    core::{
        broker::{Header, Output},
        delivery::Delivery,
        ids::WorkerId,
        time::Timestamp,
    },
    host::Host,
    platform::{
        clock,
        port::{self, Port},
    },
    scenario::Scenario,
    shop::consumer::Input,
    wire::{
        BUILD, Bad, hello,
        lane::{Buffer, decode_input, encode_output},
    },
};
use futures_channel::oneshot;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Sends frames over a new link and gives what arrives at the other end.
async fn carry(frames: &[Vec<u8>]) -> Vec<Buffer> {
    let (near, far) = port::link();
    let (near, mut far) = (Port::new(near), Port::new(far));
    let arrived = Rc::new(RefCell::new(Vec::new()));
    let (sender, receiver) = oneshot::channel();
    let mut sender = Some(sender);
    let (sink, count) = (arrived.clone(), frames.len());
    far.listen(move |frame| {
        sink.borrow_mut().push(frame.clone());
        if sink.borrow().len() == count
            && let Some(sender) = sender.take()
        {
            let _ = sender.send(());
        }
    });
    for frame in frames {
        near.send(frame);
    }
    receiver.await.expect("the far end lives as long as this function");
    arrived.take()
}

#[wasm_bindgen_test]
async fn a_batch_of_orders_arrives_as_it_was_sent() {
    let items: Vec<_> =
        (0..4096).map(|slot| Delivery { slot, number: slot * 3, ..Delivery::default() }).collect();
    let output = Output::Deliver {
        worker: WorkerId(1),
        header: Header { incarnation: 7, sequence: 9 },
        lease: 11,
        deadline: Timestamp::from_micros(12),
        items: items.clone(),
    };
    let model = *Host::new(Timestamp::ZERO, Scenario::default()).model();
    let frame = encode_output(&output, Timestamp::from_micros(5), &model).expect("it is sent");
    let arrived = carry(&[frame]).await;
    let (sent, header, input) = decode_input(&arrived[0]).expect("it is a frame");
    assert_eq!((sent.as_micros(), header.incarnation, header.sequence), (5, 7, 9));
    let Input::Deliver { lease: 11, items: received, .. } = input else {
        panic!("it is a delivery of lease 11");
    };
    assert_eq!(received, items);
}

#[wasm_bindgen_test]
async fn frames_of_every_length_arrive_in_order() {
    let frames: Vec<Vec<u8>> = (0..200_u8).map(|n| vec![n; usize::from(n) * 37]).collect();
    let arrived = carry(&frames).await;
    assert!(arrived.iter().map(Buffer::bytes).eq(frames.iter().map(Vec::as_slice)));
}

#[wasm_bindgen_test]
fn a_frame_is_handed_over_not_copied() {
    let (near, _far) = port::link();
    let (data, transfer) = port::handed_over(&[1, 2, 3], &[]);
    near.post_message_with_transferable(&data, &transfer).expect("a buffer can be posted");
    let buffer: js_sys::ArrayBuffer = data.unchecked_into();
    assert_eq!(buffer.byte_length(), 0, "the sender keeps nothing");
}

#[wasm_bindgen_test]
fn what_is_no_frame_is_left_alone() {
    for data in [JsValue::NULL, JsValue::from_str("hello"), JsValue::from_f64(1.0)] {
        assert!(port::frame(&data).is_none());
    }
}

#[wasm_bindgen_test]
async fn a_hello_tells_the_build_and_nothing_else_is_one() {
    let arrived = carry(&[hello::encode(BUILD), hello::encode("other"), vec![0; 64]]).await;
    assert_eq!(hello::decode(arrived[0].bytes()), Ok(BUILD));
    assert_eq!(hello::decode(arrived[1].bytes()), Ok("other"));
    assert_eq!(hello::decode(arrived[2].bytes()), Err(Bad::Foreign));
}

#[wasm_bindgen_test]
fn the_clock_is_the_calendars_and_never_runs_backwards() {
    let calendar = js_sys::Date::now();
    let first = clock::now();
    assert!((first.as_millis_f64() - calendar).abs() < 60_000.0);
    assert!((0..1000).all(|_| clock::now() >= first));
}
