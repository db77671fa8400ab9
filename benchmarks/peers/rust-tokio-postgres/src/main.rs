//! The peer in Rust: axum with tokio-postgres on shared connections; HTML by askama. usage: peer PORT URL
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Html,
    routing::get,
    Json, Router,
};
use peer::{
    random_id, random_ids,
    rows::{Fortune, Order, Page, Products, World},
    Pool,
};
use rand::Rng;
use serde::Deserialize;
use std::sync::Arc;

type Failure = (StatusCode, String);
type Pooled = State<Arc<Pool>>;

fn failure(error: impl std::fmt::Display) -> Failure {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

#[derive(Deserialize)]
struct Count {
    count: usize,
}

impl Count {
    fn bounded(&self) -> usize {
        self.count.clamp(1, 500)
    }
}

#[derive(Deserialize)]
struct List {
    category: String,
    limit: i64,
    after: Option<String>,
}

async fn row(State(pool): Pooled) -> Result<Json<World>, Failure> {
    pool.world(random_id()).await.map(Json).map_err(failure)
}

async fn rows(State(pool): Pooled, Query(count): Query<Count>) -> Result<Json<Vec<World>>, Failure> {
    pool.worlds(&random_ids(count.bounded())).await.map(Json).map_err(failure)
}

async fn updates(State(pool): Pooled, Query(count): Query<Count>) -> Result<Json<Vec<World>>, Failure> {
    pool.update(&random_ids(count.bounded())).await.map(Json).map_err(failure)
}

async fn fortunes(State(pool): Pooled) -> Result<Html<String>, Failure> {
    let mut fortunes = pool.fortunes().await.map_err(failure)?;
    fortunes.push(Fortune { id: 0, message: "Additional fortune added at request time.".into() });
    fortunes.sort_by(|one, other| one.message.cmp(&other.message));
    Page { fortunes }.render().map(Html).map_err(failure)
}

async fn products(State(pool): Pooled, Query(list): Query<List>) -> Result<Json<Products>, Failure> {
    let after = match &list.after {
        None => None,
        Some(text) => {
            let (amount, id) = text.split_once('_').ok_or((StatusCode::BAD_REQUEST, "That is no cursor.".to_string()))?;
            Some((amount.parse().map_err(failure)?, id.parse().map_err(failure)?))
        }
    };
    let limit = list.limit.clamp(1, 500);
    let items = pool.products(&list.category, limit, after).await.map_err(failure)?;
    let next = items.last().filter(|_| items.len() as i64 == limit).map(|last| format!("{}_{}", last.price.amount, last.id));
    Ok(Json(Products { items, next }))
}

async fn orders(State(pool): Pooled, Query(count): Query<Count>) -> Result<Json<Vec<Order>>, Failure> {
    let account = rand::thread_rng().gen_range(1..=200);
    pool.orders(account, count.bounded() as i64).await.map(Json).map_err(failure)
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let pool = Pool::open(&arguments[2]).await.expect("a database");
    let router = Router::new()
        .route("/row", get(row))
        .route("/rows", get(rows))
        .route("/updates", get(updates))
        .route("/fortunes", get(fortunes))
        .route("/products", get(products))
        .route("/orders", get(orders))
        .with_state(Arc::new(pool));
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{}", arguments[1])).await.expect("a free port");
    axum::serve(listener, router).await.expect("serving");
}
