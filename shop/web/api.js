// The shop's HTTP API. A call returns the parsed response, or throws a `Problem`.

import { Problem } from "./problem.js";
import { exclusively, forget, keep, tokens } from "./session.js";

/** The time limit of a call, in milliseconds. */
const timeout = 15_000;

async function send(method, path, { body, key, signal, token }) {
  const headers = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (key) headers["idempotency-key"] = key;
  if (token) headers.authorization = `Bearer ${token}`;
  const limit = AbortSignal.timeout(timeout);
  try {
    return await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw Problem.unreachable(path);
  }
}

/**
  * Replaces an access token that was refused by a new one.
  * Returns null and signs out if the refresh token is refused too.
 */
function refresh(refused) {
  return exclusively(async () => {
    const held = tokens();
    if (held?.accessToken !== refused) return held?.accessToken ?? null;
    const path = "/sessions/refresh";
    const response = await send("POST", path, { body: { refreshToken: held.refreshToken } });
    if (response.ok) {
      const pair = await response.json();
      keep(pair);
      return pair.accessToken;
    }
    if (response.status !== 401) throw await Problem.from(path, response);
    forget();
    return null;
  });
}

/** Calls the shop, with the token of the person if someone is signed in. A refused token is refreshed once. */
async function call(method, path, options = {}) {
  const token = tokens()?.accessToken;
  let response = await send(method, path, { ...options, token });
  if (response.status === 401 && token) {
    const fresh = await refresh(token);
    if (fresh) response = await send(method, path, { ...options, token: fresh });
  }
  return answer(path, response);
}

async function answer(path, response) {
  if (!response.ok) throw await Problem.from(path, response);
  return response.status === 204 ? null : response.json();
}

const segment = encodeURIComponent;

export const products = ({ query, category, cursor, limit }, signal) => {
  const wanted = Object.entries({ query, category, cursor, limit }).filter(([, value]) => value);
  return call("GET", `/products?${new URLSearchParams(wanted)}`, { signal });
};
export const product = (sku, signal) => call("GET", `/products/${segment(sku)}`, { signal });
export const recommendations = (sku, signal) => call("GET", `/products/${segment(sku)}/recommendations`, { signal });

export const cart = (signal) => call("GET", "/cart", { signal });
export const putItem = (sku, quantity) => call("PUT", `/cart/items/${segment(sku)}`, { body: { quantity } });
export const clearCart = () => call("DELETE", "/cart");
export const removeItem = (sku) => call("DELETE", `/cart/items/${segment(sku)}`);

export const placeOrder = (order, key, signal) => call("POST", "/orders", { body: order, key, signal });
export const orders = (cursor, signal) => {
  const wanted = cursor ? { cursor } : {};
  return call("GET", `/orders?${new URLSearchParams(wanted)}`, { signal });
};
export const order = (id, signal) => call("GET", `/orders/${segment(id)}`, { signal });
export const cancelOrder = (id) => call("POST", `/orders/${segment(id)}/cancel`);

export const me = (signal) => call("GET", "/accounts/me", { signal });
export const signUp = (account) => call("POST", "/accounts", { body: account });

/** Signs in. It sends no token, because a 401 for a wrong password must not lead to a refresh. */
export async function signIn({ email, password }) {
  const path = "/sessions";
  keep(await answer(path, await send("POST", path, { body: { email, password } })));
}

/** Signs out, even if the shop cannot be reached. */
export async function signOut() {
  try {
    await call("DELETE", "/sessions/current");
  } finally {
    forget();
  }
}

/** A key that makes a POST safe to repeat. `randomUUID` exists only on secure origins. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
