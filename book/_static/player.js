// Animations: a figure's frames, played, or stepped through by hand.
// The frames wait in <template class="player" data-still data-labels>, right
// after the figure's image. Nothing moves before someone asks for it.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const SHAPES = {
    play: "M7 4v16l13-8z",
    pause: "M6 4h4v16H6zM14 4h4v16h-4z",
    back: "M6 4h3v16H6zM19 4v16l-9-8z",
    forward: "M15 4h3v16h-3zM5 4v16l9-8z",
  };
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const button = (name, shape, act) => {
    const icon = document.createElementNS(SVG, "svg");
    const path = icon.appendChild(document.createElementNS(SVG, "path"));
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    path.setAttribute("d", SHAPES[shape]);
    const made = make("button", { type: "button", onclick: act }, icon);
    made.name = `player-${name}`;
    return made;
  };

  const say = (made, words, shape) => {
    made.setAttribute("aria-label", words);
    made.title = words;
    if (shape) made.querySelector("path").setAttribute("d", SHAPES[shape]);
  };

  // Every label, unseen and in one place, makes room for the longest.
  const roomFor = (labels) =>
    labels.map((label) => {
      const line = make("span", { className: "player-room" }, label);
      line.setAttribute("aria-hidden", "true");
      return line;
    });

  const build = (template) => {
    const before = template.previousElementSibling;
    const first = before.matches("img") ? before : before.querySelector("img");
    const sources = [...template.content.children];
    const labels = JSON.parse(template.dataset.labels);
    const last = labels.length - 1;
    const pause = Math.max(350, Math.min(800, 12000 / labels.length));
    const frames = [];
    let shown = first;
    let kept = null; // what is shown while the still is being printed
    let at = Number(template.dataset.still);
    let timer = 0;

    // Frames are kept, and decoded before they are shown: no flicker.
    const ready = (place) => {
      const { className, alt } = first;
      const src = sources[place].getAttribute("src");
      frames[place] ??= Object.assign(new Image(), { className, alt, src });
      return frames[place].decode().catch(() => {});
    };

    const replace = (image) => {
      shown.replaceWith(image);
      shown = image;
    };

    const tell = (loud) => {
      spoken.setAttribute("aria-live", loud ? "polite" : "off");
      spoken.textContent = labels[at];
      slider.value = at;
      slider.setAttribute("aria-valuetext", labels[at]);
      back.setAttribute("aria-disabled", at === 0);
      forward.setAttribute("aria-disabled", at === last);
      if (timer) say(play, "Pause", "pause");
      else say(play, "Play", "play");
    };

    const show = async (place, loud) => {
      at = place;
      tell(loud);
      await ready(place);
      if (at === place && !kept) replace(frames[place]);
      if (place < last) ready(place + 1);
    };

    const stop = () => {
      clearTimeout(timer);
      timer = 0;
      tell(false);
    };

    const tick = () => {
      timer = at + 1 < last ? setTimeout(tick, pause) : 0;
      show(at + 1, !timer);
    };

    const start = () => {
      timer = setTimeout(tick, pause);
      show(at === last ? 0 : at, false);
    };

    const step = (by) => {
      stop();
      if (labels[at + by] !== undefined) show(at + by, true);
    };

    const play = button("play", "play", () => (timer ? stop() : start()));
    const back = button("back", "back", () => step(-1));
    const forward = button("forward", "forward", () => step(1));
    say(back, "Step back");
    say(forward, "Step forward");
    const slider = make("input", { type: "range", min: 0, max: last });
    slider.setAttribute("aria-label", "Frame");
    slider.addEventListener("input", () => {
      const wanted = Number(slider.value);
      stop();
      show(wanted, false); // the slider itself speaks
    });
    const spoken = make("output", { className: "player-label" });
    const group = make(
      "div",
      { className: "player" },
      make("div", { className: "player-row" }, play, back, forward, slider),
      make("div", { className: "player-labels" }, ...roomFor(labels), spoken),
    );
    const number = template.parentElement.querySelector(".caption-number");
    const which = number ? ` of ${number.textContent.trim()}` : "";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", `Player${which}`);

    const calm = () => {
      stop();
      play.hidden = still.matches;
    };
    still.addEventListener("change", calm);
    calm();
    template.after(group);

    addEventListener("beforeprint", () => {
      stop();
      kept = shown;
      replace(first);
    });
    addEventListener("afterprint", () => {
      if (kept) replace(kept);
      kept = null;
    });
  };

  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("template.player").forEach(build);
  });
})();
