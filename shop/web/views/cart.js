// The content of the cart.

import * as cart from "../cart.js";
import { isSignedIn } from "../session.js";
import { all, h } from "../ui/html.js";
import { money, things } from "../ui/format.js";
import { complain } from "../ui/toast.js";

const empty = () =>
  h("section", { class: "panel" },
    h("h1", {}, "Your cart is empty"),
    h("p", {}, "A good moment to look around."),
    h("a", { class: "button", href: "#/products" }, "See everything"));

function line({ sku, name, quantity, unitPrice, lineTotal }, change) {
  const count = h("input", {
    type: "number", inputmode: "numeric", min: 1, max: 1000, value: quantity, "aria-label": `Quantity of ${name}`,
    onchange: () => change(() => cart.setQuantity(sku, Number(count.value))),
  });
  const remove = h("button", {
    class: "link", type: "button", "aria-label": `Remove ${name}`, onclick: () => change(() => cart.remove(sku)),
  }, "Remove");
  return h("li", { class: "line" },
    h("div", {}, h("a", { href: `#/products/${encodeURIComponent(sku)}` }, name), h("span", { class: "hint" }, `${money(unitPrice)} each`)),
    count,
    h("strong", { class: "price" }, money(lineTotal)),
    remove);
}

function full({ items, total }, change) {
  const count = items.reduce((sum, item) => sum + item.quantity, 0);
  return all(
    h("h1", {}, "Your cart"),
    h("div", { class: "columns" },
      h("ul", { class: "lines" }, items.map((item) => line(item, change))),
      h("aside", { class: "summary" },
        h("p", { class: "total" }, h("span", {}, things(count)), h("strong", { role: "status" }, money(total))),
        h("p", { class: "hint" }, isSignedIn() ? "Delivery is free." : "Delivery is free. You sign in at the checkout, and keep this cart."),
        h("a", { class: "button wide", href: "#/checkout" }, "Check out"))));
}

/** Shown if the cart has no total because prices have changed, for example to another currency. A cart can always be emptied. */
const withoutSum = (problem, change) =>
  h("section", { class: "panel" },
    h("h1", {}, "Your cart has no total"),
    h("p", { role: "alert" }, problem.message),
    h("button", { class: "button", type: "button", onclick: () => change(cart.clear) }, "Empty the cart"));

export async function cartPage({ signal }) {
  const content = h("div", {});
  const draw = (held) => content.replaceChildren(held.items.length ? full(held, change) : empty());

  /** If a change is refused, the cart is loaded again. */
  async function apply(action) {
    try {
      redraw(await action());
    } catch (problem) {
      complain(problem);
      await cart.load(signal).then(redraw, () => {});
    }
  }

  /** Keeps the focus where it was. */
  function redraw(held) {
    const active = content.contains(document.activeElement) && document.activeElement;
    const label = active && active.getAttribute("aria-label");
    draw(held);
    if (active) (content.querySelector(`[aria-label="${CSS.escape(label ?? "")}"]`) ?? content.querySelector("a")).focus();
  }

  /** Changes are made one after the other, so that the last response is the newest. */
  let last = Promise.resolve();
  const change = (action) => (last = last.then(() => apply(action)));

  try {
    draw(await cart.load(signal));
  } catch (problem) {
    if (problem.status !== 409 && problem.status !== 422) throw problem;
    content.replaceChildren(withoutSum(problem, change));
  }
  return { title: "Your cart", content };
}
