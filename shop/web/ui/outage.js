// Shows which service is down, and when the next attempt is.

import { h } from "./html.js";

/** A panel with a countdown. `over` resolves at its end, or when the person asks for it; it rejects when they leave the page. */
export function outage(problem, signal) {
  const clock = h("span", { "aria-hidden": "true" });
  const button = h("button", { type: "button" }, "Try now");
  const content = h("section", { class: "panel outage", role: "status" },
    h("img", { src: "/images/roost.svg", alt: "", width: 88, height: 88 }),
    h("h1", {}, `${problem.service} is not answering`),
    h("p", {}, `${problem.message} The rest of the shop is open, and this page tries again automatically.`),
    h("p", {}, button, clock));
  return { content, over: countDown(problem.retryAfter, (left) => (clock.textContent = `or wait ${left} s`), button, signal) };
}

/** Calls `tick` with the remaining seconds. */
export function countDown(seconds, tick, button, signal) {
  return new Promise((resolve, reject) => {
    const end = Date.now() + seconds * 1000;
    const step = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left > 0) tick(left);
      else finish(resolve);
    };
    const timer = setInterval(step, 250);
    const finish = (outcome) => {
      clearInterval(timer);
      outcome();
    };
    button?.addEventListener("click", () => finish(resolve), { once: true });
    signal.addEventListener("abort", () => finish(() => reject(signal.reason)), { once: true });
    step();
  });
}
