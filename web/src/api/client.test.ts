import { afterEach, describe, expect, it, vi } from "vitest";
import { type ApiError, api, onSignedOut } from ".";

function answers(status: number, body: unknown, headers: Record<string, string> = {}) {
  const fetched = vi.fn(() =>
    Promise.resolve(
      new Response(body === null ? null : JSON.stringify(body), {
        status,
        headers: { "Content-Type": "application/json", ...headers },
      }),
    ),
  );
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

const refusal = (call: Promise<unknown>): Promise<ApiError> =>
  call.then(
    () => {
      throw new Error("was not refused");
    },
    (error: unknown) => error as ApiError,
  );

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("requests", () => {
  it("send JSON with the cookie of this site only", async () => {
    const fetched = answers(201, { lesson: { id: "l1" } });
    expect(await api.lessons.begin({ tutor_id: "ada", mode: "quiz" })).toEqual({
      lesson: { id: "l1" },
    });
    expect(fetched).toHaveBeenCalledExactlyOnceWith("/api/lessons", {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: '{"tutor_id":"ada","mode":"quiz"}',
    });
  });

  it("take an empty answer", async () => {
    answers(204, null);
    expect(await api.accounts.signOut()).toBeUndefined();
  });

  it("write identifiers safely into addresses", async () => {
    const fetched = answers(200, { lesson: {} });
    await api.lessons.one("a/b?c");
    expect(fetched).toHaveBeenCalledWith("/api/lessons/a%2Fb%3Fc", expect.anything());
    expect(api.documentFile("d 1", 3)).toBe("/api/documents/d%201/file#page=3");
  });
});

describe("refusals", () => {
  it("carry code, sentence, report number and waiting time", async () => {
    const body = { error: { code: "no_seat", message: "All seats are taken.", id: "r1" } };
    answers(503, body, { "Retry-After": "12" });
    expect(await refusal(api.lessons.begin({ tutor_id: "ada" }))).toMatchObject({
      status: 503,
      code: "no_seat",
      message: "All seats are taken.",
      id: "r1",
      retryAfterSeconds: 12,
    });
  });

  it("of a proxy in between are still refusals", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>", { status: 502 })));
    expect(await refusal(api.tutors.every())).toMatchObject({
      status: 502,
      code: "engine_unreachable",
    });
  });

  it("of the network are told from the server's", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    expect(await refusal(api.tutors.every())).toMatchObject({ status: 0, code: "offline" });
  });

  it("tell when nobody is signed in any more, but not while signing in", async () => {
    const told = vi.fn();
    const stop = onSignedOut(told);
    answers(401, { error: { code: "bad_credentials", message: "", id: "r" } });
    await refusal(api.accounts.signIn({ username: "a", password: "b" }));
    expect(told).not.toHaveBeenCalled();
    await refusal(api.tutors.every());
    expect(told).toHaveBeenCalledOnce();
    stop();
    await refusal(api.tutors.every());
    expect(told).toHaveBeenCalledOnce();
  });
});
