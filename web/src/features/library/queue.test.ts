import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../../api";
import { UploadQueue } from "./queue";
import { readable } from "./sizes";
import { upload } from "./upload";

const file = (name: string) => new File(["x"], name);

function bench() {
  const sent = new Map<
    string,
    {
      progress: (share: number) => void;
      arrive: () => void;
      fail: (error: unknown) => void;
      cancel: ReturnType<typeof vi.fn>;
    }
  >();
  const arrived = vi.fn();
  const queue = new UploadQueue(({ name }, progress) => {
    let resolve: (value: unknown) => void = () => undefined;
    let reject: (error: unknown) => void = () => undefined;
    const promise = new Promise<unknown>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    const cancel = vi.fn(() => reject(new ApiError(0, "cancelled", "", null, null)));
    sent.set(name, {
      progress,
      arrive: () => resolve(undefined),
      fail: (error) => reject(error),
      cancel,
    });
    return { done: promise, cancel };
  }, arrived);
  const states = () => queue.files.get().map(({ file: { name }, state }) => `${name} ${state}`);
  return { queue, sent, arrived, states };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("files on their way", () => {
  it("go two at a time and tell how far each is", async () => {
    const { queue, sent, states, arrived } = bench();
    queue.add([file("a"), file("b"), file("c")]);
    expect(states()).toEqual(["a sending", "b sending", "c waiting"]);
    sent.get("a")?.progress(0.5);
    expect(queue.files.get()[0]?.share).toBe(0.5);
    sent.get("a")?.arrive();
    await settled();
    expect(states()).toEqual(["a done", "b sending", "c sending"]);
    expect(arrived).toHaveBeenCalledOnce();
  });

  it("that failed say why and can be sent again", async () => {
    const { queue, sent, states } = bench();
    queue.add([file("a")]);
    sent.get("a")?.fail(new ApiError(415, "file_refused", "No.", null, null));
    await settled();
    expect(states()).toEqual(["a failed"]);
    queue.again(queue.files.get()[0]?.id ?? 0);
    expect(states()).toEqual(["a sending"]);
  });

  it("can be stopped, and make room for the next", async () => {
    const { queue, sent, states } = bench();
    queue.add([file("a"), file("b"), file("c")]);
    queue.remove(queue.files.get()[0]?.id ?? 0);
    await settled();
    expect(sent.get("a")?.cancel).toHaveBeenCalledOnce();
    expect(states()).toEqual(["b sending", "c sending"]);
  });

  it("are stopped when the page is left", () => {
    const { queue, sent } = bench();
    queue.add([file("a")]);
    queue.close();
    expect(sent.get("a")?.cancel).toHaveBeenCalledOnce();
  });
});

describe("one file", () => {
  function request(status: number, text: string) {
    const made = {
      open: vi.fn(),
      setRequestHeader: vi.fn(),
      upload: {} as XMLHttpRequestUpload,
      send: vi.fn(),
      abort: vi.fn(() => made.onabort()),
      status,
      responseText: text,
      onload: () => undefined,
      onerror: () => undefined,
      onabort: () => undefined,
    };
    return made;
  }
  const send = (made: ReturnType<typeof request>) =>
    upload(
      "/api/x",
      file("a"),
      () => undefined,
      () => made as unknown as XMLHttpRequest,
    );

  it("brings the answer", async () => {
    const made = request(201, '{"document_id":"d"}');
    const { done } = send(made);
    made.onload();
    expect(await done).toEqual({ document_id: "d" });
    expect(made.open).toHaveBeenCalledWith("POST", "/api/x");
  });

  it("brings the server's refusal, or a sense of it", async () => {
    const told = request(415, '{"error":{"code":"file_refused","message":"No.","id":"r"}}');
    const refused = send(told).done;
    told.onload();
    await expect(refused).rejects.toMatchObject({ code: "file_refused", message: "No." });
    const page = request(413, "<html>");
    const large = send(page).done;
    page.onload();
    await expect(large).rejects.toMatchObject({ code: "too_large" });
  });

  it("tells a lost network from a stop", async () => {
    const lost = request(0, "");
    const gone = send(lost).done;
    lost.onerror();
    await expect(gone).rejects.toMatchObject({ code: "offline" });
    const stopped = request(0, "");
    const one = send(stopped);
    one.cancel();
    await expect(one.done).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("sizes", () => {
  it("are short numbers with their unit", () => {
    expect([20, 32_000, 1_500_000, 52_000_000, 3e12].map(readable)).toEqual([
      "0.1 kB",
      "32 kB",
      "1.5 MB",
      "52 MB",
      "3000 GB",
    ]);
  });
});
