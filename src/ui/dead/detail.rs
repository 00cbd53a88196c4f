//! One dead letter: its attempts with their errors, and what may be changed.

use super::Desk;
use crate::core::ids::OrderId;
use crate::say;
use crate::scenario::limits::whole;
use crate::shop::catalogue::{MAX_QUANTITY, PRODUCTS, find};
use crate::ui::{
    i18n::use_speech,
    services::Attempts,
    shop::{Timeline, product_name},
    widgets::{
        choice::Menu,
        number::{NumberInput, NumberSpec},
    },
};
use crate::view::format::fill;
use crate::wire::page::{Intent, Line, OrderView, Redrive, Reply};
use leptos::{prelude::*, task::spawn_local};

const QUANTITY: NumberSpec = NumberSpec {
    id: "dead-quantity",
    label: |t| t.dead_quantity,
    unit: |_| "",
    limits: whole(1.0, MAX_QUANTITY as f64),
    blank: None,
};

/// The letter, what happened to it, and a form to change what it orders.
#[component]
pub(super) fn Detail(desk: Desk, order: OrderId) -> impl IntoView {
    let (page, speech) = (desk.page, use_speech());
    let story = RwSignal::new(None::<OrderView>);
    spawn_local(async move {
        if let Ok(Reply::Order(view)) = page.request(Intent::Order(order)).await {
            story.try_set(Some(*view));
        }
    });
    let letter = {
        let letters = desk.letters.read_untracked();
        letters.iter().find(|letter| letter.order == order).cloned()
    };
    let quantity = RwSignal::new(letter.as_ref().map_or(1.0, |letter| f64::from(letter.pieces)));
    let sku = letter.as_ref().and_then(|letter| find(&letter.sku)).map_or(0, |(index, _)| index);
    let sku = RwSignal::new(sku);
    let products = PRODUCTS.iter().enumerate().map(|(index, product)| {
        let name = Signal::derive(move || product_name(product, speech.locale()).to_owned());
        (index as u16, name)
    });
    let entries = Signal::derive(move || {
        story.read().as_ref().map(|view| view.timeline.clone()).unwrap_or_default()
    });
    let save = move |_| {
        let quantity = quantity.get_untracked() as u32;
        let sku = PRODUCTS[sku.get_untracked() as usize].sku.to_owned();
        page.act(async move {
            let lines = vec![Line { sku, quantity }];
            page.request(Intent::EditDead { order, lines }).await?;
            desk.ask(desk.from.get_untracked());
            Ok(())
        });
    };
    let redrive = move |_| {
        desk.chosen.set(None);
        page.send(Intent::Redrive { which: Redrive::Orders(vec![order]), rate_per_second: None });
    };
    view! {
        <section class="panel letter" aria-labelledby="letter-title">
            <div class="panel-head">
                <h2 id="letter-title">
                    {move || fill(speech.texts().order_title, &[("order", &order.to_string())])}
                </h2>
                <div class="panel-actions">
                    <button type="button" class="button" id="redrive-one" on:click=redrive>
                        {say!(speech.redrive_one)}
                    </button>
                </div>
            </div>
            <Attempts entries=entries />
            <Timeline entries=entries />
            <fieldset class="group">
                <legend>{say!(speech.dead_edit)}</legend>
                <p class="hint">{say!(speech.dead_edit_hint)}</p>
                <div class="fields">
                    <Menu
                        id="dead-sku".into()
                        label=speech.text(|t| t.dead_product)
                        choices=products.collect()
                        chosen=sku
                        choose=Callback::new(move |chosen| sku.set(chosen))
                    />
                    <NumberInput
                        spec=QUANTITY
                        value=quantity
                        set=Callback::new(move |value| quantity.set(value))
                    />
                </div>
                <button type="button" class="button" id="dead-save" on:click=save>
                    {say!(speech.dead_save)}
                </button>
            </fieldset>
        </section>
    }
}
