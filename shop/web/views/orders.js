// All orders of the person, newest first.

import * as api from "../api.js";
import { mood, name } from "../order-status.js";
import { date, money } from "../ui/format.js";
import { all, h } from "../ui/html.js";
import { pages } from "../ui/more.js";

function contents(items) {
  const names = items.map((item) => item.name);
  return names.length > 2 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(" and ");
}

const row = (order) =>
  h("li", {},
    h("a", { class: "row", href: `#/orders/${encodeURIComponent(order.id)}` },
      h("span", {}, h("strong", {}, contents(order.items)), h("span", { class: "hint" }, date(order.createdAt))),
      h("span", { class: "badge", "data-mood": mood(order.status) }, name(order.status)),
      h("span", { class: "price" }, money(order.total))));

const none = () =>
  h("section", { class: "panel" },
    h("p", {}, "You have not ordered anything yet."),
    h("a", { class: "button", href: "#/products" }, "See everything"));

export async function orders({ signal }) {
  const fetch = (cursor) => api.orders(cursor, signal);
  const page = await fetch();
  const list = h("ul", { class: "rows" });
  const more = pages(list, page, fetch, row);
  const content = all(h("h1", {}, "Your orders"), ...(page.items.length ? [list, more] : [none()]));
  return { title: "Your orders", content };
}
