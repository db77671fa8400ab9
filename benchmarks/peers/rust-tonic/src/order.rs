//! The messages of order.proto, as prost-build writes them, and their rules.

#[derive(Clone, PartialEq, prost::Message)]
pub struct Line {
    #[prost(string, tag = "1")]
    pub sku: String,
    #[prost(int64, tag = "2")]
    pub quantity: i64,
    #[prost(double, tag = "3")]
    pub unit_price: f64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Order {
    #[prost(string, tag = "1")]
    pub customer: String,
    #[prost(string, tag = "2")]
    pub email: String,
    #[prost(string, tag = "3")]
    pub note: String,
    #[prost(message, repeated, tag = "4")]
    pub lines: Vec<Line>,
}

impl Order {
    pub fn is_valid(&self) -> bool {
        (1..=200).contains(&self.customer.chars().count())
            && is_email(&self.email)
            && (1..=100).contains(&self.lines.len())
            && self.lines.iter().all(|line| {
                !line.sku.is_empty() && (1..=1000).contains(&line.quantity) && line.unit_price >= 0.0
            })
    }
}

/// An address as HTML's `input type=email` takes it, without the limits on lengths.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric());
    !local.is_empty() && local.bytes().all(|b| b.is_ascii_graphic()) && domain.contains('.') && domain.split('.').all(is_label)
}
