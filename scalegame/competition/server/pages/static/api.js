// What the pages ask the server, and how they hear that something is new.

/** The server said no, or did not answer (status 0); `wait`: seconds until it wants to be asked again. */
export class Refused extends Error {
  constructor(status, title, message, wait = 0) {
    super(message);
    this.status = status;
    this.title = title;
    this.wait = wait;
  }
}

/** Asks the API and returns what it answers. */
export async function ask(method, path, body) {
  const headers = { Accept: "application/json", "X-Scalegame": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/api/1/${path}`, {
      method, headers, credentials: "same-origin", cache: "no-store",
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
  } catch {
    throw new Refused(0, "No answer", "the server does not answer; is this computer still on the network?");
  }
  let told = null;
  try {
    const text = await answer.text();
    told = text ? JSON.parse(text) : null;
  } catch {
    throw new Refused(answer.status, "Not understood", "the answer was cut off or is no JSON");
  }
  if (answer.ok) return told;
  const { title = `Error ${answer.status}`, message = "the server does not say why" } = told?.error ?? {};
  const wait = Number.parseInt(answer.headers.get("Retry-After") ?? "0", 10) || 0;
  throw new Refused(answer.status, title, wait ? `${message} (again in ${wait} s)` : message, wait);
}

/** What stands behind the # of the address. It is taken out of the address at once: it may be a key. */
export function fragment() {
  let text = "";
  try {
    text = decodeURIComponent(location.hash.slice(1)).trim();
  } catch {
    // Not written by us.
  }
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  // Another link for the same page, pasted over it, is no new page to a browser. It is to us.
  addEventListener("hashchange", () => location.reload());
  return text;
}

const isToken = (text) => /^[piv]\./.test(text);

/** Opens a session with a token or with the join code; a cookie holds it, which no script can read. */
export const signIn = (text) => ask("POST", "session", isToken(text) ? { token: text } : { code: text });

/** The contest, if this browser is signed in already; null if it is not. */
export async function contest() {
  try {
    return await ask("GET", "contest");
  } catch (error) {
    if (error.status === 401 || error.status === 403) return null;
    throw error;
  }
}

const rest = (milliseconds) => (milliseconds > 0 ? new Promise((done) => setTimeout(done, milliseconds)) : null);

/**
 * A function that loads something: at once, but not twice at a time, and not again within `gap` milliseconds.
 * Whoever is asked to wait waits. `made` and `failed` are told how it went.
 */
export function coalesced(load, { made, failed, gap = 250 }) {
  let [running, wanted, last] = [false, false, -Infinity];
  return async function again() {
    wanted = true;
    if (running) return;
    running = true;
    while (wanted) {
      await rest(last + gap - performance.now());
      [wanted, last] = [false, performance.now()];
      try {
        await load();
        made();
      } catch (error) {
        if (error.wait) {
          wanted = true;
          await rest(Math.min(error.wait, 60) * 1000);
        } else failed(error);
      }
    }
    running = false;
  };
}

/**
 * Hears the server out. `on` has a function for each kind of event; all of them are called when the connection
 * is made, and every half a minute, so that nothing missed stays missing. `told` hears whether there is one, and so does
 * the page: <html data-live>.
 */
export function listen(on, told) {
  const state = (made) => {
    document.documentElement.dataset.live = String(made);
    told(made);
  };
  const everything = () => Object.values(on).forEach((load) => load());
  let [source, pause] = [null, 1000];
  const connect = () => {
    source = new EventSource("/api/1/events");
    source.addEventListener("open", () => {
      pause = 1000;
      state(true);
      everything();
    });
    for (const [kind, load] of Object.entries(on)) source.addEventListener(kind, () => load());
    source.addEventListener("error", () => {
      state(false);
      // A connection that broke it makes again by itself; one that was refused it gives up.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, 30_000);
    });
  };
  connect();
  setInterval(everything, 30_000);
}
