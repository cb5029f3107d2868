// A clock that counts down between what the server says, and the words for where a competition stands.
import { say } from "./dom.js";
import { at, remaining } from "./format.js";

/** Shows how long until something; it runs by the server's time, whatever this computer's clock says. */
export class Clock {
  #element;
  #end = null;
  #left = null;

  constructor(element) {
    this.#element = element;
    setInterval(() => this.#show(), 250);
  }

  /** Seconds that are left; null: nobody has said. Where it stands still, it does not run. */
  set(left, running) {
    this.#left = left;
    this.#end = left !== null && running ? performance.now() / 1000 + left : null;
    this.#show();
  }

  #show() {
    const left = this.#end === null ? this.#left : this.#end - performance.now() / 1000;
    say(this.#element, left === null ? "" : remaining(left));
  }
}

/** Where it stands: {phase in words, seconds until what comes next (null: open), what that is}. */
export function standing(contest) {
  const { phase, now, start, end, lock } = contest;
  const closes = contest.remaining ?? null;
  if (phase === "waiting") {
    return start === null || start === undefined
      ? { words: "not begun", left: null, until: "" }
      : { words: "not begun", left: start - now, until: `begins at ${at(start)}` };
  }
  if (phase === "over") return { words: "over", left: null, until: "" };
  if (phase === "locked") {
    const left = end === null || end === undefined ? null : end - now;
    return { words: "nothing more is taken in", left, until: left === null ? "" : `ends at ${at(end)}` };
  }
  const last = lock ?? end;
  return { words: "open", left: closes, until: closes === null ? "" : last ? `hand in until ${at(last)}` : "left" };
}

/** Sets a clock by what the server says of a contest; returns where it stands. */
export function wind(clock, contest) {
  const found = standing(contest);
  clock.set(found.left, !contest.paused);
  return found;
}
