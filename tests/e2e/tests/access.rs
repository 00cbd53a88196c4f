//! The page for those who use it without a mouse or without seeing it, in every view.

use convoy_e2e::{Lab, PHONE, Page, Result, Visit, run};
use serde_json::{Value, json};

/// Every view with something in it, and what it is called in both languages.
const VIEWS: [(&str, &str, &str); 8] = [
    ("#/room", "Control room", "Sala de control"),
    ("#/shop", "Shop", "Tienda"),
    ("#/shop/cart", "Cart", "Carrito"),
    ("#/orders", "My orders", "Mis pedidos"),
    ("#/orders/o1", "My orders", "Mis pedidos"),
    ("#/dead", "Dead letters", "Fallidos"),
    ("#/retry", "Retry lab", "Reintentos"),
    ("#/nothing", "There is no such view", "Esa vista no existe"),
];

/// Scripts' own: what can be focused and seen, in the order of the document. A group of radio
/// buttons is one stop.
const STOPS: &str = "
    const stops = () => {
        const all = 'a[href], button, input, select, summary, [tabindex=\"0\"]';
        return [...document.querySelectorAll(all)].filter((it) =>
            it.checkVisibility({ visibilityProperty: true }) && !it.disabled
            && (it.type !== 'radio' || it.checked) && it.tabIndex >= 0);
    };
";

#[test]
fn the_tabulator_leads_through_every_control_and_shows_where_it_is() -> Result {
    run(async |lab| {
        let page = open_with_content(lab, Visit::to("#/room")).await?;
        for (view, heading, _) in VIEWS {
            go(&page, view, heading).await?;
            // From the top of the document, as after loading it.
            page.evaluate("document.activeElement.blur(), scrollTo(0, 0), getSelection().empty()")
                .await??;
            page.evaluate("document.querySelector('.skip').focus()").await??;
            let count = format!("(() => {{{STOPS} return stops().length}})()");
            let count = page.evaluate(&count).await??.as_u64().unwrap_or_default();
            assert!(count >= 10, "{view}: {count} stops");
            for stop in 0..count {
                if stop > 0 {
                    page.press("\u{E004}").await?;
                }
                let script = format!("(() => {{{STOPS} const stop = {stop}; {WHERE}}})()");
                let flaws = page.evaluate(&script).await??;
                assert_eq!(flaws, json!([]), "{view}, stop {stop} of {count}");
            }
        }
        page.check_console().await
    })
}

/// What is wrong with the focus at a stop.
const WHERE: &str = "
    const active = document.activeElement;
    const flaws = [];
    const called = (it) => it ? `${it.tagName} #${it.id} ${it.innerText ?? ''}` : 'nothing';
    if (active !== stops()[stop]) {
        return [`${called(active)} is focused and not ${called(stops()[stop])}`];
    }
    // A radio button is drawn by the text behind it.
    const drawn = active.type === 'radio' ? active.nextElementSibling : active;
    const style = getComputedStyle(drawn);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) {
        flaws.push(`${called(active)}: the focus is not seen`);
    }
    const place = active.closest('label') ?? active;
    const {left, top, width, height} = place.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    if (!hit || !(place.contains(hit) || hit.contains(place))) {
        flaws.push(`${called(active)} is out of view or covered by ${called(hit)}`);
    }
    return flaws;
";

#[test]
fn every_view_has_its_landmarks_and_every_control_a_name() -> Result {
    run(async |lab| {
        for (language, visit) in [
            ("en", Visit::to("#/room").dark()),
            ("es", Visit::to("#/room").viewport(PHONE).language("es-ES")),
        ] {
            let page = open_with_content(lab, visit).await?;
            for (view, english, spanish) in VIEWS {
                go(&page, view, if language == "es" { spanish } else { english }).await?;
                // Has the browser compute roles and names once for all.
                page.names("banner").await?;
                let flaws = page.evaluate(FLAWS).await??;
                assert_eq!(flaws, json!([]), "{view} in {language}");
            }
            page.check_console().await?;
        }
        Ok(())
    })
}

/// What is wrong with the names, roles and sizes of a view.
const FLAWS: &str = "(() => {
    const flaws = [];
    const seen = (it) => it.checkVisibility({ visibilityProperty: true });
    const all = (what) => [...document.querySelectorAll(what)].filter(seen);
    const called = (it) => `${it.tagName} #${it.id} “${it.innerText ?? ''}”`;
    const one = (what) => {
        const count = all(what).length;
        if (count !== 1) flaws.push(`${count} × ${what}`);
    };
    ['header', 'main', 'h1', 'nav[aria-label]'].forEach(one);

    let level = 0;
    for (const heading of all('h1, h2, h3, h4')) {
        const next = Number(heading.tagName[1]);
        if (next > level + 1) flaws.push(`${called(heading)} after a level ${level}`);
        level = next;
    }

    const ids = [...document.querySelectorAll('[id]')].map((it) => it.id);
    ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => flaws.push(`two #${id}`));
    for (const attribute of ['for', 'aria-labelledby', 'aria-describedby']) {
        for (const it of document.querySelectorAll(`[${attribute}]`)) {
            const named = it.getAttribute(attribute).split(' ');
            if (!named.every((id) => ids.includes(id))) flaws.push(`${called(it)}: ${attribute}`);
        }
    }

    const plain = (text) => text.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu, ' ').trim();
    const controls = all('a[href], button, input, select, summary, canvas, [role=region]');
    for (const it of controls) {
        const name = it.computedName.trim();
        if (!name) flaws.push(`${called(it)} has no name`);
        // Who speaks to the page says what is written on the control.
        const written = it.matches('a, button, summary') ? plain(it.innerText) : '';
        if (!plain(name).includes(written)) flaws.push(`${called(it)} is called “${name}”`);
    }

    // A finger, or a hand that trembles, needs a field of 24 pixels.
    for (const it of all('a[href]:not(p a, td a, th a), button, input, select, summary')) {
        if (it.classList.contains('skip')) continue;
        const field = it.closest('label') ?? it;
        const {width, height} = field.getBoundingClientRect();
        if (Math.min(width, height) < 23.5) flaws.push(`${called(it)} is ${width} × ${height}`);
    }
    for (const it of all('img, svg')) {
        if (!it.closest('[aria-hidden=true]') && !it.getAttribute('alt')) {
            flaws.push(`${called(it)} is neither hidden nor named`);
        }
    }
    return flaws;
})()";

/// A lab in which every view has something to show: orders that ended and that were given up, a
/// cart, and an order of this page.
async fn open_with_content<'lab>(lab: &'lab Lab, visit: Visit) -> Result<Page<'lab>> {
    let page = lab.open(visit).await?;
    let patch = json!({ "maxDeliveries": 2, "gateway": { "transientRate": 0.3 } });
    page.call("configure", patch).await?;
    page.burst(500, 50).await?;
    page.idle().await?;
    page.go("#/shop").await?;
    let product = "document.querySelector('[data-sku=laptop] button')";
    page.wait_until("there are products", &format!("!!{product}")).await?;
    page.evaluate(&format!("{product}.click()")).await??;
    let held = "document.querySelector('.cart-link .badge').innerText !== '0'";
    page.wait_until("something is in the cart", held).await?;
    Ok(page)
}

async fn go(page: &Page<'_>, view: &str, heading: &str) -> Result {
    page.go(view).await?;
    let there = format!("document.querySelector('h1')?.textContent === '{heading}'");
    page.wait_until(heading, &there).await?;
    // What the view asks the broker for has arrived.
    page.call("snapshot", Value::Null).await?;
    if view == "#/dead" {
        let letters = "document.querySelectorAll('#dead-letters tbody tr').length > 0";
        page.wait_until("there are letters", letters).await?;
    }
    Ok(())
}
