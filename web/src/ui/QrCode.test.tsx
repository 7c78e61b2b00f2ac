// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { drawn, QrCode } from "./QrCode";

afterEach(cleanup);

describe("a code to scan", () => {
  it("is named and drawn as one path", () => {
    render(<QrCode value="https://school.example/join#ACD34EF" label="Join 7b by phone" />);
    const picture = screen.getByRole("img", { name: "Join 7b by phone" });
    expect(picture.querySelectorAll("path")).toHaveLength(1);
  });

  it("keeps four quiet modules round it and begins with the corner that scanners look for", () => {
    const { size, path } = drawn("https://school.example/join#ACD34EF");
    expect(path.startsWith("M4 4h7v1h-7z")).toBe(true);
    const corners = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].map(([, x, y, width]) => ({
      from: Number(x),
      y: Number(y),
      to: Number(x) + Number(width),
    }));
    expect(Math.min(...corners.map(({ from }) => from))).toBe(4);
    expect(Math.max(...corners.map(({ to }) => to))).toBe(size - 4);
    expect(Math.max(...corners.map(({ y }) => y))).toBe(size - 5);
  });

  it("takes an invitation's long link and differs with what it says", () => {
    const link = `https://school.example/invitation#${"k".repeat(86)}`;
    expect(drawn(link).size).toBeGreaterThan(drawn("https://school.example/join#A").size);
    expect(drawn(link).path).not.toBe(drawn(`${link}x`).path);
  });
});
