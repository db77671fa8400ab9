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
/** How long the page waits for recommendations, in milliseconds. It is complete without them. */
const patience = 600;

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

const nothing = () => ({ items: [] });

/** Returns the products that are bought together with this one, or none if that is not known soon. */
async function companions({ sku }, signal) {
  const late = new Promise((resolve) => setTimeout(() => resolve(nothing()), patience));
  const found = await Promise.race([api.recommendations(sku, signal).catch(nothing), late]);
  return (found?.items ?? []).filter((item) => item.sku !== sku).slice(0, neighbours);
}

/** Returns products of the same category, or none if they cannot be loaded. */
async function shelf({ category }, signal) {
  return (await api.products({ category, limit: 2 * neighbours + 1 }, signal).catch(nothing)).items;
}

const section = (heading, products) => (products.length ? [h("h2", {}, heading), grid(products)] : []);

/** Returns other products, each only once. */
async function others(product, signal) {
  const [bought, similar] = await Promise.all([companions(product, signal), shelf(product, signal)]);
  const shown = new Set([product, ...bought].map(({ sku }) => sku));
  const rest = similar.filter(({ sku }) => !shown.has(sku)).slice(0, neighbours);
  return [...section("Often bought together", bought), ...section("More from this shelf", rest)];
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
