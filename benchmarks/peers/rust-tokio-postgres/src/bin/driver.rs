//! tokio-postgres without a server. usage: driver URL row|transaction CALLERS SECONDS
//! Rows are read on connections that all callers share. A transaction has a connection to itself, and its statements are one pipeline.
//! Prints how many were done, in how many seconds, and the processor time that they took.
use futures_util::future::{try_join5, try_join_all};
use peer::random_id;
use rand::Rng;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;
use tokio_postgres::{Client, Error, NoTls, Statement};

struct Connection {
    client: Client,
    row: Statement,
    increment: Statement,
    begin: Statement,
    commit: Statement,
}

async fn open(url: &str) -> Result<Connection, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(Connection {
        row: client.prepare(peer::store::WORLD).await?,
        increment: client.prepare("UPDATE world SET number = number + 1 WHERE id = $1").await?,
        begin: client.prepare("BEGIN").await?,
        commit: client.prepare("COMMIT").await?,
        client,
    })
}

async fn row(on: &Connection) -> Result<(), Error> {
    let id = random_id();
    let row = on.client.query_one(&on.row, &[&id]).await?;
    assert_eq!(row.get::<_, i32>(0), id);
    assert!(row.get::<_, i32>(1) > 0);
    Ok(())
}

/// In the order of the keys.
async fn transaction(on: &Connection) -> Result<(), Error> {
    let first = rand::thread_rng().gen_range(1..10_000);
    let second = rand::thread_rng().gen_range(first + 1..=10_000);
    // They are polled, and with that sent, in this order.
    let (_, row, _, _, _) = try_join5(
        async { on.client.execute(&on.begin, &[]).await },
        async { on.client.query_one(&on.row, &[&first]).await },
        async { on.client.execute(&on.increment, &[&first]).await },
        async { on.client.execute(&on.increment, &[&second]).await },
        async { on.client.execute(&on.commit, &[]).await },
    )
    .await?;
    assert_eq!(row.get::<_, i32>(0), first);
    Ok(())
}

/// The processor time of this process (proc(5): fields 14 and 15 of stat, in hundredths).
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("the process");
    let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
    (fields[11].parse::<f64>().expect("a number") + fields[12].parse::<f64>().expect("a number")) / 100.0
}

async fn read(on: Arc<Connection>, end: Instant) -> Result<u64, Error> {
    let mut done = 0;
    while Instant::now() < end {
        row(&on).await?;
        done += 1;
    }
    Ok(done)
}

/// Takes a connection that is free, and gives it back.
async fn write(free: Arc<Free>, end: Instant) -> Result<u64, Error> {
    let mut done = 0;
    while Instant::now() < end {
        let on = free.connections.lock().await.recv().await.expect("a connection");
        transaction(&on).await?;
        assert!(free.back.send(on).is_ok());
        done += 1;
    }
    Ok(done)
}

struct Free {
    connections: tokio::sync::Mutex<mpsc::UnboundedReceiver<Connection>>,
    back: mpsc::UnboundedSender<Connection>,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let callers: usize = arguments[3].parse().expect("callers");
    let seconds: f64 = arguments[4].parse().expect("seconds");
    let connections = try_join_all((0..peer::CONNECTIONS).map(|_| open(&arguments[1]))).await.expect("a database");
    let (used, began) = (processor(), Instant::now());
    let end = began + Duration::from_secs_f64(seconds);
    let running: Vec<_> = if arguments[2] == "row" {
        let shared: Vec<_> = connections.into_iter().map(Arc::new).collect();
        (0..callers).map(|caller| tokio::spawn(read(shared[caller % shared.len()].clone(), end))).collect()
    } else {
        let (back, free) = mpsc::unbounded_channel();
        connections.into_iter().for_each(|each| assert!(back.send(each).is_ok()));
        let free = Arc::new(Free { connections: tokio::sync::Mutex::new(free), back });
        (0..callers).map(|_| tokio::spawn(write(free.clone(), end))).collect()
    };
    let mut done = 0;
    for each in running {
        done += each.await.expect("a caller").expect("an answer");
    }
    println!("{done} {} {}", began.elapsed().as_secs_f64(), processor() - used);
}
