// The board for the wall: standings, trade-offs and polls, alive.
import { toTell } from "./address.js";
import { Refused, ask, coalesced, contest as known, fragment, listen, signIn } from "./api.js";
import { Clock, wind } from "./clock.js";
import { fill, find, make, say, show } from "./dom.js";
import { at, about, many } from "./format.js";
import { Levels } from "./levels.js";
import { parts } from "./poll.js";
import { Solved, Standings } from "./standings.js";

const TURN = 12_000;
const NEWS = 30_000;

const clock = new Clock(find("clock"));
const table = new Standings(find("ranks"));
const solved = new Solved(find("solved"));
const levels = new Levels(find("front"), find("histograms"), find("levels"), find("level-title"));
let [contest, standings, poll, code, connected] = [null, null, null, "", true];
let [heard, lastHeard] = [0, new Date()];

const isLesson = () => contest.mode === "lesson";

function failed(error) {
  if (error.status === 401) return closed("This browser is not signed in any more.");
  connection(false);
}

function closed(why) {
  show(find("wall"), false);
  show(find("sign-in"), true);
  say(find("sign-in-error"), why);
}

const told = { made: () => connected || connection(true), failed };

function connection(made) {
  if (made) lastHeard = new Date();
  connected = made;
  if (contest) header();
}

const loadContest = coalesced(async () => {
  contest = await ask("GET", "contest");
  header();
  body();
  if (contest.announcement > heard) await loadAnnouncements();
}, told);

const loadStandings = coalesced(async () => {
  standings = await ask("GET", "standings");
  lastHeard = new Date();
  body();
}, told);

const loadPoll = coalesced(async () => {
  poll = await ask("GET", "poll");
  body();
}, told);

async function loadAnnouncements() {
  const isFirst = heard === 0;
  const found = await ask("GET", `announcements?after=${heard}`);
  if (!found.length) return;
  heard = found.at(-1).id;
  // What is for one team only, the instructor's cookie shows, too.
  const latest = found.findLast((one) => !one.team);
  if (!latest) return;
  const strip = find("announcement");
  strip.replaceChildren(make("time", {}, at(latest.at)), make("bdi", {}, latest.text));
  if (isFirst) return;
  strip.classList.add("news");
  setTimeout(() => heard <= latest.id && strip.classList.remove("news"), NEWS);
}
const loadNews = coalesced(loadAnnouncements, told);

function header() {
  say(find("title"), contest.title);
  document.title = `${contest.title} – scalegame`;
  const { words, until } = wind(clock, contest);
  say(find("clock-of"), until);
  say(find("phase"), [words, seeds()].filter(Boolean).join(" – "));
  const wall = find("wall");
  wall.dataset.phase = contest.phase;
  code = contest.code ?? code;
  say(find("join-code"), contest.phase === "over" || contest.phase === "waiting" ? "" : code);
  say(find("join-at"), contest.phase === "over" || contest.phase === "waiting" ? "" : toTell(contest.addresses).host);
  const banner = find("banner");
  say(banner, bannerWords());
  show(banner, banner.textContent !== "");
  banner.classList.toggle("broken", !connected);
}

function bannerWords() {
  if (!connected) return `No connection to the server. This is how it stood at ${at(lastHeard.toISOString())}.`;
  if (contest.paused) return "Paused. The clock stands still.";
  if (contest.frozen) {
    const since = contest.freeze ? ` since ${at(contest.freeze)}` : "";
    return `Frozen${since}. What is handed in counts, and shows at the end.`;
  }
  return "";
}

function seeds() {
  if (isLesson() || !standings || contest.phase === "waiting") return "";
  if (standings.final) return "final standings, on arrivals that nobody has seen";
  return standings.seeds === "hidden" ? "provisional, on hidden arrivals" : "provisional, on the arrivals that everybody has";
}

function body() {
  if (!contest || !standings) return;
  const isWaiting = contest.phase === "waiting";
  find("main").className = `main ${isWaiting ? "waits" : isLesson() ? "lesson" : "contest"}`;
  show(find("lobby"), isWaiting);
  show(find("left"), !isWaiting);
  show(find("ranks"), !isLesson());
  show(find("solved"), isLesson());
  show(find("right"), !isWaiting || Boolean(poll));
  if (isWaiting) lobby();
  else if (isLesson()) solved.show(standings);
  else table.show(standings);
  show(find("poll"), Boolean(poll));
  if (poll) {
    const level = contest.levels.find((one) => one.id === poll.level);
    // The board may have the instructor's cookie: what only the instructor is told does not belong on the wall.
    const hidden = (choice) => ({ ...choice, votes: poll.state === "shown" ? choice.votes : null });
    const asked = find("poll");
    fill(asked, parts({ ...poll, choices: poll.choices.map(hidden) }, level?.title ?? ""));
    shrink(asked);
  }
  const hasLevels = !isWaiting && !poll && standings.levels.length > 0;
  show(find("level"), hasLevels);
  if (hasLevels) levels.show(standings, isLesson());
  header();
  lag();
  const isShown = (id) => !find(id).hidden;
  show(find("turning"), (isShown("level") && levels.canTurn) || (isShown("left") && isShown("ranks") && table.canTurn));
}

/** Smaller letters, as long as something does not fit. */
function shrink(element) {
  for (let size = 1; size >= 0.6; size -= 0.05) {
    element.style.setProperty("--size", String(size));
    if (element.scrollHeight <= element.clientHeight) return;
  }
}

function lobby() {
  const { origin, host } = toTell(contest.addresses);
  const step = (number, ...words) => make("li", {}, make("span", { class: "number" }, number), make("span", {}, words));
  find("lobby").replaceChildren(
    make("ol", { class: "how" },
      step("1", "type ", make("code", {}, `scalegame join ${origin}`)),
      step("", make("span", { class: "quiet" }, "or open "), make("code", {}, host), make("span", { class: "quiet" }, " in a browser")),
      step("2", "with the code")),
    make("p", { class: "huge" }, code || "–"));
}

function lag() {
  const { waiting = 0, oldest = 0 } = standings.lag ?? {};
  say(find("lag"), waiting && contest.phase !== "waiting" ? `${many(waiting, "design")} at the judge, the oldest for ${about(oldest)}` : "");
}

/** What does not fit is shown by and by; a click or the space bar holds it. */
function turn() {
  addEventListener("resize", () => shrink(find("poll")));
  const button = find("turning");
  let held = false;
  const hold = (value) => {
    held = value;
    button.setAttribute("aria-pressed", String(held));
    say(button, held ? "Go on" : "Hold");
  };
  hold(false);
  button.addEventListener("click", () => hold(!held));
  levels.chosen = () => hold(true);
  addEventListener("keydown", (event) => {
    if (event.target.closest("input, button, a")) return;
    if (event.key === " ") hold(!held);
    else if (event.key === "ArrowRight") levels.turn(1);
    else if (event.key === "ArrowLeft") levels.turn(-1);
    else if (event.key === "ArrowDown" || event.key === "PageDown") table.turn();
    else return;
    event.preventDefault();
  });
  setInterval(() => {
    if (held || document.hidden) return;
    levels.turn(1);
    table.turn();
  }, TURN);
}

async function open() {
  show(find("sign-in"), false);
  show(find("wall"), true);
  contest = await known();
  code = contest.code ?? code;
  turn();
  await Promise.all([loadContest(), loadStandings(), loadPoll(), loadNews()]);
  listen({ contest: loadContest, standings: loadStandings, poll: loadPoll, announcement: loadNews }, connection);
}

async function begin() {
  const given = fragment();
  if (!/^[piv]\./.test(given)) code = given;
  find("sign-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    code = find("code").value.trim();
    await enter(code);
  });
  try {
    // A session that is there is kept: the instructor's page beside this one lives by the same cookie.
    if (await known()) return open();
  } catch (error) {
    return closed(error.message);
  }
  return given ? enter(given) : closed("");
}

async function enter(text) {
  try {
    await signIn(text);
    await open();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    closed(error.message);
  }
}

begin();
