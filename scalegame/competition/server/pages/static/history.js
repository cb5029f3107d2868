// What was handed in, and what came of it, in words.
import { make } from "./dom.js";
import { by, objective } from "./format.js";

const STATES = {
  waiting: "waits for the judge", judging: "at the judge", judged: "judged", refused: "refused", failed: "not judged yet",
};
export const stateOf = (row) => STATES[row.state] ?? row.state;

/** A mark that does not live by its colour. */
export const mark = (held) => make("span", { class: held ? "mark held" : "mark missed" }, held ? "✓" : "✗");

export const objectives = (result) => make("ul", { class: "objectives" }, result.objectives.map((goal) => make("li", {},
  mark(goal.held), " ", make("span", {}, goal.text), make("span", { class: "value" }, objective(goal.text, goal.value)))));

export const figures = (result) => ["cost", "latency", "availability", "parts"].map((axis) =>
  make("span", { class: "figure" }, make("small", {}, axis), by[axis](result[axis])));

/** In one word or two: what came of it. */
export function outcome(row) {
  const result = row.final ?? row.result;
  if (!result) return make("span", { class: "quiet" }, stateOf(row), row.reason ? `: ${row.reason}` : "");
  return make("span", { class: "outcome" }, mark(result.won), result.won ? " won" : " lost",
    result.stars?.length ? make("small", { class: "stars" }, ` + ${result.stars.join(", ")}`) : null);
}
