//! `window.convoy` in a real browser: how arguments get in, and how refusals come out.
#![cfg(target_arch = "wasm32")]

use convoy_lab::core::refusal::{Problem, Refusal};
use convoy_lab::platform::console::{Answer, Version, install};
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// `echo` gives its arguments back, `refuse` refuses.
fn install_echo() {
    let version = Version { app: "1", protocol: 2, build: "b" };
    let dispatch = |function: &'static str, arguments: String| -> Answer {
        Box::pin(async move {
            match function {
                "echo" => Ok(arguments),
                _ => Err(Refusal::new("a.b", Problem::Unknown("x".into()))),
            }
        })
    };
    install(&["echo", "refuse"], version, async {}, Rc::new(dispatch));
}

/// What `expression`, a promise, gives, as JSON; of an error its code, field and message.
async fn check(expression: &str, expected: &str) {
    install_echo();
    let body = format!(
        "return (async () => {{ try {{ return JSON.stringify(await ({expression}) ?? null); }} \
         catch (e) {{ return [e instanceof Error, e.code, e.field, e.message].join('|'); }} }})()"
    );
    let promise: Promise = Function::new_no_args(&body)
        .call0(&JsValue::NULL)
        .expect("the expression compiles")
        .unchecked_into();
    let text = JsFuture::from(promise).await.expect("everything is caught");
    assert_eq!(text.as_string().as_deref(), Some(expected), "{expression}");
}

#[wasm_bindgen_test]
async fn arguments_get_in_as_json() {
    check("convoy.echo()", "[null,null]").await;
    check("convoy.echo(1, 'ñ', 3)", r#"[1,"ñ"]"#).await;
    check("convoy.echo({a: undefined, b: [true, null]})", r#"[{"b":[true,null]},null]"#).await;
}

#[wasm_bindgen_test]
async fn what_json_would_swallow_becomes_a_list_which_is_of_the_wrong_type() {
    check("convoy.echo(NaN, -Infinity)", "[[],[]]").await;
    check("convoy.echo({n: 1n, f: () => 1, s: Symbol('s')})", r#"[{"n":[],"f":[],"s":[]},null]"#)
        .await;
}

#[wasm_bindgen_test]
async fn what_json_cannot_carry_is_refused() {
    let refused = "true|invalid|arguments|arguments: must be plain data that JSON can carry";
    check("(() => { const o = {}; o.o = o; return convoy.echo(o); })()", refused).await;
    check("convoy.echo({toJSON() { throw 1; }})", refused).await;
}

#[wasm_bindgen_test]
async fn refusals_are_errors_with_code_and_field() {
    check("convoy.refuse()", "true|not_found|a.b|a.b: there is no “x”").await;
}

#[wasm_bindgen_test]
async fn ready_and_version_are_there_and_nothing_else() {
    check("convoy.ready", "null").await;
    check("convoy.version", r#"{"app":"1","protocol":2,"build":"b"}"#).await;
    check("Object.keys(convoy)", r#"["ready","version","echo","refuse"]"#).await;
}
