// Live updates of an order over a WebSocket, or over Server-Sent Events if a WebSocket cannot get through to the shop.

import { order } from "./api.js";
import { pause } from "./persist.js";
import { Problem } from "./problem.js";
import { tokens } from "./session.js";

/** The shop reports a problem by closing with 4000 plus an HTTP status. */
const problemCodes = 4000;

const path = (id) => `/orders/${encodeURIComponent(id)}/live`;

/** Calls `step` with each change. Resolves with true at the end, or with false if the socket could not be opened or was lost. */
function bySocket(id, signal, step) {
  return new Promise((resolve, reject) => {
    const address = new URL(path(id), location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address, ["roost", `bearer.${tokens()?.accessToken}`]);
    const leave = () => socket.close();
    signal.addEventListener("abort", leave, { once: true });
    socket.addEventListener("message", ({ data }) => step(JSON.parse(data)));
    socket.addEventListener("close", ({ code, reason }) => {
      signal.removeEventListener("abort", leave);
      if (signal.aborted) reject(signal.reason);
      else if (code > problemCodes) reject(new Problem(path(id), code - problemCodes, { detail: reason }));
      else resolve(code === 1000);
    });
  });
}

/** The events of a stream as `{id, event, data}` (the part of WHATWG HTML §9.2.6 that the shop uses). */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n").map((line) => /^([^:]*):? ?(.*)$/.exec(line).slice(1));
      yield Object.fromEntries(lines);
    }
  }
}

/** The same over Server-Sent Events; `seen.id` is the last event. `EventSource` cannot send a token, so the response is parsed here. */
async function byEvents(id, signal, step, seen) {
  const headers = { accept: "text/event-stream", authorization: `Bearer ${tokens()?.accessToken}` };
  if (seen.id) headers["last-event-id"] = seen.id;
  const response = await fetch(path(id), { headers, signal });
  if (!response.ok) throw await Problem.from(path(id), response);
  for await (const { id: number, event, data } of events(response.body)) {
    if (event === "end") return true;
    if (event === "error") return false;
    if (!data) continue;
    step(JSON.parse(data));
    seen.id = number;
  }
  return false;
}

/**
  * Calls `change` with each status of an order and its time, `{status, at}`: the past ones, and new ones as they happen. Resolves
  * at the final status. Lost connections are opened again, after which `change` may be called with the same status again.
 */
export async function watch(id, signal, change) {
  const seen = {};
  for (let wait = 500; ; wait = Math.min(wait * 2, 10_000)) {
    const step = (value) => {
      wait = 500;
      change(value);
    };
    if (await bySocket(id, signal, step)) return;
    try {
      if (await byEvents(id, signal, step, seen)) return;
    } catch (error) {
      if (signal.aborted) throw error;
      // Any call replaces an expired token by a new one.
      if (error.status === 401) await order(id, signal);
      else if (error.status !== undefined && !error.isOutage) throw error;
    }
    await pause(wait, signal);
  }
}
