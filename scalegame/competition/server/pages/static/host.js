// The instructor's page: what goes on, and what can be done about it.
import { toTell } from "./address.js";
import { ask, coalesced, contest as known, fragment, listen, signIn } from "./api.js";
import { Clock, wind } from "./clock.js";
import { question } from "./dialog.js";
import { fill, find, make, named, say, show } from "./dom.js";
import { about, at } from "./format.js";
import { outcome } from "./history.js";
import { parts } from "./poll.js";
import { lines, replay } from "./replay.js";
import { rankOf } from "./standings.js";

/** Rows of a list that are drawn; who looks for more narrows it down. */
const MOST = 200;

const clock = new Clock(find("clock"));
let [contest, overview, standings, submissions, poll, news, connected] = [null, null, null, [], null, [], true];
const REASON = { name: "reason", label: "Reason, for the log" };

const titleOf = (id) => contest.levels.find((one) => one.id === id)?.title ?? id ?? "";
const nameOf = (one) => (one && typeof one === "object" ? one.name : overview?.teams.find((team) => team.id === one)?.name ?? one ?? "");
const isLesson = () => contest.mode === "lesson";

function failed(error) {
  if (error.status === 401 || error.status === 403) {
    return closed("This browser is signed in as somebody else, or not any more. Open the instructor’s link again.");
  }
  connection(false);
}

function closed(why) {
  show(find("in"), false);
  show(find("closed"), true);
  say(find("closed-why"), why);
}

// Long lists are not asked for more than once a second, whatever a class does.
const told = { made: () => connected || connection(true), failed, gap: 1000 };

function connection(made) {
  connected = made;
  banner();
}

const part = (path, take) => coalesced(async () => {
  take(await ask("GET", path));
  paint();
}, told);
const loadContest = part("contest", (found) => { contest = found; });
const loadOverview = part("host/overview", (found) => { overview = found; });
const loadStandings = part("standings?view=live", (found) => { standings = found; });
const loadSubmissions = part("host/submissions", (found) => { submissions = found; });
const loadPoll = part("poll", (found) => { poll = found; });
const loadNews = part("announcements?after=0", (found) => { news = found; });

/** Shows what came of something that was done; nobody waits for that. */
const again = (...loads) => loads.forEach((load) => load());

function banner() {
  const words = !connected ? "No connection to the server. What you see may be old." : contest?.paused ? "Paused for everybody."
    : contest?.frozen ? "Frozen: the class sees the standings as they were; here you see them as they are." : "";
  say(find("banner"), words);
  show(find("banner"), words !== "");
  find("banner").classList.toggle("broken", !connected);
}

function paint() {
  if (!contest || !overview) return;
  say(find("title"), contest.title);
  document.title = `${contest.title} – instructor`;
  const { words, until } = wind(clock, contest);
  say(find("phase"), [words, until].filter(Boolean).join(" – "));
  fill(find("joining"), make("span", { class: "code" }, overview.code), make("small", { class: "quiet" }, toTell(overview.addresses).host));
  banner();
  controls();
  teams();
  handedIn();
  judge();
  losing();
  polls();
  announcements();
  audit();
}

// -- control

const control = (action) => async (given = {}) => {
  const minutes = given.minutes ? { minutes: Number(given.minutes) } : {};
  await ask("POST", "host/control", { action, ...minutes, ...(given.reason ? { reason: given.reason } : {}) });
  again(loadContest, loadOverview);
};

function controls() {
  const { phase, paused, frozen } = contest;
  const running = phase === "open" || phase === "locked";
  const button = (action, words, title, { text, fields = [REASON], danger } = {}) => make("button", {
    type: "button", "data-key": `control-${action}`, class: danger ? "danger" : action === "start" ? "main" : "",
    click: () => question({ title, text, fields, action: words, carry: control(action) }),
  }, `${words} …`);
  const contestOnly = !isLesson();
  fill(find("controls"),
    phase === "waiting" && button("start", "Start", "Start now?", { text: "Levels open, and the clock runs.", fields: [] }),
    running && !paused && button("pause", "Pause all", "Pause for everybody?", { text: "The clock stands still, and nothing is taken in until you go on." }),
    running && paused && button("resume", "Go on", "Go on?", { text: "What lay ahead is so much later.", fields: [] }),
    phase !== "over" && contest.end && button("extend", "Extend", "More time for everybody", {
      fields: [{ name: "minutes", label: "Minutes", type: "number", value: "5", required: true }, REASON],
    }),
    contestOnly && running && !frozen && button("freeze", "Freeze", "Freeze the standings?", { text: "The class sees them as they are now, until the end." }),
    contestOnly && running && frozen && button("unfreeze", "Unfreeze", "Show the standings again?"),
    phase === "open" && button("lock", "Lock", "Take nothing in any more?", { text: "What was handed in is still judged." }),
    phase === "locked" && button("unlock", "Unlock", "Take designs in again?"),
    running && button("end", "End", "End it now?", { text: "Final standings are shown to everybody. This cannot be taken back.", danger: true }),
    phase === "over" && make("span", { class: "quiet" }, "It is over. Export and debrief are below; a regrade is still possible."));
}

// -- teams

function teams() {
  const rows = new Map((standings?.rows ?? []).map((row) => [row.team, row]));
  const order = [...overview.teams].sort((a, b) => (rows.get(a.id)?.rank ?? 1e9) - (rows.get(b.id)?.rank ?? 1e9));
  if (!order.length) return fill(find("teams"), make("p", { class: "quiet" }, "Nobody has joined yet. The code and the address are at the top."));
  const ranked = !isLesson();
  return fill(find("teams"), make("table", { class: "list" }, make("thead", {}, make("tr", {},
    ranked && make("th", {}, ""), make("th", {}, "team"), make("th", {}, "members"), ranked && make("th", { class: "number" }, "won"),
    make("th", { class: "number" }, "handed in"), make("th", {}, ""))), make("tbody", {}, order.map((team) => {
    const row = rows.get(team.id);
    const out = Boolean(team.disqualified);
    return make("tr", { class: out ? "out" : "", "data-team": team.id },
      ranked && make("td", { class: "number" }, row ? rankOf(row) : ""),
      make("th", { scope: "row" }, named(team.name), make("br"), make("small", { class: "quiet" }, [
        team.code, team.extra ? `+${Math.round(team.extra / 60)} min` : "",
        out ? `disqualified${typeof team.disqualified === "string" ? `: ${team.disqualified}` : ""}` : "",
      ].filter(Boolean).join(" · "))),
      make("td", {}, team.members.flatMap((member, i) => [i ? ", " : "", named(nameOf(member))])),
      ranked && make("td", { class: "number" }, row?.won ?? ""),
      make("td", { class: "number" }, team.submissions ?? submissions.filter((one) => (one.team?.id ?? one.team) === team.id).length),
      make("td", { class: "acts" }, acts(team, out)));
  }))));
}

function acts(team, out) {
  const act = (action) => async (given) => {
    const minutes = given.minutes ? { minutes: Number(given.minutes) } : {};
    await ask("POST", `host/teams/${encodeURIComponent(team.id)}`, { action, ...minutes, ...(given.reason ? { reason: given.reason } : {}) });
    again(loadOverview, loadStandings);
  };
  const button = (action, words, ask) => make("button", {
    type: "button", "data-key": `${action}-${team.id}`, click: () => question({ ...ask, carry: act(action) }),
  }, words);
  return [
    button("extra", "Time", {
      title: `Extra time for ${team.name}`, text: "In all, counted from the end for everybody else.", action: "Give",
      fields: [{ name: "minutes", label: "Minutes", type: "number", value: String(Math.round((team.extra || 600) / 60)), required: true }, REASON],
    }),
    out ? button("reinstate", "Reinstate", { title: `Take ${team.name} back in?`, action: "Reinstate", fields: [REASON] })
      : button("disqualify", "Disqualify", {
        title: `Disqualify ${team.name}?`, text: "It leaves the standings and can hand in no more. Nothing is lost: it can be reinstated.",
        action: "Disqualify", fields: [{ ...REASON, required: true }],
      }),
  ];
}

// -- what was handed in

function options(select, found) {
  const chosen = select.value;
  if (select.dataset.known === JSON.stringify(found)) return;
  select.dataset.known = JSON.stringify(found);
  fill(select, found.map(([key, words]) => make("option", { value: key, selected: key === chosen }, words)));
}

function handedIn() {
  options(find("by-level"), [["", "all"], ...contest.levels.map((level) => [level.id, level.title])]);
  options(find("by-state"), [["", "all"], ["won", "won"], ["lost", "lost"], ["waiting", "waiting"], ["failed", "not judged"], ["refused", "refused"]]);
  const [level, state] = [find("by-level").value, find("by-state").value];
  const of = (row) => {
    const result = row.final ?? row.result;
    return result ? (result.won ? "won" : "lost") : row.state === "judging" ? "waiting" : row.state;
  };
  const found = submissions.filter((row) => (!level || row.level === level) && (!state || of(row) === state))
    .sort((a, b) => new Date(b.received) - new Date(a.received));
  if (!found.length) return fill(find("submissions"), make("p", { class: "quiet" }, submissions.length ? "None like that." : "Nothing yet."));
  return fill(find("submissions"), make("table", { class: "list" }, make("thead", {}, make("tr", {},
    make("th", {}, "when"), make("th", {}, "team"), make("th", {}, "player"), make("th", {}, "level"), make("th", {}, "result"))),
  make("tbody", {}, found.slice(0, MOST).map((row) => make("tr", { class: "opens", "data-id": row.id, click: () => replay(row.id, titleOf) },
    make("td", { class: "when" }, at(row.received, true)), make("th", { scope: "row" }, named(nameOf(row.team))), make("td", {}, named(nameOf(row.player))),
    make("td", {}, make("button", { type: "button", class: "link", "data-key": `open-${row.id}` }, titleOf(row.level))), make("td", {}, outcome(row)))))),
  found.length > MOST && make("p", { class: "quiet" }, `The ${MOST} latest of ${found.length}; all are in the export.`));
}

function judge() {
  const { queue = {}, lag = {} } = overview;
  const figure = (value, words) => make("p", {}, make("b", {}, value), make("span", {}, words));
  fill(find("judge"), figure(queue.waiting ?? lag.waiting ?? 0, "waiting"), figure(queue.running ?? 0, "at work"),
    figure(lag.oldest ? about(lag.oldest) : "–", "oldest"), figure(lag.p95 ? about(lag.p95) : "–", "95 of 100 within"),
    queue.failed ? figure(queue.failed, "not judged") : null);
}

function losing() {
  fill(find("losing"), overview.losing.length ? make("ol", { class: "losing" }, overview.losing.slice(0, 6).map((one) => make("li", {},
    make("div", { class: "row" }, named(titleOf(one.level), { class: "strong" }), make("span", { class: "grow" }), make("span", { class: "times" }, `${one.count} ×`)),
    make("p", { class: "quiet" }, `loses: ${one.objective}`), lines(one.do))))
    : make("p", { class: "quiet" }, "No design has lost yet."));
}

// -- polls and announcements

function polls() {
  const act = (action) => async () => {
    await ask("POST", `host/polls/${encodeURIComponent(poll.id)}`, { action });
    again(loadPoll);
  };
  const button = (action, words) => make("button", { type: "button", "data-key": `poll-${action}`, click: act(action) }, words);
  if (!poll) return fill(find("poll"), make("p", { class: "quiet" }, "Ask for a prediction before anybody runs anything. The answers show on the board when you say so."));
  return fill(find("poll"), parts(poll, titleOf(poll.level)), make("p", { class: "row" },
    poll.state === "open" && button("close", "Close"), poll.state !== "shown" && button("show", "Show on the board"),
    poll.state !== "open" && button("open", "Open again")));
}

function newPoll() {
  question({
    title: "A new poll", text: "It is open at once, on the board and on every team’s page.", action: "Ask",
    fields: [
      { name: "level", label: "Level", options: [["", "none"], ...contest.levels.map((level) => [level.id, level.title])] },
      { name: "question", label: "Question", required: true, rows: 2, most: 200 },
      { name: "choices", label: "Answers, one a line (two to eight)", required: true, rows: 4, most: 1000 },
    ],
    carry: async ({ level, question: text, choices }) => {
      const found = choices.split("\n").map((line) => line.trim()).filter(Boolean);
      if (found.length < 2 || found.length > 8) throw new Error(`write two to eight answers, each on its own line; there ${found.length === 1 ? "is" : "are"} ${found.length}`);
      await ask("POST", "host/polls", { level, question: text, choices: found });
      again(loadPoll);
    },
  });
}

function announcements() {
  options(find("to"), [["", "everybody"], ...overview.teams.map((team) => [team.id, team.name])]);
  fill(find("announcements"), make("ol", { class: "news" }, news.toReversed().map((one) =>
    make("li", {}, make("time", {}, at(one.at)), make("bdi", {}, one.text)))));
}

function audit() {
  fill(find("audit"), make("table", { class: "list" }, make("tbody", {}, overview.audit.toReversed().map((one) => make("tr", {},
    make("td", { class: "when" }, at(one.at, true)),
    make("td", {}, named(String(one.who ?? ""))),
    make("td", {}, named([one.what, one.detail].filter(Boolean).join(" – "))))))));
}

function regrade() {
  question({
    title: "Judge again", text: "Every submission gets a new judgement; the old ones are kept.", action: "Judge again",
    fields: [{ name: "level", label: "Level", options: [["", "all"], ...contest.levels.map((level) => [level.id, level.title])] }, { ...REASON, required: true }],
    carry: async ({ level, reason }) => {
      await ask("POST", "host/regrade", { reason, ...(level ? { level } : {}) });
      again(loadOverview, loadSubmissions);
    },
  });
}

// -- the page

function wire() {
  find("ask").addEventListener("click", newPoll);
  find("regrade").addEventListener("click", regrade);
  for (const id of ["by-level", "by-state"]) find(id).addEventListener("change", handedIn);
  find("announce").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const [text, team] = [form.elements.text.value.trim(), form.elements.team.value];
    if (!text) return;
    try {
      await ask("POST", "host/announcements", team ? { text, team } : { text });
      form.elements.text.value = "";
      again(loadNews);
    } catch (error) {
      question({ title: "Not announced", text: error.message, action: "Close", carry: async () => {} });
    }
  });
}

async function open() {
  show(find("closed"), false);
  show(find("in"), true);
  contest = await known();
  await Promise.all([loadContest(), loadOverview(), loadStandings(), loadSubmissions(), loadPoll(), loadNews()]);
  if (open.listens) return;
  open.listens = true;
  wire();
  const judged = () => Promise.all([loadOverview(), loadSubmissions()]);
  listen({
    contest: () => Promise.all([loadContest(), loadOverview()]), standings: () => Promise.all([loadStandings(), judged()]),
    judged, poll: loadPoll, announcement: loadNews,
  }, connection);
}

async function enter(token) {
  try {
    const { role } = await signIn(token);
    if (role !== "instructor") return closed("This is not the instructor’s token.");
    return await open();
  } catch (error) {
    return closed(error.message);
  }
}

async function begin() {
  const given = fragment();
  find("sign-in").addEventListener("submit", (event) => {
    event.preventDefault();
    enter(event.target.elements.token.value.trim());
  });
  if (given) return enter(given);
  try {
    const found = await known();
    return found?.me?.role === "instructor" ? await open() : closed("");
  } catch (error) {
    return closed(error.message);
  }
}

begin();
