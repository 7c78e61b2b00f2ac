import { useCallback, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { ApiError, api, type Id, type Mode } from "../../api";
import { paths } from "../../routes/paths";
import { handOver } from "../lesson/handoff";

export type Starting =
  | { state: "no" }
  | { state: "yes"; tutorId: Id }
  | { state: "waiting"; tutorId: Id; mode: Mode; seconds: number }
  | { state: "failed"; error: unknown };

const USUAL_WAIT_S = 10;

/** Opens a lesson; when all seats are taken it counts down and tries again by itself. */
export function useStartLesson() {
  const [starting, setStarting] = useState<Starting>({ state: "no" });
  const navigate = useNavigate();

  const start = useCallback(
    async (tutorId: Id, mode: Mode) => {
      setStarting({ state: "yes", tutorId });
      try {
        const { lesson } = await api.lessons.begin({ tutor_id: tutorId, mode });
        handOver(lesson);
        void navigate(paths.lesson(lesson.id));
      } catch (error) {
        if (error instanceof ApiError && error.code === "no_seat") {
          const seconds = Math.ceil(error.retryAfterSeconds ?? USUAL_WAIT_S);
          setStarting({ state: "waiting", tutorId, mode, seconds });
        } else {
          setStarting({ state: "failed", error });
        }
      }
    },
    [navigate],
  );

  useEffect(() => {
    if (starting.state !== "waiting") return;
    const timer = setTimeout(() => {
      if (starting.seconds <= 1) void start(starting.tutorId, starting.mode);
      else setStarting({ ...starting, seconds: starting.seconds - 1 });
    }, 1_000);
    return () => clearTimeout(timer);
  }, [starting, start]);

  const cancel = useCallback(() => setStarting({ state: "no" }), []);
  return { starting, start, cancel };
}
