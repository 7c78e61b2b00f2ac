// @vitest-environment happy-dom
import { cleanup, createEvent, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { startI18n } from "../../i18n";
import { DropZone } from "./DropZone";

beforeAll(async () => {
  localStorage.setItem("tutor.language", "en");
  await startI18n();
});

afterEach(cleanup);

const FILES = [new File(["a"], "a.pdf"), new File(["b"], "b.pdf")];

function zone(many = false) {
  const onFiles = vi.fn();
  render(<DropZone accept=".pdf" many={many} title="Drop" hint="here" onFiles={onFiles} />);
  return { onFiles, place: screen.getByTestId("drop") };
}

it("takes what is dropped, one file or as many as it may", () => {
  const one = zone();
  fireEvent.drop(one.place, { dataTransfer: { files: FILES } });
  expect(one.onFiles).toHaveBeenCalledExactlyOnceWith([FILES[0]]);
  cleanup();
  const several = zone(true);
  fireEvent.drop(several.place, { dataTransfer: { files: FILES } });
  expect(several.onFiles).toHaveBeenCalledExactlyOnceWith(FILES);
});

it("stays lit while the file passes over the button within it", () => {
  const { place } = zone();
  const leave = (to: Element | null) => {
    const event = createEvent.dragLeave(place);
    Object.defineProperty(event, "relatedTarget", { value: to });
    fireEvent(place, event);
  };
  fireEvent.dragOver(place);
  leave(screen.getByRole("button"));
  expect(place.className).toContain("drop-over");
  leave(document.body);
  expect(place.className).not.toContain("drop-over");
});

it("does not let a file that falls beside it replace the page", () => {
  zone();
  const beside = () => fireEvent(document.body, createEvent.drop(document.body));
  expect(beside()).toBe(false);
  cleanup();
  expect(beside()).toBe(true);
});
