import { afterEach, expect, it, vi } from "vitest";
import { joinPages } from "./pages";

const leaving: (() => void)[] = [];
const join = (userId: string, yielded = vi.fn()) => {
  leaving.push(joinPages(userId, yielded));
  return yielded;
};

afterEach(() => {
  for (const leave of leaving.splice(0)) leave();
});

it("gives the media to the newest page of the same person", async () => {
  const first = join("u1");
  const other = join("u2");
  const second = join("u1");
  await vi.waitFor(() => expect(first).toHaveBeenCalledOnce());
  expect(other).not.toHaveBeenCalled();
  expect(second).not.toHaveBeenCalled();
});
