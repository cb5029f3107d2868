// A poll, as the board, a team and the instructor see it: a question, and a bar for each answer.
import { make } from "./dom.js";
import { many } from "./format.js";

const letter = (i) => String.fromCharCode(65 + (i % 26));

/** The parts of a poll. Whoever gives `vote` can choose; the bars are there as soon as there are numbers. */
export function parts(poll, title, vote) {
  const votes = poll.choices.map((choice) => choice.votes);
  const known = votes.every((number) => typeof number === "number");
  const all = known ? votes.reduce((sum, number) => sum + number, 0) : poll.cast;
  const most = Math.max(1, ...votes.filter((number) => typeof number === "number"));
  return [
    title && make("p", { class: "poll-of" }, title),
    make("h2", { class: "question" }, poll.question),
    make("ol", { class: "choices" }, poll.choices.map((choice, i) => {
      const mine = poll.mine === choice.id;
      const inside = [
        make("span", { class: "letter" }, letter(i)),
        make("span", { class: "choice-text" }, choice.text, mine && make("span", { class: "mine" }, " – your answer")),
        known && make("span", { class: "votes" }, `${choice.votes}`,
          make("small", {}, all ? ` · ${Math.round((100 * choice.votes) / all)} %` : "")),
        known && bar(choice.votes / most, choice.votes === most),
      ];
      const chosen = { class: `choice${mine ? " chosen" : ""}${known ? " counted" : ""}` };
      if (!vote || poll.state !== "open") return make("li", chosen, inside);
      return make("li", {}, make("button", {
        ...chosen, type: "button", "data-key": `choice-${choice.id}`, "aria-pressed": String(mine), click: () => vote(choice.id),
      }, inside));
    })),
    make("p", { class: "poll-state" }, state(poll, all)),
  ];
}

function state(poll, all) {
  const cast = typeof all === "number" ? many(all, "answer") : "";
  if (poll.state === "open") return cast ? `open – ${cast} so far` : "open";
  if (poll.state === "closed") return cast ? `closed – ${cast}` : "closed";
  return cast;
}

function bar(part, most) {
  const inner = make("span", { class: `fill${most ? " most" : ""}` });
  inner.style.setProperty("--part", String(part));
  return make("span", { class: "track", "aria-hidden": "true" }, inner);
}
