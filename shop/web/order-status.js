// The life of an order, as a person is told it.

const way = ["pending", "reserved", "paid", "confirmed"];

const words = {
  pending: ["Order received", "We are looking on the shelves."],
  reserved: ["Set aside for you", "Your things are off the shelf; we are asking the bank."],
  paid: ["Paid", "The bank said yes; we are packing."],
  confirmed: ["Confirmed", "All done. A receipt is on its way to you by email."],
  rejected: ["Not enough in stock", "Somebody was quicker. Nothing was charged."],
  declined: ["Payment declined", "The bank said no. Nothing was charged, and your things are back on the shelf."],
  cancelled: ["Cancelled", "Your things are back on the shelf. What you paid is paid back."],
};

export const name = (status) => words[status]?.[0] ?? status;
export const explain = (status) => words[status]?.[1] ?? "";

/** True when nothing more will happen. */
export const isOver = (status) => ["confirmed", "rejected", "declined", "cancelled"].includes(status);

/** How an end, or the way to it, feels. */
export const mood = (status) => (status === "confirmed" ? "good" : isOver(status) ? "bad" : "open");

/** What has happened, and then what is still to come: `{status, at?, state: "done" | "now" | "ahead" | "bad"}`. */
export function steps({ status, history }) {
  const past = history.map((step) => ({ ...step, state: mood(step.status) === "bad" ? "bad" : "done" }));
  if (isOver(status)) return past;
  const ahead = way.slice(way.indexOf(status) + 1);
  return [...past, ...ahead.map((next, index) => ({ status: next, state: index === 0 ? "now" : "ahead" }))];
}
