//! A few connections that all callers share: tokio-postgres sends what they ask for at the same time as one pipeline.
pub mod rows;
pub mod store;

use rand::Rng;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_postgres::{Client, Error, NoTls, Statement};

pub const CONNECTIONS: usize = 8;

pub struct Connection {
    pub client: Client,
    pub world: Statement,
    pub update: Statement,
    pub fortunes: Statement,
    pub first_products: Statement,
    pub next_products: Statement,
    pub orders: Statement,
    pub lines: Statement,
}

impl Connection {
    async fn open(url: &str) -> Result<Self, Error> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        Ok(Connection {
            world: client.prepare(store::WORLD).await?,
            update: client.prepare(store::UPDATE).await?,
            fortunes: client.prepare(store::FORTUNES).await?,
            first_products: client.prepare(&store::products("")).await?,
            next_products: client.prepare(&store::products("AND (price_amount, id) < ($3, $4)")).await?,
            orders: client.prepare(store::ORDERS).await?,
            lines: client.prepare(store::LINES).await?,
            client,
        })
    }
}

pub struct Pool {
    connections: Vec<Connection>,
    next: AtomicUsize,
}

impl Pool {
    pub async fn open(url: &str) -> Result<Self, Error> {
        let mut connections = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            connections.push(Connection::open(url).await?);
        }
        Ok(Pool { connections, next: AtomicUsize::new(0) })
    }

    /// The connections take turns.
    pub fn connection(&self) -> &Connection {
        &self.connections[self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len()]
    }
}

/// The key of a row of the table world.
pub fn random_id() -> i32 {
    rand::thread_rng().gen_range(1..=10_000)
}

/// Distinct keys in their order.
pub fn random_ids(count: usize) -> Vec<i32> {
    let mut ids: Vec<i32> =
        rand::seq::index::sample(&mut rand::thread_rng(), 10_000, count).iter().map(|index| index as i32 + 1).collect();
    ids.sort_unstable();
    ids
}
