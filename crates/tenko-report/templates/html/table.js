// The rows of one page, made from the template that the page holds. All text goes in as text.

const size = 100;
const table = document.getElementById("table");
const prototype = document.getElementById("row");

const put = (element, value) => {
  if (value === "") {
    // What is not known has no place: a fact goes with its name.
    (element.closest("dl > div") ?? element.closest(".command") ?? element).remove();
  } else {
    element.textContent = value;
  }
};

const mark = (element, [icon, word]) => {
  element.classList.add(`c-${icon}`);
  element.querySelector("use").setAttribute("href", `#i-${icon}`);
  element.querySelector("span").textContent = word;
};

const command = (row) => {
  const digits = fingerprint(row);
  return digits === "" ? "" : `tenko suppress ${digits} --reason "…" --expires ${data.expires}`;
};

const repeated = (element, items, fill) => {
  for (const item of items) {
    const copy = element.cloneNode(true);
    fill(copy, item);
    element.before(copy);
  }
  element.remove();
};

const build = (row) => {
  const fragment = prototype.content.cloneNode(true);
  const [what, place, whose] = [rowWhat[row], rowPlace[row], rowWhose[row]];
  const time = (column) => (column[row] === 0 ? "" : times[column[row] - 1][1]);
  const first = time(rowFirst);
  const fields = {
    rule: texts[whatRule[what]],
    name: texts[whatName[what]],
    message: texts[rowMessage[row]],
    fix: texts[whatFix[what]],
    label: texts[placeLabel[place]],
    type: texts[placeType[place]],
    id: texts[placeId[place]],
    region: texts[placeRegion[place]],
    scope: texts[placeScope[place]],
    tenant: texts[whoseTenant[whose]],
    environment: texts[whoseEnvironment[whose]],
    owner: texts[whoseOwner[whose]],
    source: texts[rowSource[row]],
    first,
    last: time(rowLast),
    day: first.split(" ")[0],
    fingerprint: fingerprint(row),
    command: command(row),
  };
  for (const element of fragment.querySelectorAll("[data-f]")) put(element, fields[element.dataset.f]);
  mark(fragment.querySelector("[data-mark=sort]"), sorts[whatSort[what]]);
  const status = fragment.querySelector("[data-mark=status]");
  if (rowStatus[row] === 0) status.remove();
  else mark(status, statuses[rowStatus[row] - 1]);
  const changes = data.changes[row] ?? [];
  if (changes.length === 0) fragment.querySelector(".changes").remove();
  else {
    repeated(fragment.querySelector("[data-change]"), changes, (copy, change) => {
      [...copy.children].forEach((cell, i) => {
        cell.textContent = texts[change[i]];
      });
    });
  }
  repeated(fragment.querySelector("[data-note]"), data.notes[row] ?? [], (copy, note) => {
    [...copy.children].forEach((part, i) => {
      part.textContent = texts[note[i]];
    });
  });
  return fragment;
};

const show = (rows) => {
  const body = document.createDocumentFragment();
  for (const row of rows) body.append(build(row));
  table.tBodies[0].replaceChildren(body);
};
