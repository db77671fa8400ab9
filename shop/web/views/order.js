// One order, updated live until its final status.

import * as api from "../api.js";
import { watch } from "../live.js";
import { explain, isOver, name, steps } from "../order-status.js";
import { date, time } from "../ui/format.js";
import { all, h } from "../ui/html.js";
import { summary } from "../ui/summary.js";
import { complain } from "../ui/toast.js";

const step = ({ status, at, state }) =>
  h("li", { "data-state": state },
    h("strong", {}, name(status)),
    h("span", { class: "hint" }, at ? h("time", { datetime: at }, time(at)) : state === "now" ? "In progress" : "Still to come"));

/** Returns the parts of the page that change, and a function that shows an order in them. */
function board(cancel) {
  const status = h("div", { class: "status", role: "status" });
  const track = h("ol", { class: "track" });
  const button = h("button", { class: "quiet", type: "button", onclick: cancel }, "Cancel this order");
  const draw = (order) => {
    status.replaceChildren(h("strong", {}, name(order.status)), h("span", {}, explain(order.status)));
    track.replaceChildren(...steps(order).map(step));
    button.hidden = isOver(order.status);
  };
  return { parts: [status, track, button], button, draw };
}

/** Shows each change of the order as it happens. */
async function follow(order, signal, draw) {
  await watch(order.id, signal, (step) => {
    if (order.history.some(({ status }) => status === step.status)) return;
    order.history.push(step);
    order.status = step.status;
    draw(order);
  });
}

export async function order({ params, signal }) {
  const found = await api.order(params.id, signal);
  const { parts, button, draw } = board(cancel);

  async function cancel() {
    button.disabled = true;
    try {
      await api.cancelOrder(found.id);
    } catch (problem) {
      complain(problem);
    }
    await api.order(found.id, signal).then(draw, () => {});
    button.disabled = false;
  }

  draw(found);
  if (!isOver(found.status)) follow(found, signal, draw).catch((problem) => signal.aborted || complain(problem));
  const content = all(
    h("nav", { class: "crumbs", "aria-label": "Breadcrumb" }, h("a", { href: "#/orders" }, "Your orders")),
    h("h1", {}, "Your order"),
    h("p", { class: "hint" }, `Placed ${date(found.createdAt)} · ${found.id}`),
    h("div", { class: "columns" }, h("section", { class: "board" }, parts), summary("In this order", found)));
  return { title: "Your order", content };
}
