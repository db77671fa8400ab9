// Short messages at the edge of the page: the last success and the last error.

import { duration, sentence } from "./format.js";
import { h } from "./html.js";

/** How long messages are shown, in milliseconds. */
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

/** Removes the error when the person leaves the page that it is about. */
export const forgive = () => document.querySelector(".toast.bad")?.remove();

const describe = ({ pointer, message }) => `${sentence(`${pointer.split("/").pop()} ${message}`.trim())}.`;

/** Shows what went wrong with an action, and the faults that belong to no field. */
export function complain(problem, faults = problem.errors) {
  if (problem.isOutage) toast("bad", `${problem.service} is not answering. Try again in ${problem.retryAfter} seconds.`);
  else if (problem.status === 429) toast("bad", `${problem.message} You can try again in ${duration(problem.wait)}.`);
  else toast("bad", [problem.message, ...faults.map(describe)].join(" "));
}
