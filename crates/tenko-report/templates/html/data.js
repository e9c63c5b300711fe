// The rows: read once from the page's own data, then filtered and sorted as numbers. A row is its
// place in the columns; nothing is made for it before it is shown. `src/html/data.rs` writes the data.

const source = document.getElementById("data");
const data = JSON.parse(source.textContent);
// The text is needed no more, and it is the biggest thing on the page.
source.textContent = "";

const { texts, times, sorts, statuses, words } = data;
const [whatSort, whatRule, whatName, whatFix] = data.what;
const [placeLabel, placeType, placeId, placeRegion, placeScope] = data.place;
const [whoseTenant, whoseEnvironment, whoseOwner] = data.whose;
const [rowWhat, rowPlace, rowWhose, rowMessage, rowSource, rowFirst, rowLast, rowStatus, rowOpen] =
  data.rows;
const total = rowWhat.length;

const fingerprint = (row) => data.fingerprints.slice(row * 32, row * 32 + 32).trim();

// Lower case, made once for each text and not for each row.
let lower = null;
const index = () => {
  lower ??= texts.map((text) => text.toLowerCase());
  return lower;
};

/** For each entry of a table whether one of its texts holds the word. */
const hits = (holds, ...columns) => {
  const found = new Uint8Array(columns[0].length);
  for (const column of columns) {
    for (let i = 0; i < found.length; i += 1) found[i] |= holds[column[i]];
  }
  return found;
};

/** The rows that hold every word, as a map of ones and zeros; null where nothing is asked for. */
const search = (query) => {
  let result = null;
  for (const word of query.toLowerCase().split(/\s+/u).filter(Boolean)) {
    const holds = new Uint8Array(texts.length);
    index().forEach((text, i) => {
      if (text.includes(word)) holds[i] = 1;
    });
    const what = hits(holds, whatRule, whatName, whatFix);
    const place = hits(holds, placeLabel, placeType, placeId, placeRegion, placeScope);
    const whose = hits(holds, whoseTenant, whoseEnvironment, whoseOwner);
    const hex = /^[0-9a-f]{4,32}$/u.test(word);
    const rows = new Uint8Array(total);
    for (let row = 0; row < total; row += 1) {
      rows[row] =
        what[rowWhat[row]] |
        place[rowPlace[row]] |
        whose[rowWhose[row]] |
        holds[rowMessage[row]] |
        holds[rowSource[row]];
      if (hex && !rows[row] && fingerprint(row).startsWith(word)) rows[row] = 1;
      if (!rows[row] && row in data.changes) {
        rows[row] = data.changes[row].some((change) => change.some((i) => holds[i])) ? 1 : 0;
      }
      if (!rows[row] && row in data.notes) {
        rows[row] = data.notes[row].some(([, i]) => holds[i]) ? 1 : 0;
      }
    }
    result = result === null ? rows : result.map((found, row) => found & rows[row]);
  }
  return result;
};

const statusNames = ["new", "changed", "unchanged", "unknown", "resolved", "suppressed"];

/** The rows that the filters let through, in the order of the ranking. */
const filtered = ({ text, severity, kind, status, tenant, rule }) => {
  const found = search(text);
  const wantedSort = sorts.map(
    ([, , itsSeverity, itsKind]) =>
      (severity === "" || itsSeverity === severity) && (kind === "" || itsKind === kind),
  );
  const wantedRule = rule === "" ? -1 : texts.indexOf(rule);
  const wantedWhat = whatSort.map(
    (sort, i) => wantedSort[sort] && (rule === "" || whatRule[i] === wantedRule),
  );
  const wantedTenant = tenant === "" ? -1 : texts.indexOf(tenant);
  const wantedStatus = statusNames.indexOf(status) + 1;
  const rows = [];
  for (let row = 0; row < total; row += 1) {
    if (found !== null && !found[row]) continue;
    if (!wantedWhat[rowWhat[row]]) continue;
    if (status === "open" ? !rowOpen[row] : status !== "" && rowStatus[row] !== wantedStatus) continue;
    if (tenant !== "" && whoseTenant[rowWhose[row]] !== wantedTenant) continue;
    rows.push(row);
  }
  return rows;
};

/** The rank of every text in alphabetical order. */
let alphabet = null;
const ranks = () => {
  if (alphabet === null) {
    const low = index();
    const order = Uint32Array.from(texts.keys());
    order.sort((a, b) => (low[a] < low[b] ? -1 : low[a] > low[b] ? 1 : 0));
    alphabet = new Uint32Array(texts.length);
    order.forEach((text, rank) => {
      alphabet[text] = rank;
    });
  }
  return alphabet;
};

const keys = {
  rank: () => (row) => row,
  status: () => (row) => rowStatus[row],
  rule: () => {
    const by = ranks();
    return (row) => by[whatRule[rowWhat[row]]] * texts.length + by[whatName[rowWhat[row]]];
  },
  resource: () => {
    const by = ranks();
    return (row) => by[placeLabel[rowPlace[row]]];
  },
  tenant: () => {
    const by = ranks();
    return (row) =>
      by[whoseTenant[rowWhose[row]]] * texts.length + by[whoseEnvironment[rowWhose[row]]];
  },
  seen: () => (row) => (rowFirst[row] === 0 ? Infinity : times[rowFirst[row] - 1][0]),
};

/** Sorts rows in place; those that are equal stay in the order of the ranking. */
const sorted = (rows, by, descending) => {
  const key = keys[by]();
  const of = new Float64Array(total);
  for (const row of rows) of[row] = key(row);
  const sign = descending ? -1 : 1;
  return rows.sort((a, b) => (of[a] === of[b] ? a - b : of[a] < of[b] ? -sign : sign));
};
