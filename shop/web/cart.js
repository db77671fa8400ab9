// The cart as this tab last saw it, for the number in the header and for adding to what is there.

import * as api from "./api.js";
import { isSignedIn, onChange as onSession } from "./session.js";

const changed = new EventTarget();
let seen = null;

function remember(cart) {
  seen = cart;
  changed.dispatchEvent(new Event("change"));
  return cart;
}

export const onChange = (listener) => changed.addEventListener("change", listener);

/** How many things are in the cart, as far as is known. */
export const count = () => (seen?.items ?? []).reduce((sum, item) => sum + item.quantity, 0);

export const load = async (signal) => remember(await api.cart(signal));
export const setQuantity = async (sku, quantity) => remember(await api.putItem(sku, quantity));

/** An order has taken all that was in it. */
export const emptied = () => remember(null);

export async function remove(sku) {
  await api.removeItem(sku);
  return load();
}

export async function clear() {
  await api.clearCart();
  return load();
}

/** Adds to what is there: the shop's own call sets a quantity. */
export async function add(sku, quantity) {
  const { items } = seen ?? (await load());
  const held = items.find((item) => item.sku === sku)?.quantity ?? 0;
  return setQuantity(sku, held + quantity);
}

/** Keeps the header's number true. A cart that cannot be had is no news here. */
export function watchSession() {
  const look = () => (isSignedIn() ? load().catch(() => {}) : remember(null));
  onSession(look);
  look();
}
