use askama::Template;
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Serialize)]
pub struct World {
    pub id: i32,
    pub number: i32,
}

pub struct Fortune {
    pub id: i32,
    pub message: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>{% for each in fortunes %}<tr><td>{{ each.id }}</td><td>{{ each.message }}</td></tr>{% endfor %}</table></body></html>"
)]
pub struct Page {
    pub fortunes: Vec<Fortune>,
}

#[derive(Serialize)]
pub struct Money {
    pub amount: i64,
    pub currency: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub price: Money,
    pub stock: i64,
    pub category: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

#[derive(Serialize)]
pub struct Products {
    pub items: Vec<Product>,
    pub next: Option<String>,
}

#[derive(Serialize)]
pub struct Line {
    pub sku: String,
    pub quantity: i64,
    pub price: Money,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub id: Uuid,
    pub account: i64,
    pub status: String,
    pub total: Money,
    #[serde(with = "time::serde::rfc3339")]
    pub placed_at: OffsetDateTime,
    pub lines: Vec<Line>,
}
