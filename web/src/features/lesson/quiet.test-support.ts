/** A lesson that is connected to nothing, for the tests of the parts that show it. */
import { Lesson } from "../../realtime";

const nowhere = () => Promise.reject(new Error("not here"));

export function quietLesson(): Lesson {
  return new Lesson({
    address: { userId: "u", lessonId: "l", engineSessionId: "e" },
    turns: [],
    rtc: {},
    socketUrl: "ws://tutor.test",
    reload: nowhere,
    resume: nowhere,
    signedOut: () => undefined,
  });
}
