//! serde_json with the order in the file that is given. Decoding does not validate: Roost's, which does, is held against it.
use peer::Order;
use std::{hint::black_box, time::Instant};

/// Nanoseconds for one run of the body: the median of eleven batches.
fn nanoseconds(mut body: impl FnMut()) -> u128 {
    const BATCH: u128 = 5000;
    let mut times: Vec<u128> = (0..12)
        .map(|_| {
            let began = Instant::now();
            (0..BATCH).for_each(|_| body());
            began.elapsed().as_nanos() / BATCH
        })
        .skip(1) // The first warms up.
        .collect();
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let file = std::env::args().nth(1).expect("a file");
    let bytes = std::fs::read(file).expect("the order");
    let order: Order = serde_json::from_slice(&bytes).expect("a right order");
    let decode = || drop(black_box(serde_json::from_slice::<Order>(black_box(&bytes)).expect("a right order")));
    let encode = || drop(black_box(serde_json::to_vec(black_box(&order)).expect("bytes")));
    println!("json-decode {}", nanoseconds(decode));
    println!("json-encode {}", nanoseconds(encode));
}
