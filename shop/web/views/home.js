// The home page: the categories, and a few products from each.

import * as api from "../api.js";
import { categories } from "../categories.js";
import { all, h } from "../ui/html.js";
import { grid } from "../ui/product-card.js";

const fromEachShelf = 2;

const hero = () =>
  h("section", { class: "hero" },
    h("div", {},
      h("h1", {}, "Small comforts for the place you come home to"),
      h("p", {}, "Tea and coffee, pots and linen, things that grow and things to write on. Six short shelves, chosen slowly."),
      h("a", { class: "button", href: "#/products" }, "See everything")),
    h("img", { src: "/images/hero.svg", alt: "", width: 640, height: 480 }));

const shelf = ({ slug, name, words }) =>
  h("li", {},
    h("a", { class: "shelf", href: `#/products?category=${slug}` },
      h("span", { class: "tile", "data-category": slug }, h("img", { src: `/images/${slug}.svg`, alt: "", width: 160, height: 160 })),
      h("strong", {}, name),
      h("span", {}, words)));

/** Takes one product of each category, then the next of each. */
const inTurn = (shelves) =>
  Array.from({ length: fromEachShelf }, (_, round) => shelves.map((products) => products[round])).flat().filter(Boolean);

export async function home({ signal }) {
  const pages = await Promise.all(categories.map(({ slug }) => api.products({ category: slug, limit: fromEachShelf }, signal)));
  const content = all(
    hero(),
    h("h2", {}, "The shelves"),
    h("ul", { class: "shelves" }, categories.map(shelf)),
    h("h2", {}, "A little of everything"),
    grid(inTurn(pages.map((page) => page.items))),
    h("p", { class: "more" }, h("a", { class: "button quiet", href: "#/products" }, "See everything")));
  return { content };
}
