//! The page as its users have it: with clicks and keys, in two languages, schemes and sizes.

use convoy_e2e::{DESKTOP, PHONE, Page, Result, Viewport, Visit, run};
use fantoccini::Locator;
use serde_json::{Value, json};

/// A letter and the backspace: a field that somebody has emptied.
const BLANK: &str = "x\u{E003}";

#[test]
fn a_burst_a_kill_and_another_ordering() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        wait_for_figure(&page, "workers", "4").await?;
        page.click("button", "Burst").await?;
        let under_way = "(await convoy.snapshot()).completed > 500";
        page.wait_until("the burst is under way", under_way).await?;
        page.click("button", "Kill w2").await?;
        wait_for_figure(&page, "workers", "3").await?;
        let over = "['killed', 'dead'].includes(
            document.querySelector('[data-worker=w2]').dataset.state)";
        page.wait_until("its card says that it is over", over).await?;
        page.screenshot("kill-during-a-burst").await?;
        wait_for_figure(&page, "completed", "10,000").await?;
        for (figure, value) in
            [("accepted", "10,000"), ("ready", "0"), ("in-flight", "0"), ("violations", "0")]
        {
            wait_for_figure(&page, figure, value).await?;
        }
        let verdict = "document.querySelector('.verdict').innerText.trim()";
        assert_eq!(page.evaluate(verdict).await??, "Nothing lost");
        let result = "document.querySelector('#burst-result')?.innerText.includes('10,000')";
        page.wait_until("the form tells how the burst ended", result).await?;
        page.idle().await?.check_nothing_lost(10_000)?;
        let dead = "document.querySelector('[data-worker=w2]').dataset.state === 'dead'";
        page.wait_until("the broker has noticed the loss", dead).await?;

        page.click("button", "Add").await?;
        wait_for_figure(&page, "workers", "4").await?;
        page.click("button", "Pause w1").await?;
        page.click("button", "Resume w1").await?;
        page.find("button", "Pause w1").await?;
        page.choose("Service time of w1, times", "×10").await?;
        let slow = "(await convoy.workers()).find((w) => w.id === 'w1').slowFactor === 10";
        page.wait_until("the first is slow", slow).await?;
        page.click("button", "Remove").await?;
        wait_for_figure(&page, "workers", "3").await?;

        for (ordering, name) in
            [("Competing", "competing"), ("Partitions", "partitions"), ("Single", "single")]
        {
            let group = page.find("radiogroup", "Ordering").await?;
            let label = format!(".//label[contains(., '{ordering}')]");
            group.find(Locator::XPath(&label)).await?.click().await?;
            let switched = format!("(await convoy.snapshot()).ordering === '{name}'");
            page.wait_until(ordering, &switched).await?;
        }
        page.check_console().await
    })
}

#[test]
fn presets_have_their_systems_numbers() -> Result {
    run(async |lab| {
        let page = lab.open("#/room").await?;
        press_preset(&page, "SYS-1").await?;
        let taken = "(await convoy.config()).workers === 1";
        page.wait_until("SYS-1 is loaded", taken).await?;
        for (field, value) in
            [("burst-orders", "3000"), ("burst-ratePerSecond", "500"), ("serviceTimeMs", "10")]
        {
            wait_for_field(&page, field, value).await?;
        }
        wait_for_figure(&page, "workers", "1").await?;
        // Orders come five times as fast as one worker can follow.
        page.click("button", "Burst").await?;
        let behind = "(await convoy.snapshot()).ready > 500";
        page.wait_until("the queue grows", behind).await?;
        page.screenshot("preset-order-queue").await?;

        // Another preset empties everything, in the middle of the burst.
        press_preset(&page, "SYS-3").await?;
        wait_for_figure(&page, "accepted", "0").await?;
        wait_for_figure(&page, "workers", "3").await?;
        for (field, value) in [
            ("burst-orders", "10"),
            ("burst-customers", "3"),
            ("serviceTimeMs", "300"),
            ("partitions", "3"),
        ] {
            wait_for_field(&page, field, value).await?;
        }
        assert_eq!(page.convoy("(await convoy.config()).ordering").await??, "partitions");
        page.click("button", "Burst").await?;
        wait_for_figure(&page, "completed", "10").await?;
        page.screenshot("preset-sequential-convoy").await?;
        page.idle().await?.check_nothing_lost(10)?;
        let orders = "(await convoy.trace({limit: 100}))
            .filter((record) => record.outcome === 'completed')
            .map((record) => `${record.customer}:${record.sequence}`).sort()";
        let expected = json!([
            "user1:0", "user1:1", "user1:2", "user1:3", "user2:0", "user2:1", "user2:2", "user3:0",
            "user3:1", "user3:2"
        ]);
        assert_eq!(page.convoy(orders).await??, expected);
        page.check_console().await
    })
}

#[test]
fn a_purchase_is_followed_to_its_end() -> Result {
    run(async |lab| {
        let page = lab.open("").await?;
        page.click("link", "Shop").await?;
        let products = "document.querySelectorAll('.product').length >= 24";
        page.wait_until("there are products", products).await?;
        page.click("button", "Add Laptop to the cart").await?;
        page.click("button", "Add Mouse to the cart").await?;
        page.click("button", "Add Mouse to the cart").await?;
        page.screenshot("shop").await?;
        page.click("link", "Cart: 3").await?;
        page.fill("textbox", "Quantity of Mouse", "4").await?;
        page.fill("textbox", "Customer", "María José").await?;
        let total = "document.querySelector('.cart-total').textContent.includes('1,300')";
        page.wait_until("the total is 1200 + 4 × 25", total).await?;
        page.screenshot("cart").await?;
        page.click("button", "Place order").await?;
        let answer = "document.querySelector('#answer')?.dataset.status === '202'
            && document.querySelector('#answer').textContent.includes('Order o1,')";
        page.wait_until("the answer is 202 with the order's number", answer).await?;
        page.click("link", "Follow it").await?;
        let completed = "document.querySelector('.order-story .chip')?.textContent === 'Completed'";
        page.wait_until("the order is completed", completed).await?;
        let story = "[...document.querySelectorAll('.timeline .timeline-text')]
            .map((entry) => entry.firstChild.textContent.trim())";
        let story = page.evaluate(story).await??;
        let expected = ["Accepted", "Processing", "Paid", "Stock reserved", "Shipped", "Completed"];
        assert_eq!(story, json!(expected));
        page.screenshot("order").await?;
        let told = page.call("order", json!("o1")).await?;
        assert_eq!(told["customer"], "María José", "{told}");
        assert_eq!(told["amountCents"], 130_000, "{told}");

        // A full queue: the cart is kept.
        page.call("configure", json!({ "queueLimit": 1, "serviceTimeMs": 60_000 })).await?;
        let full = "(async () => {
            for (const {id} of await convoy.workers()) await convoy.pause(id);
            const lines = [{sku: 'mouse', quantity: 1}];
            for (let i = 0; i < 9; i++) await convoy.submit({customer: `c${i}`, lines});
            return true;
        })()";
        page.convoy(full).await??;
        page.click("link", "Shop").await?;
        page.click("button", "Add Keyboard to the cart").await?;
        page.click("link", "Cart: 1").await?;
        page.click("button", "Place order").await?;
        let answer = "document.querySelector('#answer')?.dataset.status === '429'";
        page.wait_until("the answer is 429", answer).await?;
        page.find("link", "Cart: 1").await?;
        page.check_console().await
    })
}

#[test]
fn a_bad_form_says_so_at_the_field_and_sends_nothing() -> Result {
    run(async |lab| {
        let page = lab.open("#/room").await?;
        page.convoy("convoy.version").await??;
        for (field, id, bad, good) in [
            ("Orders", "burst-orders", "0", "50"),
            ("Orders", "burst-orders", "many", "50"),
            ("Orders", "burst-orders", "1.5", "50"),
            ("Orders", "burst-orders", BLANK, "50"),
            ("Customers", "burst-customers", "2000000", "10"),
            ("Customers", "burst-customers", "-3", "10"),
            ("Rate", "burst-ratePerSecond", "0", BLANK),
        ] {
            page.fill("textbox", field, bad).await?;
            page.click("button", "Burst").await?;
            check_field_error(&page, id, field, bad).await?;
            let before = page.snapshot().await?;
            assert_eq!(before.count("accepted"), 0, "{field} {bad}: {}", before.0);
            page.fill("textbox", field, good).await?;
            let right = format!("!document.querySelector('#{id}').ariaInvalid");
            page.wait_until("the field is right again", &right).await?;
        }
        // What is not part of a form that is sent is refused when it is left.
        for (field, id, bad) in [
            ("Service time", "serviceTimeMs", "-1"),
            ("Transient failures", "gateway-transientRate", "101"),
            ("Prefetch", "prefetch", "x"),
        ] {
            let before = page.call("config", Value::Null).await?;
            page.fill("textbox", field, bad).await?;
            page.press("\u{E004}").await?;
            check_field_error(&page, id, field, bad).await?;
            assert_eq!(page.call("config", Value::Null).await?["prefetch"], before["prefetch"]);
        }
        page.screenshot("bad-form").await?;
        page.evaluate("scrollTo(0, 0)").await??;
        page.click("button", "Burst").await?;
        wait_for_figure(&page, "completed", "50").await?;

        // The cart.
        page.click("link", "Shop").await?;
        page.click("button", "Add Laptop to the cart").await?;
        page.click("link", "Cart: 1").await?;
        for bad in ["0", "-1", "two", "1001", "1.5"] {
            page.fill("textbox", "Quantity of Laptop", bad).await?;
            page.click("button", "Place order").await?;
            check_field_error(&page, "quantity-laptop", "Quantity", bad).await?;
        }
        page.fill("textbox", "Quantity of Laptop", "1").await?;
        for bad in [BLANK, "   ", &"x".repeat(65)] {
            page.fill("textbox", "Customer", bad).await?;
            page.click("button", "Place order").await?;
            check_field_error(&page, "customer", "Customer", bad).await?;
        }
        assert_eq!(page.idle().await?.count("accepted"), 50, "nothing was ordered");
        page.check_console().await
    })
}

#[test]
fn it_speaks_english_and_spanish() -> Result {
    run(async |lab| {
        let views = ["#/room", "#/shop", "#/shop/cart", "#/orders", "#/dead", "#/nothing"];
        let mut headings = Vec::new();
        for (preferred, language) in [("en-GB", "en"), ("es-MX", "es"), ("ja-JP", "en")] {
            let page = lab.open(Visit::to("#/room").language(preferred)).await?;
            page.convoy("convoy.version").await??;
            check_language(&page, language).await?;
            let mut seen = Vec::new();
            for view in views {
                page.go(view).await?;
                let arrived = format!("location.hash === '{view}'");
                page.wait_until(view, &arrived).await?;
                seen.push(page.evaluate("document.querySelector('h1').textContent").await??);
            }
            page.go("#/room").await?;
            page.find("button", if language == "es" { "Lanzar ráfaga" } else { "Burst" }).await?;
            page.screenshot(&format!("language-{preferred}")).await?;
            headings.push(seen);
            page.check_console().await?;
        }
        assert_eq!(headings[0], headings[2], "English is for all who read neither");
        for (english, spanish) in headings[0].iter().zip(&headings[1]) {
            assert_ne!(english, spanish);
        }

        // Switched, it stays so, whatever the browser prefers.
        let page = lab.open("#/room").await?;
        page.choose("Language", "Español").await?;
        check_language(&page, "es").await?;
        page.reload().await?;
        check_language(&page, "es").await?;
        page.choose("Idioma", "English").await?;
        check_language(&page, "en").await?;
        page.check_console().await
    })
}

#[test]
fn it_fits_a_desk_and_a_phone_in_light_and_dark() -> Result {
    run(async |lab| {
        for (size, viewport) in [("desktop", DESKTOP), ("phone", PHONE)] {
            for (scheme, dark) in [("light", false), ("dark", true)] {
                let visit = Visit { dark, ..Visit::to("#/room").viewport(viewport) };
                let page = lab.open(visit).await?;
                // Something to see in every view.
                page.call(
                    "configure",
                    json!({ "workers": 6, "maxDeliveries": 2, "gateway": { "transientRate": 0.2 } }),
                )
                .await?;
                page.burst(4_000, 300).await?;
                page.wait_until("half is done", "(await convoy.snapshot()).completed > 1500")
                    .await?;
                check_scheme(&page, dark).await?;
                for view in ["room", "shop", "shop/cart", "orders/o1", "dead"] {
                    page.go(&format!("#/{view}")).await?;
                    let there =
                        format!("location.hash === '#/{view}' && document.querySelector('h1')");
                    page.wait_until(view, &format!("!!({there})")).await?;
                    if view == "shop" {
                        page.click("button", "Add Laptop to the cart").await?;
                    }
                    if view == "dead" {
                        page.idle().await?;
                        let letters =
                            "document.querySelectorAll('#dead-letters tbody input').length";
                        page.wait_until("letters", &format!("{letters} > 10")).await?;
                    }
                    let wide = "[document.documentElement.scrollWidth, innerWidth]";
                    let wide = page.evaluate(wide).await??;
                    assert!(
                        wide[0].as_u64() <= wide[1].as_u64(),
                        "{view} scrolls sideways on a {size}: {wide}"
                    );
                    let name = format!("{}-{size}-{scheme}", view.replace('/', "-"));
                    page.screenshot(&name).await?;
                }
                page.check_console().await?;
            }
        }
        Ok(())
    })
}

#[test]
fn the_status_bar_is_whole_at_every_width() -> Result {
    // The texts that stick out of their figure, and those that another one covers.
    const FLAWS: &str = "(() => {
        const flaws = [];
        const texts = [...document.querySelectorAll('.status :is(dt, dd, .verdict)')].map((it) => {
            const range = document.createRange();
            range.selectNodeContents(it);
            const {left, right, top, bottom} = range.getBoundingClientRect();
            if (right > WIDTH || it.scrollWidth > it.clientWidth + 1) {
                flaws.push(`cut: ${it.innerText}`);
            }
            return {text: it.innerText, left, right, top, bottom};
        });
        texts.forEach((a, at) => texts.slice(at + 1).forEach((b) => {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (across > 0.5 && down > 4) flaws.push(`${a.text} covers ${b.text}`);
        }));
        return texts.length === 19 ? flaws : [`${texts.length} texts`];
    })()";
    run(async |lab| {
        for (width, language) in [
            (360, "es-ES"),
            (390, "en-GB"),
            (390, "es-ES"),
            (768, "es-ES"),
            (1024, "en-GB"),
            (1280, "es-ES"),
        ] {
            let viewport = Viewport { width, ..PHONE };
            let page = lab.open(Visit::to("#/room").viewport(viewport).language(language)).await?;
            page.call("configure", json!({ "serviceTimeMs": 60_000, "queueLimit": 150_000 }))
                .await?;
            page.burst(200_000, 1_000).await?;
            let accepted = "document.querySelector('[data-figure=ready] dd').innerText.length > 6";
            page.wait_until("the figures are long", accepted).await?;
            let flaws = FLAWS.replace("WIDTH", &width.to_string());
            let flaws = page.evaluate(&flaws).await??;
            assert_eq!(flaws, json!([]), "{width} px in {language}");
            page.check_console().await?;
        }
        Ok(())
    })
}

#[test]
fn the_scheme_follows_the_system_until_one_is_chosen() -> Result {
    run(async |lab| {
        let page = lab.open("#/room").await?;
        page.convoy("convoy.version").await??;
        check_scheme(&page, false).await?;
        page.set_media(&[("prefers-color-scheme", "dark")]).await?;
        check_scheme(&page, true).await?;
        page.choose("Colour scheme", "Light").await?;
        check_scheme(&page, false).await?;
        page.reload().await?;
        check_scheme(&page, false).await?;
        page.set_media(&[("prefers-color-scheme", "light")]).await?;
        page.choose("Colour scheme", "Dark").await?;
        check_scheme(&page, true).await?;
        page.reload().await?;
        check_scheme(&page, true).await?;
        page.choose("Colour scheme", "System").await?;
        check_scheme(&page, false).await?;
        page.check_console().await
    })
}

async fn wait_for_figure(page: &Page<'_>, figure: &str, value: &str) -> Result {
    let shown = format!(
        "document.querySelector('.status [data-figure={figure}] dd')?.textContent.trim()
            === '{value}'"
    );
    page.wait_until(&format!("the status bar says {figure} {value}"), &shown).await
}

async fn wait_for_field(page: &Page<'_>, id: &str, value: &str) -> Result {
    let shown = format!("document.querySelector('#{id}')?.value === '{value}'");
    page.wait_until(&format!("{id} is {value}"), &shown).await
}

/// Presses the preset whose name begins so.
async fn press_preset(page: &Page<'_>, system: &str) -> Result {
    page.wait_until("the presets are there", "document.querySelectorAll('.preset').length > 1")
        .await?;
    let names = page.names("button").await?;
    let name = names.iter().find(|name| name.starts_with(system)).expect("there is such a preset");
    page.click("button", name).await
}

/// The field is marked as wrong, and described by an error that names it.
async fn check_field_error(page: &Page<'_>, id: &str, label: &str, bad: &str) -> Result {
    let script = format!(
        "(() => {{
            const field = document.querySelector('#{id}');
            const ids = (field.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean);
            const texts = ids.map((id) => document.getElementById(id)?.innerText ?? '');
            return [field.getAttribute('aria-invalid'), texts.join(' ').trim()];
        }})()"
    );
    page.wait_until("the field is wrong", &format!("({script})[0] === 'true'")).await?;
    let seen = page.evaluate(&script).await??;
    let text = seen[1].as_str().unwrap_or_default();
    assert!(text.starts_with(&format!("{label}: ")), "{label} {bad:?}: {seen}");
    Ok(())
}

async fn check_language(page: &Page<'_>, language: &str) -> Result {
    let spoken = format!("document.documentElement.lang === '{language}'");
    page.wait_until(&format!("it speaks {language}"), &spoken).await
}

/// Whether the page's background is as dark, or as light, as it should be.
async fn check_scheme(page: &Page<'_>, dark: bool) -> Result {
    let script = format!(
        "(() => {{
            const canvas = document.createElement('canvas').getContext('2d');
            for (const element of [document.body, document.documentElement]) {{
                canvas.fillStyle = getComputedStyle(element).backgroundColor;
                canvas.fillRect(0, 0, 1, 1);
                const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
                if (alpha === 255) return red + green + blue < 3 * 128;
            }}
            return false;
        }})() === {dark}"
    );
    page.wait_until(if dark { "it is dark" } else { "it is light" }, &script).await
}
