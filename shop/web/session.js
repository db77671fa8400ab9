// The current session. Its tokens are in localStorage, so that all tabs share them.

const place = "roost.session";
const changed = new EventTarget();

export function tokens() {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
}

export function keep(pair) {
  localStorage.setItem(place, JSON.stringify({ accessToken: pair.accessToken, refreshToken: pair.refreshToken }));
  changed.dispatchEvent(new Event("change"));
}

export function forget() {
  localStorage.removeItem(place);
  changed.dispatchEvent(new Event("change"));
}

export const isSignedIn = () => tokens() !== null;

/** Calls `listener` whenever someone signs in or out, in this tab or another. */
export function onChange(listener) {
  changed.addEventListener("change", listener);
  addEventListener("storage", (event) => {
    if (event.key === place || event.key === null) listener();
  });
}

/**
  * Runs one task at a time across all tabs. A refresh token can be used once, so two tabs must not both use it.
  * Browsers offer locks only on secure origins. Elsewhere, tabs do not wait for one another.
 */
export function exclusively(task) {
  return navigator.locks ? navigator.locks.request(place, task) : task();
}
