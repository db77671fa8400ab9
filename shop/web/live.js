// An order's life as it happens: by WebSocket, or by Server-Sent Events where something between here and the shop lets no
// WebSocket through.

import { order } from "./api.js";
import { pause } from "./persist.js";
import { Problem } from "./problem.js";
import { tokens } from "./session.js";

/** The shop closes with 4000 and a status of HTTP where it has a problem to tell. */
const problemCodes = 4000;

const path = (id) => `/orders/${encodeURIComponent(id)}/live`;

/** Gives `step` each change. Resolves with true at the end, with false when no socket could be opened or it broke. */
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

/** The events of a stream: `{id, event, data}` (WHATWG HTML §9.2.6, as far as the shop uses it). */
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

/** The same by events; `seen.id` is the last that was had. `EventSource` cannot send a token, so this reads the answer itself. */
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
 * Gives `change` each status of an order with its time, `{status, at}`: those that were, and the others as they come. Resolves
 * at the order's end. What breaks off is taken up again; a status that comes twice is the reader's to know.
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
      // Any call gets a new token in the place of one that has expired.
      if (error.status === 401) await order(id, signal);
      else if (error.status !== undefined && !error.isOutage) throw error;
    }
    await pause(wait, signal);
  }
}
