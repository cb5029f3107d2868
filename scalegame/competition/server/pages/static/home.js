// How to join: the command, with the address under which this computer was found.
import { find, say, show } from "./dom.js";

const command = `scalegame join ${location.origin}`;
say(find("command"), command);

const copy = find("copy");
// Browsers lend their clipboard only to pages that came by TLS or from this computer.
show(copy, Boolean(navigator.clipboard));
copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(command);
    say(copy, "Copied");
  } catch {
    say(copy, "Select it by hand");
  }
});
