// Shows live streams: WebSockets, and Server-Sent Events, which are read with fetch because an EventSource sends no Authorization.
import { code, element, pretty } from "./elements.js";
import { parsed, problemView } from "./response.js";
import { session } from "./request.js";

/** The number of messages that are shown. */
const limit = 500;

/** The controls of an operation's stream. */
export function streamView(operation, form) {
  const list = element("ol", { class: "messages", "aria-live": "polite" });
  const state = element("span", { class: "hint", role: "status" });
  let stop = null, count = 0;
  const show = (label, text) => {
    count += 1;
    list.prepend(element("li", {}, element("p", { class: "note" }, `${label}, ${new Date().toLocaleTimeString()}`), code(pretty(text))));
    while (list.children.length > limit) list.lastChild.remove();
    state.textContent = `Open: ${count} messages`;
  };
  const fail = (problem) => list.prepend(element("li", {}, problemView(problem)));
  const end = (reason) => {
    stop = null;
    state.textContent = reason;
    buttons.forEach((button) => { button.disabled = false; });
    close.disabled = sendButton.disabled = true;
  };
  const begin = (open) => () => {
    buttons.forEach((button) => { button.disabled = true; });
    close.disabled = false;
    [count, state.textContent] = [0, "Opening…"];
    stop = open(form.request, { show, fail, end, ready() { state.textContent = "Open"; sendButton.disabled = false; } });
  };
  const sends = operation["x-stream"].request;
  const buttons = [
    sends ? null : element("button", { type: "button", onclick: begin(openEvents) }, "Open events"),
    element("button", { type: "button", class: sends ? "" : "quiet", onclick: begin(openSocket) }, "Open WebSocket"),
  ].filter(Boolean);
  const close = element("button", { type: "button", class: "quiet", disabled: true, onclick: () => stop?.close() }, "Close");
  const message = element("textarea", { rows: "5", "aria-label": "Message to send", spellcheck: "false" });
  message.value = pretty(JSON.stringify(operation["x-stream"].example ?? null));
  const sendButton = element("button", { type: "button", disabled: true, onclick: () => { stop?.send(message.value); show("Sent", message.value); } }, "Send");
  return element("div", {}, element("div", { class: "actions" }, buttons, close, state), sends ? [message, element("div", { class: "actions" }, sendButton)] : "",
    element("div", { class: "response" }, list));
}

function openEvents({ url, headers }, { show, fail, end, ready }) {
  const abort = new AbortController();
  (async () => {
    const response = await fetch(url, { headers: { ...headers, Accept: "text/event-stream" }, signal: abort.signal, credentials: "omit" });
    if (!response.ok) {
      fail(parsed(await response.text()) ?? { title: `${response.status} ${response.statusText}` });
      return end("Refused");
    }
    ready();
    let rest = "";
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const events = (rest + piece.value).replaceAll("\r\n", "\n").split("\n\n");
      rest = events.pop();
      events.map(readEvent).filter((event) => event.data).forEach(({ name, data }) => show(name, data));
    }
    end("Ended");
  })().catch((error) => end(error.name === "AbortError" ? "Closed" : `Connection lost: ${error.message}`));
  return { close: () => abort.abort() };
}

/** Parses one event (WHATWG HTML §9.2.6). Comments are ignored. */
function readEvent(text) {
  const lines = text.split("\n").map((line) => line.match(/^(event|data|id): ?(.*)$/)).filter(Boolean);
  const values = (field) => lines.filter((line) => line[1] === field).map((line) => line[2]);
  return { name: [values("event")[0] ?? "message", values("id")[0]].filter(Boolean).join(" "), data: values("data").join("\n") };
}

function openSocket({ url }, { show, end, ready }) {
  const address = new URL(url, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  // Browsers do not send Authorization for a WebSocket, so the token is offered as a subprotocol.
  const socket = new WebSocket(address, session.token ? ["roost", "bearer." + session.token] : ["roost"]);
  socket.onopen = ready;
  socket.onmessage = ({ data }) => show("Received", String(data));
  socket.onclose = ({ code: number, reason }) => end(`Closed with ${number}${reason ? ": " + reason : ""}`);
  return { close: () => socket.close(), send: (text) => socket.send(text) };
}
