"""The player of every animation: by keyboard, by touch, and standing still."""

import json

import pytest
from conftest import NONE, unavailable

WIDE = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
STILL = {**WIDE, "reduced_motion": "reduce"}
# What is shown, said and set in the player with this number on the page.
STATE = """(number) => {
  const template = document.querySelectorAll("template.player")[number];
  const image = template.previousElementSibling;
  const group = template.nextElementSibling;
  const frames = [...template.content.children].map(
    (frame) => frame.getAttribute("src"));
  const output = group.querySelector("output");
  const slider = group.querySelector("input");
  return {
    frame: frames.indexOf(image.getAttribute("src")),
    drawn: image.complete && image.naturalWidth > 0,
    alt: image.alt,
    label: output.textContent,
    live: output.getAttribute("aria-live"),
    value: Number(slider.value),
    said: slider.getAttribute("aria-valuetext"),
    play: group.querySelector("button").getAttribute("aria-label"),
    height: group.offsetHeight,
  };
}"""
# Before anything is asked for, the still is shown as the figure's own file.
READY = """([number, frame]) => {
  const template = document.querySelectorAll("template.player")[number];
  const source = template.previousElementSibling.getAttribute("src");
  return template.content.children[frame].getAttribute("src") === source
    || (Number(template.dataset.still) === frame && /svg$/.test(source));
}"""
# Contrast as in WCAG 2 of what is drawn in one colour on another.
CONTRAST = """(group) => {
  const canvas = document.createElement("canvas").getContext("2d");
  const luminance = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(
      (v) => (v / 255 <= 0.04045) ? v / 255 / 12.92
        : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = getComputedStyle(document.body).backgroundColor;
  const pairs = [...group.querySelectorAll("button")].map((button) => {
    const { color, backgroundColor } = getComputedStyle(button);
    const clear = backgroundColor === "rgba(0, 0, 0, 0)";
    return [color, clear ? ground : backgroundColor];
  });
  pairs.push([getComputedStyle(group.querySelector("output")).color, ground]);
  return pairs.map((pair) => {
    const [low, high] = pair.map(luminance).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  });
}"""


class Player:
    """One player of a page, as a reader meets it."""

    def __init__(self, tab, number):
        self.tab, self.number = tab, number
        template = tab.locator("template.player").nth(number)
        self.labels = json.loads(template.get_attribute("data-labels"))
        self.still = int(template.get_attribute("data-still"))
        self.group = template.locator("xpath=following-sibling::*[1]")
        self.last = len(self.labels) - 1

    def button(self, name):
        return self.group.get_by_role("button", name=name, exact=True)

    @property
    def slider(self):
        return self.group.get_by_role("slider", name="Frame")

    @property
    def state(self):
        return self.tab.evaluate(STATE, self.number)

    def press(self, key, frame):
        """Press a key and wait for the frame that it must show."""
        self.tab.keyboard.press(key)
        self.tab.wait_for_function(READY, arg=[self.number, frame])
        state = self.state
        assert state["label"] == self.labels[frame] == state["said"]
        assert state["value"] == frame
        assert state["drawn"]
        return state


@pytest.fixture
def visit(browser, address, player_page):
    """Open the page in a given way; return its players."""
    if player_page == NONE:
        unavailable("no page of the site has an animation")
    contexts = []

    def open_page(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        tab.goto(address + player_page)
        count = tab.locator("template.player").count()
        return [Player(tab, number) for number in range(count)]

    yield open_page
    for context in contexts:
        context.close()


def test_nothing_moves_before_it_is_asked_to(visit):
    players = visit(**WIDE)
    before = [player.state for player in players]
    players[0].tab.wait_for_timeout(1500)
    assert [player.state for player in players] == before
    for player, state in zip(players, before, strict=True):
        assert state["frame"] == -1  # the figure's own file
        assert state["label"] == player.labels[player.still]
        assert state["value"] == player.still


def test_a_player_is_a_named_group_above_the_caption(visit):
    names = []
    for player in visit(**WIDE):
        assert player.group.get_attribute("role") == "group"
        names.append(player.group.get_attribute("aria-label"))
        assert names[-1].startswith("Player of Figure ")
        after = player.group.locator("xpath=following-sibling::*[1]")
        assert after.evaluate("node => node.tagName") == "FIGCAPTION"
    assert len(set(names)) == len(names)


def test_the_buttons_step_by_keyboard_and_speak(visit):
    for player in visit(**WIDE):
        alt = player.state["alt"]
        at = player.still
        for name, by in ("Step back", -1), ("Step forward", 1):
            player.button(name).focus()
            for _ in range(player.last + 1):
                at = min(max(at + by, 0), player.last)
                state = player.press("Enter", at)
                assert state["alt"] == alt
            assert player.button(name).get_attribute("aria-disabled") == "true"
        player.button("Step back").focus()
        assert player.press("Space", player.last - 1)["live"] == "polite"


def test_the_slider_steps_by_keyboard(visit):
    for player in visit(**WIDE):
        player.slider.focus()
        player.press("Home", 0)
        player.press("ArrowRight", 1)
        player.press("End", player.last)
        player.press("ArrowLeft", player.last - 1)


def test_play_pause_and_play_again(visit):
    for player in visit(**WIDE):
        tab = player.tab
        player.slider.focus()
        player.press("End", player.last)
        player.button("Play").focus()
        player.press("Enter", 0)
        assert player.state["play"] == "Pause"
        tab.wait_for_function(READY, arg=[player.number, 1])
        state = player.state
        assert (state["play"], state["live"]) == ("Pause", "off")
        tab.keyboard.press("Enter")
        paused = player.state
        assert paused["play"] == "Play"
        tab.wait_for_timeout(1200)
        assert player.state["label"] == paused["label"]


def test_play_stops_at_the_last_frame(visit):
    for player in visit(**WIDE):
        player.slider.focus()
        player.press("End", player.last)
        player.press("ArrowLeft", player.last - 1)
        player.button("Play").focus()
        state = player.press("Enter", player.last)
        assert (state["play"], state["live"]) == ("Play", "polite")
        player.tab.wait_for_timeout(1200)
        assert player.state == state


def test_stepping_stops_the_play(visit):
    for player in visit(**WIDE):
        player.slider.focus()
        player.press("Home", 0)
        player.button("Play").click()
        player.button("Step forward").click()
        state = player.state
        assert state["play"] == "Play"
        player.tab.wait_for_timeout(1200)
        assert player.state["label"] == state["label"]
        assert state["label"] in player.labels[1:]


def test_no_play_button_where_motion_is_reduced(visit):
    for player in visit(**STILL):
        assert player.state["frame"] == -1
        assert not player.group.locator("button").first.is_visible()
        player.button("Step back").focus()
        player.press("Enter", max(player.still - 1, 0))


def test_motion_may_be_reduced_while_it_plays(visit):
    for player in visit(**WIDE):
        player.slider.focus()
        player.press("Home", 0)
        player.button("Play").click()
        player.tab.emulate_media(reduced_motion="reduce")
        player.group.locator("button").first.wait_for(state="hidden")
        label = player.state["label"]
        player.tab.wait_for_timeout(1200)
        assert player.state["label"] == label
        player.tab.emulate_media(reduced_motion="no-preference")


def test_print_shows_the_still_without_controls(visit):
    players = visit(**WIDE)
    tab = players[0].tab
    tab.evaluate("""() => {
      window.printed = [];
      addEventListener("beforeprint", () => {
        for (const template of document.querySelectorAll("template.player"))
          window.printed.push(template.previousElementSibling
            .getAttribute("src").startsWith("data:"));
      });
    }""")
    for player in players:
        player.slider.focus()
        player.press("Home", 0)
        player.press("End", player.last)
    tab.pdf()
    assert tab.evaluate("window.printed") == [False] * len(players)
    assert [p.state["frame"] for p in players] == [p.last for p in players]
    tab.emulate_media(media="print")
    assert not any(player.group.is_visible() for player in players)


def test_without_a_script_the_figure_stands_as_it_is(visit):
    players = visit(**WIDE, java_script_enabled=False)
    tab = players[0].tab
    assert tab.locator(".player-row, .player-label").count() == 0
    for number in range(len(players)):
        template = tab.locator("template.player").nth(number)
        image = template.locator("xpath=preceding-sibling::*[1]")
        assert image.get_attribute("src").endswith(".svg")
        assert image.get_attribute("alt")
        assert image.is_visible()
        assert not template.is_visible()


def test_a_phone_has_room_for_every_control_and_label(visit):
    for player in visit(**PHONE):
        tab = player.tab
        heights = set()
        player.slider.focus()
        player.press("Home", 0)
        for frame in range(1, player.last + 1):
            heights.add(player.press("ArrowRight", frame)["height"])
        assert len(heights) == 1  # what stands below does not jump
        assert tab.evaluate(
            "document.documentElement.scrollWidth <= innerWidth"
        )
        for control in player.group.locator("button, input").all():
            box = control.bounding_box()
            assert min(box["width"], box["height"]) >= 44
            assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
        player.button("Step back").tap()
        tab.wait_for_function(READY, arg=[player.number, player.last - 1])


def test_frames_have_the_size_of_the_still(visit):
    for player in visit(**WIDE):
        image = player.group.locator("xpath=preceding-sibling::img")
        before = image.bounding_box()
        player.slider.focus()
        for frame in 0, player.last:
            player.press("Home" if frame == 0 else "End", frame)
            after = image.bounding_box()
            assert after["width"] == pytest.approx(before["width"], abs=1)
            assert after["height"] == pytest.approx(before["height"], abs=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_stand_out_from_their_ground(visit, scheme):
    for player in visit(**WIDE, color_scheme=scheme):
        *buttons, words = player.group.evaluate(CONTRAST)
        assert min(buttons) >= 3
        assert words >= 4.5
