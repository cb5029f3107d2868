// Figures for people, in the words of the game: three significant digits and a fitting unit.

const NONE = "–";

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

function digits(value) {
  if (value === 0) return "0";
  if (Math.abs(value) >= 99.95) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

/** Seconds, as a latency: 193 ms, 1.93 s. */
export function time(value) {
  if (!isNumber(value)) return NONE;
  if (value === 0) return "0 s";
  const [factor, unit] = value < 0.0009995 ? [1e6, "µs"] : value < 0.9995 ? [1e3, "ms"] : [1, "s"];
  return `${digits(value * factor)} ${unit}`;
}

/** Dollars an hour: $0.33/h. */
export function cost(value) {
  if (!isNumber(value)) return NONE;
  if (value >= 1000) return `$${Math.round(value).toLocaleString("en")}/h`;
  const places = value > 0 ? Math.max(2, 2 - Math.floor(Math.log10(value))) : 2;
  const [whole, cents] = value.toFixed(Math.min(places, 6)).split(".");
  return `$${whole}.${cents.replace(/0+$/, "").padEnd(2, "0")}/h`;
}

/** A share of 1: 99.93 %. Near the top it shows two digits of what is missing. */
export function share(value) {
  if (!isNumber(value)) return NONE;
  const percent = value * 100;
  if (!(percent > 99 && percent < 100)) return `${digits(percent)} %`;
  const places = Math.min(Math.max(0, 1 - Math.floor(Math.log10(100 - percent) + 1e-9)), 8);
  return `${Number(percent.toFixed(places))} %`;
}

export const count = (value) => (isNumber(value) ? digits(value) : NONE);
export const rate = (value) => (isNumber(value) ? `${digits(value)}/s` : NONE);

/** How to write the values of an axis or of a chart's unit. */
export const by = {
  cost, latency: time, availability: share, parts: count,
  s: time, "/s": rate, ratio: share, count, "$/h": cost,
};

/** How to write the value of an objective: what it measures stands in its text. */
export function objective(text, value) {
  if (!isNumber(value)) return NONE;
  const goal = text.slice(text.search(/[<>=]/));
  if (/\$/.test(goal)) return /h\s*$/.test(goal) ? cost(value) : `$${digits(value)}`;
  if (/%/.test(goal)) return share(value);
  if (/\/s\s*$/.test(goal)) return rate(value);
  if (/\d\s*(µs|us|ms|s|min|h|d)\s*$/.test(goal)) return time(value);
  return count(value);
}

/** Seconds that are left: 1:02:03, 4:05; days where there are some. */
export function remaining(seconds) {
  const all = Math.max(0, Math.ceil(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [days, hours, minutes] = [Math.floor(all / 86400), Math.floor(all / 3600) % 24, Math.floor(all / 60) % 60];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

/** About how long: 4 s, 3 min, 2 h. */
export function about(seconds) {
  if (!isNumber(seconds)) return NONE;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** A moment, given as Unix time in seconds or as ISO 8601 text. */
export const moment = (value) => (typeof value === "number" ? new Date(value * 1000) : new Date(value));

/** Time of day; the date too where it is another day. */
export function at(value, seconds = false) {
  if (value === null || value === undefined) return NONE;
  const when = moment(value);
  if (Number.isNaN(when.getTime())) return NONE;
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(seconds && { second: "2-digit" }) };
  const time = when.toLocaleTimeString("en", clock);
  if (when.toDateString() === new Date().toDateString()) return time;
  return `${when.toLocaleDateString("en", { day: "numeric", month: "short" })} ${time}`;
}

/** "1 team", "3 teams". */
export const many = (number, one, more = `${one}s`) => `${number} ${number === 1 ? one : more}`;
