//! `window.convoy`: carries calls of the scripting API in and answers out, as JSON text.
//!
//! What the calls mean is the caller's business. This only turns a call into a promise, and a
//! refusal into an `Error` with `code` and `field`.

use crate::core::refusal::{Problem, Refusal};
use js_sys::{Array, Error, JSON, Object, Promise, Reflect};
use std::{future::Future, pin::Pin, rc::Rc};
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::future_to_promise;

/// What `convoy.version` says.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    /// The page's version.
    pub app: &'static str,
    /// The version of the frames between its threads.
    pub protocol: u16,
    /// The fingerprint of the sources that it was built from.
    pub build: &'static str,
}

/// Answers a call: the function's name and its arguments as a JSON array, to a JSON text.
pub type Dispatch = Rc<dyn Fn(&'static str, String) -> Answer>;

/// An answer to come.
pub type Answer = Pin<Box<dyn Future<Output = Result<String, Refusal>>>>;

/// A function of the scripting API. None takes more than two arguments; JavaScript drops what
/// is too many, and gives `undefined` for what is missing.
type Entry = Closure<dyn Fn(JsValue, JsValue) -> Promise>;

/// Sets `window.convoy`, with one function per name; `ready` resolves `convoy.ready`.
///
/// # Panics
/// Off the page's thread, where there is no window.
pub fn install(
    functions: &[&'static str],
    version: Version,
    ready: impl Future<Output = ()> + 'static,
    dispatch: Dispatch,
) {
    let convoy = Object::new();
    set(
        &convoy,
        "ready",
        &future_to_promise(async {
            ready.await;
            Ok(JsValue::UNDEFINED)
        }),
    );
    set(&convoy, "version", &version_object(version));
    let replacer = Rc::new(replacer());
    for &name in functions {
        let (dispatch, replacer) = (dispatch.clone(), replacer.clone());
        let entry = Entry::new(move |first, second| {
            let arguments = stringify(&Array::of2(&first, &second), &replacer);
            let dispatch = dispatch.clone();
            future_to_promise(async move {
                let answer = match arguments {
                    Ok(arguments) => dispatch(name, arguments).await,
                    Err(refusal) => Err(refusal),
                };
                answer.map_err(|refusal| error(&refusal)).and_then(|json| JSON::parse(&json))
            })
        });
        // Leaked on purpose: the function lives as long as the page.
        set(&convoy, name, &entry.into_js_value());
    }
    let window = web_sys::window().expect("the page's thread has a window");
    set(&window, "convoy", &convoy);
}

fn version_object(version: Version) -> Object {
    let object = Object::new();
    set(&object, "app", &version.app.into());
    set(&object, "protocol", &version.protocol.into());
    set(&object, "build", &version.build.into());
    object
}

fn set(object: &JsValue, name: &str, value: &JsValue) {
    let done = Reflect::set(object, &name.into(), value);
    assert_eq!(done, Ok(true), "a plain object takes a property");
}

/// The arguments as JSON.
fn stringify(arguments: &Array, replacer: &Replacer) -> Result<String, Refusal> {
    // It throws for circular objects, and whatever a `toJSON` throws.
    JSON::stringify_with_replacer(arguments, replacer.as_ref()).map(String::from).map_err(|_| {
        let expected = "plain data that JSON can carry";
        Refusal::new("arguments", Problem::WrongType(expected.into()))
    })
}

type Replacer = Closure<dyn Fn(JsValue, JsValue) -> JsValue>;

/// JSON silently makes NaN and the infinities null, and drops functions and symbols; a BigInt
/// throws. An empty list stands for them instead: it is of the wrong type wherever it is met,
/// and so the refusal names the field.
fn replacer() -> Replacer {
    Closure::new(|_name: JsValue, value: JsValue| {
        let unfit = value.as_f64().is_some_and(|number| !number.is_finite())
            || value.is_bigint()
            || value.is_function()
            || value.is_symbol();
        if unfit { Array::new().into() } else { value }
    })
}

fn error(refusal: &Refusal) -> JsValue {
    let error = Error::new(&refusal.to_string());
    set(&error, "code", &refusal.code.name().into());
    set(&error, "field", &refusal.field.as_str().into());
    error.into()
}
