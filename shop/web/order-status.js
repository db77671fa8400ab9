// The statuses of an order in words.

const way = ["pending", "reserved", "paid", "confirmed"];

const words = {
  pending: ["Order received", "We are checking the shelves."],
  reserved: ["Set aside for you", "Your items are reserved. We are asking the bank."],
  paid: ["Paid", "The bank approved the payment. We are packing your order."],
  confirmed: ["Confirmed", "All done. A receipt is on its way to you by email."],
  rejected: ["Not enough in stock", "Somebody else was faster. Nothing was charged."],
  declined: ["Payment declined", "The bank declined the payment. Nothing was charged, and your items are back on the shelf."],
  cancelled: ["Cancelled", "Your items are back on the shelf. Any payment is refunded."],
};

export const name = (status) => words[status]?.[0] ?? status;
export const explain = (status) => words[status]?.[1] ?? "";

/** Whether the status is final. */
export const isOver = (status) => ["confirmed", "rejected", "declined", "cancelled"].includes(status);

/** Whether a status is good, bad, or still open. */
export const mood = (status) => (status === "confirmed" ? "good" : isOver(status) ? "bad" : "open");

/** Past and future steps of an order: `{status, at?, state: "done" | "now" | "ahead" | "bad"}`. */
export function steps({ status, history }) {
  const past = history.map((step) => ({ ...step, state: mood(step.status) === "bad" ? "bad" : "done" }));
  if (isOver(status)) return past;
  const ahead = way.slice(way.indexOf(status) + 1);
  return [...past, ...ahead.map((next, index) => ({ status: next, state: index === 0 ? "now" : "ahead" }))];
}
