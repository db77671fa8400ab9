// Formats money and times for people.

const language = "en-IE";

/** Formats `{amount: 1999, currency: "EUR"}` as `€19.99`. The currency determines the number of decimal places. */
export function money({ amount, currency }) {
  const format = new Intl.NumberFormat(language, { style: "currency", currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

const dates = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const times = new Intl.DateTimeFormat(language, { timeStyle: "medium" });

export const date = (text) => dates.format(new Date(text));
export const time = (text) => times.format(new Date(text));

/** Formats a number of seconds as `15 minutes`, rounded up. */
export function duration(seconds) {
  const [size, unit] = seconds > 3000 ? [3600, "hour"] : seconds > 50 ? [60, "minute"] : [1, "second"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(Math.ceil(seconds / size));
}

export const things = (count) => (count === 1 ? "1 item" : `${count} items`);

export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
