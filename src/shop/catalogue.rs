//! What the shop sells: a first, fixed catalogue.

/// A product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// The slug that names it.
    pub sku: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
    /// Its name in Spanish.
    pub name_es: &'static str,
    /// What one costs, in cents.
    pub price_cents: u32,
    /// Its picture.
    pub emoji: &'static str,
    /// Where it stands in the shop.
    pub category: Category,
}

/// A department of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    Computing,
    Audio,
    Mobile,
    Photo,
    Play,
    Home,
    Outdoor,
}

/// Pieces of each product in the warehouse when a run begins. Enough for a million-order burst;
/// a figure below zero is a backorder.
pub const INITIAL_STOCK: i64 = 1_000_000;

/// The most pieces of one product in one line of an order.
pub const MAX_QUANTITY: u32 = 1_000;

/// The longest name of a customer, in characters.
pub const CUSTOMER_MAX: u32 = 64;

/// The longest idempotency key, in characters.
pub const IDEMPOTENCY_KEY_MAX: u32 = 128;

/// The most lines in an order.
pub const MAX_LINES: usize = 50;

/// The product of that slug, and its index in [`PRODUCTS`].
pub fn find(sku: &str) -> Option<(u16, &'static Product)> {
    let index = PRODUCTS.iter().position(|product| product.sku == sku)?;
    Some((index as u16, &PRODUCTS[index]))
}

/// All products. Laptop, mouse and keyboard have the prices of the cache-aside original.
pub const PRODUCTS: [Product; 24] = [
    product("laptop", "Laptop", "Portátil", 1200, "💻", Category::Computing),
    product("mouse", "Mouse", "Ratón", 25, "🖱️", Category::Computing),
    product("keyboard", "Keyboard", "Teclado", 45, "⌨️", Category::Computing),
    product("monitor", "Monitor", "Monitor", 310, "🖥️", Category::Computing),
    product("printer", "Printer", "Impresora", 149, "🖨️", Category::Computing),
    product("headphones", "Headphones", "Auriculares", 89, "🎧", Category::Audio),
    product("microphone", "Microphone", "Micrófono", 75, "🎙️", Category::Audio),
    product("speaker", "Speaker", "Altavoz", 120, "🔊", Category::Audio),
    product("radio", "Radio", "Radio", 39, "📻", Category::Audio),
    product("phone", "Phone", "Teléfono", 699, "📱", Category::Mobile),
    product("smartwatch", "Watch", "Reloj", 199, "⌚", Category::Mobile),
    product("battery", "Power bank", "Batería", 35, "🔋", Category::Mobile),
    product("camera", "Camera", "Cámara", 540, "📷", Category::Photo),
    product("camcorder", "Camcorder", "Videocámara", 420, "📹", Category::Photo),
    product("projector", "Projector", "Proyector", 380, "📽️", Category::Photo),
    product("gamepad", "Gamepad", "Mando", 55, "🎮", Category::Play),
    product("joystick", "Joystick", "Joystick", 48, "🕹️", Category::Play),
    product("robot", "Toy robot", "Robot de juguete", 65, "🤖", Category::Play),
    product("telescope", "Telescope", "Telescopio", 260, "🔭", Category::Play),
    product("desk-lamp", "Desk lamp", "Lámpara", 29, "💡", Category::Home),
    product("coffee-maker", "Coffee maker", "Cafetera", 95, "☕", Category::Home),
    product("backpack", "Backpack", "Mochila", 59, "🎒", Category::Home),
    product("bicycle", "Bicycle", "Bicicleta", 450, "🚲", Category::Outdoor),
    product("scooter", "Scooter", "Patinete", 230, "🛴", Category::Outdoor),
];

const fn product(
    sku: &'static str,
    name_en: &'static str,
    name_es: &'static str,
    price: u32,
    emoji: &'static str,
    category: Category,
) -> Product {
    Product { sku, name_en, name_es, price_cents: price * 100, emoji, category }
}
