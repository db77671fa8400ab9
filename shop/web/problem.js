// The ways in which a call to the shop can fail: with a problem document (RFC 9457), or without a response.

/** The name of a service for people, by the first part of its paths. */
const services = {
  accounts: "The accounts desk",
  cart: "The cart",
  orders: "The order desk",
  products: "The catalog",
  sessions: "The sign-in desk",
};

/** The seconds to wait if the shop does not say. */
const usualWait = 3;
const longestWait = 30;

export class Problem extends Error {
  constructor(path, status, body = {}, retryAfter = null) {
    super(body.detail || body.title || `The shop responded with status ${status}.`);
    this.status = status;
    this.errors = Array.isArray(body.errors) ? body.errors : [];
    this.requestId = body.requestId;
    this.service = services[path.split(/[/?]/)[1]] ?? "The shop";
    const seconds = Number(retryAfter);
    /** The seconds after which the shop says that the call may succeed. */
    this.wait = seconds > 0 ? seconds : usualWait;
    /** The seconds after which the page tries again. */
    this.retryAfter = Math.min(this.wait, longestWait);
  }

  /** Reads a failed response. The body may be anything, because it may come from a proxy. */
  static async from(path, response) {
    const body = await response.json().catch(() => ({}));
    return new Problem(path, response.status, body ?? {}, response.headers.get("retry-after"));
  }

  /** There was no response, because the network is down or the shop took too long. */
  static unreachable(path) {
    return new Problem(path, 0, { detail: "There was no response. Your connection or the shop may be down." });
  }

  /** Whether the same call may succeed a little later. */
  get isOutage() {
    return this.status === 503 || this.status === 0;
  }
}
