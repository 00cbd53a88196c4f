//! What the shopper has: a cart, a name, and the orders made on this page.
//!
//! The orders live as long as the run they were made in; the cart as long as the tab.

use crate::core::ids::OrderId;
use crate::core::refusal::Refusal;
use crate::platform::{
    dom,
    storage::{self, Memory},
};
use crate::shop::catalogue::{MAX_LINES, MAX_QUANTITY, find};
use crate::ui::page::{Page, use_page};
use crate::wire::page::{Intent, Line, NewOrder, Reply, Submitted};
use leptos::{prelude::*, task::spawn_local};

const CART_KEY: &str = "convoy.cart";
const CUSTOMER_KEY: &str = "convoy.customer";

/// The most orders of this page that are kept; the oldest gives way.
const MAX_ORDERS: usize = 200;

/// What became of the last checkout.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// 202, or 429 with when to try again.
    Said(Submitted),
    /// The order itself was wrong.
    Refused(Refusal),
}

/// The shopper's things. Copies are the same.
#[derive(Clone, Copy)]
pub struct Basket {
    /// What is in the cart.
    pub lines: RwSignal<Vec<Line>>,
    /// The shopper's name.
    pub customer: RwSignal<String>,
    /// The orders made, the newest first.
    pub orders: RwSignal<Vec<OrderId>>,
    /// How the last checkout ended.
    pub answer: RwSignal<Option<Answer>>,
    /// Whether a checkout is under way.
    pub sending: RwSignal<bool>,
    /// Names this checkout: sent twice, it makes one order.
    key: StoredValue<String>,
    page: Page,
}

impl Basket {
    /// What this tab remembers, else an empty cart.
    pub fn load() -> Self {
        let page = use_page();
        let lines = storage::recall(Memory::Tab, CART_KEY).map(|text| read(&text));
        let customer = storage::recall(Memory::Tab, CUSTOMER_KEY).unwrap_or_else(|| "ana".into());
        let basket = Self {
            lines: RwSignal::new(lines.unwrap_or_default()),
            customer: RwSignal::new(customer),
            orders: RwSignal::new(Vec::new()),
            answer: RwSignal::new(None),
            sending: RwSignal::new(false),
            key: StoredValue::new(dom::unique_text()),
            page,
        };
        // A new run knows nothing of the orders of the old one.
        let run = Memo::new(move |_| page.snapshot.read().run);
        Effect::watch(move || run.get(), move |_, _, _| basket.forget_orders(), false);
        Effect::watch(
            move || basket.lines.get(),
            move |lines, _, _| storage::remember(Memory::Tab, CART_KEY, &write(lines)),
            false,
        );
        Effect::watch(
            move || basket.customer.get(),
            move |customer, _, _| storage::remember(Memory::Tab, CUSTOMER_KEY, customer),
            false,
        );
        basket
    }

    fn forget_orders(self) {
        if !self.orders.read_untracked().is_empty() {
            self.orders.set(Vec::new());
        }
        self.answer.set(None);
    }

    /// Pieces in the cart.
    pub fn pieces(self) -> Memo<u64> {
        Memo::new(move |_| self.lines.read().iter().map(|line| u64::from(line.quantity)).sum())
    }

    /// What the cart costs, in cents.
    pub fn total_cents(self) -> Memo<i64> {
        Memo::new(move |_| {
            let cost = |line: &Line| {
                let price = find(&line.sku).map_or(0, |(_, product)| product.price_cents);
                i64::from(price) * i64::from(line.quantity)
            };
            self.lines.read().iter().map(cost).sum()
        })
    }

    /// Pieces of one product in the cart.
    pub fn quantity(self, sku: &str) -> u32 {
        self.lines.read().iter().find(|line| line.sku == sku).map_or(0, |line| line.quantity)
    }

    /// One more of a product, as far as a cart may hold.
    pub fn add(self, sku: &str) {
        self.changed();
        self.lines.update(|lines| {
            if let Some(line) = lines.iter_mut().find(|line| line.sku == sku) {
                line.quantity = (line.quantity + 1).min(MAX_QUANTITY);
            } else if lines.len() < MAX_LINES {
                lines.push(Line { sku: sku.to_owned(), quantity: 1 });
            }
        });
    }

    /// Sets how many of a product; 0 takes it out.
    pub fn set(self, sku: &str, quantity: u32) {
        self.changed();
        self.lines.update(|lines| {
            if quantity == 0 {
                lines.retain(|line| line.sku != sku);
            } else if let Some(line) = lines.iter_mut().find(|line| line.sku == sku) {
                line.quantity = quantity.min(MAX_QUANTITY);
            }
        });
    }

    /// Another cart or name is another order.
    pub fn changed(self) {
        self.key.set_value(dom::unique_text());
        self.answer.set(None);
    }

    /// Sends the order. The cart is emptied when it was accepted, and kept otherwise.
    pub fn check_out(self) {
        if self.sending.get_untracked() {
            return;
        }
        self.sending.set(true);
        self.answer.set(None);
        let order = NewOrder {
            customer: self.customer.get_untracked().trim().to_owned(),
            lines: self.lines.get_untracked(),
            idempotency_key: Some(self.key.get_value()),
        };
        spawn_local(async move {
            let reply = self.page.request(Intent::Submit(order)).await;
            self.sending.set(false);
            match reply {
                Ok(Reply::Submitted(submitted)) => {
                    if let Submitted::Accepted { order, .. } = submitted {
                        self.orders.update(|orders| {
                            if !orders.contains(&order) {
                                orders.insert(0, order);
                                orders.truncate(MAX_ORDERS);
                            }
                        });
                        self.lines.set(Vec::new());
                        self.key.set_value(dom::unique_text());
                    }
                    self.answer.set(Some(Answer::Said(submitted)));
                }
                Ok(_) => {}
                Err(refusal) => self.answer.set(Some(Answer::Refused(refusal))),
            }
        });
    }
}

/// `laptop*2 mouse*1`
fn write(lines: &[Line]) -> String {
    let words: Vec<String> =
        lines.iter().map(|line| format!("{}*{}", line.sku, line.quantity)).collect();
    words.join(" ")
}

/// What was written, as far as it makes sense: storage is not ours alone.
fn read(text: &str) -> Vec<Line> {
    let line = |word: &str| {
        let (sku, quantity) = word.split_once('*')?;
        let quantity = quantity.parse().ok().filter(|n| (1..=MAX_QUANTITY).contains(n))?;
        find(sku).map(|(_, product)| Line { sku: product.sku.to_owned(), quantity })
    };
    text.split_whitespace().filter_map(line).take(MAX_LINES).collect()
}

/// The shopper's things.
///
/// # Panics
/// Outside the page, which provides them.
pub fn use_basket() -> Basket {
    expect_context::<Basket>()
}
