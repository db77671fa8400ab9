// The last known content of the cart, for the number in the header and for adding to a quantity.

import * as api from "./api.js";
import { onChange as onSession } from "./session.js";

const changed = new EventTarget();
let seen = null;

function remember(cart) {
  seen = cart;
  changed.dispatchEvent(new Event("change"));
  return cart;
}

export const onChange = (listener) => changed.addEventListener("change", listener);

/** The number of items in the cart, as far as is known. */
export const count = () => (seen?.items ?? []).reduce((sum, item) => sum + item.quantity, 0);

export const load = async (signal) => remember(await api.cart(signal));
export const setQuantity = async (sku, quantity) => remember(await api.putItem(sku, quantity));

/** Records that an order was placed for everything in the cart. */
export const emptied = () => remember(null);

export async function remove(sku) {
  await api.removeItem(sku);
  return load();
}

export async function clear() {
  await api.clearCart();
  return load();
}

/** Adds to the quantity of a product. The API can only set it. */
export async function add(sku, quantity) {
  const { items } = seen ?? (await load());
  const held = items.find((item) => item.sku === sku)?.quantity ?? 0;
  return setQuantity(sku, held + quantity);
}

/**
 * Keeps the number in the header up to date. Everyone has a cart: the account's, or that of the guest whom a cookie identifies.
 * Errors are ignored here.
 */
export function watchSession() {
  const look = () => load().catch(() => {});
  onSession(() => {
    remember(null);
    look();
  });
  look();
}
