// An address that `sysgraph serve` gave within what asks or answers has no file of its own: it is
// shown within the page that asks or answers.
const at = /^(.*\/)((ask|answer)\/(?!.*\.html$).+)$/.exec(location.pathname);
if (at) location.replace(`${at[1]}${at[3] === "ask" ? "ask/next" : "answer"}.html#/${at[2]}${location.search}`);
