//! The peer in Rust: tonic, with by hand what tonic-build would generate for a service of one method.
mod order;

use order::Order;
use std::{convert::Infallible, task::{Context, Poll}};
use tonic::{
    body::BoxBody,
    codec::ProstCodec,
    codegen::{http, BoxFuture, Service},
    server::{Grpc, NamedService, UnaryService},
    transport::Server,
    Request, Response, Status,
};

#[derive(Clone)]
struct Place;

impl UnaryService<Order> for Place {
    type Response = Order;
    type Future = BoxFuture<Response<Order>, Status>;

    fn call(&mut self, request: Request<Order>) -> Self::Future {
        Box::pin(async move {
            let order = request.into_inner();
            if order.is_valid() { Ok(Response::new(order)) } else { Err(Status::invalid_argument("The order breaks a rule.")) }
        })
    }
}

#[derive(Clone)]
struct Orders;

impl NamedService for Orders {
    const NAME: &'static str = "orders.Orders";
}

impl Service<http::Request<BoxBody>> for Orders {
    type Response = http::Response<BoxBody>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<BoxBody>) -> Self::Future {
        Box::pin(async move {
            match request.uri().path() {
                "/orders.Orders/Place" => Ok(Grpc::new(ProstCodec::<Order, Order>::default()).unary(Place, request).await),
                _ => Ok(Status::unimplemented("").into_http()),
            }
        })
    }
}

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(2).expect("--port PORT");
    let address = format!("127.0.0.1:{port}").parse().expect("an address");
    Server::builder().add_service(Orders).serve(address).await.expect("serving");
}
