// All products, one category, or the results of a search.

import * as api from "../api.js";
import { categories, nameOf } from "../categories.js";
import { all, h } from "../ui/html.js";
import { pages } from "../ui/more.js";
import { card } from "../ui/product-card.js";

function address(query, category) {
  const wanted = Object.entries({ query, category }).filter(([, value]) => value);
  return wanted.length ? `#/products?${new URLSearchParams(wanted)}` : "#/products";
}

function filters(query, chosen) {
  const filter = (slug, name) =>
    h("li", {}, h("a", { class: "chip", href: address(query, slug), "aria-current": slug === chosen && "true" }, name));
  return h("ul", { class: "chips", "aria-label": "Shelves" },
    filter("", "All"), categories.map(({ slug, name }) => filter(slug, name)));
}

const nothing = () =>
  h("section", { class: "panel" },
    h("p", {}, "No products match your search. Try a shorter word or another shelf."),
    h("a", { class: "button quiet", href: "#/products" }, "See everything"));

export async function products({ query: asked, signal }) {
  const query = asked.get("query") ?? "";
  const category = asked.get("category") ?? "";
  document.getElementById("search-text").value = query;
  const fetch = (cursor) => api.products({ query, category, cursor }, signal);
  const page = await fetch();
  const title = query ? `“${query}”` : category ? nameOf(category) : "Everything";
  const list = h("ul", { class: "grid" });
  const more = pages(list, page, fetch, card);
  const found = page.items.length ? [list, more] : [nothing()];
  return { title, content: all(h("h1", {}, title), filters(query, category), ...found) };
}
