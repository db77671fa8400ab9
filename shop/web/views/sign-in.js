// Signing in, and then on to where the person was going.

import * as api from "../api.js";
import { go } from "../router.js";
import { field, form } from "../ui/form.js";
import { h } from "../ui/html.js";

/** Where to go after: only an address of this page, whatever the link says. */
export function onward({ query, address, asked }) {
  const wanted = asked ? address : query.get("then") ?? "#/";
  return wanted.startsWith("#/") ? wanted : "#/";
}

/** `asked` is set when another view was refused, and this one stands in its place. */
export async function signIn(place) {
  const then = onward(place);
  const submit = async (credentials) => {
    await api.signIn(credentials);
    go(then);
  };
  const content = h("section", { class: "narrow" },
    h("h1", {}, "Sign in"),
    h("p", { class: "lead" }, then === "#/" ? "Good to see you again." : "Please sign in first; then we go on where you were."),
    form({ label: "Sign in", submit },
      field("Email", "/email", { type: "email", autocomplete: "email" }),
      field("Password", "/password", { type: "password", autocomplete: "current-password" })),
    h("p", {}, "New here? ", h("a", { href: `#/sign-up?${new URLSearchParams({ then })}` }, "Make an account"), "."));
  return { title: "Sign in", content };
}
