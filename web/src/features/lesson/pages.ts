/**
 * The open lesson pages of one person, in all tabs of this browser. The engine has one media connection for each
 * person, so the newest page has it.
 */

const channelOf = (userId: string): BroadcastChannel =>
  new BroadcastChannel(`tutor.lesson.${userId}`);

/** Join as the newest page; `yielded` is called when a newer one comes. Returns how to leave. */
export function joinPages(userId: string, yielded: () => void): () => void {
  const channel = channelOf(userId);
  channel.onmessage = () => yielded();
  channel.postMessage("opened");
  return () => channel.close();
}
