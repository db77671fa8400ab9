// The summary of a cart or an order, beside the page.

import { h } from "./html.js";
import { money } from "./format.js";

const line = ({ quantity, name, lineTotal }) =>
  h("li", {}, h("span", {}, `${quantity} × ${name}`), h("span", {}, money(lineTotal)));

export const summary = (title, { items, total }) =>
  h("aside", { class: "summary" },
    h("h2", {}, title),
    h("ul", {}, items.map(line)),
    h("p", { class: "total" }, h("span", {}, "Total"), h("strong", {}, money(total))));
