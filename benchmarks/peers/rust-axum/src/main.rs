//! The peer in Rust: axum and serde_json, as axum's documentation shows them.
use axum::{
    http::StatusCode,
    routing::{get, post},
    Json, Router,
};
use peer::Order;
use serde::Serialize;

#[derive(Serialize)]
struct Greeting {
    message: &'static str,
}

async fn place(Json(order): Json<Order>) -> Result<Json<Order>, (StatusCode, &'static str)> {
    if order.is_valid() {
        Ok(Json(order))
    } else {
        Err((StatusCode::UNPROCESSABLE_ENTITY, "The order breaks a rule."))
    }
}

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(2).expect("--port PORT");
    let router = Router::new()
        .route("/plaintext", get(|| async { "Hello, World!" }))
        .route("/json", get(|| async { Json(Greeting { message: "Hello, World!" }) }))
        .route("/orders", post(place));
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.expect("a free port");
    axum::serve(listener, router).await.expect("serving");
}
