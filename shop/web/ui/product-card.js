// A product in a list.

import { h } from "./html.js";
import { money } from "./format.js";
import { nameOf } from "../categories.js";

/** The number of shades per category, so that adjacent products differ. */
const shades = 5;

/** The tinted tile with the product's picture. */
export function picture(product, size) {
  const shade = (Number.parseInt(product.sku.replace(/\D/g, ""), 10) || 0) % shades;
  return h("span", { class: "tile", "data-category": product.category, "data-shade": shade },
    h("img", { src: product.imageUrl, alt: "", width: size, height: size, decoding: "async" }));
}

export function card(product) {
  const left = product.stock === 0 && h("span", { class: "badge" }, "Sold out");
  return h("li", {},
    h("a", { class: "card", href: `#/products/${encodeURIComponent(product.sku)}` },
      picture(product, 320),
      h("span", { class: "card-kind" }, nameOf(product.category), left),
      h("strong", {}, product.name),
      h("span", { class: "price" }, money(product.price))));
}

export const grid = (products) => h("ul", { class: "grid" }, products.map(card));
