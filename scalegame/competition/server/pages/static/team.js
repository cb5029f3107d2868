// A team's own page: what it has handed in, what came of it, how long there is, and the vote.
import { Refused, ask, coalesced, contest as known, fragment, listen, signIn } from "./api.js";
import { Clock, wind } from "./clock.js";
import { fill, find, make, named, say, show } from "./dom.js";
import { at, moment } from "./format.js";
import { figures, objectives, outcome } from "./history.js";
import { parts } from "./poll.js";

/** Seconds between handing in and arriving from which on both are told. */
const LATE = 60;

const clock = new Clock(find("clock"));
let [contest, submissions, poll, news, connected] = [null, [], null, [], true];

function failed(error) {
  if (error.status === 401) return closed("Signed out: the server does not know this browser any more.");
  connection(false);
}

function closed(why) {
  show(find("in"), false);
  show(find("sign-in"), true);
  say(find("sign-in-error"), why);
}

const told = { made: () => connected || connection(true), failed };

function connection(made) {
  connected = made;
  banner();
}

const loadContest = coalesced(async () => {
  contest = await ask("GET", "contest");
  paint();
}, told);
const loadHistory = coalesced(async () => {
  submissions = await ask("GET", "submissions");
  paint();
}, told);
const loadPoll = coalesced(async () => {
  poll = await ask("GET", "poll");
  paint();
}, told);
const loadNews = coalesced(async () => {
  news = await ask("GET", "announcements?after=0");
  paint();
}, told);

function banner(error = "") {
  const words = error || (!connected ? "No connection. What you see may be old; it goes on by itself."
    : contest?.paused ? "Paused. The clock stands still." : "");
  say(find("banner"), words);
  show(find("banner"), words !== "");
  find("banner").classList.toggle("broken", Boolean(error) || !connected);
}

function paint() {
  if (!contest) return;
  say(find("title"), contest.title);
  document.title = `${contest.title} – scalegame`;
  const { words, until } = wind(clock, contest);
  say(find("phase"), [words, until].filter(Boolean).join(" – "));
  banner();
  show(find("poll"), Boolean(poll));
  if (poll) fill(find("poll"), parts(poll, titleOf(poll.level), vote));
  const { team } = contest.me ?? {};
  fill(find("who"), typeof team === "object" && team ? [named(team.name), team.code && make("small", { class: "quiet" }, ` – code for your members: ${team.code}`)] : "Levels");
  fill(find("levels"), make("table", { class: "list" }, make("thead", {}, make("tr", {},
    make("th", {}, "level"), make("th", {}, "you"), make("th", { class: "number" }, "handed in"))),
  make("tbody", {}, contest.levels.map(level))));
  fill(find("history"), submissions.length ? make("ol", { class: "history" }, submissions.map(handedIn))
    : make("p", { class: "quiet" }, "Nothing yet. In the game, type :submit on the result of a run."));
  fill(find("announcements"), news.length ? make("ol", { class: "news" }, news.toReversed().map((one) =>
    make("li", {}, make("time", {}, at(one.at)), make("bdi", {}, one.text)))) : make("p", { class: "quiet" }, "None so far."));
}

const titleOf = (id) => contest.levels.find((one) => one.id === id)?.title ?? id ?? "";

function level(one) {
  const own = submissions.filter((row) => row.level === one.id);
  const won = own.some((row) => (row.final ?? row.result)?.won);
  const state = !one.open ? (one.opens ? "opens later" : "not open") : won ? "✓ won" : own.length ? "tried" : "–";
  return make("tr", {}, make("th", { scope: "row" }, named(one.title)), make("td", {}, state),
    make("td", { class: "number" }, one.limit ? `${one.used ?? 0} of ${one.limit}` : one.used ?? 0));
}

function handedIn(row) {
  const result = row.final ?? row.result;
  const gap = row.local ? Math.abs(moment(row.received) - moment(row.local)) / 1000 : 0;
  return make("li", { class: "handed-in", "data-id": row.id },
    make("div", { class: "row" }, named(titleOf(row.level), { class: "strong" }), make("span", { class: "grow" }), outcome(row)),
    make("p", { class: "quiet" }, named(typeof row.player === "object" ? row.player.name : row.player), " · ",
      gap > LATE ? `handed in ${at(row.local)}, arrived ${at(row.received)}` : at(row.received, true)),
    result && make("div", { class: "row wraps" }, figures(result)),
    result && objectives(result),
    row.final && make("p", { class: "quiet" }, "Final: on arrivals that nobody had seen."));
}

async function vote(choice) {
  try {
    await ask("PUT", `poll/${encodeURIComponent(poll.id)}/vote`, { choice });
    poll = await ask("GET", "poll");
    paint();
  } catch (error) {
    banner(error.message);
  }
}

/** A key that only this browser knows; the same one if the answer never came and somebody tries again. */
function ownKey() {
  try {
    const kept = sessionStorage.getItem("key");
    if (kept) return kept;
  } catch {
    // Then it is new each time, and a second try makes a second player.
  }
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    sessionStorage.setItem("key", key);
  } catch {
    // See above.
  }
  return key;
}

async function join(form) {
  const key = ownKey();
  const given = Object.fromEntries([...new FormData(form)].map(([name, text]) => [name, text.trim()]).filter(([, text]) => text));
  const joined = await ask("POST", "join", { ...given, key });
  await signIn(joined.token ?? `p.${joined.player.id}.${key}`);
  try {
    sessionStorage.removeItem("key");
  } catch {
    // Nothing was kept.
  }
}

async function open() {
  contest = await known();
  show(find("sign-in"), false);
  show(find("in"), true);
  await Promise.all([loadContest(), loadHistory(), loadPoll(), loadNews()]);
  if (open.listens) return;
  open.listens = true;
  listen({ contest: loadContest, judged: loadHistory, poll: loadPoll, announcement: loadNews }, connection);
}

async function begin() {
  const given = fragment();
  const form = find("sign-in");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await join(form);
      await open();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      closed(error.message);
    } finally {
      button.disabled = false;
    }
  });
  find("leave").addEventListener("click", async () => {
    await ask("DELETE", "session").catch(() => null);
    location.reload();
  });
  try {
    if (/^p\./.test(given)) await signIn(given);
    else if (given) form.elements.code.value = given;
    const found = await known();
    // A viewer has no team, and the instructor's page is another one.
    return found?.me?.role === "player" ? await open() : closed("");
  } catch (error) {
    return closed(error.message);
  }
}

begin();
