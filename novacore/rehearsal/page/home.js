// The rehearsal's page: shows the state that the front door tells once a second, and moves the clock.
// Doors are plain forms aimed at the frame "discord"; without the frame (on a phone) the browser makes a tab of it.

const $ = (id) => document.getElementById(id);
const frame = $("discord");
const clockFormat = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
const lineFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
let shown = { people: "", feed: "" };
let clock = null;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function door(person, place, open) {
  const label = element("button", {}, place.name);
  if (place.waiting) label.append(element("span", { className: "waiting", title: "new here" }, String(place.waiting)));
  if (open?.person === person.key && open.place === place.key) label.setAttribute("aria-current", "true");
  const form = element("form", { method: "post", action: "/rehearsal/open", target: "discord" },
    element("input", { type: "hidden", name: "person", value: person.key }),
    element("input", { type: "hidden", name: "place", value: place.key }),
    label);
  return element("li", {}, form);
}

function showPeople({ people, open }) {
  const now = JSON.stringify([people, open]);
  if (now === shown.people) return;
  shown.people = now;
  $("people").replaceChildren(...people.flatMap((person) => [
    element("h3", {}, person.title),
    element("ul", { className: "places" }, ...person.places.map((place) => door(person, place, open))),
  ]));
  const person = people.find((one) => one.key === open?.person);
  const place = person?.places.find((one) => one.key === open.place);
  $("seen").textContent = place ? `You are: ${person.title} · ${place.name}` : "";
}

function showFeed(feed) {
  const now = JSON.stringify(feed);
  if (now === shown.feed) return;
  shown.feed = now;
  $("feed-empty").hidden = feed.length > 0;
  $("feed").replaceChildren(...feed.reverse().map((line) => element("li", {},
    element("time", { dateTime: line.at }, lineFormat.format(new Date(line.at))), line.text)));
}

function showErrors(count) {
  $("errors").hidden = count === 0;
  $("errors").textContent = `The bot failed ${count === 1 ? "once" : `${count} times`}: its log says why.`;
}

function tick() {
  if (!clock) return;
  const now = new Date(clock.at + performance.now() - clock.read);
  $("clock").textContent = `${clockFormat.format(now)} UTC`;
  $("clock").dateTime = now.toISOString();
}

async function refresh() {
  try {
    const answer = await fetch("/rehearsal/state", { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const state = await answer.json();
    clock = { at: Date.parse(state.now), read: performance.now() };
    tick();
    showPeople(state);
    showFeed(state.feed);
    showErrors(state.errors);
    if (frame.isConnected && !frame.src && state.open) frame.src = state.open.url;
  } catch {
    $("seen").textContent = "The rehearsal has ended. Start it again with: make run";
    $("clock").textContent = "stopped";
    clock = null;
    shown.people = "";
  }
}

async function jump(seconds) {
  const buttons = [...document.querySelectorAll("#jumps button, #custom-jump button")];
  buttons.forEach((button) => { button.disabled = true; });
  $("clock-said").textContent = "Moving the clock…";
  try {
    const answer = await fetch("/rehearsal/clock", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ seconds }),
    });
    $("clock-said").textContent = answer.ok ? "Moved." : await answer.text();
  } catch {
    $("clock-said").textContent = "The clock did not move: the rehearsal does not answer.";
  }
  buttons.forEach((button) => { button.disabled = false; });
  await refresh();
}

async function showReferences() {
  const references = await (await fetch("/rehearsal/references", { cache: "no-store" })).json();
  $("references").replaceChildren(...Object.entries(references).flatMap(([method, reference]) => [
    element("dt", {}, method), element("dd", {}, reference),
  ]));
}

$("jumps").addEventListener("click", (event) => {
  const seconds = Number(event.target.dataset?.seconds);
  if (seconds) void jump(seconds);
});
$("custom-jump").addEventListener("submit", (event) => {
  event.preventDefault();
  void jump(Number(new FormData(event.target).get("hours")) * 3600);
});
document.addEventListener("submit", (event) => { if (event.target.target === "discord") setTimeout(refresh, 150); });
$("more-references").addEventListener("click", () => void showReferences());
if (matchMedia("(max-width: 860px)").matches) frame.remove();

void showReferences();
void refresh();
setInterval(refresh, 1000);
setInterval(tick, 250);
