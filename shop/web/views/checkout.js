// Placing an order for the content of the cart.

import * as api from "../api.js";
import * as cart from "../cart.js";
import { persist } from "../persist.js";
import { go } from "../router.js";
import { choice, field, form } from "../ui/form.js";
import { money } from "../ui/format.js";
import { all, h } from "../ui/html.js";
import { countDown } from "../ui/outage.js";
import { summary } from "../ui/summary.js";
import { cartPage } from "./cart.js";

/** The tokens of the test processor, and what each one does. */
const payments = [
  ["tok_ok", "A card that works", "The bank approves immediately."],
  ["tok_declined", "A card that is declined", "The bank refuses. Nothing is charged."],
  ["tok_slow", "A card with a slow bank", "The response takes three seconds."],
  ["tok_flaky", "A card with a poor connection", "The bank fails twice, then approves."],
  ["tok_lost", "A card whose response gets lost", "The card is charged, but the response never arrives. You still pay only once."],
];

const countries = [
  ["AT", "Austria"], ["BE", "Belgium"], ["DK", "Denmark"], ["FI", "Finland"], ["FR", "France"], ["DE", "Germany"],
  ["IE", "Ireland"], ["IT", "Italy"], ["NL", "Netherlands"], ["PL", "Poland"], ["PT", "Portugal"], ["ES", "Spain"],
  ["SE", "Sweden"], ["CH", "Switzerland"], ["GB", "United Kingdom"],
];

/** The person's country, as far as the browser's language reveals it. */
const home = () => new Intl.Locale(navigator.language).region;

function payment([token, name, words], index) {
  const id = `pay-${token}`;
  return h("div", { class: "option" },
    h("input", { type: "radio", id, name: "/paymentToken", value: token, checked: index === 0 }),
    h("label", { for: id }, h("strong", {}, name), h("span", { class: "hint" }, words)));
}

const fields = (person) => [
  h("fieldset", {},
    h("legend", {}, "Shipping address"),
    field("Name", "/shippingAddress/name", { autocomplete: "name", value: person.name }),
    field("Street and number", "/shippingAddress/street", { autocomplete: "address-line1" }),
    h("div", { class: "pair" },
      field("Postal code", "/shippingAddress/postalCode", { autocomplete: "postal-code" }),
      field("City", "/shippingAddress/city", { autocomplete: "address-level2" })),
    choice("Country", "/shippingAddress/country", countries, { autocomplete: "country", value: home() }),
    field("Email for the receipt", "/email", { type: "email", autocomplete: "email", optional: true, value: person.email })),
  h("fieldset", {},
    h("legend", {}, "Payment"),
    h("p", { class: "hint" }, "No real money is involved. Each card shows how the shop handles a different situation at the bank."),
    payments.map(payment),
    h("p", { class: "fault", "data-fault": "/paymentToken" })),
];

/**
  * Returns the idempotency key for a body. The same body has the same key until a response arrives, so that an order
  * whose response was lost is not placed twice.
 */
function attempts() {
  let open = null;
  return {
    keyFor(body) {
      const text = JSON.stringify(body);
      if (open?.text !== text) open = { text, key: api.newKey() };
      return open.key;
    },
    answered: () => (open = null),
  };
}

function placing(signal) {
  const attempt = attempts();
  return async (body, button) => {
    const key = attempt.keyFor(body);
    const wait = ({ service, retryAfter }) =>
      countDown(retryAfter, (left) => (button.textContent = `${service} is not answering. Trying again in ${left} s`), null, signal);
    button.textContent = "Placing your order…";
    try {
      const order = await persist(() => api.placeOrder(body, key, signal), wait);
      cart.emptied();
      go(`#/orders/${encodeURIComponent(order.id)}`);
    } catch (problem) {
      if (!problem.isOutage) attempt.answered();
      throw problem;
    }
  };
}

export async function checkout({ signal }) {
  const [held, person] = await Promise.all([cart.load(signal), api.me(signal)]);
  if (held.items.length === 0) return cartPage({ signal });
  const content = all(
    h("h1", {}, "Check out"),
    h("div", { class: "columns" },
      form({ label: `Pay ${money(held.total)}`, submit: placing(signal) }, fields(person)),
      summary("Your order", held)));
  return { title: "Check out", content };
}
