//! From a call's arguments, a JSON array, to a [`Call`]: everything is checked here, once.

use super::Call;
use crate::core::{
    ids::{OrderId, WorkerId},
    refusal::{Problem, Refusal, shortened},
};
use crate::scenario::{
    Burst, Deal, Naming,
    fields::{SEED, Visit, WORKERS},
    limits::{real, whole},
    policies,
    read::{self, Object},
};
use crate::shop::catalogue::{self, CUSTOMER_MAX, IDEMPOTENCY_KEY_MAX};
use crate::wire::page::{DeadLetterQuery, Line, NewOrder, Redrive, TraceQuery};
use crate::wire::twin::{JITTER_CLIENTS, JITTER_CLIENTS_MAX, JITTER_RUNS, JITTER_RUNS_MAX};
use serde_json::Value;

/// The longest slug or id that is looked up, in characters.
const NAME_MAX: u32 = 64;

/// The longest text that dead letters are searched for, in characters.
const QUERY_MAX: u32 = 200;

/// The longest key of `murmur2` and `partition`, in characters.
const KEY_MAX: u32 = 10_000;

/// The longest arguments that are read at all, in bytes.
const ARGUMENTS_MAX: u32 = 16_000_000;

/// What the arguments as a whole are called in refusals.
const ARGUMENTS: &str = "arguments";

/// How long `idle` waits unless told.
const IDLE_DEFAULT_MS: u32 = 600_000;

/// The longest wait, and the longest run of the twin, in milliseconds.
const DAY_MS: f64 = 86_400_000.0;

/// The seed of what is drawn for study, unless told.
const STUDY_SEED: u64 = 1;

/// The most numbers of clients of the experiment on jitter.
const CLIENT_NUMBERS: u32 = 100;

/// Records that `trace` gives unless told.
const TRACE_DEFAULT: u32 = 1_000;

/// Dead letters that `redrive` names, at most.
const REDRIVE_MAX: u32 = 100_000;

/// Dead letters that `deadLetters` gives unless told.
const DEAD_LETTERS_DEFAULT: u32 = 100;

/// The call of `function` with `arguments`, a JSON array. Missing and null are the same; an
/// argument too many does nothing, as in JavaScript.
///
/// # Errors
/// The first argument or field of one that is missing, unknown, of the wrong type, too long, out
/// of its limits, or names nothing, by its path: `lines[2].quantity`.
///
/// ```
/// use convoy_lab::console::{Call, parse};
/// assert_eq!(parse("scale", "[3]"), Ok(Call::Scale(3)));
/// let refusal = parse("scale", "[33]").unwrap_err();
/// assert_eq!(refusal.to_string(), "n: must be from 1 to 32");
/// ```
pub fn parse(function: &str, arguments: &str) -> Result<Call, Refusal> {
    let arguments = &Arguments::read(arguments)?;
    let worker = || arguments.required(0, "id", worker_id);
    Ok(match function {
        "config" => Call::Config,
        "configure" => Call::Configure(arguments.required(0, "patch", |value| Ok(value.clone()))?),
        "reset" => arguments.options(reset)?,
        "submit" => {
            Call::Submit(arguments.required(0, "order", |value| read::object(value, order))?)
        }
        "order" => Call::Order(arguments.required(0, "orderId", order_id)?),
        "burst" => Call::Burst(arguments.required(0, "burst", |value| read::object(value, burst))?),
        "idle" => arguments.options(idle)?,
        "snapshot" => Call::Snapshot,
        "trace" => Call::Trace(arguments.options(trace)?),
        "workers" => Call::Workers,
        "scale" => Call::Scale(arguments.required(0, "n", |n| read::number(n, WORKERS))?),
        "kill" => Call::Kill(worker()?),
        "pause" => Call::Pause(worker()?),
        "resume" => Call::Resume(worker()?),
        "slow" => Call::Slow {
            worker: worker()?,
            factor: arguments.required(1, "factor", |f| read::number(f, real(0.01, 1_000.0)))?,
        },
        "deadLetters" => Call::DeadLetters(arguments.options(dead_letters)?),
        "redrive" => arguments.options(redrive)?,
        "stopRedrive" => Call::StopRedrive,
        "editDeadLetter" => Call::EditDeadLetter {
            order: arguments.required(0, "orderId", order_id)?,
            lines: arguments.required(1, "order", |value| read::object(value, lines))?,
        },
        "unpark" => Call::Unpark,
        "link" => Call::Link,
        "simulate" => arguments.required(0, "run", |value| read::object(value, simulate))?,
        "replayRun" => Call::ReplayRun,
        "murmur2" => Call::Murmur2(arguments.required(0, "key", key)?),
        "partition" => Call::Partition {
            key: arguments.required(0, "key", key)?,
            partitions: arguments.required(1, "n", |n| read::number(n, whole(1.0, 1_000_000.0)))?,
        },
        "backoff" => arguments.required(0, "options", |value| read::object(value, backoff))?,
        "jitterExperiment" => arguments.options(jitter_experiment)?,
        _ => return Err(unknown(function).within("function")),
    })
}

/// The arguments of a call.
struct Arguments(Vec<Value>);

impl Arguments {
    fn read(json: &str) -> Result<Self, Refusal> {
        if json.len() > ARGUMENTS_MAX as usize {
            return Err(Refusal::new(ARGUMENTS, Problem::TooLong { max: ARGUMENTS_MAX }));
        }
        // Among what JavaScript writes, this refuses unpaired surrogates and absurd nesting.
        serde_json::from_str(json).map(Self).map_err(|_| {
            Refusal::new(ARGUMENTS, Problem::WrongType("plain data that JSON can carry".into()))
        })
    }

    /// The argument at `index`, called `name` where it has no fields with names of their own.
    fn required<T>(
        &self,
        index: usize,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        match self.0.get(index) {
            None | Some(Value::Null) => Err(Refusal::new(name, Problem::Missing)),
            Some(value) => read(value).map_err(|refusal| named(refusal, name)),
        }
    }

    /// The first argument, an object that may be left out when all its fields may.
    fn options<T>(
        &self,
        read: impl FnOnce(&mut Object<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let nothing = Value::Object(serde_json::Map::new());
        let value = self.0.first().filter(|value| !value.is_null()).unwrap_or(&nothing);
        read::object(value, read).map_err(|refusal| named(refusal, "options"))
    }
}

/// The refusal with its field, or `name` if it has none.
fn named(refusal: Refusal, name: &str) -> Refusal {
    if refusal.field.is_empty() { refusal.within(name) } else { refusal }
}

fn reset(options: &mut Object<'_>) -> Result<Call, Refusal> {
    let seed = options.maybe("seed", |seed| read::number(seed, SEED))?;
    Ok(Call::Reset { seed })
}

fn idle(options: &mut Object<'_>) -> Result<Call, Refusal> {
    let mut timeout_ms = IDLE_DEFAULT_MS;
    options.number("timeoutMs", &mut timeout_ms, whole(1.0, DAY_MS))?;
    Ok(Call::Idle { timeout_ms })
}

fn simulate(fields: &mut Object<'_>) -> Result<Call, Refusal> {
    let scenario = fields.maybe("scenario", |value| Ok(value.clone()))?;
    let seed = fields.maybe("seed", |seed| read::number(seed, SEED))?;
    let until_ms = fields.required("untilMs", |until| read::number(until, whole(1.0, DAY_MS)))?;
    Ok(Call::Simulate { scenario, seed, until_ms })
}

fn backoff(fields: &mut Object<'_>) -> Result<Call, Refusal> {
    let attempts = fields.maybe("attempts", |value| read::number(value, policies::ATTEMPTS))?;
    let mut policy = fields.required("policy", |value| match value {
        Value::String(name) => policies::preset(name).map(|preset| preset.retry).ok_or_else(|| {
            let ids = policies::PRESETS.iter().map(|preset| preset.id.to_owned());
            Refusal::new("", Problem::NotOneOf(ids.collect()))
        }),
        value => read::object(value, |object| policies::read(object, attempts)),
    })?;
    policy.attempts = attempts.unwrap_or(policy.attempts);
    let mut seed = STUDY_SEED;
    fields.number("seed", &mut seed, SEED)?;
    Ok(Call::Backoff { policy, seed })
}

fn jitter_experiment(options: &mut Object<'_>) -> Result<Call, Refusal> {
    let one = |value: &Value| read::number(value, whole(1.0, f64::from(JITTER_CLIENTS_MAX)));
    let clients = match options.maybe("clients", Ok)? {
        None => JITTER_CLIENTS.to_vec(),
        Some(list @ Value::Array(_)) => read::list("clients", list, CLIENT_NUMBERS, one)?,
        Some(value) => vec![one(value).map_err(|refusal| refusal.within("clients"))?],
    };
    let (mut runs, mut seed) = (JITTER_RUNS, STUDY_SEED);
    options.number("runs", &mut runs, whole(1.0, f64::from(JITTER_RUNS_MAX)))?;
    options.number("seed", &mut seed, SEED)?;
    Ok(Call::JitterExperiment { clients, runs, seed })
}

fn order(order: &mut Object<'_>) -> Result<NewOrder, Refusal> {
    Ok(NewOrder {
        customer: order.required("customer", customer)?,
        lines: lines(order)?,
        idempotency_key: order.maybe("idempotencyKey", |value| {
            read::label(value, IDEMPOTENCY_KEY_MAX).map(str::to_owned)
        })?,
    })
}

fn lines(order: &mut Object<'_>) -> Result<Vec<Line>, Refusal> {
    order.entries("lines", catalogue::MAX_LINES as u32, |value| read::object(value, line))
}

fn line(line: &mut Object<'_>) -> Result<Line, Refusal> {
    let pieces = whole(1.0, f64::from(catalogue::MAX_QUANTITY));
    Ok(Line {
        sku: line.required("sku", sku)?,
        quantity: line.required("quantity", |value| read::number(value, pieces))?,
    })
}

fn burst(fields: &mut Object<'_>) -> Result<Burst, Refusal> {
    let mut burst = Burst {
        orders: 0,
        customers: 0,
        amount_cents: None,
        naming: Naming::Customer,
        deal: Deal::Drawn,
        skew: 0.0,
        seed: None,
        rate_per_second: None,
    };
    fields.demand("orders")?;
    fields.demand("customers")?;
    burst.visit(fields)?;
    Ok(burst)
}

fn trace(options: &mut Object<'_>) -> Result<TraceQuery, Refusal> {
    let mut query = TraceQuery { limit: TRACE_DEFAULT, ..TraceQuery::default() };
    options.number("limit", &mut query.limit, whole(1.0, 262_144.0))?;
    query.customer = options.maybe("customer", customer)?;
    query.order = options.maybe("orderId", order_id)?;
    Ok(query)
}

fn dead_letters(options: &mut Object<'_>) -> Result<DeadLetterQuery, Refusal> {
    let mut query = dead_letters_of(options)?;
    query.limit = DEAD_LETTERS_DEFAULT;
    options.number("limit", &mut query.limit, whole(1.0, 10_000.0))?;
    query.after = options.maybe("after", order_id)?;
    Ok(query)
}

/// Which dead letters, without the page.
fn dead_letters_of(options: &mut Object<'_>) -> Result<DeadLetterQuery, Refusal> {
    let text = options.maybe("query", |value| read::text(value, QUERY_MAX).map(str::to_owned))?;
    Ok(DeadLetterQuery {
        query: text.filter(|text| !text.is_empty()),
        reason: options.maybe("reason", read::choice)?,
        customer: options.maybe("customer", customer)?,
        redriven: options.maybe("redriven", read::flag)?,
        ..DeadLetterQuery::default()
    })
}

/// `{ids}`, or `{all: true}`, or some of `{query, reason, customer}`; and `ratePerSecond`.
fn redrive(options: &mut Object<'_>) -> Result<Call, Refusal> {
    let rate = real(0.001, 1_000_000.0);
    let rate_per_second = options.maybe("ratePerSecond", |value| read::number(value, rate))?;
    let named = options.demand("ids").is_ok();
    let ids = named.then(|| options.entries("ids", REDRIVE_MAX, order_id)).transpose()?;
    let all = options.maybe("all", read::flag)?.unwrap_or(false);
    let query = dead_letters_of(options)?;
    let is_chosen = all || query != DeadLetterQuery::default();
    let which = match ids {
        Some(_) if is_chosen => {
            let alone = "alone, without a query; leave the other out".into();
            return Err(Refusal::new("ids", Problem::WrongType(alone)));
        }
        Some(orders) => Redrive::Orders(orders),
        None if is_chosen => Redrive::Matching(query),
        None => return Err(Refusal::new("ids", Problem::Missing)),
    };
    Ok(Call::Redrive { which, rate_per_second })
}

fn customer(value: &Value) -> Result<String, Refusal> {
    read::label(value, CUSTOMER_MAX).map(str::to_owned)
}

fn sku(value: &Value) -> Result<String, Refusal> {
    let sku = read::label(value, NAME_MAX)?;
    catalogue::find(sku).map(|(_, product)| product.sku.to_owned()).ok_or_else(|| unknown(sku))
}

fn order_id(value: &Value) -> Result<OrderId, Refusal> {
    let text = read::text(value, NAME_MAX)?;
    text.parse().map_err(|_| unknown(text))
}

fn worker_id(value: &Value) -> Result<WorkerId, Refusal> {
    let text = read::text(value, NAME_MAX)?;
    text.parse().map_err(|_| unknown(text))
}

fn key(value: &Value) -> Result<String, Refusal> {
    read::text(value, KEY_MAX).map(str::to_owned)
}

fn unknown(name: &str) -> Refusal {
    Refusal::new("", Problem::Unknown(shortened(name)))
}
