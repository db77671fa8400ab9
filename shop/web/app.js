// The storefront: which view each address shows, and the header of all pages.

import * as api from "./api.js";
import * as cart from "./cart.js";
import { go, start } from "./router.js";
import { isSignedIn, onChange } from "./session.js";
import { all, h } from "./ui/html.js";
import { say } from "./ui/toast.js";
import { cartPage } from "./views/cart.js";
import { checkout } from "./views/checkout.js";
import { home } from "./views/home.js";
import { order } from "./views/order.js";
import { orders } from "./views/orders.js";
import { product } from "./views/product.js";
import { products } from "./views/products.js";
import { signIn } from "./views/sign-in.js";
import { signUp } from "./views/sign-up.js";

const routes = {
  "": home,
  "products": products,
  "products/:sku": product,
  "cart": cartPage,
  "checkout": checkout,
  "orders": orders,
  "orders/:id": order,
  "sign-in": signIn,
  "sign-up": signUp,
};

async function leave() {
  try {
    await api.signOut();
  } catch {
    // The person is signed out here anyway, and the token expires by itself.
  }
  say("You are signed out.");
  go("#/");
}

function header() {
  const count = cart.count();
  const person = isSignedIn()
    ? [h("a", { href: "#/orders" }, "Orders"), h("button", { class: "link", type: "button", onclick: leave }, "Sign out")]
    : [h("a", { href: "#/sign-in" }, "Sign in")];
  const basket = h("a", { class: "basket", href: "#/cart", "aria-label": `Cart, ${count} items` },
    "Cart", h("span", { class: "count", "data-empty": count === 0 }, String(count)));
  document.getElementById("account").replaceChildren(all(...person, basket));
}

const search = document.getElementById("search");
search.addEventListener("submit", (event) => {
  event.preventDefault();
  const query = search.elements.query.value.trim();
  go(query ? `#/products?${new URLSearchParams({ query })}` : "#/products");
});

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});

onChange(header);
cart.onChange(header);
header();
cart.watchSession();
start(routes, document.getElementById("main"));
