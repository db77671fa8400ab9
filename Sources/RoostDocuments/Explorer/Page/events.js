// Shows the events of AsyncAPI and the files of Protocol Buffers.
import { code, element, pretty, prose } from "./elements.js";
import { resolve, schemaTree } from "./schema.js";

export function eventView(document, topic) {
  const messages = Object.values(document.channels[topic].messages).map((reference) => resolve(document, reference));
  const message = messages[0];
  const by = (action) => Object.values(document.operations ?? {}).filter((operation) =>
    operation.action === action && operation.channel.$ref === "#/channels/" + topic).flatMap((operation) => operation.tags.map((tag) => tag.name));
  const names = (services) => services.length ? services.join(", ") : "no service of this system";
  const envelope = message.traits?.map((trait) => resolve(document, trait).headers)[0];
  return [
    element("div", { class: "head" }, element("span", { class: "verb event" }, "EVENT"), element("code", {}, topic)),
    ...prose(message.summary),
    element("table", {}, element("tbody", {},
      element("tr", {}, element("th", { scope: "row" }, "Published by"), element("td", {}, names(by("send")))),
      element("tr", {}, element("th", { scope: "row" }, "Handled by"), element("td", {}, names(by("receive")))),
      element("tr", {}, element("th", { scope: "row" }, "Versions"), element("td", {}, messages.map((each) => each.title).join("; "))))),
    element("h3", {}, "Data"), schemaTree(document, message.payload),
    ...(message.examples ?? []).flatMap((example) => [element("h3", {}, "Example"), code(pretty(JSON.stringify(example.payload)))]),
    ...(envelope ? [element("h3", {}, "Attributes (CloudEvents)"), schemaTree(document, envelope)] : []),
  ];
}

export function protoView(files) {
  return [
    element("h2", {}, "Protocol Buffers"),
    element("p", {}, "Every operation is a gRPC method on the same port. Generate a client from these files:"),
    element("ul", {}, files.map((file) => element("li", {}, element("a", { href: file.url }, file.name), " ", element("span", { class: "hint" }, file.service)))),
  ];
}
