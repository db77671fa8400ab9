// What a call to the shop can end with other than an answer: a problem document (RFC 9457), or no answer at all.

/** What a person calls the service behind the first part of a path. */
const services = {
  accounts: "The accounts desk",
  cart: "The cart",
  orders: "The order desk",
  products: "The catalog",
  sessions: "The sign-in desk",
};

/** Seconds to wait when the shop does not say. */
const usualWait = 3;
const longestWait = 30;

export class Problem extends Error {
  constructor(path, status, body = {}, retryAfter = null) {
    super(body.detail || body.title || `The shop answered ${status}.`);
    this.status = status;
    this.errors = Array.isArray(body.errors) ? body.errors : [];
    this.requestId = body.requestId;
    this.service = services[path.split(/[/?]/)[1]] ?? "The shop";
    const seconds = Number(retryAfter);
    this.retryAfter = seconds > 0 ? Math.min(seconds, longestWait) : usualWait;
  }

  /** Reads a response that is not a success. The body may be anything, for a proxy can stand between. */
  static async from(path, response) {
    const body = await response.json().catch(() => ({}));
    return new Problem(path, response.status, body ?? {}, response.headers.get("retry-after"));
  }

  /** No answer came: the network is gone, or the shop took too long. */
  static unreachable(path) {
    return new Problem(path, 0, { detail: "No answer came. Your connection or the shop may be down." });
  }

  /** True when the same call may well work a little later. */
  get isOutage() {
    return this.status === 503 || this.status === 0;
  }
}
