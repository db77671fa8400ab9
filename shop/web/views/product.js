// One product, and others of the same category.

import * as api from "../api.js";
import * as cart from "../cart.js";
import { nameOf } from "../categories.js";
import { go } from "../router.js";
import { field, form } from "../ui/form.js";
import { money } from "../ui/format.js";
import { all, h } from "../ui/html.js";
import { grid, picture } from "../ui/product-card.js";
import { say } from "../ui/toast.js";

/** The largest quantity of one product in a cart. */
const most = 1000;
const fewLeft = 30;
const neighbours = 4;

function stock(count) {
  if (count === 0) return h("p", { class: "stock none" }, "Sold out for now");
  if (count < fewLeft) return h("p", { class: "stock few" }, `Only ${count} left`);
  return h("p", { class: "stock" }, "In stock");
}

function order(product, address) {
  const add = async ({ quantity }) => {
    try {
      await cart.add(product.sku, Number(quantity));
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      return go(`#/sign-in?${new URLSearchParams({ then: address })}`);
    }
    say(`${product.name} is in your cart. `, h("a", { href: "#/cart" }, "See the cart"));
  };
  const quantity = field("Quantity", "/quantity", {
    type: "number", inputmode: "numeric", min: 1, max: Math.min(most, product.stock), value: 1,
  });
  return form({ label: "Add to cart", class: "buy", submit: add }, quantity);
}

/** Returns other products of the category, or nothing if they cannot be loaded. */
async function others({ sku, category }, signal) {
  const page = await api.products({ category, limit: neighbours + 1 }, signal).catch(() => ({ items: [] }));
  const items = page.items.filter((item) => item.sku !== sku).slice(0, neighbours);
  return items.length ? [h("h2", {}, "More from this shelf"), grid(items)] : [];
}

export async function product({ params, signal, address }) {
  const found = await api.product(params.sku, signal);
  const { name, description, category, price } = found;
  const content = all(
    h("nav", { class: "crumbs", "aria-label": "Breadcrumb" },
      h("a", { href: "#/products" }, "Everything"), " / ",
      h("a", { href: `#/products?${new URLSearchParams({ category })}` }, nameOf(category))),
    h("article", { class: "product" },
      picture(found, 560),
      h("div", {},
        h("h1", {}, name),
        h("p", { class: "price" }, money(price)),
        h("p", { class: "lead" }, description),
        stock(found.stock),
        found.stock > 0 && order(found, address),
        h("p", { class: "hint" }, `Article ${found.sku}`))),
    ...(await others(found, signal)));
  return { title: name, content };
}
