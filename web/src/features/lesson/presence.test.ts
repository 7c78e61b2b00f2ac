// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";
import { api, type RtcConfig } from "../../api";
import { hangUp, rtcConfig, takeConnection } from "./presence";

vi.mock("../../realtime", () => ({
  Connection: class {
    usable = true;
    microphone = { close: () => undefined };
    close = () => {
      this.usable = false;
    };
  },
}));

const RTC: RtcConfig = {
  iceServers: [],
  iceTransportPolicy: "all",
  public_ip: null,
  port_min: 1,
  port_max: 1,
};

afterEach(() => {
  hangUp();
  vi.restoreAllMocks();
});

it("asks how to reach the media once for each connection, not for each face", async () => {
  const ask = vi.spyOn(api.gateway, "webrtcConfig").mockResolvedValue(RTC);
  const first = takeConnection("u1", await rtcConfig(), () => undefined);
  expect(await rtcConfig()).toBe(RTC);
  expect(takeConnection("u1", await rtcConfig(), () => undefined)).toBe(first);
  expect(ask).toHaveBeenCalledTimes(1);
  hangUp();
  const second = takeConnection("u1", await rtcConfig(), () => undefined);
  expect(second).not.toBe(first);
  expect(ask).toHaveBeenCalledTimes(2);
});
