//! The statements, each on one of the shared connections.
use crate::rows::{Fortune, Line, Money, Order, Product, World};
use crate::{random_id, Pool};
use futures_util::future::try_join_all;
use std::collections::HashMap;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

pub const WORLD: &str = "SELECT id, number FROM world WHERE id = $1";
pub const UPDATE: &str = "UPDATE world SET number = new.number FROM \
    (SELECT * FROM unnest($1::int[], $2::int[]) AS t (id, number) ORDER BY id) AS new WHERE world.id = new.id";
pub const FORTUNES: &str = "SELECT id, message FROM fortune";
pub const ORDERS: &str = "SELECT id, account, status, total_amount, total_currency, placed_at FROM orders \
    WHERE account = $1 ORDER BY placed_at DESC LIMIT $2";
pub const LINES: &str = "SELECT order_id, sku, quantity, price_amount, price_currency FROM order_lines \
    WHERE order_id = ANY($1) ORDER BY order_id, position";

pub fn products(after: &str) -> String {
    format!(
        "SELECT id, sku, name, price_amount, price_currency, stock, category, note, created_at FROM products \
         WHERE category = $1 AND stock > 0 {after} ORDER BY price_amount DESC, id DESC LIMIT $2"
    )
}

fn world(row: &Row) -> World {
    World { id: row.get(0), number: row.get(1) }
}

fn money(row: &Row, first: usize) -> Money {
    Money { amount: row.get(first), currency: row.get(first + 1) }
}

fn product(row: &Row) -> Product {
    Product {
        id: row.get(0),
        sku: row.get(1),
        name: row.get(2),
        price: money(row, 3),
        stock: row.get(5),
        category: row.get(6),
        note: row.get(7),
        created_at: row.get(8),
    }
}

fn order(row: &Row) -> Order {
    Order {
        id: row.get(0),
        account: row.get(1),
        status: row.get(2),
        total: money(row, 3),
        placed_at: row.get(5),
        lines: Vec::new(),
    }
}

impl Pool {
    pub async fn world(&self, id: i32) -> Result<World, Error> {
        let on = self.connection();
        Ok(world(&on.client.query_one(&on.world, &[&id]).await?))
    }

    /// A statement for each row, all in one pipeline.
    pub async fn worlds(&self, ids: &[i32]) -> Result<Vec<World>, Error> {
        let on = self.connection();
        try_join_all(ids.iter().map(|id| async move { Ok(world(&on.client.query_one(&on.world, &[id]).await?)) })).await
    }

    pub async fn update(&self, ids: &[i32]) -> Result<Vec<World>, Error> {
        let mut worlds = self.worlds(ids).await?;
        for world in &mut worlds {
            world.number = random_id();
        }
        let numbers: Vec<i32> = worlds.iter().map(|world| world.number).collect();
        let on = self.connection();
        on.client.execute(&on.update, &[&ids, &numbers]).await?;
        Ok(worlds)
    }

    pub async fn fortunes(&self) -> Result<Vec<Fortune>, Error> {
        let on = self.connection();
        let rows = on.client.query(&on.fortunes, &[]).await?;
        Ok(rows.iter().map(|row| Fortune { id: row.get(0), message: row.get(1) }).collect())
    }

    pub async fn products(&self, category: &str, limit: i64, after: Option<(i64, Uuid)>) -> Result<Vec<Product>, Error> {
        let on = self.connection();
        let rows = match after {
            None => on.client.query(&on.first_products, &[&category, &limit]).await?,
            Some((amount, id)) => on.client.query(&on.next_products, &[&category, &limit, &amount, &id]).await?,
        };
        Ok(rows.iter().map(product).collect())
    }

    pub async fn orders(&self, account: i64, limit: i64) -> Result<Vec<Order>, Error> {
        let on = self.connection();
        let mut orders: Vec<Order> = on.client.query(&on.orders, &[&account, &limit]).await?.iter().map(order).collect();
        let ids: Vec<Uuid> = orders.iter().map(|order| order.id).collect();
        let places: HashMap<Uuid, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        for row in on.client.query(&on.lines, &[&ids]).await? {
            let line = Line { sku: row.get(1), quantity: row.get(2), price: money(&row, 3) };
            orders[places[&row.get::<_, Uuid>(0)]].lines.push(line);
        }
        Ok(orders)
    }
}
