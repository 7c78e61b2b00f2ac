/**
 * The open lesson pages of one person, in all tabs of this browser. The engine has one media connection for each
 * person, so the newest page has it.
 */

type Word = "opened" | "anybody?" | "here";

const ANSWER_MS = 200;

const channelOf = (userId: string): BroadcastChannel =>
  new BroadcastChannel(`tutor.lesson.${userId}`);

/** Join as the newest page; `yielded` is called when a newer one comes. Returns how to leave. */
export function joinPages(userId: string, yielded: () => void): () => void {
  const channel = channelOf(userId);
  const tell = (word: Word) => channel.postMessage(word);
  let ours = true;
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data === "opened") {
      ours = false;
      yielded();
    } else if (data === "anybody?" && ours) tell("here");
  };
  tell("opened");
  return () => channel.close();
}

/** Whether a page of this browser has the media of a lesson. */
export async function isOpenElsewhere(userId: string): Promise<boolean> {
  const channel = channelOf(userId);
  try {
    return await new Promise<boolean>((done) => {
      setTimeout(() => done(false), ANSWER_MS);
      channel.onmessage = ({ data }: MessageEvent<Word>) => {
        if (data === "here") done(true);
      };
      channel.postMessage("anybody?" satisfies Word);
    });
  } finally {
    channel.close();
  }
}
