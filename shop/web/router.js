// Routes by the fragment of the address. A view is an async function that takes a place, `{address, params, query, signal}`, and returns
// `{title, content}`. `signal` is aborted when the person goes elsewhere.

import { persist } from "./persist.js";
import { outage } from "./ui/outage.js";
import { forgive } from "./ui/toast.js";
import { failure } from "./views/failure.js";
import { signIn } from "./views/sign-in.js";

/** Splits an address such as `#/products/TEA-0001?a=b`. Returns null if it is malformed. */
function parse(hash) {
  const [, path, query] = /^#?\/?([^?]*)\??(.*)$/.exec(hash);
  try {
    return { parts: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
  } catch {
    return null;
  }
}

/** Returns the parameters if `parts` match a pattern such as `products/:sku`, or null if they don't. */
function match(pattern, parts) {
  const wanted = pattern.split("/").filter(Boolean);
  if (wanted.length !== parts.length) return null;
  const params = {};
  for (const [index, name] of wanted.entries()) {
    if (name.startsWith(":")) params[name.slice(1)] = parts[index];
    else if (name !== parts[index]) return null;
  }
  return params;
}

function find(routes, hash) {
  const parsed = parse(hash);
  for (const [pattern, view] of Object.entries(parsed ? routes : {})) {
    const params = match(pattern, parsed.parts);
    if (params) return { view, params, query: parsed.query };
  }
  return { view: failure.notFound, params: {}, query: new URLSearchParams() };
}

/** Shows the view of the current address in `main`, now and whenever the address changes. */
export function start(routes, main) {
  let leaving = new AbortController();
  let first = true;

  function present({ title, content }) {
    document.title = title ? `${title} · Roost Market` : "Roost Market";
    main.replaceChildren(content);
    main.removeAttribute("aria-busy");
    if (!first) arrive(main);
    first = false;
  }

  async function show() {
    forgive();
    leaving.abort();
    leaving = new AbortController();
    const { signal } = leaving;
    const { view, ...where } = find(routes, location.hash);
    const place = { ...where, signal, address: location.hash || "#/" };
    main.setAttribute("aria-busy", "true");
    try {
      const page = await persist(() => view(place), (problem) => {
        const { content, over } = outage(problem, signal);
        present({ title: "One moment", content });
        return over;
      });
      if (!signal.aborted) present(page);
    } catch (error) {
      if (signal.aborted) return;
      present(error.status === 401 ? await signIn({ ...place, asked: true }) : failure.page(error));
    }
  }

  addEventListener("hashchange", show);
  show();
}

/** Goes to an address, and reloads its view if it is the current one. */
export function go(address) {
  if (location.hash === address) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = address;
}

/** Moves the focus to the top of a new page, for keyboards and screen readers. */
function arrive(main) {
  scrollTo(0, 0);
  const heading = main.querySelector("h1") ?? main;
  heading.setAttribute("tabindex", "-1");
  heading.focus({ preventScroll: true });
}
