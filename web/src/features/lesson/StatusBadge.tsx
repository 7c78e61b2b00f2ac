import { useTranslation } from "react-i18next";
import type { Lesson, Status } from "../../realtime";
import { useStore } from "../../ui/useStore";

/** A shape of its own for each state, so that colour and words are not needed to tell them apart. */
function Shape({ status }: { status: Status }) {
  switch (status) {
    case "connecting":
    case "reconnecting":
      return <circle className="shape-turning" cx="12" cy="12" r="7" strokeDasharray="30 14" />;
    case "waiting":
      return <circle cx="12" cy="12" r="6.5" />;
    case "listening":
      return (
        <path d="M6 10a6 6 0 0 1 12 0c0 4-4 4.5-4 8a2.5 2.5 0 0 1-4.8 1M9.5 10a2.5 2.5 0 0 1 5 0" />
      );
    case "patient":
      return (
        <path d="M7.5 4.5h9M7.5 19.5h9M8.5 4.5c0 5 7 5 7 7.5s-7 2.5-7 7.5M15.5 4.5c0 5-7 5-7 7.5s7 2.5 7 7.5" />
      );
    case "thinking":
      return (
        <g className="shape-dots" stroke="none" fill="currentColor">
          <circle cx="5.5" cy="12" r="2.2" />
          <circle cx="12" cy="12" r="2.2" />
          <circle cx="18.5" cy="12" r="2.2" />
        </g>
      );
    case "speaking":
      return (
        <g className="shape-wave">
          <path d="M5 10v4" />
          <path d="M9.7 6.5v11" />
          <path d="M14.3 8.5v7" />
          <path d="M19 10.5v3" />
        </g>
      );
    case "ended":
    case "elsewhere":
      return <path d="M7 7h10v10H7z" />;
  }
}

export function StatusBadge({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation();
  const status = useStore(lesson.status);
  return (
    <p className="badge status" role="status" data-testid="state" data-state={status}>
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
        <Shape status={status} />
      </svg>
      {t(`status.${status}`)}
    </p>
  );
}
