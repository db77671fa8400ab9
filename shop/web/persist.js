// Waiting out a service that is down.

/** Tries after the first one. Then the problem is the caller's. */
const retries = 5;

/**
 * Runs `attempt` until it gives anything but an outage.
 * `wait(problem)` shows what is down and returns a promise for the moment of the next try.
 */
export async function persist(attempt, wait) {
  for (let tried = 0; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!error.isOutage || tried === retries) throw error;
      await wait(error);
    }
  }
}

/** Resolves after `milliseconds`; rejects at once when `signal` is aborted. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
