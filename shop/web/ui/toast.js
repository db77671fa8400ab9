// Short messages at the edge of the page: the last good one and the last bad one.

import { sentence } from "./format.js";
import { h } from "./html.js";

/** In milliseconds. */
const shownFor = { good: 5_000, bad: 15_000 };

function toast(kind, text, more) {
  const shelf = document.getElementById("toasts");
  const close = h("button", { class: "close", type: "button", "aria-label": "Dismiss", onclick: () => note.remove() }, "×");
  const note = h("div", { class: `toast ${kind}` }, h("p", {}, text, more), close);
  shelf.querySelector(`.${kind}`)?.remove();
  shelf.append(note);
  setTimeout(() => note.remove(), shownFor[kind]);
}

export const say = (text, more) => toast("good", text, more);

/** A complaint is about the page it was made on. */
export const forgive = () => document.querySelector(".toast.bad")?.remove();

const describe = ({ pointer, message }) => `${sentence(`${pointer.split("/").pop()} ${message}`.trim())}.`;

/** Shows what went wrong with something a person did, and those of its faults that have no better place. */
export function complain(problem, faults = problem.errors) {
  if (problem.isOutage) toast("bad", `${problem.service} is not answering. Try again in ${problem.retryAfter} seconds.`);
  else if (problem.status === 429) toast("bad", `Too many tries. Try again in ${problem.retryAfter} seconds.`);
  else toast("bad", [problem.message, ...faults.map(describe)].join(" "));
}
