import { describe, expect, it } from "vitest";
import type { Quality as Sent } from "../protocol";
import { delivered } from "./delivery";
import type { Quality } from "./quality";

const GOOD: Quality = { bars: 5, reason: "good", value: 0 };
const sent = (change: Partial<Sent>): Sent => ({ type: "quality", level: "full", ...change });

describe("delivered", () => {
  it("is unknown while neither side has spoken", () => {
    expect(delivered(null, null)).toBeNull();
    expect(delivered(null, sent({}))).toBeNull();
  });

  it("is what the browser measures while everything is sent", () => {
    const loss: Quality = { bars: 3, reason: "loss", value: 4 };
    expect(delivered(loss, null)).toEqual({ level: "full", ...loss });
    expect(delivered(GOOD, sent({ loss_in: 0.01 }))).toEqual({ level: "full", ...GOOD });
  });

  it.each([
    [{ loss_in: 0.06 }, 3, 6],
    [{ loss_in: 0.2 }, 2, 20],
  ] as const)("tells that the student's own words get lost: %o", (change, bars, value) => {
    expect(delivered(GOOD, sent(change))).toEqual({ level: "full", bars, reason: "voice", value });
  });

  it("keeps the worse of two reasons", () => {
    const bad: Quality = { bars: 1, reason: "loss", value: 20 };
    expect(delivered(bad, sent({ loss_in: 0.2 }))).toMatchObject({ reason: "loss", bars: 1 });
  });

  it.each([
    [{ level: "reduced", reason: "network", loss_out: 0.08 }, GOOD, 3, "loss", 8],
    [{ level: "reduced", reason: "network", loss_out: 0.012 }, GOOD, 3, "loss", 1],
    [{ level: "reduced", reason: "network" }, { bars: 4, reason: "loss", value: 2 }, 3, "loss", 2],
    [{ level: "still", reason: "network", rtt_ms: 640.4 }, GOOD, 2, "slow", 640],
    [
      { level: "still", reason: "network" },
      { bars: 3, reason: "delay", value: 400 },
      2,
      "slow",
      400,
    ],
    [{ level: "still", reason: "network" }, null, 2, "narrow", 0],
    [{ level: "reduced", reason: "host", loss_out: 0.2 }, GOOD, 3, "host", 0],
    [{ level: "text", reason: "network" }, { bars: 0, reason: "none", value: 0 }, 0, "narrow", 0],
    [{ level: "text", reason: "network", loss_out: 0.5 }, null, 1, "loss", 50],
  ] as const)("names the cause of a lower level: %o", (change, measured, bars, cause, value) => {
    expect(delivered(measured, sent(change))).toEqual({
      level: change.level,
      bars,
      cause,
      value,
    });
  });
});
