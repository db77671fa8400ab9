use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub sku: String,
    pub quantity: i64,
    pub unit_price: f64,
}

#[derive(Serialize, Deserialize)]
pub struct Order {
    pub customer: String,
    pub email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
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
