//! Bad input: every refusal names the field, and nothing has changed after it.

use convoy_e2e::{Page, Result, run};

/// A call; its code; what its message names; whether it stands before a name, or anywhere.
type Case = (&'static str, &'static str, &'static str);

const MEGABYTE: &str = "'x'.repeat(1_000_000)";

#[test]
fn a_bad_order_is_refused() -> Result {
    check_all(&[
        ("submit()", "invalid", "order:"),
        ("submit(null)", "invalid", "order:"),
        ("submit('an order')", "invalid", "order:"),
        ("submit([])", "invalid", "order:"),
        ("submit({})", "invalid", "customer:"),
        ("submit({lines: [{sku: 'mouse', quantity: 1}]})", "invalid", "customer:"),
        ("submit({customer: '', lines: [{sku: 'mouse', quantity: 1}]})", "invalid", "customer:"),
        ("submit({customer: '  ', lines: [{sku: 'mouse', quantity: 1}]})", "invalid", "customer:"),
        ("submit({customer: 7, lines: [{sku: 'mouse', quantity: 1}]})", "invalid", "customer:"),
        ("submit({customer: BIG, lines: [{sku: 'mouse', quantity: 1}]})", "invalid", "customer:"),
        (
            "submit({customer: 'a\\u0000', lines: [{sku: 'mouse', quantity: 1}]})",
            "invalid",
            "customer:",
        ),
        ("submit({customer: 'ana'})", "invalid", "lines:"),
        ("submit({customer: 'ana', lines: []})", "invalid", "lines:"),
        ("submit({customer: 'ana', lines: 'mouse'})", "invalid", "lines:"),
        ("submit({customer: 'ana', lines: [null]})", "invalid", "lines[0]:"),
        (
            "submit({customer: 'ana', lines: Array(51).fill({sku: 'mouse', quantity: 1})})",
            "invalid",
            "lines:",
        ),
        ("submit({customer: 'ana', lines: [{quantity: 1}]})", "invalid", "lines[0].sku:"),
        (
            "submit({customer: 'ana', lines: [{sku: 'unicorn', quantity: 1}]})",
            "not_found",
            "lines[0].sku:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'unicorn', quantity: 1}]})",
            "not_found",
            "unicorn",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'LAPTOP', quantity: 1}]})",
            "not_found",
            "lines[0].sku:",
        ),
        ("submit({customer: 'ana', lines: [{sku: BIG, quantity: 1}]})", "invalid", "lines[0].sku:"),
        ("submit({customer: 'ana', lines: [{sku: 'mouse'}]})", "invalid", "lines[0].quantity:"),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: 0}]})",
            "invalid",
            "lines[0].quantity:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: -1}]})",
            "invalid",
            "lines[0].quantity:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: 1.5}]})",
            "invalid",
            "lines[0].quantity:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: '1'}]})",
            "invalid",
            "lines[0].quantity:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: NaN}]})",
            "invalid",
            "lines[0].quantity:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: 1e300}]})",
            "invalid",
            "lines[0].quantity:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: 1001}]})",
            "invalid",
            "lines[0].quantity:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: 1}, \
            {sku: 'laptop', quantity: 2 ** 53}]})",
            "invalid",
            "lines[1].quantity:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: 1, price: 0}]})",
            "invalid",
            "lines[0].price:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: 1}], coupon: 1})",
            "invalid",
            "coupon:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: 1}], idempotencyKey: ''})",
            "invalid",
            "idempotencyKey:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: 1}], idempotencyKey: BIG})",
            "invalid",
            "idempotencyKey:",
        ),
        (
            "submit({customer: 'ana', lines: [{sku: 'mouse', quantity: 1n}]})",
            "invalid",
            "lines[0].quantity:",
        ),
        (
            "submit((() => { const order = {}; order.order = order; return order; })())",
            "invalid",
            "arguments:",
        ),
        ("order()", "invalid", "orderId:"),
        ("order('')", "not_found", "orderId:"),
        ("order('o')", "not_found", "orderId:"),
        ("order('o0')", "not_found", "orderId:"),
        ("order('o01')", "not_found", "orderId:"),
        ("order('17')", "not_found", "orderId:"),
        ("order('o999999')", "not_found", "orderId:"),
        ("order('o999999')", "not_found", "o999999"),
        ("order('o99999999999999999999')", "not_found", "orderId:"),
        ("order(17)", "invalid", "orderId:"),
        ("order(BIG)", "invalid", "orderId:"),
        ("trace({limit: 0})", "invalid", "limit:"),
        ("trace({limit: 1e9})", "invalid", "limit:"),
        ("trace({limit: 1, orderId: 'x'})", "not_found", "orderId:"),
        ("trace({limit: 1, worker: 'w1'})", "invalid", "worker:"),
        ("deadLetters({limit: -1})", "invalid", "limit:"),
        ("deadLetters({limit: 1, reason: 'boredom'})", "invalid", "reason:"),
        ("deadLetters({limit: 1, query: BIG})", "invalid", "query:"),
        ("deadLetters({limit: 1, after: 'x'})", "not_found", "after:"),
    ])
}

#[test]
fn a_bad_setting_is_refused() -> Result {
    check_all(&[
        ("configure()", "invalid", "patch:"),
        ("configure(null)", "invalid", "patch:"),
        ("configure(7)", "invalid", "patch:"),
        ("configure([])", "invalid", "patch:"),
        ("configure('{}')", "invalid", "patch:"),
        ("configure({nonsense: 1})", "invalid", "nonsense:"),
        ("configure(JSON.parse('{\"__proto__\": 1}'))", "invalid", "__proto__:"),
        ("configure({ordering: 'alphabetical'})", "invalid", "ordering:"),
        ("configure({ordering: 'alphabetical'})", "invalid", "sessions"),
        ("configure({ordering: 1})", "invalid", "ordering:"),
        ("configure({ordering: BIG})", "invalid", ""),
        ("configure({[BIG]: 1})", "invalid", ""),
        ("configure({workers: 0})", "invalid", "workers:"),
        ("configure({workers: 33})", "invalid", "workers:"),
        ("configure({workers: 2.5})", "invalid", "workers:"),
        ("configure({workers: '4'})", "invalid", "workers:"),
        ("configure({workers: null})", "invalid", "workers:"),
        ("configure({workers: NaN})", "invalid", "workers:"),
        ("configure({workers: 4n})", "invalid", "workers:"),
        ("configure({workers: () => 4})", "invalid", "workers:"),
        ("configure({serviceTimeMs: -1})", "invalid", "serviceTimeMs:"),
        ("configure({serviceTimeMs: Infinity})", "invalid", "serviceTimeMs:"),
        ("configure({serviceTimeMs: 1e9})", "invalid", "serviceTimeMs:"),
        ("configure({serviceSpread: 1.01})", "invalid", "serviceSpread:"),
        ("configure({prefetch: 0})", "invalid", "prefetch:"),
        ("configure({leaseMs: 99})", "invalid", "leaseMs:"),
        ("configure({maxDeliveries: 0})", "invalid", "maxDeliveries:"),
        ("configure({queueLimit: 0})", "invalid", "queueLimit:"),
        ("configure({overflow: 'explode'})", "invalid", "overflow:"),
        ("configure({idempotency: 'yes'})", "invalid", "idempotency:"),
        ("configure({idempotency: 1})", "invalid", "idempotency:"),
        ("configure({partitions: 65})", "invalid", "partitions:"),
        ("configure({seed: -1})", "invalid", "seed:"),
        ("configure({seed: 2 ** 53})", "invalid", "seed:"),
        ("configure({gateway: 1})", "invalid", "gateway:"),
        ("configure({gateway: {transientRate: 1.5}})", "invalid", "gateway.transientRate:"),
        ("configure({gateway: {failFirst: 101}})", "invalid", "gateway.failFirst:"),
        ("configure({gateway: {mood: 'bad'}})", "invalid", "gateway.mood:"),
        ("configure({burst: {skew: 4}})", "invalid", "burst.skew:"),
        // A patch with one wrong field changes none of the others.
        (
            "configure({ordering: 'single', workers: 2, prefetch: 1, leaseMs: 1})",
            "invalid",
            "leaseMs:",
        ),
        ("reset({seed: 1.5})", "invalid", "seed:"),
        ("reset({seed: 'one'})", "invalid", "seed:"),
        ("reset({sed: 1})", "invalid", "sed:"),
        ("burst()", "invalid", "burst:"),
        ("burst({customers: 10})", "invalid", "orders:"),
        ("burst({orders: 10})", "invalid", "customers:"),
        ("burst({orders: 0, customers: 10})", "invalid", "orders:"),
        ("burst({orders: -5, customers: 10})", "invalid", "orders:"),
        ("burst({orders: 1e12, customers: 10})", "invalid", "orders:"),
        ("burst({orders: 10, customers: 2_000_000})", "invalid", "customers:"),
        ("burst({orders: 10, customers: 10, skew: -1})", "invalid", "skew:"),
        ("burst({orders: 10, customers: 10, ratePerSecond: 0})", "invalid", "ratePerSecond:"),
        ("burst({orders: 10, customers: 10, mood: 1})", "invalid", "mood:"),
        ("idle({timeoutMs: 0})", "invalid", "timeoutMs:"),
        ("idle({timeoutMs: 'soon'})", "invalid", "timeoutMs:"),
        ("scale()", "invalid", "n:"),
        ("scale(0)", "invalid", "n:"),
        ("scale(-1)", "invalid", "n:"),
        ("scale(10_000)", "invalid", "n:"),
        ("scale(2.5)", "invalid", "n:"),
        ("scale('4')", "invalid", "n:"),
        ("kill()", "invalid", "id:"),
        ("kill('w999')", "not_found", "id:"),
        ("kill('w999')", "not_found", "w999"),
        ("kill('somebody')", "not_found", "id:"),
        ("kill(1)", "invalid", "id:"),
        ("kill(BIG)", "invalid", "id:"),
        ("pause('w999')", "not_found", "id:"),
        ("resume('w999')", "not_found", "id:"),
        ("slow('w999', 2)", "not_found", "id:"),
        ("slow('w1')", "invalid", "factor:"),
        ("slow('w1', 0)", "invalid", "factor:"),
        ("slow('w1', 'very')", "invalid", "factor:"),
        ("murmur2()", "invalid", "key:"),
        ("murmur2(7)", "invalid", "key:"),
        ("murmur2(BIG)", "invalid", "key:"),
        ("partition('a', 0)", "invalid", "n:"),
        ("partition('a', '3')", "invalid", "n:"),
    ])
}

#[test]
fn what_the_state_forbids_is_refused() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        page.convoy("convoy.configure({workers: 2, serviceTimeMs: 1})").await??;
        let burst = page
            .convoy(
                "(async () => {
                    const [first] = await convoy.workers();
                    await convoy.kill(first.id);
                    const again = await convoy.kill(first.id).catch((error) => error.code);
                    const slow = convoy.burst({orders: 300, customers: 9, ratePerSecond: 1000});
                    const second = await convoy.burst({orders: 1, customers: 1})
                        .catch((error) => error.code);
                    return [again, second, (await slow).accepted];
                })()",
            )
            .await??;
        assert_eq!(burst, serde_json::json!(["conflict", "conflict", 300]));
        page.idle().await?.check_nothing_lost(300)?;

        // A feature that does not exist yet is absent.
        for absent in ["load", "events", "replay"] {
            assert_eq!(page.convoy(&format!("typeof convoy.{absent}")).await??, "undefined");
        }
        page.check_console().await
    })
}

fn check_all(cases: &[Case]) -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        // Something to be left alone.
        page.convoy("convoy.configure({workers: 2, serviceTimeMs: 0})").await??;
        page.burst(100, 10).await?;
        page.idle().await?;
        page.wait_until("one worker came up and one left", "(await convoy.workers()).length === 2")
            .await?;
        let before = state(&page).await?;
        let mut wrong = Vec::new();
        for (call, code, named) in cases {
            let call = call.replace("BIG", MEGABYTE);
            match page.convoy(&format!("convoy.{call}")).await? {
                Ok(answer) => wrong.push(format!("{call} was taken: {answer}")),
                Err(refusal) if refusal.code != *code || !names(&refusal.message, named) => {
                    wrong.push(format!("{call} was refused with {refusal}, not {code}: {named}"));
                }
                Err(refusal) if refusal.message.len() > 300 => {
                    wrong.push(format!("{call}: the message is {} long", refusal.message.len()));
                }
                Err(_) => {}
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(state(&page).await?, before, "a refusal changed something");
        page.burst(100, 10).await?;
        page.idle().await?.check_nothing_lost(200)?;
        page.check_console().await
    })
}

/// Whether the message begins with the field, or says the word somewhere.
fn names(message: &str, named: &str) -> bool {
    if named.ends_with(':') { message.starts_with(named) } else { message.contains(named) }
}

/// Everything that a refused call might have changed.
async fn state(page: &Page<'_>) -> Result<serde_json::Value> {
    let script = "(async () => {
        const now = await convoy.snapshot();
        const workers = await convoy.workers();
        // The tape goes on with every heartbeat.
        const moving = ['atMs', 'latencyRecentMs', 'rates', 'workers', 'memoryBytes', 'recording'];
        for (const moves of moving) {
            delete now[moves];
        }
        const standing = workers.map((w) => [w.id, w.state, w.processed, w.slowFactor]);
        return {config: await convoy.config(), now, standing};
    })()";
    Ok(page.convoy(script).await??)
}
