// Retries while a service is down.

/** The number of attempts after the first one. Then the error is thrown to the caller. */
const retries = 5;

/**
  * Runs `attempt` until it succeeds or fails with anything but an outage.
  * `wait(problem)` shows what is down, and returns a promise that resolves when it is time for the next attempt.
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

/** Resolves after `milliseconds`, or rejects as soon as `signal` is aborted. */
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
